"""What moves points or time for others: rulings, applicability, calendar, a withdrawal of each, and rules of reports (SNP-04,
RUL-06, G-15, DQ-09).

One person asks with a reason, another one approves; until then, and where it is refused or taken back, nothing has changed.
What is asked for is a fact with its audit row, the approval another one. An approval judges anew what the asking judged.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Table

from services.gateway.access.four_eyes import approve_decision, decision_to_approve, end_decision
from services.gateway.access.store import decisions
from services.gateway.access.store.decisions import Decision as Decision
from services.gateway.access.tenancy import require_other_body, transaction
from services.gateway.http.answers import chosen
from services.gateway.http.errors import AgencyUnknown, AlreadyExempted, MeasureNotMissing, MonthFrozen, TimeTakenBack
from services.gateway.http.periods import ruled_period, sources_of
from services.gateway.http.words import DECIMAL, require_reason
from services.gateway.operations.store import control
from services.gateway.operations.store.records import Applicability, CalendarEntry, Ruling
from services.gateway.publication.store import published
from services.gateway.reports.submissions.activating import judge_activation
from shared.audit import Actor, record
from shared.calendar import LOOKED_AT_TWICE, legal_closing
from shared.database import Connection, Database, insert_row
from shared.errors import Conflict, Fault, InputInvalid, NotFound
from shared.ids import new_id
from shared.law.measures import AgencyInput, read_measures
from shared.law.scheme import Scheme, scheme_for
from shared.period import Period, in_vietnam
from shared.registry_store import is_registered
from shared.tables.control import applicability, calendar_entry, ruling

EVERY_SOURCE = "*"


async def propose_ruling(
    database: Database,
    *,
    actor: Actor,
    period: str,
    agency: str,
    measure: str,
    value: str | None,
    reason: str,
    document: str,
    withdraws: str | None = None,
) -> Ruling:
    """A ruling supplies one missing measure, zero included; ``value`` None withdraws the one in force (scheme rule 3, G-12),
    and nothing where ``withdraws`` names another.

    Missing is what the month's latest run found no figure for. Before the first run nobody knows, so nothing is refused then:
    a figure that arrives later wins over the ruling anyway. Raises MeasureNotMissing, Conflict, AgencyUnknown or InputInvalid.
    """
    reason = require_reason(reason)
    month = ruled_period(period)
    require_other_body(actor, agency)
    _check_measure(scheme_for(month), agency, measure, value)
    values = {"period": period, "agency": agency, "measure": measure, "value": value, "document": document}
    async with database.transaction() as connection:
        await _require_agency(connection, agency, month)
        if value is None:
            held = await control.ruling_in_force(connection, period=period, agency=agency, measure=measure)
            if held is None:
                raise Conflict("no ruling on this measure is in force, so none can be withdrawn")
            if withdraws not in (None, held):
                raise Conflict(f"{withdraws} is not in force")
            values["withdraws"] = held
        else:
            await _require_missing(connection, period=period, agency=agency, measure=measure)
        ruling_id = await _propose(connection, actor, ruling, "ruling", values, reason=reason)
        return await find_ruling(connection, ruling_id)


async def withdraw_ruling(database: Database, *, actor: Actor, ruling_id: str, document: str, reason: str) -> Ruling:
    """Asks that a ruling in force be taken back. Raises NotFound or Conflict."""
    async with database.read() as connection:
        found = await find_ruling(connection, ruling_id)
    if not found.in_force:
        raise Conflict(f"{ruling_id} is not in force")
    about = chosen(found, ("period", "agency", "measure"))
    return await propose_ruling(
        database, actor=actor, **about, value=None, reason=reason, document=document, withdraws=ruling_id
    )


async def propose_applicability(
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
    span = {"valid_from": valid_from, "valid_to": valid_to}
    values = {"agency": agency, "indicator": indicator, **span, "document": document}
    async with database.transaction() as connection:
        await _require_agency(connection, agency, first)
        await _require_no_exemption(connection, agency, indicator, valid_from, valid_to)
        applicability_id = await _propose(connection, actor, applicability, "appl", values, reason=reason)
        return await find_applicability(connection, applicability_id)


async def withdraw_applicability(
    database: Database, *, actor: Actor, applicability_id: str, document: str, reason: str
) -> Applicability:
    """Asks that a row in force be taken back; both stay. Raises NotFound, OwnBody or Conflict."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        found = await find_applicability(connection, applicability_id)
        if not found.in_force:
            raise Conflict(f"{applicability_id} is withdrawn, or is a withdrawal itself")
        require_other_body(actor, found.agency)
        values = chosen(found, ("agency", "indicator", "valid_from", "valid_to"))
        values |= {"document": document, "withdraws": applicability_id}
        made = await _propose(connection, actor, applicability, "appl", values, reason=reason)
        return await find_applicability(connection, made)


