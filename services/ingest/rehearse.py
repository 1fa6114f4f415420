"""Use case: pull without freezing. Before the cutoff a rehearsal; after it the way late rows are seen (ING-08, SNP-06).

Evidence, findings, count and root are kept; rows live in temporary tables and are gone with the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.contract.findings import Finding, rows_aside
from services.ingest.contract.source import Source, Summary, Window
from services.ingest.freeze import fetch
from services.ingest.pull import store
from services.ingest.pull.collect import begin, failed, lock_name, new_pull
from services.ingest.pull.errors import refuse_unruled
from services.ingest.runtime import Runtime
from services.ingest.snapshot.commit import Capture, skew_finding
from services.ingest.snapshot.compare import completions_recorded_late, completions_taken_back, quarantined
from services.ingest.snapshot.load import apart, archive_connection, load, temporary_rows
from services.ingest.snapshot.replay import Replay, total_root
from services.ingest.snapshot.store import latest_snapshot
from shared.audit import record
from shared.database import Database
from shared.errors import DomainError
from shared.period import Period
from shared.registry_store import load_registry


async def rehearse(
    runtime: Runtime,
    source: Source,
    period: Period,
    *,
    actor: str,
    as_of: datetime | None = None,
    command_id: str | None = None,
) -> dict[str, Any]:
    """The pull's outcome: pull_id, row_count, root and the codes of its findings. ``as_of`` defaults to now.

    Raises PeriodUnruled, Busy while another worker is at the source's period, SourceProblem after its outcome was recorded.
    """
    refuse_unruled(period)
    window = Window(period, as_of or runtime.clock(), runtime.settings.of(source.name).page_size)
    async with runtime.database.exclusive(lock_name(source, window)):
        pull = await begin(runtime, new_pull(source, window, purpose="rehearsal", actor=actor, command_id=command_id))
        try:
            return await apart(runtime.database, partial(_alone, await fetch(runtime, pull)))
        except DomainError as problem:
            await failed(runtime, pull, problem)
            raise


async def _alone(capture: Capture, database: Database) -> dict[str, Any]:
    pull, source, period = capture.pull, capture.pull.source, capture.pull.window.period
    with archive_connection(database) as archive:
        async with database.transaction() as connection:
            registry = await load_registry(connection, period.last_day)
            replay = Replay(source, pull.window, registry=registry, pages=capture.pages, parse=capture.parse)
            relations = await temporary_rows(connection, source.datasets)
            summaries = await load(connection, replay, archive, relations)
            found = [*rows_aside(replay.aside), *await _found(connection, capture, relations, summaries)]
            row_count, root = sum(each.row_count for each in summaries.values()), total_root(summaries, replay.aside)
            await store.insert_findings(connection, found, pull_id=pull.pull_id, source=source.name, period=period)
            await store.insert_outcome(connection, pull.pull_id, "complete", row_count=row_count, root=root)
            await record(connection, pull.actor, "pull.complete", pull.pull_id, detail={"root": root})
    codes = [each.rule.code for each in found]
    return {"pull_id": pull.pull_id, "row_count": row_count, "root": root, "findings": codes}


async def _found(
    connection: AsyncConnection, capture: Capture, relations: Mapping[str, str], summaries: Mapping[str, Summary]
) -> list[Finding]:
    pull, source = capture.pull, capture.pull.source
    found = [
        *skew_finding(capture.skew),
        *capture.found,
        *source.remarks(summaries),
        *await completions_recorded_late(connection, source, relations),
        *await completions_taken_back(connection, source, pull.window, relations),
    ]
    frozen = await latest_snapshot(connection, source=source.name, period=pull.window.period)
    if frozen is not None and pull.window.as_of >= frozen.as_of:
        found += await quarantined(connection, source, relations, frozen, pull.pull_id)
    return found
