"""Use cases that record what people decide: rulings, applicability, calendar. Each is a fact with its audit row."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

import msgspec

from services.gateway.access.tenancy import require_other_body
from services.gateway.http.answers import chosen
from services.gateway.http.errors import AgencyUnknown, AlreadyExempted, MeasureNotMissing, MonthFrozen
from services.gateway.http.periods import ruled_period, sources_of
from services.gateway.http.words import DECIMAL, require_reason
from services.gateway.operations.store import control, evidence
from services.gateway.operations.store.records import Applicability, CalendarEntry, Ruling
from services.gateway.publication.store import published
from shared.audit import Actor, record
from shared.calendar import closing_kind, legal_closing
from shared.database import Connection, Database, insert_record
from shared.errors import Conflict, Fault, InputInvalid, NotFound
from shared.ids import new_id
from shared.law.measures import AgencyInput, read_measures
from shared.law.scheme import Scheme, scheme_for
from shared.period import Period, in_vietnam
from shared.registry_store import is_registered
from shared.tables.control import applicability, calendar_entry, ruling

EVERY_SOURCE = "*"
CALENDAR_KINDS = ("cutoff", "report_deadline", "word_deadline")


async def record_ruling(
    database: Database,
    *,
    actor: Actor,
    period: str,
    agency: str,
    measure: str,
    value: str | None,
    reason: str,
    document: str,
) -> Ruling:
    """A ruling supplies one missing measure, zero included; ``value`` None withdraws the one in force (scheme rule 3, G-12).

    Missing is what the month's latest run found no figure for. Before the first run nobody knows, so nothing is refused then:
    a figure that arrives later wins over the ruling anyway. Raises MeasureNotMissing, Conflict, AgencyUnknown or InputInvalid.
    """
    reason = require_reason(reason)
    month = ruled_period(period)
    require_other_body(actor, agency)
    _check_measure(scheme_for(month), agency, measure, value)
    values = {"period": period, "agency": agency, "measure": measure, "value": value}
    async with database.transaction() as connection:
        await _require_agency(connection, agency, month)
        if value is None and not await control.ruling_in_force(connection, period=period, agency=agency, measure=measure):
            raise Conflict("no ruling on this measure is in force, so none can be withdrawn")
        if value is not None:
            await _require_missing(connection, period=period, agency=agency, measure=measure)
        ruling_id = new_id("ruling")
        row = {"ruling_id": ruling_id, **values, "reason": reason, "document": document, "actor": actor.id}
        written = await insert_record(connection, ruling, Ruling, row)
        await record(connection, actor.id, "ruling.record", ruling_id, reason=reason, detail={**values, "document": document})
    return written


async def record_applicability(
    database: Database,
    *,
    actor: Actor,
    agency: str,
    indicator: str,
    valid_from: str,
    valid_to: str | None,
    document: str,
    reason: str,
) -> Applicability:
    """The indicator does not fit the agency from one period to another, by a document (G-15).

    Raises AlreadyExempted where a row in force says so for one of these months, AgencyUnknown or InputInvalid.
    """
    reason = require_reason(reason)
    require_other_body(actor, agency)
    first = ruled_period(valid_from, place="/valid_from")
    if valid_to is not None and ruled_period(valid_to, place="/valid_to") < first:
        fault = Fault("/valid_to", "lies before the first period", seen=valid_to, expected=f"{valid_from} or later")
        raise InputInvalid("the last period lies before the first", faults=[fault])
    indicators = scheme_for(first).indicators
    if indicator not in indicators:
        fault = Fault("/indicator", "no such indicator", seen=indicator, expected=", ".join(indicators))
        raise InputInvalid(f"the scheme has no indicator {indicator!r}", faults=[fault])
    values = {"agency": agency, "indicator": indicator, "valid_from": valid_from, "valid_to": valid_to}
    async with database.transaction() as connection:
        await _require_agency(connection, agency, first)
        await _require_no_exemption(connection, agency=agency, indicator=indicator, valid_from=valid_from, valid_to=valid_to)
        return await _write_applicability(
            connection, actor, {**values, "document": document}, reason=reason, action="applicability.record"
        )


async def withdraw_applicability(
    database: Database, *, actor: Actor, applicability_id: str, document: str, reason: str
) -> Applicability:
    """Takes a row back; both stay. Raises NotFound, or Conflict when it was withdrawn before or is itself a withdrawal."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        found = await control.find_applicability(connection, applicability_id)
        if found is None:
            raise NotFound(f"no applicability row has the id {applicability_id}")
        if found.withdraws is not None or await control.is_withdrawn(connection, applicability_id):
            raise Conflict(f"{applicability_id} is withdrawn, or is a withdrawal itself")
        require_other_body(actor, found.agency)
        values = chosen(found, ("agency", "indicator", "valid_from", "valid_to"))
        values |= {"document": document, "withdraws": applicability_id}
        return await _write_applicability(connection, actor, values, reason=reason, action="applicability.withdraw")