async def propose_calendar_entry(
    database: Database, *, actor: Actor, period: str, source: str, kind: str, falls_at: datetime, reason: str
) -> CalendarEntry:
    """Moves a cutoff, a deadline of reports or words, or a second look; ``source`` '*' is every source (SNP-04, SNP-14).

    Raises InputInvalid where the instant passed or lies before the law's, MonthFrozen or TimeTakenBack.
    """
    reason = require_reason(reason)
    month = ruled_period(period)
    known = (EVERY_SOURCE, *(sorted(LOOKED_AT_TWICE) if kind == "second_look" else sources_of(scheme_for(month))))
    if source not in known:
        fault = Fault("/source", "no such source", seen=source, expected=", ".join(known))
        raise InputInvalid(f"no source is called {source!r}", faults=[fault])
    legal = legal_closing(month, kind)
    if falls_at < legal:
        fault = Fault("/falls_at", "lies before the instant of the law", expected=f"{in_vietnam(legal)} or later")
        raise InputInvalid("nothing closes earlier than the law says", faults=[fault])
    values = {"period": period, "source": source, "kind": kind, "falls_at": falls_at}
    async with database.transaction() as connection:
        if await _refused(connection, values) == "passed":
            fault = Fault(
                "/falls_at", "lies in the past", seen=in_vietnam(falls_at), expected="an instant that is still to come"
            )
            raise InputInvalid("no deadline is moved to an instant that has passed", faults=[fault])
        entry_id = await _propose(connection, actor, calendar_entry, "cal", values, reason=reason)
        return await find_calendar_entry(connection, entry_id)


async def withdraw_calendar_entry(database: Database, *, actor: Actor, entry_id: str, reason: str) -> CalendarEntry:
    """Asks that a row in force be taken back, so that what held before it holds again.

    Raises NotFound, Conflict, MonthFrozen or TimeTakenBack.
    """
    reason = require_reason(reason)
    async with database.transaction() as connection:
        found = await find_calendar_entry(connection, entry_id)
        if not found.in_force:
            raise Conflict(f"{entry_id} is withdrawn, or is a withdrawal itself")
        values = chosen(found, ("period", "source", "kind", "falls_at")) | {"withdraws": entry_id}
        await _require_time_kept(connection, values)
        made = await _propose(connection, actor, calendar_entry, "cal", values, reason=reason)
        return await find_calendar_entry(connection, made)


async def approve(database: Database, *, actor: Actor, decision_id: str, reason: str) -> Decision:
    """The second person's agreement, from whose commit on the decision holds.

    Raises NotFound, OwnBody, SamePerson, AlreadyApproved, DecisionEnded, or what asking for the same would raise now.
    """
    reason = require_reason(reason)
    async with transaction(database, actor) as connection:
        asked = await decision_to_approve(connection, actor, decision_id)
        await JUDGED[asked.kind](connection, decision_id)
        await approve_decision(connection, actor, asked, reason=reason)
        return await find_decision(connection, decision_id)


async def end(database: Database, *, actor: Actor, decision_id: str, reason: str) -> Decision:
    """Refuses somebody else's proposal, or takes the own one back.

    Raises NotFound, OwnBody, AlreadyApproved or DecisionEnded.
    """
    reason = require_reason(reason)
    async with database.transaction() as connection:
        await end_decision(connection, actor, decision_id, reason=reason)
        return await find_decision(connection, decision_id)


async def waiting(database: Database) -> list[Decision]:
    """What waits for a second person, in the order it was asked for."""
    async with database.read() as connection:
        return await decisions.list_decisions(connection, state="proposed", period=None, after=None, limit=None)


