"""Acts of two people: one asks, another agrees, and one ends it again. Each is said once and kept for ever (APR-03, RSC-11).

The database holds the same by itself: behind every table of approvals stands `control.same_person`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from services.gateway.access.store.keys import insert_once
from services.gateway.http.errors import AlreadyApproved
from shared.audit import Actor, record
from shared.database import Connection
from shared.errors import Conflict, SamePerson
from shared.people import is_held_by, same_among


@dataclass(frozen=True)
class Act:
    """``table`` keeps the approvals, or the ends, of one kind of thing; ``key`` is its column of the thing's id and
    ``audit`` what the audit row calls the act."""

    table: Table
    key: str
    audit: str


async def require_another(connection: Connection, actor: Actor, asked_by: Collection[str], refusal: SamePerson) -> None:
    """``asked_by`` are the actors of the first act. Raises the refusal, whichever of their keys it is."""
    if await same_among(connection, actor.id, asked_by):
        raise refusal


async def require_not_holder(connection: Connection, actor: Actor, holder: str, refusal: SamePerson) -> None:
    """Nobody agrees to what they gain by it, under whichever credential."""
    if await is_held_by(connection, actor.id, holder):
        raise refusal


async def agree(
    connection: Connection,
    act: Act,
    actor: Actor,
    about: Mapping[str, Any],
    *,
    reason: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """The second person's word. ``about`` holds the id and whatever else the table says of it. Raises AlreadyApproved."""
    refusal = AlreadyApproved(f"{about[act.key]} was approved before")
    await once(connection, act, actor, about, refusal, reason=reason, detail=detail)


async def once(
    connection: Connection,
    act: Act,
    actor: Actor,
    about: Mapping[str, Any],
    refusal: Conflict,
    *,
    reason: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """An act that is done once, with its audit row. Raises the refusal where it was done before."""
    if not await insert_once(connection, act.table, {**about, "actor": actor.id, "reason": reason}):
        raise refusal
    await record(connection, actor.id, act.audit, str(about[act.key]), reason=reason, detail=detail)
