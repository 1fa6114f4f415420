"""Another rule catalogue is put in force by two people; first it is said which signed reports it would stop, and what lapses
(DQ-09). It can refuse a report where others were accepted, so it is a decision like those that move points (ADR 30)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.gateway.access import tenancy
from services.gateway.http.periods import ruled_period
from services.gateway.http.runtime import Runtime
from services.gateway.http.words import require_reason
from services.gateway.reports.form.report import Report
from services.gateway.reports.rules.catalogue import parse_catalogue
from services.gateway.reports.rules.context import Context
from services.gateway.reports.rules.impact import impact
from services.gateway.reports.rules.rule_types import Catalogue
from services.gateway.reports.store import submissions as submitted
from services.gateway.reports.store import validations as stored
from services.gateway.reports.store.records import RuleActivation, SignedReport, UnderReview
from services.gateway.reports.submissions.known import ValidationContext, catalogue_of, known_of, report_of
from shared.audit import Actor, record
from shared.database import Connection
from shared.errors import Conflict
from shared.ids import new_id
from shared.tables.control import rule_activation


class AlreadyInForce(Conflict):
    """This very catalogue holds for its first month already."""

    slug = "rules-already-in-force"
    title_vi = "Danh mục quy tắc này đang có hiệu lực"
    title_en = "These rules are in force already"


@dataclass(frozen=True)
class Foreseen:
    """What an activation would do: ``stopped`` are signed reports it would newly stop, ``lapsing`` what is under review."""

    catalogue: Catalogue
    stopped: list[dict[str, Any]]
    lapsing: list[UnderReview]

    @property
    def impact(self) -> dict[str, Any]:
        return {"stopped": self.stopped, "lapsing": [vars(each) for each in self.lapsing]}


async def foresee(given: Runtime, actor: Actor, document: Mapping[str, Any]) -> Foreseen:
    """Stores nothing. Raises CatalogueInvalid, InputInvalid for a month no scheme rules, or AlreadyInForce."""
    catalogue = parse_catalogue(document)
    first = str(ruled_period(catalogue.first_period, place="/catalogue/first_period"))
    async with tenancy.read(given.database, actor) as connection:
        reports = await _signed(connection, catalogue)
        lapsing = await stored.under_review_from(connection, first)
        former = await catalogue_of(connection, first)
    if former.digest == catalogue.digest:
        raise AlreadyInForce(f"{catalogue.id} holds from {first} on", hint="GET /api/v1/report-rules shows it.")
    stopped = await asyncio.to_thread(_stopped, reports, catalogue)
    return Foreseen(catalogue, stopped, lapsing)


async def propose_rules(given: Runtime, actor: Actor, document: Mapping[str, Any], *, reason: str) -> RuleActivation:
    """From another person's approval on it holds for its first month and later ones; what was signed stays signed."""
    reason = require_reason(reason)
    foreseen = await foresee(given, actor, document)
    made = new_id("act")
    values = {
        "activation_id": made,
        "first_period": foreseen.catalogue.first_period,
        "catalogue": dict(foreseen.catalogue.content),
        "catalogue_digest": foreseen.catalogue.digest,
        "impact": foreseen.impact,
        "reason": reason,
        "actor": actor.id,
    }
    async with given.database.transaction() as connection:
        await submitted.insert(connection, rule_activation, values)
        detail = {"catalogue": foreseen.catalogue.id, "catalogue_digest": foreseen.catalogue.digest}
        await record(
            connection, actor.id, "rule_activation.propose", str(values["activation_id"]), reason=reason, detail=detail
        )
        return await stored.require_activation(connection, str(values["activation_id"]))


async def judge_activation(connection: Connection, activation_id: str) -> None:
    """What an approval judges anew, within the reach of who approves. Raises AlreadyInForce, or Conflict when other reports
    would be stopped by now than the two were told of."""
    found = await stored.require_activation(connection, activation_id)
    if (await catalogue_of(connection, found.first_period)).digest == found.catalogue_digest:
        raise AlreadyInForce(f"{found.catalogue_digest} holds from {found.first_period} on")
    catalogue = parse_catalogue(await stored.catalogue_asked(connection, activation_id))
    now = await asyncio.to_thread(_stopped, await _signed(connection, catalogue), catalogue)
    foreseen, stopped = ({each["submission_id"] for each in said} for said in (found.impact["stopped"], now))
    if foreseen != stopped:
        raise Conflict(
            f"other reports would be stopped than was foreseen: {len(stopped)} instead of {len(foreseen)}, "
            f"{len(foreseen ^ stopped)} of them otherwise",
            hint="Take the proposal back and ask again: what it would stop by now is then said before.",
        )


async def _signed(connection: Connection, new: Catalogue) -> list[tuple[SignedReport, ValidationContext]]:
    """Signed reports from the catalogue's first month on, with what is known of each."""
    return [
        (line, await known_of(connection, agency=line.agency, period=line.period, form=line.form, other_rules=(new,)))
        for line in await stored.reports_from(connection, str(new.first_period))
    ]


def _stopped(reports: list[tuple[SignedReport, ValidationContext]], new: Catalogue) -> list[dict[str, Any]]:
    """By month and body; each report against the rules that held for its own month."""
    found = []
    for line, known in reports:
        asked: list[tuple[str, Report, Context]] = [(line.submission_id, report_of(line.content), known.context)]
        for stop in impact(asked, former=known.catalogue, new=new):
            named = {name: getattr(line, name) for name in ("submission_id", "agency", "period", "sequence")}
            found.append({**named, "fatal": list(stop.fatal), "confirm": list(stop.confirm)})
    return found
