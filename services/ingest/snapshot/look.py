"""Kept pages looked at without being frozen: read into temporary tables, compared, and gone with the transaction (ING-08)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.contract.aside import RowPutAside
from services.ingest.contract.findings import Finding, rows_aside
from services.ingest.contract.source import Summary
from services.ingest.pull import store as pull_store
from services.ingest.runtime import Runtime
from services.ingest.snapshot import completions
from services.ingest.snapshot.commit import Capture, skew_finding
from services.ingest.snapshot.compare import completions_recorded_late, completions_taken_back, quarantined
from services.ingest.snapshot.load import apart, archive_connection, load, temporary_rows
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.snapshot.replay import Replay, total_root
from services.ingest.snapshot.store import latest_snapshot
from shared.audit import record
from shared.database import Database
from shared.registry_store import load_registry


async def look(runtime: Runtime, capture: Capture) -> dict[str, Any]:
    """The outcome of a pull that freezes nothing: pull_id, row_count, root and the codes of its findings. Of a second look also
    every completion that the frozen month counts otherwise, as facts."""
    return await apart(runtime.database, partial(_alone, capture))


async def _alone(capture: Capture, database: Database) -> dict[str, Any]:
    pull, source, period = capture.pull, capture.pull.source, capture.pull.window.period
    with archive_connection(database) as archive:
        async with database.transaction() as connection:
            registry = await load_registry(connection, period.last_day)
            replay = Replay(source, pull.window, registry=registry, pages=capture.pages, parse=capture.parse)
            relations = await temporary_rows(connection, source.datasets)
            summaries = await load(connection, replay, archive, relations)
            found = [*rows_aside(replay.aside), *await _found(connection, capture, relations, summaries, replay.aside)]
            row_count, root = sum(each.row_count for each in summaries.values()), total_root(summaries, replay.aside)
            await pull_store.insert_findings(connection, found, pull_id=pull.pull_id, source=source.name, period=period)
            await pull_store.insert_outcome(connection, pull.pull_id, "complete", row_count=row_count, root=root)
            await record(connection, pull.actor, "pull.complete", pull.pull_id, detail={"root": root})
    codes = [each.rule.code for each in found]
    return {"pull_id": pull.pull_id, "row_count": row_count, "root": root, "findings": codes}


async def _found(
    connection: AsyncConnection,
    capture: Capture,
    relations: Mapping[str, str],
    summaries: Mapping[str, Summary],
    aside: Sequence[RowPutAside],
) -> list[Finding]:
    pull, source = capture.pull, capture.pull.source
    found = [*skew_finding(capture.skew), *capture.found, *source.remarks(summaries)]
    frozen = await latest_snapshot(connection, source=source.name, period=pull.window.period)
    if frozen is not None and pull.purpose == "second_look":
        found += await _changed(connection, capture, relations, frozen, aside)
    else:
        found += await completions_recorded_late(connection, source, relations)
        found += await completions_taken_back(connection, source, pull.window, relations)
    if frozen is not None and pull.window.as_of >= frozen.as_of:
        found += await quarantined(connection, source, relations, frozen, pull.pull_id)
    return found


async def _changed(
    connection: AsyncConnection,
    capture: Capture,
    relations: Mapping[str, str],
    frozen: FrozenSnapshot,
    aside: Sequence[RowPutAside],
) -> list[Finding]:
    dataset = completions.dataset_of(capture.pull.source)
    if dataset is None:
        return []
    relation = relations[dataset.name]
    found = await completions.changed_completions(connection, dataset, capture.pull.window, relation, frozen)
    # A task whose row cannot be true is not there to be compared; that it was taken back, nobody said.
    unread = {each.agency for each in aside if each.dataset == dataset.name}
    changes = [each for each in found if each.agency not in unread]
    await completions.insert_changed(connection, changes, pull_id=capture.pull.pull_id, frozen=frozen)
    return list(completions.findings_of(changes, frozen))
