"""From kept pages to a sealed snapshot in one transaction, whichever way they came (SNP-01 to SNP-03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.contract.aside import RowPutAside
from services.ingest.contract.findings import CLOCK_SKEW, Finding, rows_aside
from services.ingest.contract.source import Parse, Source, Summary
from services.ingest.pull import store as pull_store
from services.ingest.pull.archive import Kept
from services.ingest.pull.collect import Pull
from services.ingest.runtime import Runtime
from services.ingest.snapshot import store
from services.ingest.snapshot.compare import against_history, completions_recorded_late, completions_taken_back
from services.ingest.snapshot.load import apart, archive_connection, load, open_rows, seal_rows
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.snapshot.replay import Replay, Stated, manifest, total_root
from shared.audit import record
from shared.database import Database
from shared.errors import Conflict
from shared.period import Period
from shared.registry_store import load_registry

SKEW_LIMIT = timedelta(seconds=120)


class Unchanged(Conflict):
    """A superseding version must say something else than its predecessor."""

    slug = "snapshot-unchanged"
    title_vi = "Bản thay thế không khác bản đã chốt"
    title_en = "Nothing to supersede"


class NotFrozen(Conflict):
    """Only a frozen period can be superseded, or looked at again."""

    slug = "not-frozen"
    title_vi = "Kỳ dữ liệu chưa được chốt"
    title_en = "Period is not frozen"


@dataclass(frozen=True)
class Supersession:
    """Why and by whom a frozen snapshot is followed by another: two people and a reason."""

    predecessor: FrozenSnapshot
    requested_by: str
    approver: str
    reason: str


@dataclass(frozen=True)
class Capture:
    """What there is to be frozen: the pull, its kept pages, how they parse, what stands beside them, and what taking found."""

    pull: Pull
    pages: Sequence[Kept]
    parse: Parse
    captured_at: datetime
    skew: Decimal | None
    evidence: Mapping[str, Any]
    supersession: Supersession | None = None
    found: Sequence[Finding] = ()


async def frozen(runtime: Runtime, source: Source, period: Period) -> FrozenSnapshot | None:
    """The latest snapshot of a source's period."""
    async with runtime.database.read() as connection:
        return await store.latest_snapshot(connection, source=source.name, period=period)


async def commit_snapshot(runtime: Runtime, capture: Capture) -> FrozenSnapshot:
    """From kept pages to a sealed snapshot in one transaction; all of it or nothing."""
    pull = capture.pull

    async def alone(database: Database) -> FrozenSnapshot:
        with archive_connection(database) as archive:
            async with database.transaction() as connection:
                registry = await load_registry(connection, pull.window.period.last_day)
                replay = Replay(pull.source, pull.window, registry=registry, pages=capture.pages, parse=capture.parse)
                return await _written(connection, capture, replay, archive)

    return await apart(runtime.database, alone)


async def _written(
    connection: AsyncConnection, capture: Capture, replay: Replay, archive: psycopg.Connection[Any]
) -> FrozenSnapshot:
    pull, source = capture.pull, capture.pull.source
    pk = await store.reserve_pk(connection)
    relations = await open_rows(connection, source.datasets, pk)
    summaries = await load(connection, replay, archive, relations)
    root = total_root(summaries, replay.aside)
    _refuse_unchanged(capture.supersession, root)
    header = header_of(capture, summaries, replay.aside, pk=pk)
    await store.insert_snapshot(connection, header)
    await store.insert_put_aside(connection, pk, replay.aside)
    sealed = await seal_rows(connection, source.datasets, pk)
    found = [
        *skew_finding(capture.skew),
        *capture.found,
        *rows_aside(replay.aside),
        *source.remarks(summaries),
        *await against_history(connection, source, pull.window.period, pk, summaries),
        *await completions_recorded_late(connection, source, sealed),
        *await completions_taken_back(connection, source, pull.window, sealed, but=pk),
    ]
    await pull_store.insert_findings(connection, found, pull_id=pull.pull_id, source=source.name, period=pull.window.period)
    await pull_store.insert_outcome(connection, pull.pull_id, "complete", row_count=header["row_count"], root=root)
    action = "snapshot.supersede" if capture.supersession else "snapshot.freeze"
    reason = capture.supersession.reason if capture.supersession else None
    await record(connection, pull.actor, action, header["snapshot_id"], reason=reason, detail={"root": root})
    written = await store.find_snapshot(connection, header["snapshot_id"])
    if written is None:
        raise LookupError(header["snapshot_id"])
    return written


def header_of(
    capture: Capture,
    summaries: Mapping[str, Summary],
    aside: Sequence[RowPutAside],
    *,
    pk: int,
    composed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The columns of ingest.snapshot. ``composed`` says which rows of a predecessor stand beside which of the pull's: such a
    snapshot came the way its predecessor came."""
    pull, after = capture.pull, capture.supersession
    version = after.predecessor.version + 1 if after else 1
    origin = after.predecessor.origin if after and composed else pull.origin
    stated = Stated(version, origin, aside, composed)
    snapshot_id, content = manifest(pull.source, pull.window, summaries, stated)
    return {
        "pk": pk,
        "snapshot_id": snapshot_id,
        "source": pull.source.name,
        "period": str(pull.window.period),
        "version": version,
        "supersedes": after.predecessor.snapshot_id if after else None,
        "reason": after.reason if after else None,
        "requested_by": after.requested_by if after else None,
        "approver": after.approver if after else None,
        "origin": origin,
        "pull_id": pull.pull_id,
        "as_of": pull.window.as_of,
        "captured_at": capture.captured_at,
        "clock_skew_seconds": capture.skew,
        "row_count": sum(summary.row_count for summary in summaries.values()),
        "root": total_root(summaries, aside),
        "manifest": content,
        "evidence": {**capture.evidence, **delivered(summaries, aside), "notices": notices(summaries)},
    }


def delivered(summaries: Mapping[str, Summary], aside: Sequence[RowPutAside]) -> dict[str, Any]:
    """Of each dataset with rows put aside: how many were delivered, how many put aside, and which.
    The source's totals were held against all that was delivered; a period without any says nothing."""
    found = [
        {
            "dataset": name,
            "delivered": summary.control.rows,
            "put_aside": len(mine),
            "rows": [{"agency": each.agency, "place": each.place, "digest": each.digest} for each in mine],
        }
        for name, summary in summaries.items()
        if (mine := [each for each in aside if each.dataset == name])
    ]
    return {"put_aside": found} if found else {}


def notices(summaries: Mapping[str, Summary]) -> list[str]:
    """What the source said of its figures anywhere in the period, each once."""
    return sorted(frozenset().union(*(summary.notices for summary in summaries.values())))


def skew_finding(skew: Decimal | None) -> list[Finding]:
    """The warning of a source whose clock is too far off ours (ING-07)."""
    limit = int(SKEW_LIMIT.total_seconds())
    if skew is None or abs(skew) <= limit:
        return []
    return [Finding(CLOCK_SKEW, {"seconds": str(skew), "limit": limit})]


def _refuse_unchanged(supersession: Supersession | None, root: str) -> None:
    if supersession is not None and supersession.predecessor.root == root:
        raise Unchanged(f"the source's rows are those of {supersession.predecessor.snapshot_id}")
