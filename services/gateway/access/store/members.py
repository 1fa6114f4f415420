"""Grants of roles to people of identity providers, with their approvals and revocations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.access.store.records import Grant
from shared.database import every, one
from shared.tables.identity import grant_approval, grant_revocation, member_grant

_WHOLE = member_grant.outerjoin(grant_approval, member_grant.c.grant_id == grant_approval.c.grant_id).outerjoin(
    grant_revocation, member_grant.c.grant_id == grant_revocation.c.grant_id
)
_COLUMNS = (
    *member_grant.c,
    grant_approval.c.actor.label("approved_by"),
    grant_approval.c.recorded_at.label("approved_at"),
    grant_revocation.c.actor.label("revoked_by"),
    grant_revocation.c.recorded_at.label("revoked_at"),
)


async def list_grants(connection: AsyncConnection, *, agency: str | None, after: int | None, limit: int) -> list[Grant]:
    """Of one body, or (None) of the national offices, in the order they were asked for."""
    statement = _of(agency).order_by(member_grant.c.sequence).limit(limit)
    return await every(connection, Grant, statement if after is None else statement.where(member_grant.c.sequence > after))


async def find_grant(connection: AsyncConnection, *, agency: str | None, grant_id: str) -> Grant | None:
    return await one(connection, Grant, _of(agency).where(member_grant.c.grant_id == grant_id))


async def grants_of(connection: AsyncConnection, subject: str) -> list[Grant]:
    """A person's approved grants that were not taken back, the first approved first, as far as the session sees them."""
    statement = select(*_COLUMNS).select_from(_WHOLE).where(member_grant.c.subject == subject)
    standing = statement.where(grant_approval.c.grant_id.is_not(None), grant_revocation.c.grant_id.is_(None))
    return await every(connection, Grant, standing.order_by(grant_approval.c.recorded_at, member_grant.c.sequence))


def _of(agency: str | None) -> Select[Any]:
    body = member_grant.c.agency.is_(None) if agency is None else member_grant.c.agency == agency
    return select(*_COLUMNS).select_from(_WHOLE).where(body)
