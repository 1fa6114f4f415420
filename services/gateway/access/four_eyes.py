"""Acts of two people: one asks, another agrees, and one ends it again. Each is said once and kept for ever (APR-03, RSC-11).

The database holds the same by itself: behind every table of approvals stands `control.same_person`. What moves points or time
for others is a *decision*: a fact of its own table that view control.decision lists, which holds from its approval on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from services.gateway.access.store.decisions import Decision, find_decision, hold_decisions
from services.gateway.access.store.keys import insert_once
from services.gateway.access.tenancy import require_other_body
from services.gateway.http.errors import AlreadyApproved, DecisionEnded
from shared.audit import Actor, record
from shared.database import Connection
from shared.errors import Conflict, NotFound, SamePerson
from shared.people import is_held_by, same_among
from shared.tables.control import decision_approval, decision_end


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


async def decision_to_approve(connection: Connection, actor: Actor, decision_id: str) -> Decision:
    """What somebody else asked for and still waits; others are held back until this transaction ends.

    Raises NotFound, OwnBody, SamePerson, AlreadyApproved or DecisionEnded.
    """
    found = await _held(connection, actor, decision_id)
    own = SamePerson("nobody approves their own request", hint="Ask another person to approve it.")
    await require_another(connection, actor, [found.actor], own)
    _require_waiting(found)
    return found


async def approve_decision(connection: Connection, actor: Actor, asked: Decision, *, reason: str) -> None:
    """From the commit on it holds; what was computed or handed in before stays as it was."""
    act = Act(decision_approval, "decision_id", "decision.approve")
    await agree(connection, act, actor, {"decision_id": asked.decision_id}, reason=reason, detail=_detail(asked))


async def end_decision(connection: Connection, actor: Actor, decision_id: str, *, reason: str) -> None:
    """Nobody approves it any more: taken back by who asked, under whichever key, and else refused.

    Raises NotFound, OwnBody, AlreadyApproved or DecisionEnded.
    """
    found = await _held(connection, actor, decision_id)
    _require_waiting(found)
    kind = "taken_back" if await same_among(connection, actor.id, [found.actor]) else "refused"
    act = Act(decision_end, "decision_id", f"decision.{kind}")
    about = {"decision_id": decision_id, "kind": kind}
    ended = DecisionEnded(f"{decision_id} was refused or taken back before")
    await once(connection, act, actor, about, ended, reason=reason, detail=_detail(found))


async def _held(connection: Connection, actor: Actor, decision_id: str) -> Decision:
    await hold_decisions(connection)
    found = await find_decision(connection, decision_id)
    if found is None:
        raise NotFound(f"no decision has the id {decision_id}")
    require_other_body(actor, found.agency)
    return found


def _require_waiting(found: Decision) -> None:
    if found.state == "approved":
        raise AlreadyApproved(f"{found.decision_id} was approved before")
    if found.state != "proposed":
        raise DecisionEnded(f"{found.decision_id} was refused or taken back before")


def _detail(found: Decision) -> dict[str, Any]:
    return {"kind": found.kind, "agency": found.agency, "period": found.period, "withdraws": found.withdraws}
