"""What takes two people and waits, or was approved or ended: view control.decision, whatever the act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import every, one

STANDING = "d.state, d.approved_by, d.approval_reason, d.approved_at, d.ended_by, d.end_reason, d.ended_at"
_SELECT = f"""
SELECT d.decision_id, d.kind, d.agency, d.period, d.withdraws, d.document, d.reason, d.actor, d.recorded_at, {STANDING}
  FROM control.decision d"""
_ONE = text(f"{_SELECT} WHERE d.decision_id = :id")
_LIST = text(f"""{_SELECT}
 WHERE (CAST(:state AS text) IS NULL OR d.state = :state) AND (CAST(:period AS text) IS NULL OR d.period = :period)
   AND (CAST(:after AS text) IS NULL OR (d.recorded_at, d.decision_id)
        > (SELECT seen.recorded_at, seen.decision_id FROM control.decision seen WHERE seen.decision_id = :after))
 ORDER BY d.recorded_at, d.decision_id LIMIT :limit""")
# The triggers take the same lock.
_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended('decisions', 0))")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a decision stands: `proposed`, `approved`, `refused` or `taken_back`, and by whom. ``approved_by`` is None too
    where one person could still decide alone."""

    state: str
    approved_by: str | None
    approval_reason: str | None
    approved_at: datetime | None
    ended_by: str | None
    end_reason: str | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Decision(Standing):
    """``kind`` names the act, ``agency`` whom it concerns (None: all bodies), ``withdraws`` the decision it takes back."""

    decision_id: str
    kind: str
    agency: str | None
    period: str
    withdraws: str | None
    document: str | None
    reason: str
    actor: str
    recorded_at: datetime


async def find_decision(connection: AsyncConnection, decision_id: str) -> Decision | None:
    return await one(connection, Decision, _ONE, {"id": decision_id})


async def list_decisions(
    connection: AsyncConnection, *, state: str | None, period: str | None, after: str | None, limit: int | None
) -> list[Decision]:
    """In the order they were asked for."""
    return await every(connection, Decision, _LIST, {"state": state, "period": period, "after": after, "limit": limit})


async def hold_decisions(connection: AsyncConnection) -> None:
    """Until the transaction ends nobody else approves or ends a decision."""
    await connection.execute(_HOLD)
