"""Pulls, snapshots and findings, as the operator's board and the readers of snapshots see them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.operations.store.records import (
    Finding,
    JobCount,
    LastPull,
    LatestSnapshot,
    ListedSnapshot,
    OpenFindings,
    PutAside,
    SnapshotsProven,
    Verification,
    WorkLeft,
)
from services.gateway.signatures.store.snapshots import HEADER
from shared.database import every, one, rows
from shared.tables.ingest import put_aside, snapshot

_LAST_PULLS = text("""
SELECT DISTINCT ON (p.source) p.source, p.pull_id, p.purpose, p.origin, p.recorded_at AS started_at,
       coalesce(o.state, 'running') AS state, o.row_count, o.recorded_at AS ended_at, o.problem ->> 'type' AS problem
  FROM ingest.pull AS p LEFT JOIN ingest.pull_outcome AS o USING (pull_id)
 WHERE p.period = :period ORDER BY p.source, p.recorded_at DESC
""")

# What a look noticed is settled by the snapshot that a later one made: the same is found again there, or is no more.
_SETTLED_BY = """
SELECT s.snapshot_id FROM ingest.pull AS found JOIN ingest.snapshot AS s ON (s.source, s.period) = (f.source, f.period)
  JOIN ingest.pull AS later ON later.pull_id = s.pull_id
 WHERE found.pull_id = f.pull_id AND later.recorded_at > found.recorded_at ORDER BY s.version DESC LIMIT 1
"""
_FINDINGS = text(f"""
SELECT f.source, f.severity, count(*) AS count FROM ingest.finding AS f
 WHERE f.period = :period AND NOT EXISTS ({_SETTLED_BY}) GROUP BY f.source, f.severity
""")
_LISTED_FINDINGS = text(f"""
SELECT f.*, ({_SETTLED_BY}) AS settled_by FROM ingest.finding AS f
 WHERE (CAST(:period AS text) IS NULL OR f.period = :period) AND (CAST(:source AS text) IS NULL OR f.source = :source)
   AND (CAST(:after AS bigint) IS NULL OR f.finding_id > :after)
 ORDER BY f.finding_id LIMIT :limit
""")

# Of what the snapshots were frozen from, and of the last look at the source after that: what an earlier look found was settled
# by the snapshot that came after it, or is found again. A finding names its bodies in one of three ways, or none.
_OPEN_FINDINGS = text("""
WITH looked_at AS (
  SELECT s.pull_id FROM ingest.snapshot AS s WHERE s.snapshot_id = ANY (:snapshots)
   UNION SELECT look.pull_id FROM ingest.snapshot AS s CROSS JOIN LATERAL (
           SELECT p.pull_id FROM ingest.pull AS p JOIN ingest.pull_outcome AS o USING (pull_id)
            WHERE p.source = s.source AND p.period = s.period AND p.purpose = 'second_look' AND o.state = 'complete'
              AND p.recorded_at >= s.recorded_at ORDER BY p.recorded_at DESC, p.pull_id DESC LIMIT 1) AS look
   WHERE s.snapshot_id = ANY (:snapshots))
