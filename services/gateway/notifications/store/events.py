"""The list of events, in the order in which they were committed. Row security shows a body its own and everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.notifications.store.records import Event
from shared.database import every, one
from shared.tables.events import event


async def list_events(
    connection: AsyncConnection, *, agency: str | None, types: Sequence[str] | None, after: int | None, limit: int
) -> list[Event]:
    """Of a body with those for everybody, or (None) those for everybody alone."""
    statement = select(event).where(_for(agency)).order_by(event.c.sequence).limit(limit)
    if types is not None:
        statement = statement.where(event.c.type.in_(types))
    return await every(connection, Event, statement if after is None else statement.where(event.c.sequence > after))


async def find_event(connection: AsyncConnection, event_id: str, *, agency: str | None) -> Event | None:
    return await one(connection, Event, _one(event_id).where(_for(agency)))


async def last_sequence(connection: AsyncConnection) -> int:
    """Of the events that the session sees; 0 before the first."""
    return int(await connection.scalar(select(event.c.sequence).order_by(event.c.sequence.desc()).limit(1)) or 0)


def _one(event_id: str) -> Select[Any]:
    return select(event).where(event.c.event_id == event_id)


def _for(agency: str | None) -> ColumnElement[bool]:
    for_all = event.c.agency.is_(None)
    return for_all if agency is None else or_(for_all, event.c.agency == agency)
