"""For whom a session of the database sees and writes: row security keeps bodies apart even where a query forgets to (SEC-01).

A caller with a role inside a body sees and writes for that body alone; one with a national role sees all and writes for
none; everybody else sees nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from services.gateway.queries import Connection
from shared.audit import Actor
from shared.database import Database

# Roles inside a body; a key or token with one of them holds no other kind of role (SEC-09).
AGENCY_ROLES = ("agency_drafter", "agency_approver", "agency_signer", "agency_admin")
# Roles that look at all bodies.
NATIONAL_ROLES = ("reader", "operator", "publisher", "auditor", "records_reviewer")

_REACH = text("SELECT set_config('bangdiem.reads', :reads, true), set_config('bangdiem.acts', :acts, true)")


def reach_of(actor: Actor) -> tuple[str, str]:
    """What the actor's sessions see ("*", a body's code, or "") and for which body they write ("" for none)."""
    if actor.agency is not None and actor.roles & set(AGENCY_ROLES):
        return actor.agency, actor.agency
    return ("*" if actor.roles & set(NATIONAL_ROLES) else ""), ""


@asynccontextmanager
async def transaction(database: Database, actor: Actor) -> AsyncIterator[Connection]:
    """A transaction within the actor's reach."""
    async with database.transaction() as connection:
        await _reach(connection, actor)
        yield connection


@asynccontextmanager
async def read(database: Database, actor: Actor) -> AsyncIterator[Connection]:
    """One instant within the actor's reach, read-only."""
    async with database.read() as connection:
        await _reach(connection, actor)
        yield connection


async def _reach(connection: Connection, actor: Actor) -> None:
    reads, acts = reach_of(actor)
    await connection.execute(_REACH, {"reads": reads, "acts": acts})
