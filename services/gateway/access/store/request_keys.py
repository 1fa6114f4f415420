"""Public keys with which callers sign their requests, and the nonces they used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.access.store.records import RequestKey
from shared.database import every, one
from shared.tables.mandates import request_key, request_key_end, request_nonce

_WHOLE = request_key.outerjoin(request_key_end, request_key.c.request_key_id == request_key_end.c.request_key_id)
_COLUMNS = (*request_key.c, request_key_end.c.recorded_at.label("ended_at"))
# Every request that writes asks it: it is made once.
_OF_KEY = (
    select(*_COLUMNS)
    .select_from(_WHOLE)
    .where(request_key.c.key_id == bindparam("key"))
    .order_by(request_key.c.recorded_at, request_key.c.request_key_id)
)


async def list_request_keys(connection: AsyncConnection, key_id: str) -> list[RequestKey]:
    """All of one API key, the oldest first."""
    return await every(connection, RequestKey, _OF_KEY, {"key": key_id})


async def find_request_key(connection: AsyncConnection, *, key_id: str, request_key_id: str) -> RequestKey | None:
    statement = select(*_COLUMNS).select_from(_WHOLE).where(request_key.c.key_id == key_id)
    return await one(connection, RequestKey, statement.where(request_key.c.request_key_id == request_key_id))


async def use_nonce(
    connection: AsyncConnection, *, request_key_id: str, nonce: str, expires_at: datetime, now: datetime
) -> bool:
    """False when it was used before. Nonces whose requests no window lets pass any more are forgotten on the way."""
    of_key = request_nonce.c.request_key_id == request_key_id
    await connection.execute(delete(request_nonce).where(of_key, request_nonce.c.expires_at < now))
    values = {"request_key_id": request_key_id, "nonce": nonce, "expires_at": expires_at}
    statement = insert(request_nonce).values(**values).on_conflict_do_nothing()
    return (await connection.execute(statement.returning(request_nonce.c.nonce))).first() is not None
