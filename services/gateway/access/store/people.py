"""Who stands behind actors' ids, as far as the session may know; the database decides that (control.people_known)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import Row, rows

_KNOWN = text("SELECT actor, agency, roles, name FROM control.people_known(:actors)")


async def people_known(connection: AsyncConnection, actors: Sequence[str]) -> list[Row]:
    """``name`` is null where the session may know the roles only; whom it may not know at all is left out."""
    return await rows(connection, _KNOWN, {"actors": list(actors)})