SELECT f.source, f.code, f.severity, count(DISTINCT f.finding_id) AS count, nullif(count(DISTINCT named.agency), 0) AS bodies,
       (array_agg(f.message_vi ORDER BY f.finding_id DESC))[1] AS message_vi,
       (array_agg(f.message_en ORDER BY f.finding_id DESC))[1] AS message_en
  FROM ingest.finding AS f JOIN looked_at USING (pull_id) LEFT JOIN LATERAL (
         SELECT f.detail ->> 'agency' AS agency
         UNION SELECT jsonb_path_query(f.detail, '$.tasks[*].agency') #>> '{}'
         UNION SELECT jsonb_path_query(f.detail, '$.agencies[*] ? (@.type() == "string")') #>> '{}') AS named ON true
 GROUP BY f.source, f.code, f.severity
 ORDER BY f.source, array_position(ARRAY['fatal', 'warning', 'notice'], f.severity), f.code
""")

_LATEST_SNAPSHOTS = text("""
SELECT DISTINCT ON (source) source, snapshot_id, version, origin, row_count, as_of, captured_at
  FROM ingest.snapshot WHERE period = :period ORDER BY source, version DESC
""")

_JOBS = text("""
SELECT c.kind, r.state, count(*) AS count
  FROM control.command AS c JOIN queue.job_run AS r USING (command_id)
 WHERE c.period = :period GROUP BY c.kind, r.state ORDER BY c.kind, r.state
""")

# The last command of each kind and source, where it is not done: an older failure that was mended since is history.
_WORK = text("""
SELECT * FROM (
  SELECT DISTINCT ON (c.kind, c.arguments ->> 'source') c.command_id, c.kind, c.arguments ->> 'source' AS source,
         c.arguments ->> 'snapshot_id' AS snapshot, r.state, c.actor, c.recorded_at AS requested_at, r.started_at, r.ended_at,
         r.problem
    FROM control.command AS c JOIN queue.job_run AS r USING (command_id)
   WHERE c.period = :period
   ORDER BY c.kind, c.arguments ->> 'source', c.recorded_at DESC) AS last
 WHERE state <> 'succeeded' ORDER BY requested_at DESC
""")

_VERIFIED = text("""
SELECT CASE WHEN count(*) FILTER (WHERE NOT v.holds) > 0 THEN 'failing'
            WHEN count(*) FILTER (WHERE v.holds IS NULL) > 0 THEN 'unverified' ELSE 'proven' END AS state,
       count(*) FILTER (WHERE NOT v.holds) AS failing_count,
       coalesce((array_agg(s.snapshot_id ORDER BY s.pk) FILTER (WHERE NOT v.holds))[1:20], '{}') AS failing,
       count(*) FILTER (WHERE v.holds IS NULL) AS unverified_count, min(v.verified_at) AS oldest_verified_at
  FROM ingest.snapshot AS s LEFT JOIN LATERAL (
         SELECT holds, verified_at FROM ingest.verification WHERE snapshot_id = s.snapshot_id
          ORDER BY verification_id DESC LIMIT 1) AS v ON true
""")

_LAST_VERIFICATION = text("""
SELECT verified_at, holds FROM ingest.verification WHERE snapshot_id = :snapshot_id ORDER BY verification_id DESC LIMIT 1
""")


async def list_snapshots(
    connection: AsyncConnection, *, period: str | None, source: str | None, after: int | None, limit: int
) -> list[ListedSnapshot]:
    """In the order they were frozen; ``pk`` is the cursor's key and not part of the document."""
    statement = select(snapshot.c.pk, *(snapshot.c[name] for name in HEADER)).order_by(snapshot.c.pk).limit(limit)
    if period is not None:
        statement = statement.where(snapshot.c.period == period)
    if source is not None:
        statement = statement.where(snapshot.c.source == source)
    if after is not None:
        statement = statement.where(snapshot.c.pk > after)
    return await every(connection, ListedSnapshot, statement)


async def list_rows_put_aside(
    connection: AsyncConnection, snapshot_id: str, *, after: int | None, limit: int
) -> list[PutAside]:
    """Rows of a snapshot's payload that were put aside, in the order they were found; ``ordinal`` is the cursor's key."""
    names = ("ordinal", "dataset", "agency", "place", "faults", "row", "digest")
    statement = (
        select(*(put_aside.c[name] for name in names))
        .join(snapshot, snapshot.c.pk == put_aside.c.snapshot_pk)
        .where(snapshot.c.snapshot_id == snapshot_id, put_aside.c.ordinal > (after or 0))
        .order_by(put_aside.c.ordinal)
        .limit(limit)
    )
    return await every(connection, PutAside, statement)


async def list_findings(
    connection: AsyncConnection, *, period: str | None, source: str | None, after: int | None, limit: int
) -> list[Finding]:
    """In the order they were recorded; ``finding_id`` is the cursor's key."""
    asked = {"period": period, "source": source, "after": after, "limit": limit}
    return await every(connection, Finding, _LISTED_FINDINGS, asked)


async def open_findings(connection: AsyncConnection, snapshots: Sequence[str]) -> list[OpenFindings]:
    """Of snapshots of one month, by source, code and severity; findings of rehearsals are none of them."""
    return await every(connection, OpenFindings, _OPEN_FINDINGS, {"snapshots": list(snapshots)})


async def latest_snapshots(connection: AsyncConnection, period: str) -> dict[str, LatestSnapshot]:
    return {line.source: line for line in await every(connection, LatestSnapshot, _LATEST_SNAPSHOTS, {"period": period})}


async def last_pulls(connection: AsyncConnection, period: str) -> dict[str, LastPull]:
    return {line.source: line for line in await every(connection, LastPull, _LAST_PULLS, {"period": period})}


async def findings_by_source(connection: AsyncConnection, period: str) -> dict[str, dict[str, int]]:
    """Of what no later snapshot settled, counts by severity for each source that has any."""
    counted: dict[str, dict[str, int]] = {}
    for line in await rows(connection, _FINDINGS, {"period": period}):
        counted.setdefault(line["source"], {})[line["severity"]] = line["count"]
    return counted


async def jobs_of(connection: AsyncConnection, period: str) -> list[JobCount]:
    return await every(connection, JobCount, _JOBS, {"period": period})


async def work_left(connection: AsyncConnection, period: str) -> list[WorkLeft]:
    """Commands under way or failed, newest first; of a kind and source the last one alone."""
    return await every(connection, WorkLeft, _WORK, {"period": period})


async def last_verification(connection: AsyncConnection, snapshot_id: str) -> Verification | None:
    return await one(connection, Verification, _LAST_VERIFICATION, {"snapshot_id": snapshot_id})


async def snapshots_proven(connection: AsyncConnection) -> SnapshotsProven:
    """How all snapshots stand by the last verification of each."""
    (found,) = await every(connection, SnapshotsProven, _VERIFIED)
    return found
