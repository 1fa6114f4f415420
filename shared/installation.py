"""What a database is for: a demonstration, or the real thing (ADR 47). Said once, while it is empty; silence means real."""

from __future__ import annotations

from typing import Any, Final, Literal

from psycopg import Connection
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.tables.control import installation

Kind = Literal["demo", "real"]
_IN_USE = "SELECT EXISTS (SELECT FROM control.api_key) OR EXISTS (SELECT FROM control.command)"
_WHY: Final[dict[Kind, str]] = {"demo": "bangdiem demo", "real": "bangdiem up, bangdiem db upgrade"}


def settle(owner: Connection[Any], kind: Kind, *, actor: str) -> Kind:
    """What the database says it is for; where it says nothing, ``kind`` from now on, unless somebody acted in it: then real.

    ``owner`` is a connection of the database's owner; what is written is committed with it.
    """
    # Two that found at once: the second reads what the first wrote.
    owner.execute("LOCK TABLE control.installation IN SHARE ROW EXCLUSIVE MODE")
    said = owner.execute("SELECT kind FROM control.installation").fetchone()
    if said is None:
        in_use = owner.execute(_IN_USE).fetchone()
        chosen: Kind = "real" if in_use is None or in_use[0] else kind
        values = (chosen, actor, _WHY[chosen])
        owner.execute("INSERT INTO control.installation (kind, actor, reason) VALUES (%s, %s, %s)", values)
        owner.execute(
            "INSERT INTO audit.entry (actor, action, object, reason) VALUES (%s, 'installation.settle', %s, %s)",
            (actor, chosen, _WHY[chosen]),
        )
        return chosen
    return "demo" if said[0] == "demo" else "real"


async def is_demo(connection: AsyncConnection) -> bool:
    """Whether what is stored here are a demonstration's invented figures."""
    said = select(installation.c.kind).where(installation.c.kind == "demo")
    found = await connection.scalar(select(said.exists()))
    return bool(found)