async def find_decision(connection: Connection, decision_id: str) -> Decision:
    found = await decisions.find_decision(connection, decision_id)
    if found is None:
        raise NotFound(f"no decision has the id {decision_id}")
    return found


async def find_ruling(connection: Connection, ruling_id: str) -> Ruling:
    found = await control.find_ruling(connection, ruling_id)
    if found is None:
        raise NotFound(f"no ruling has the id {ruling_id}")
    return found


async def find_applicability(connection: Connection, applicability_id: str) -> Applicability:
    found = await control.find_applicability(connection, applicability_id)
    if found is None:
        raise NotFound(f"no applicability row has the id {applicability_id}")
    return found


async def find_calendar_entry(connection: Connection, entry_id: str) -> CalendarEntry:
    found = await control.find_calendar_entry(connection, entry_id)
    if found is None:
        raise NotFound(f"no calendar row has the id {entry_id}")
    return found


async def _judge_ruling(connection: Connection, ruling_id: str) -> None:
    found = await find_ruling(connection, ruling_id)
    about = {"period": found.period, "agency": found.agency, "measure": found.measure}
    if found.value is not None:
        await _require_missing(connection, **about)
    elif await control.ruling_in_force(connection, **about) != found.withdraws:
        raise Conflict(f"{found.withdraws} is not in force any more")


async def _judge_applicability(connection: Connection, applicability_id: str) -> None:
    found = await find_applicability(connection, applicability_id)
    if found.withdraws is None:
        await _require_no_exemption(connection, found.agency, found.indicator, found.valid_from, found.valid_to)
    elif not (await find_applicability(connection, found.withdraws)).in_force:
        raise Conflict(f"{found.withdraws} is not in force any more")


async def _judge_calendar_entry(connection: Connection, entry_id: str) -> None:
    found = await find_calendar_entry(connection, entry_id)
    if found.withdraws is not None and not (await find_calendar_entry(connection, found.withdraws)).in_force:
        raise Conflict(f"{found.withdraws} is not in force any more")
    await _require_time_kept(connection, chosen(found, ("period", "source", "kind", "falls_at", "withdraws")))


# By the act's name in view control.decision: what an approval judges anew. Another act is one line here and one in the view.
JUDGED: Mapping[str, Callable[[Connection, str], Awaitable[None]]] = {
    "ruling": _judge_ruling,
    "applicability": _judge_applicability,
    "calendar_entry": _judge_calendar_entry,
    "rule_activation": judge_activation,
}


async def _propose(
    connection: Connection, actor: Actor, table: Table, prefix: str, values: Mapping[str, Any], *, reason: str
) -> str:
    """The fact that waits for its second person, with its audit row; the id."""
    made = new_id(prefix)
    key = table.primary_key.columns.keys()[0]
    await insert_row(connection, table, {key: made, **values, "reason": reason, "actor": actor.id})
    detail = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
    await record(connection, actor.id, f"{table.name}.propose", made, reason=reason, detail=detail)
    return made


async def _refused(connection: Connection, entry: Mapping[str, Any]) -> str | None:
    """`passed` or None. Raises MonthFrozen and TimeTakenBack for the other refusals of a calendar row."""
    refusal = await control.calendar_refusal(connection, entry)
    if refusal == "frozen":
        hint = "Correct it by a superseding version, with a reason and a second person."
        raise MonthFrozen(f"{entry['period']} is frozen for what this row would move", hint=hint)
    if refusal == "receipt":
        raise TimeTakenBack(
            f"a report of {entry['period']} that counts was handed in at or after the instant that would hold",
            hint="Name an instant after the last receipt that counts.",
        )
    return refusal


async def _require_time_kept(connection: Connection, entry: Mapping[str, Any]) -> None:
    """Raises MonthFrozen, or TimeTakenBack where the instant that would hold has passed by the database's own clock."""
    if await _refused(connection, entry) is not None:
        raise TimeTakenBack(
            f"the instant that would hold for {entry['period']} has passed",
            hint="Ask anew, with an instant that is still to come.",
        )


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
    connection: Connection, agency: str, indicator: str, valid_from: str, valid_to: str | None
) -> None:
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
