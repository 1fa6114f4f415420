"""For whom a session of the database sees and writes: row security keeps bodies apart even where a query forgets to (SEC-01).

A caller with a role inside a body sees and writes for that body alone; one with a national role sees all and writes for
none; everybody else sees nothing. A system administrator appoints people of a body, and does nothing else there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from shared.audit import Actor
from shared.database import RLS_REFUSALS, Connection, Database, is_row_security
from shared.errors import NotAllowed, NotFound

# Those of a body who see its reports whole, and those of one unit of it, who see what is their unit's (APR-02).
WHOLE_BODY_ROLES = ("agency_drafter", "agency_approver", "agency_signer", "agency_admin")
UNIT = "agency_unit"
# Roles inside a body; a key or token with one of them holds no other kind of role (SEC-09).
AGENCY_ROLES = (*WHOLE_BODY_ROLES, UNIT)
# Roles that look at all bodies.
NATIONAL_ROLES = ("reader", "operator", "publisher", "auditor", "records_reviewer", "officer", "assessor")
ADMINISTRATOR = "system_administrator"
# The side of those who act for no body, where people's grants are kept.
OFFICE = "office"

_REACH = text("SELECT set_config('bangdiem.reads', :reads, true), set_config('bangdiem.acts', :acts, true)")


class OwnBody(NotAllowed):
    """Nobody checks the body they belong to, nor decides about it for a national office."""

    slug = "own-body"
    title_vi = "Không được kiểm tra cơ quan của chính mình"
    title_en = "Not of one's own body"


def reach_of(actor: Actor) -> tuple[str, str]:
    """What the actor's sessions see ("*", a body's code, or "") and for which body they write ("" for none)."""
    if actor.agency is not None and actor.roles & set(AGENCY_ROLES):
        return actor.agency, actor.agency
    return ("*" if actor.roles & set(NATIONAL_ROLES) else ""), ""


def administering_reach(actor: Actor, agency: str | None) -> tuple[str, str]:
    """As ``reach_of``, but a system administrator sees and writes for the body named; None is the national offices' side."""
    if ADMINISTRATOR not in actor.roles or actor.roles & set(AGENCY_ROLES):
        return reach_of(actor)
    reads, side = reach_of(actor)[0], agency or OFFICE
    return reads or side, side


def require_other_body(actor: Actor, agency: str | None) -> None:
    """Raises OwnBody when somebody of a national office would check or decide about the body they belong to."""
    if agency is not None and actor.agency == agency and not actor.roles & set(AGENCY_ROLES):
        raise OwnBody(f"you belong to {agency}, so somebody else decides here", hint="Ask a colleague of another body.")


@asynccontextmanager
async def transaction(database: Database, actor: Actor) -> AsyncIterator[Connection]:
    """A transaction within the actor's reach. Raises NotFound when row security refuses to write a row of another body."""
    async with _bounded(database, reach_of(actor)) as connection:
        yield connection


@asynccontextmanager
async def read(database: Database, actor: Actor) -> AsyncIterator[Connection]:
    """One instant within the actor's reach, read-only."""
    async with database.read() as connection:
        await _reach(connection, reach_of(actor))
        yield connection


@asynccontextmanager
async def administering(database: Database, actor: Actor, agency: str | None) -> AsyncIterator[Connection]:
    """A transaction of who decides about people and keys of a body, or (None) of the national offices."""
    async with _bounded(database, administering_reach(actor, agency)) as connection:
        yield connection


@asynccontextmanager
async def administering_read(database: Database, actor: Actor, agency: str | None) -> AsyncIterator[Connection]:
    """One instant of the same reach, read-only."""
    async with database.read() as connection:
        await _reach(connection, administering_reach(actor, agency))
        yield connection


@asynccontextmanager
async def naming_read(database: Database, actor: Actor) -> AsyncIterator[Connection]:
    """One instant, read-only, to learn who somebody is: a system administrator reads every body's people one by one, so here
    they see all at once."""
    reads = "*" if ADMINISTRATOR in actor.roles and not actor.roles & set(AGENCY_ROLES) else reach_of(actor)[0]
    async with database.read() as connection:
        await _reach(connection, (reads, ""))
        yield connection


@asynccontextmanager
async def whole_read(database: Database) -> AsyncIterator[Connection]:
    """One instant of all bodies, read-only: for the site's operator at the terminal, and to hash rows that a proof stands
    beside, of which nothing else may leave."""
    async with database.read() as connection:
        await _reach(connection, ("*", ""))
        yield connection


@asynccontextmanager
async def _bounded(database: Database, reach: tuple[str, str]) -> AsyncIterator[Connection]:
    try:
        async with database.transaction() as connection:
            await _reach(connection, reach)
            yield connection
    except RLS_REFUSALS as error:
        if is_row_security(error):
            raise NotFound("there is no such thing for this key") from error
        raise


async def _reach(connection: Connection, reach: tuple[str, str]) -> None:
    reads, acts = reach
    await connection.execute(_REACH, {"reads": reads, "acts": acts})
