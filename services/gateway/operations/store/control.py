"""Commands, approvals, rulings, applicability and calendar rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.operations.store.records import Applicability, CalendarEntry, Command, Ruling
from shared.database import every, one
from shared.tables.control import applicability, approval, calendar_entry, command, ruling
from shared.tables.queue import job_run

_EXECUTION = ("state", "attempts", "started_at", "ended_at", "result", "problem")

_HOLD_APPLICABILITY = text("SELECT pg_advisory_xact_lock(hashtextextended('applicability:' || :agency || :indicator, 0))")


async def find_command(connection: AsyncConnection, command_id: str, kind: str) -> Command | None:
    """A command of this kind with its execution and its approval, where there are any."""
    joined = command.outerjoin(job_run, job_run.c.command_id == command.c.command_id).outerjoin(
        approval, approval.c.command_id == command.c.command_id
    )
    asked = select(
        *(command.c[name] for name in ("command_id", "kind", "period", "arguments", "actor", "reason")),
        command.c.recorded_at.label("requested_at"),
        *(job_run.c[name] for name in _EXECUTION),
        approval.c.actor.label("approver"),
    ).select_from(joined)
    return await one(connection, Command, asked.where(command.c.command_id == command_id, command.c.kind == kind))


async def list_rulings(connection: AsyncConnection, *, period: str | None, after: int | None, limit: int) -> list[Ruling]:
    """In the order they were recorded; the latest on a measure holds."""
    statement = select(ruling).order_by(ruling.c.sequence).limit(limit)
    if after is not None:
        statement = statement.where(ruling.c.sequence > after)
    return await every(connection, Ruling, _of_period(statement, ruling, period))


async def find_ruling(connection: AsyncConnection, ruling_id: str) -> Ruling | None:
    return await one(connection, Ruling, select(ruling).where(ruling.c.ruling_id == ruling_id))


async def ruling_in_force(connection: AsyncConnection, *, period: str, agency: str, measure: str) -> Ruling | None:
    """The latest ruling on a measure, when it supplies a value."""
    same = (ruling.c.period == period, ruling.c.agency == agency, ruling.c.measure == measure)
    latest = await one(connection, Ruling, select(ruling).where(*same).order_by(ruling.c.sequence.desc()).limit(1))
    return latest if latest and latest.value is not None else None


async def list_applicability(
    connection: AsyncConnection, *, agency: str | None, after: str | None, limit: int
) -> list[Applicability]:
    statement = select(applicability).order_by(applicability.c.applicability_id).limit(limit)
    if agency is not None:
        statement = statement.where(applicability.c.agency == agency)
    if after is not None:
        statement = statement.where(applicability.c.applicability_id > after)
    return await every(connection, Applicability, statement)


async def find_applicability(connection: AsyncConnection, applicability_id: str) -> Applicability | None:
    return await one(
        connection, Applicability, select(applicability).where(applicability.c.applicability_id == applicability_id)
    )


async def hold_applicability(connection: AsyncConnection, *, agency: str, indicator: str) -> None:
    """Until the transaction ends nobody else records that this indicator does not apply to this body."""
    await connection.execute(_HOLD_APPLICABILITY, {"agency": agency, "indicator": indicator})


async def applicability_in_force(connection: AsyncConnection, *, agency: str, indicator: str) -> list[Applicability]:
    """Rows that neither withdraw nor are withdrawn."""
    withdrawn = select(applicability.c.withdraws).where(applicability.c.withdraws.is_not(None))
    return await every(
        connection,
        Applicability,
        select(applicability).where(
            applicability.c.agency == agency,
            applicability.c.indicator == indicator,
            applicability.c.withdraws.is_(None),
            applicability.c.applicability_id.not_in(withdrawn),
        ),
    )


async def is_withdrawn(connection: AsyncConnection, applicability_id: str) -> bool:
    found = await connection.scalar(
        select(applicability.c.applicability_id).where(applicability.c.withdraws == applicability_id).limit(1)
    )
    return found is not None


async def list_calendar(
    connection: AsyncConnection, *, period: str | None, after: int | None, limit: int
) -> list[CalendarEntry]:
    """In the order they were recorded; the latest of a period, source and kind holds."""
    statement = select(calendar_entry).order_by(calendar_entry.c.sequence).limit(limit)
    if after is not None:
        statement = statement.where(calendar_entry.c.sequence > after)
    return await every(connection, CalendarEntry, _of_period(statement, calendar_entry, period))


async def find_calendar_entry(connection: AsyncConnection, entry_id: str) -> CalendarEntry | None:
    return await one(connection, CalendarEntry, select(calendar_entry).where(calendar_entry.c.entry_id == entry_id))


def _of_period(statement: Select[Any], table: Table, period: str | None) -> Select[Any]:
    return statement if period is None else statement.where(table.c.period == period)
