"""Whether two actors are one person (APR-03, RSC-11). The database says so (migrations/objects/functions/control.people.sql):
its triggers and every service ask the same function."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_SAME = text("SELECT control.same_person(:one, :other)")
_AMONG = text("SELECT other FROM unnest(CAST(:others AS text[])) AS other WHERE control.same_person(:actor, other)")
_IMPORTERS = text("SELECT DISTINCT actor FROM ingest.file_importer WHERE period = :period ORDER BY actor")
_HELD = text("SELECT control.is_held_by(:actor, :holder)")


async def same_person(connection: AsyncConnection, one: str, other: str) -> bool:
    """One actor, two credentials of one holder, or a key and whoever made it."""
    return bool(await connection.scalar(_SAME, {"one": one, "other": other}))


async def same_among(connection: AsyncConnection, actor: str, others: Iterable[str]) -> frozenset[str]:
    """Those of ``others`` who are the same person as ``actor``."""
    asked = sorted(set(others))
    return frozenset(await connection.scalars(_AMONG, {"actor": actor, "others": asked}) if asked else ())


async def importers_of(connection: AsyncConnection, period: str) -> list[str]:
    """Who alone brought something of the month in by official file: none of them publishes it."""
    return list(await connection.scalars(_IMPORTERS, {"period": period}))


async def is_held_by(connection: AsyncConnection, actor: str, holder: str) -> bool:
    """Whether the actor is the person of this name, with whichever credential."""
    return bool(await connection.scalar(_HELD, {"actor": actor, "holder": holder}))
