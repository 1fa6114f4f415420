"""Answers kept for the keys of callers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import one
from shared.tables.control import extension, idempotency

_HOLD = text("SELECT pg_try_advisory_xact_lock(hashtextextended('answer:' || :actor || ' ' || :key, 0))")


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    """The answer to the request that first used a key."""

    fingerprint: str
    status: int
    headers: Sequence[Sequence[str]]
    body: bytes


async def hold_key(connection: AsyncConnection, *, actor: str, key: str) -> bool:
    """Until the transaction ends nobody else writes under this key; False when somebody does."""
    return bool(await connection.scalar(_HOLD, {"actor": actor, "key": key}))


async def find_answer(connection: AsyncConnection, *, actor: str, key: str) -> KeptAnswer | None:
    asked = select(idempotency.c.fingerprint, idempotency.c.status, idempotency.c.headers, idempotency.c.body)
    return await one(connection, KeptAnswer, asked.where(idempotency.c.actor == actor, idempotency.c.key == key))


async def insert_answer(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(idempotency.insert().inline().values(**values))


async def delete_answers(connection: AsyncConnection, *, before: datetime) -> int:
    """How many there were."""
    return int((await connection.execute(delete(idempotency).where(idempotency.c.recorded_at < before))).rowcount)


async def extended_periods(connection: AsyncConnection, *, now: datetime) -> set[str]:
    """Months that some body may still report, by an extension given or proposed for it."""
    found = await connection.scalars(select(extension.c.period).where(extension.c.until > now).distinct())
    return set(found.all())