async def record_calendar_entry(
    database: Database, *, actor: Actor, period: str, source: str, kind: str, falls_at: datetime, reason: str
) -> CalendarEntry:
    """Moves a cutoff, report deadline or word deadline to an instant; ``source`` '*' is every source (SNP-04)."""
    reason = require_reason(reason)
    month = ruled_period(period)
    known = (EVERY_SOURCE, *sources_of(scheme_for(month)))
    if source not in known:
        fault = Fault("/source", "no such source", seen=source, expected=", ".join(known))
        raise InputInvalid(f"no source is called {source!r}", faults=[fault])
    legal = legal_closing(month, kind)
    if falls_at < legal:
        fault = Fault("/falls_at", "lies before the instant of the law", expected=f"{in_vietnam(legal)} or later")
        raise InputInvalid("nothing closes earlier than the law says", faults=[fault])
    entry_id = new_id("cal")
    values = {"entry_id": entry_id, "period": period, "source": source, "kind": kind, "falls_at": falls_at}
    async with database.transaction() as connection:
        await _refuse_frozen(connection, period, source=source, kind=kind)
        written = await insert_record(
            connection, calendar_entry, CalendarEntry, {**values, "reason": reason, "actor": actor.id}
        )
        detail = {**values, "falls_at": falls_at.isoformat()}
        await record(connection, actor.id, "calendar.record", entry_id, reason=reason, detail=detail)
    return written


async def _refuse_frozen(connection: Connection, period: str, *, source: str, kind: str) -> None:
    """Raises MonthFrozen: what is closed is not opened again by a date; a correction is a superseding version."""
    closing = {each for each in await evidence.latest_snapshots(connection, period) if closing_kind(each) == kind}
    frozen = sorted(closing if source == EVERY_SOURCE else closing & {source})
    if frozen:
        hint = "Correct it by a superseding version, with a reason and a second person."
        raise MonthFrozen(f"{', '.join(frozen)}: {period} is frozen", hint=hint)


def _check_measure(scheme: Scheme, agency: str, measure: str, value: str | None) -> None:
    """The same reading of figures that scoring does: type, sign, maximum."""
    if value is not None and not re.fullmatch(DECIMAL, value):
        fault = Fault("/value", "is no plain decimal number", seen=value[:40], expected="digits, with a point where needed")
        raise InputInvalid("the ruling's value is no number", faults=[fault])
    figures = {measure: None if value is None else Decimal(value)}
    reading = read_measures(scheme, [AgencyInput(agency, figures)])
    faults = [
        Fault("/measure" if each.rule == "unknown-measure" else "/value", str(each), seen=each.value, expected=each.expected,
              hint=each.hint, rule=each.rule)
        for _, each in reading.faults
    ]  # fmt: skip
    if faults:
        raise InputInvalid(f"the ruling's figure cannot be: {measure}", faults=faults)


async def _require_agency(connection: Connection, agency: str, period: Period) -> None:
    if not await is_registered(connection, agency, period.last_day):
        raise AgencyUnknown(f"no scored body has the code {agency!r} in {period}", hint="GET /api/v1/agencies lists them.")


async def _require_missing(connection: Connection, *, period: str, agency: str, measure: str) -> None:
    latest = await published.latest_sheet(connection, period)
    bodies = [] if latest is None else msgspec.json.decode(latest.sheet)["agencies"]
    body = next((each for each in bodies if each["agency"] == agency), None)
    if latest is None or body is None or measure in body["settled"] or body["measures"].get(measure) is None:
        return
    raise MeasureNotMissing(
        f"{measure} of {agency} is not missing in {period}: a source gave {body['measures'][measure]}",
        hint="A wrong figure is corrected at its source and its snapshot superseded; a ruling supplies a missing one.",
        run=latest.run_id,
    )


async def _require_no_exemption(
    connection: Connection, *, agency: str, indicator: str, valid_from: str, valid_to: str | None
) -> None:
    await control.hold_applicability(connection, agency=agency, indicator=indicator)
    for row in await control.applicability_in_force(connection, agency=agency, indicator=indicator):
        begins_before_it_ends = row.valid_to is None or valid_from <= row.valid_to
        ends_after_it_begins = valid_to is None or row.valid_from <= valid_to
        if begins_before_it_ends and ends_after_it_begins:
            until = row.valid_to or "further notice"
            raise AlreadyExempted(
                f"{indicator} does not apply to {agency} from {row.valid_from} to {until} already",
                hint="Withdraw that row first, or name other months.",
                applicability_id=row.applicability_id,
            )


async def _write_applicability(
    connection: Connection, actor: Actor, values: dict[str, str | None], *, reason: str, action: str
) -> Applicability:
    applicability_id = new_id("appl")
    row = {"applicability_id": applicability_id, **values, "reason": reason, "actor": actor.id}
    written = await insert_record(connection, applicability, Applicability, row)
    await record(connection, actor.id, action, applicability_id, reason=reason, detail=values)
    return written
