"""Sessions at the pages: begun, ended, looked at on every page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.access.store.records import PageSession
from shared.database import one
from shared.tables.sessions import page_session, page_session_end

_WHOLE = page_session.outerjoin(page_session_end, page_session.c.session_id == page_session_end.c.session_id)


async def insert_session(connection: AsyncConnection, *, session_id: str, actor: str, ends_at: datetime) -> None:
    await connection.execute(page_session.insert().values(session_id=session_id, actor=actor, ends_at=ends_at))


async def end_session(connection: AsyncConnection, *, session_id: str, actor: str) -> bool:
    """False when it had ended before."""
    statement = insert(page_session_end).values(session_id=session_id, actor=actor).on_conflict_do_nothing()
    return (await connection.execute(statement.returning(page_session_end.c.session_id))).first() is not None


async def find_session(connection: AsyncConnection, session_id: str) -> PageSession | None:
    """With ``ended_at``, null while it goes on."""
    columns = (*page_session.c, page_session_end.c.recorded_at.label("ended_at"))
    return await one(
        connection, PageSession, select(*columns).select_from(_WHOLE).where(page_session.c.session_id == session_id)
    )
