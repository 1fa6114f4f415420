"""Commands, approvals, rulings, applicability and calendar rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import FromClause, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.access.store.decisions import STANDING
from services.gateway.operations.store.records import Applicability, CalendarEntry, Command, ExemptionInForce, Ruling
from shared.database import every, one
from shared.tables.control import approval, command, command_end
from shared.tables.queue import job_run

_EXECUTION = ("state", "attempts", "started_at", "ended_at", "result", "problem")

_SELECT_RULING = f"""
SELECT r.ruling_id, r.sequence, r.period, r.agency, r.measure, r.value, r.reason, r.document, r.actor, r.withdraws,
       r.recorded_at, {STANDING}, r.ruling_id IN (SELECT f.ruling_id FROM control.ruling_in_force f) AS in_force
  FROM control.ruling r JOIN control.decision d ON d.decision_id = r.ruling_id"""
_RULING = text(f"{_SELECT_RULING} WHERE r.ruling_id = :id")
_RULINGS = text(f"""{_SELECT_RULING}
 WHERE (CAST(:period AS text) IS NULL OR r.period = :period) AND (CAST(:after AS bigint) IS NULL OR r.sequence > :after)
 ORDER BY r.sequence LIMIT :limit""")
_RULING_IN_FORCE = text(
    "SELECT ruling_id FROM control.ruling_in_force WHERE period = :period AND agency = :agency AND measure = :measure"
)

_SELECT_EXEMPTION = f"""
SELECT r.applicability_id, r.agency, r.indicator, r.valid_from, r.valid_to, r.document, r.reason, r.actor, r.withdraws,
       r.recorded_at, {STANDING},
       r.applicability_id IN (SELECT f.applicability_id FROM control.applicability_in_force f) AS in_force
  FROM control.applicability r JOIN control.decision d ON d.decision_id = r.applicability_id"""
_EXEMPTION = text(f"{_SELECT_EXEMPTION} WHERE r.applicability_id = :id")
_EXEMPTIONS = text(f"""{_SELECT_EXEMPTION}
 WHERE (CAST(:agency AS text) IS NULL OR r.agency = :agency) AND (CAST(:after AS text) IS NULL OR r.applicability_id > :after)
 ORDER BY r.applicability_id LIMIT :limit""")
_EXEMPTIONS_IN_FORCE = text("""
SELECT applicability_id, agency, indicator, valid_from, valid_to, document FROM control.applicability_in_force
 WHERE (CAST(:agency AS text) IS NULL OR agency = :agency) AND (CAST(:indicator AS text) IS NULL OR indicator = :indicator)
 ORDER BY applicability_id""")

_SELECT_ENTRY = f"""
SELECT r.entry_id, r.sequence, r.period, r.source, r.kind, r.falls_at, r.reason, r.actor, r.withdraws, r.recorded_at,
       {STANDING}, r.entry_id IN (SELECT f.entry_id FROM control.calendar_in_force f) AS in_force
  FROM control.calendar_entry r JOIN control.decision d ON d.decision_id = r.entry_id"""
_ENTRY = text(f"{_SELECT_ENTRY} WHERE r.entry_id = :id")
_ENTRIES = text(f"""{_SELECT_ENTRY}
 WHERE (CAST(:period AS text) IS NULL OR r.period = :period) AND (CAST(:after AS bigint) IS NULL OR r.sequence > :after)
   AND (CAST(:state AS text) IS NULL OR d.state = :state)
 ORDER BY r.sequence LIMIT :limit""")
_CALENDAR_REFUSAL = text("SELECT control.calendar_refusal(:period, :source, :kind, :falls_at, :withdraws)")


async def find_command(connection: AsyncConnection, command_id: str, *kinds: str) -> Command | None:
    """A command of one of these kinds with its execution, its approval and its end, where there are any."""
    joined: FromClause = command
    for beside in (job_run, approval, command_end):
        joined = joined.outerjoin(beside, beside.c.command_id == command.c.command_id)
    asked = select(
        *(command.c[name] for name in ("command_id", "kind", "period", "arguments", "actor", "reason")),
        command.c.recorded_at.label("requested_at"),
        *(job_run.c[name] for name in _EXECUTION),
        approval.c.actor.label("approver"),
        command_end.c.kind.label("ended"),
        command_end.c.actor.label("ended_by"),
        command_end.c.reason.label("end_reason"),
    ).select_from(joined)
    return await one(connection, Command, asked.where(command.c.command_id == command_id, command.c.kind.in_(kinds)))


async def list_rulings(connection: AsyncConnection, *, period: str | None, after: int | None, limit: int) -> list[Ruling]:
    """In the order they were asked for; the one approved last on a measure holds."""
    return await every(connection, Ruling, _RULINGS, {"period": period, "after": after, "limit": limit})


async def find_ruling(connection: AsyncConnection, ruling_id: str) -> Ruling | None:
    return await one(connection, Ruling, _RULING, {"id": ruling_id})


async def ruling_in_force(connection: AsyncConnection, *, period: str, agency: str, measure: str) -> str | None:
    """The id of the ruling that supplies a measure, where one does."""
    asked = {"period": period, "agency": agency, "measure": measure}
    found: str | None = await connection.scalar(_RULING_IN_FORCE, asked)
    return found


async def list_applicability(
    connection: AsyncConnection, *, agency: str | None, after: str | None, limit: int
) -> list[Applicability]:
    return await every(connection, Applicability, _EXEMPTIONS, {"agency": agency, "after": after, "limit": limit})


async def find_applicability(connection: AsyncConnection, applicability_id: str) -> Applicability | None:
    return await one(connection, Applicability, _EXEMPTION, {"id": applicability_id})


async def applicability_in_force(
    connection: AsyncConnection, *, agency: str | None = None, indicator: str | None = None
) -> list[ExemptionInForce]:
    """Rows that two people agreed to and that nothing withdraws."""
    return await every(connection, ExemptionInForce, _EXEMPTIONS_IN_FORCE, {"agency": agency, "indicator": indicator})


async def list_calendar(
    connection: AsyncConnection, *, period: str | None, after: int | None, limit: int, approved: bool = False
) -> list[CalendarEntry]:
    """In the order they were asked for; of a period, source and kind the one approved last holds. ``approved``: only those."""
    asked = {"period": period, "after": after, "limit": limit, "state": "approved" if approved else None}
    return await every(connection, CalendarEntry, _ENTRIES, asked)


async def find_calendar_entry(connection: AsyncConnection, entry_id: str) -> CalendarEntry | None:
    return await one(connection, CalendarEntry, _ENTRY, {"id": entry_id})


async def calendar_refusal(connection: AsyncConnection, entry: Mapping[str, Any]) -> str | None:
    """Why a calendar row cannot move what it names, by the database's own clock: `early`, `passed`, `receipt` or `frozen`.

    ``entry`` has period, source, kind, falls_at and, of a withdrawal, withdraws.
    """
    found: str | None = await connection.scalar(_CALENDAR_REFUSAL, {"withdraws": None, **entry})
    return found
