"""Back-fills and the steps they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from shared.database import Connection, every, one

_ASKED = """
SELECT command_id, arguments ->> 'from' AS first_period, arguments ->> 'to' AS last_period, actor, reason,
       recorded_at AS requested_at
  FROM control.command WHERE kind = 'back_fill'"""
_FIND = text(f"{_ASKED} AND command_id = :id")
_LIST = text(f"""{_ASKED} AND (CAST(:after AS text) IS NULL OR command_id > :after)
 ORDER BY command_id LIMIT :limit""")

_UNFINISHED = text("""
SELECT b.command_id FROM control.command b
 WHERE b.kind = 'back_fill' AND b.arguments ->> 'from' = :first AND b.arguments ->> 'to' = :last
   AND EXISTS (SELECT FROM control.command c JOIN queue.job_run r USING (command_id)
                WHERE c.part_of = b.command_id AND r.state IN ('waiting', 'running'))
 ORDER BY b.command_id LIMIT 1
""")

# `new`: this very step made what came of it, also where a worker that was killed made it and another one found it.
_STEPS = text("""
SELECT c.part_of, c.command_id, c.period, c.kind, c.arguments ->> 'source' AS source, r.state, r.started_at, r.ended_at,
       coalesce(r.result ->> 'snapshot_id', r.result ->> 'run_id') AS made,
       coalesce(p.command_id = c.command_id, run.command_id = c.command_id, false) AS new, run.provisional, run.agrees,
       r.problem
  FROM control.command c JOIN queue.job_run r USING (command_id)
  LEFT JOIN ingest.snapshot s ON s.snapshot_id = r.result ->> 'snapshot_id'
  LEFT JOIN ingest.pull p ON p.pull_id = s.pull_id
  LEFT JOIN scoring.run run ON run.run_id = r.result ->> 'run_id'
 WHERE c.part_of = ANY(:ids) ORDER BY c.part_of, c.period, r.job_id
""")


@dataclass(frozen=True, kw_only=True)
class BackFill:
    """Who asked for which months, and why."""

    command_id: str
    first_period: str
    last_period: str
    actor: str
    reason: str
    requested_at: datetime


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command of a back-fill with how far its job is. ``made`` is the id of the snapshot or run that came of it, ``new``
    whether this step made it; ``source`` is None of a score, ``provisional`` and ``agrees`` of all else."""

    part_of: str
    command_id: str
    period: str
    kind: str
    source: str | None
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    made: str | None
    new: bool
    provisional: bool | None
    agrees: bool | None
    problem: Mapping[str, Any] | None


async def find(connection: Connection, command_id: str) -> BackFill | None:
    return await one(connection, BackFill, _FIND, {"id": command_id})


async def listed(connection: Connection, *, after: str | None, limit: int) -> list[BackFill]:
    """In the order they were asked for."""
    return await every(connection, BackFill, _LIST, {"after": after, "limit": limit})


async def unfinished(connection: Connection, *, first: str, last: str) -> str | None:
    """The id of the range's back-fill that has steps to be done."""
    found: str | None = await connection.scalar(_UNFINISHED, {"first": first, "last": last})
    return found


async def steps(connection: Connection, command_ids: Sequence[str]) -> list[Step]:
    """By back-fill and month, in the order in which they are done."""
    return await every(connection, Step, _STEPS, {"ids": list(command_ids)})
