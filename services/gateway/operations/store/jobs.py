"""Executions with the commands that asked for them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from services.gateway.operations.store.records import Execution
from shared.database import Connection, every, one

_SELECT = """
SELECT r.purpose, r.task, r.state, r.attempts, r.recorded_at, r.started_at, r.ended_at, r.worker, r.problem, r.job_id,
       c.kind, c.period, c.arguments ->> 'source' AS source, c.actor, c.reason
  FROM queue.job_run r LEFT JOIN control.command c USING (command_id)"""
_LISTED = text(f"{_SELECT} WHERE r.state = ANY(:states) ORDER BY r.recorded_at DESC, r.purpose LIMIT :limit")
_FOUND = text(f"{_SELECT} WHERE r.purpose = :purpose")
_HELD = text(f"{_SELECT} WHERE r.purpose = :purpose FOR UPDATE OF r")

# Of jobs under one lock the oldest comes first, also when nobody is there to do it.
_AHEAD = text("""
SELECT o.args ->> 'purpose' FROM queue.job_run r JOIN queue.procrastinate_jobs j ON j.id = r.job_id
  JOIN queue.procrastinate_jobs o ON o.lock = j.lock AND o.id < j.id AND o.status = 'todo'
 WHERE r.purpose = :purpose
   AND NOT EXISTS (SELECT FROM queue.procrastinate_jobs d WHERE d.lock = j.lock AND d.status = 'doing')
 ORDER BY o.id LIMIT 1""")
_LOOKED = text("""
SELECT EXISTS (SELECT FROM queue.job_run
                WHERE task = 'ingest.cutoffs' AND recorded_at > clock_timestamp() - interval '11 minutes')""")


async def list_executions(connection: Connection, *, states: Sequence[str], limit: int) -> list[Execution]:
    """The newest first."""
    return await every(connection, Execution, _LISTED, {"states": list(states), "limit": limit})


async def find_execution(connection: Connection, purpose: str) -> Execution | None:
    return await one(connection, Execution, _FOUND, {"purpose": purpose})


async def hold_execution(connection: Connection, purpose: str) -> Execution | None:
    """Locked until the transaction ends: nobody else decides on it meanwhile."""
    return await one(connection, Execution, _HELD, {"purpose": purpose})


async def has_looked(connection: Connection) -> bool:
    return bool(await connection.scalar(_LOOKED))


async def waits_behind(connection: Connection, purpose: str) -> str | None:
    """The job that must be done before this one and that nobody does at the moment."""
    found: str | None = await connection.scalar(_AHEAD, {"purpose": purpose})
    return found
