"""Initiatives with their steps. Row security keeps bodies apart even here (SEC-01)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.registers.store.records import Initiative, InitiativeStep
from shared.database import every, one
from shared.tables.registers import initiative_proposal, initiative_step

# An initiative in its state, the points that its last assessment proposes and its last decision gives, and the month's frozen
# registers when they do not hold that decision yet (F-3).
_WHOLE = """
SELECT p.initiative_id, p.agency, p.period, p.title, p.explanation, p.document, p.document_digest, last.to_state AS state,
       last.number AS step,
       (SELECT points FROM intake.initiative_step AS s WHERE s.initiative_id = p.initiative_id AND s.action = 'assess'
         ORDER BY s.number DESC LIMIT 1) AS proposed_points,
       decided.points, CASE WHEN decided.number IS NOT NULL THEN frozen.snapshot_id END AS needs_version_after
  FROM intake.initiative_proposal AS p
  JOIN LATERAL (SELECT to_state, number FROM intake.initiative_step AS s
                 WHERE s.initiative_id = p.initiative_id ORDER BY s.number DESC LIMIT 1) AS last ON true
  LEFT JOIN LATERAL (SELECT points, number FROM intake.initiative_step AS s
                      WHERE s.initiative_id = p.initiative_id AND s.action = 'decide'
                      ORDER BY s.number DESC LIMIT 1) AS decided ON true
  LEFT JOIN LATERAL (SELECT z.snapshot_id, z.evidence FROM ingest.snapshot AS z
                      WHERE z.source = 'government_office' AND z.period = p.period ORDER BY z.version DESC LIMIT 1) AS frozen
    ON NOT coalesce(frozen.evidence -> 'decisions', '[]') @> jsonb_build_array(
             jsonb_build_object('initiative', p.initiative_id, 'step', decided.number))
 WHERE (CAST(:agency AS text) IS NULL OR p.agency = :agency)
"""
_ONE = text(_WHOLE + " AND p.initiative_id = :initiative_id")
_LIST = text(
    _WHOLE
    + """ AND (CAST(:period AS text) IS NULL OR p.period = :period) AND (NOT :handed_in OR last.to_state <> 'proposed')
          AND (CAST(:state AS text) IS NULL OR last.to_state = :state)
          AND (CAST(:after AS text) IS NULL OR p.initiative_id > :after) ORDER BY p.initiative_id LIMIT :limit"""
)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('initiative:' || CAST(:initiative_id AS text), 0))")


async def lock(connection: AsyncConnection, initiative_id: str) -> None:
    """One step of an initiative at a time."""
    await connection.execute(_LOCK, {"initiative_id": initiative_id})


async def find(connection: AsyncConnection, initiative_id: str, *, agency: str | None = None) -> Initiative | None:
    return await one(connection, Initiative, _ONE, {"initiative_id": initiative_id, "agency": agency})


async def list_initiatives(
    connection: AsyncConnection,
    *,
    agency: str | None,
    period: str | None,
    state: str | None,
    handed_in: str,
    after: str | None,
    limit: int | None,
) -> list[Initiative]:
    """In the order they were proposed. ``handed_in`` "only" leaves out what its body has not approved yet; else "or not"."""
    key = {"agency": agency, "period": period, "state": state, "after": after, "limit": limit}
    return await every(connection, Initiative, _LIST, {**key, "handed_in": handed_in == "only"})


async def steps_of(connection: AsyncConnection, initiatives: list[str]) -> dict[str, list[InitiativeStep]]:
    """Steps in order, by initiative."""
    wanted = select(initiative_step).where(initiative_step.c.initiative_id.in_(initiatives))
    found = await every(connection, InitiativeStep, wanted.order_by(initiative_step.c.initiative_id, initiative_step.c.number))
    return {name: [line for line in found if line.initiative_id == name] for name in initiatives}


async def insert_proposal(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(initiative_proposal.insert().inline().values(**values))


async def insert_step(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(initiative_step.insert().inline().values(**values))
