"""Use cases: a unit sends a section, checked like a report's rows; the lead unit returns one with a reason (APR-02)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway.http.words import require_reason
from services.gateway.reports.classification.markers import Classified
from services.gateway.reports.form.form import form_for
from services.gateway.reports.form.report import SentReport
from services.gateway.reports.store import submissions as rows_of
from services.gateway.reports.submissions.contents import record_refusal
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.known import known_of
from services.gateway.units.compared import officials_of
from services.gateway.units.contents import Judged, Said, judge_section, rows_in
from services.gateway.units.directory import contact_line
from services.gateway.units.plans import FEEDS, kind_of
from services.gateway.units.post import Post, post_of
from services.gateway.units.refused import IndicatorElsewhere, SectionMissing, SectionOvertaken, SectionReturned
from services.gateway.units.store import unit_sections as stored
from services.gateway.units.store.records import Section
from shared.audit import record
from shared.errors import InputInvalid
from shared.ids import new_id
from shared.law.scheme import scheme_for
from shared.tables.units import unit_section, unit_section_return


@dataclass(frozen=True)
class Sent:
    """What became of a section; ``section`` is None after a dry run, ``sent_at`` when it came or would have come."""

    said: Said
    judged: Judged
    post: Post
    sent_at: datetime
    section: Section | None = None

    @property
    def late(self) -> bool:
        """A late section is kept and counts: the internal deadline is the agency's own rule."""
        return self.sent_at >= self.post.due_at


async def rehearse(desk: Desk, said: Said) -> Sent:
    """Everything up to the storing; the real sending goes through it too. Raises what ``send`` raises."""
    async with desk.read() as connection:
        post = await post_of(connection, desk)
        post.require_own(said.indicator)
        form = form_for(desk.period)
        known = await known_of(connection, agency=desk.agency, period=str(desk.period), form=form.id)
        counted = await stored.official_figures(connection, agency=desk.agency, period=str(desk.period))
        frozen = await stored.frozen_sources(connection, str(desk.period))
    scheme = scheme_for(desk.period)
    officials = officials_of(said.indicator, scheme, counted, frozen) if kind_of(said.indicator) == "monitoring" else {}
    try:
        judged = await asyncio.to_thread(judge_section, said, known, scheme, document=post.plan.document, officials=officials)
    except Classified as error:
        await record_refusal(desk, error)
        raise
    return Sent(said, judged, post, desk.now)


async def read_rows(desk: Desk, indicator: str, body: bytes, *, media_type: str) -> SentReport:
    """The rows that a file holds of the report's section which the indicator feeds, to be sent as a section's; none is kept.

    Raises what ``rehearse`` raises, InputInvalid for an indicator without rows, and what reading a report's section raises.
    """
    async with desk.read() as connection:
        (await post_of(connection, desk)).require_own(indicator)
    feeds = FEEDS.get(indicator)
    if feeds is None:
        raise InputInvalid(f"{indicator} has figures and no rows", hint=f"Files are read of {', '.join(FEEDS)}.")
    try:
        return await asyncio.to_thread(rows_in, body, feeds=feeds, media_type=media_type)
    except Classified as error:
        await record_refusal(desk, error)
        raise


async def send(desk: Desk, said: Said) -> Sent:
    """The next version of the section, with its findings, however grave; bad cells never lose what a unit sent.

    Raises PlanMissing, UnitlessCaller, IndicatorElsewhere, InputInvalid or Classified.
    """
    tried = await rehearse(desk, said)
    async with desk.transaction() as connection:
        await desk.lock(connection)
        post = await post_of(connection, desk)
        unit = post.require_own(said.indicator).unit
        key = {"agency": desk.agency, "period": str(desk.period), "indicator": said.indicator}
        before = await stored.sections_of(connection, **key)
        sent = Sent(said, tried.judged, post, desk.now)
        values: dict[str, Any] = {
            "section_id": new_id("sec"),
            **key,
            "version": len(before) + 1,
            "unit": unit,
            "plan_id": post.plan.plan_id,
            "kind": kind_of(said.indicator),
            "digest": sent.judged.digest,
            "sent_at": sent.sent_at,
            "deadline": post.due_at,
            "late": sent.late,
            "actor": desk.actor.id,
        }
        judged = {name: getattr(sent.judged, name) for name in ("content", "summary", "findings")}
        await rows_of.insert(connection, unit_section, {**values, **judged})
        detail = {name: values[name] for name in ("indicator", "version", "unit", "digest", "late")}
        await record(connection, desk.actor.id, "unit_section.send", values["section_id"], detail=detail)
        after = await stored.sections_of(connection, **key)
    return Sent(said, sent.judged, post, sent.sent_at, after[-1])


async def return_section(desk: Desk, indicator: str, *, version: int, reason: str) -> Section:
    """The section is its unit's to send again. Raises NotLeadUnit, SectionMissing, SectionOvertaken or SectionReturned."""
    reason = require_reason(reason)
    async with desk.transaction() as connection:
        await desk.lock(connection)
        post = await post_of(connection, desk)
        post.require_lead()
        post.responsible(indicator)
        found = await stored.sections_of(connection, agency=desk.agency, period=str(desk.period), indicator=indicator)
        last = _require_last(found, indicator, version)
        values = {"section_id": last.section_id, "agency": desk.agency, "reason": reason, "actor": desk.actor.id}
        await rows_of.insert(connection, unit_section_return, values)
        detail = {"indicator": indicator, "version": version}
        await record(connection, desk.actor.id, "unit_section.return", last.section_id, reason=reason, detail=detail)
        return (await stored.sections_of(connection, agency=desk.agency, period=str(desk.period), indicator=indicator))[-1]


async def history_of(desk: Desk, indicator: str) -> tuple[Post, list[Section]]:
    """Every version, the first first. Raises PlanMissing, SectionMissing, and IndicatorElsewhere for another unit's people."""
    async with desk.read() as connection:
        post = await post_of(connection, desk)
        post.responsible(indicator)
        if indicator not in post.visible(desk):
            post.require_own(indicator)
            raise IndicatorElsewhere(f"{indicator} is another unit's")
        found = await stored.sections_of(connection, agency=desk.agency, period=str(desk.period), indicator=indicator)
    if not found:
        unit = post.responsible(indicator)
        hint = f"{unit.name} answers for it: {contact_line(unit)}."
        raise SectionMissing(f"nothing was sent about {indicator} of {desk.period}", hint=hint)
    return post, found


def state_of(found: Section | None) -> str:
    """Of an indicator's last version: ``missing``, ``returned``, ``assembled``, ``late`` or ``sent``."""
    if found is None:
        return "missing"
    if found.returned_at is not None:
        return "returned"
    if found.assembled_in:
        return "assembled"
    return "late" if found.late else "sent"


def _require_last(found: list[Section], indicator: str, version: int) -> Section:
    if version > len(found):
        raise SectionMissing(f"{indicator} has no version {version}")
    if version < len(found):
        raise SectionOvertaken(f"{indicator} is at version {len(found)}", hint="Read the last version.", version=len(found))
    if found[-1].returned_at is not None:
        raise SectionReturned(f"version {version} of {indicator} was returned before")
    return found[-1]
