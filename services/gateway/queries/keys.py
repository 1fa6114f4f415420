"""API keys and their revocations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import Row, row, rows
from shared.tables.control import api_key, api_key_revocation

_JOINED = api_key.outerjoin(api_key_revocation, api_key.c.key_id == api_key_revocation.c.key_id)
_REVOKED_AT = api_key_revocation.c.recorded_at.label("revoked_at")


async def insert_key(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(api_key.insert().values(**values))


async def insert_revocation(connection: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """False when the key was revoked before."""
    statement = insert(api_key_revocation).values(**values).on_conflict_do_nothing()
    result = await connection.execute(statement.returning(api_key_revocation.c.key_id))
    return result.first() is not None


async def find_key(connection: AsyncConnection, key_id: str) -> Row | None:
    statement = select(api_key, _REVOKED_AT).select_from(_JOINED).where(api_key.c.key_id == key_id)
    return await row(connection, statement)


async def list_keys(connection: AsyncConnection) -> list[Row]:
    names = ("key_id", "holder", "roles", "agency", "expires_at", "created_by", "reason", "recorded_at")
    columns = [api_key.c[name] for name in names]
    return await rows(connection, select(*columns, _REVOKED_AT).select_from(_JOINED).order_by(api_key.c.recorded_at))


async def holder_of(connection: AsyncConnection, actor: str) -> str | None:
    """To whom the key behind an actor was given; None for an actor without a key."""
    kind, _, key_id = actor.partition(":")
    if kind != "key":
        return None
    holder: str | None = await connection.scalar(select(api_key.c.holder).where(api_key.c.key_id == key_id))
    return holder
