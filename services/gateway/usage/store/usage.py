"""Counts of audit rows by user group. The database gives counts and never the rows (SEC-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import every

_USAGE = text("SELECT user_group, roles, action, depth, entries, actors FROM audit.usage(:since, :until)")


_NOW = text("SELECT clock_timestamp()")


@dataclass(frozen=True, kw_only=True)
class UsageCount:
    """``depth`` 0 is all of it, 1 a group, 2 a group's set of roles, 3 an action of such; what it is not of is None."""

    user_group: str | None
    roles: Sequence[str] | None
    action: str | None
    depth: int
    entries: int
    actors: int


async def now_of_the_log(connection: AsyncConnection) -> datetime:
    """Audit rows bear the database's clock."""
    found: datetime = (await connection.execute(_NOW)).scalar_one()
    return found


async def usage(connection: AsyncConnection, *, since: datetime, until: datetime) -> list[UsageCount]:
    return await every(connection, UsageCount, _USAGE, {"since": since, "until": until})
