"""Use case: close a source's period. Once, as of the legal instant, whoever asks and however often (SNP-01…05).

Source in law: QĐ 4585 appendix §4 ("chốt vào ngày 01 hằng tháng"); readings G-7, G-8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest import store
from services.ingest.archive import Kept
from services.ingest.collect import Pull, begin, captured_between, collect, failed, lock_name, new_pull, without_interface
from services.ingest.compare import against_history, completions_recorded_late, completions_taken_back
from services.ingest.findings import CLOCK_SKEW, Finding
from services.ingest.in_force import refuse_unruled
from services.ingest.load import apart, archive_connection, load, open_rows, seal_rows
from services.ingest.register_intake import take_registers
from services.ingest.replay import Replay, manifest, total_root
from services.ingest.report_intake import PARSE, take_reports
from services.ingest.runtime import Runtime
from services.ingest.source import Parse, Source, Summary, Window
from shared.audit import record
from shared.calendar import REPORTS, cutoff_of
from shared.canonical import canonical_bytes, sha256_hex
from shared.database import Database, Row
from shared.errors import Conflict, DomainError
from shared.period import Period, in_vietnam
from shared.registry_store import load_registry

SKEW_LIMIT = timedelta(seconds=120)


class TooEarly(Conflict):
    """The period closes only at its cutoff."""

    slug = "too-early"
    title_vi = "Chưa đến thời điểm chốt"
    title_en = "The cutoff has not passed"


class Unchanged(Conflict):
    """A superseding version must say something else than its predecessor."""

    slug = "snapshot-unchanged"
    title_vi = "Bản thay thế không khác bản đã chốt"
    title_en = "Nothing to supersede"


@dataclass(frozen=True)
class Supersession:
    """Why and by whom a frozen snapshot is followed by another: two people and a reason."""

    predecessor: Mapping[str, Any]
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


async def freeze(runtime: Runtime, source: Source, period: Period, *, actor: str, command_id: str | None = None) -> Row:
    """The header of the period's snapshot, made now if there is none yet.

    Raises PeriodUnruled, TooEarly before the cutoff, Busy while another worker is at it, SourceProblem when the source
    cannot be taken: then there is no snapshot, and the pull's outcome and a finding say why.
    """
    refuse_unruled(period)
    window = await _window(runtime, source, period)
    if (existing := await frozen(runtime, source, period)) is not None:
        return existing
    refuse_early(runtime, source, window)
    async with runtime.database.exclusive(lock_name(source, window)):
        if (existing := await frozen(runtime, source, period)) is not None:
            return existing
        pull = await begin(runtime, new_pull(source, window, purpose="freeze", actor=actor, command_id=command_id))
        return await take(runtime, pull)


async def take(runtime: Runtime, pull: Pull, supersession: Supersession | None = None) -> Row:
    """Fetch, check and freeze a pull that has begun. Under the lock."""
    try:
        return await close(runtime, await gathered(runtime, pull, supersession))
    except DomainError as problem:
        await failed(runtime, pull, problem)
        raise


async def gathered(runtime: Runtime, pull: Pull, supersession: Supersession | None = None) -> Capture:
    """Every page of a pull that has begun, kept: from the network, or written from accepted reports or the registers."""
    if pull.origin == "intake":
        take_pages = take_reports if pull.source.name == REPORTS else take_registers
        taken = await take_pages(runtime, pull)
        return Capture(pull, taken.pages, PARSE, runtime.clock(), None, taken.evidence, supersession, taken.found)
    await collect(runtime, pull)
    return await captured(runtime, pull, supersession)


async def frozen(runtime: Runtime, source: Source, period: Period) -> Row | None:
    """The latest snapshot of a source's period."""
    async with runtime.database.read() as connection:
        return await store.latest_snapshot(connection, source=source.name, period=period)


async def captured(runtime: Runtime, pull: Pull, supersession: Supersession | None) -> Capture:
    """What a network pull has kept, with the evidence of its requests."""
    if pull.source.interface is None:
        raise without_interface(pull.source)
    async with runtime.database.read() as connection:
        found = await store.pages(connection, pull.pull_id)
    pages = store.unbroken(found)
    sent_at, received_at = captured_between(found)
    skew = clock_skew(found)
    evidence = {
        "requests": {"count": len(found), "digest": sha256_hex(canonical_bytes([_request(line) for line in found]))},
        "signatures": sorted({line["signature"] for line in found}),
        "clocks": {
            "sent_at": in_vietnam(sent_at),
            "received_at": in_vietnam(received_at),
            "skew_seconds": None if skew is None else str(skew),
        },
    }
    return Capture(pull, pages, pull.source.interface.parse, received_at, skew, evidence, supersession)


async def close(runtime: Runtime, capture: Capture) -> Row:
    """From kept pages to a sealed snapshot in one transaction; all of it or nothing."""
    pull = capture.pull

    async def alone(database: Database) -> Row:
        with archive_connection(database) as archive:
            async with database.transaction() as connection:
                registry = await load_registry(connection, pull.window.period.last_day)
                replay = Replay(pull.source, pull.window, registry=registry, pages=capture.pages, parse=capture.parse)
                return await _written(connection, capture, replay, archive)

    return await apart(runtime.database, alone)


async def _written(connection: AsyncConnection, capture: Capture, replay: Replay, archive: psycopg.Connection[Any]) -> Row:
    pull, source = capture.pull, capture.pull.source
    pk = await store.reserve_pk(connection)
    relations = await open_rows(connection, source.datasets, pk)
    summaries = await load(connection, replay, archive, relations)
    root = total_root(summaries)
    _refuse_unchanged(capture.supersession, root)
    header = _header(capture, summaries, pk=pk, root=root)
    await store.insert_snapshot(connection, header)
    sealed = await seal_rows(connection, source.datasets, pk)
    found = [
        *skew_finding(capture.skew),
        *capture.found,
        *source.remarks(summaries),
        *await against_history(connection, source, pull.window.period, pk, summaries),
        *await completions_recorded_late(connection, source, sealed),
        *await completions_taken_back(connection, source, pull.window, sealed, but=pk),
    ]
    await store.insert_findings(connection, found, pull_id=pull.pull_id, source=source.name, period=pull.window.period)
    await store.insert_outcome(connection, pull.pull_id, "complete", row_count=header["row_count"], root=root)
    action = "snapshot.supersede" if capture.supersession else "snapshot.freeze"
    reason = capture.supersession.reason if capture.supersession else None
    await record(connection, pull.actor, action, header["snapshot_id"], reason=reason, detail={"root": root})
    written = await store.find_snapshot(connection, header["snapshot_id"])
    if written is None:
        raise LookupError(header["snapshot_id"])
    return written


def _header(capture: Capture, summaries: Mapping[str, Summary], *, pk: int, root: str) -> dict[str, Any]:
    pull, after = capture.pull, capture.supersession
    version = after.predecessor["version"] + 1 if after else 1
    snapshot_id, content = manifest(pull.source, pull.window, summaries, version=version, origin=pull.origin)
    return {
        "pk": pk,
        "snapshot_id": snapshot_id,
        "source": pull.source.name,
        "period": str(pull.window.period),
        "version": version,
        "supersedes": after.predecessor["snapshot_id"] if after else None,
        "reason": after.reason if after else None,
        "requested_by": after.requested_by if after else None,
        "approver": after.approver if after else None,
        "origin": pull.origin,
        "pull_id": pull.pull_id,
        "as_of": pull.window.as_of,
        "captured_at": capture.captured_at,
        "clock_skew_seconds": capture.skew,
        "row_count": sum(summary.row_count for summary in summaries.values()),
        "root": root,
        "manifest": content,
        "evidence": {**capture.evidence, "notices": notices(summaries)},
    }


def notices(summaries: Mapping[str, Summary]) -> list[str]:
    """What the source said of its figures anywhere in the period, each once."""
    return sorted(frozenset().union(*(summary.notices for summary in summaries.values())))


def refuse_early(runtime: Runtime, source: Source, window: Window) -> None:
    """Raises TooEarly naming the instant, while our clock is before it."""
    if runtime.clock() < window.as_of:
        at = in_vietnam(window.as_of)
        raise TooEarly(f"{source.name} {window.period} closes at {at}", hint="Ask again after that instant.", closes_at=at)


def clock_skew(evidence: Sequence[Mapping[str, Any]]) -> Decimal | None:
    """Seconds the source's Date header was outside the time between request and answer, the largest of all pages.

    Positive when the source is ahead. A Date has whole seconds, so a fraction of one second is no skew. None without dates.
    """
    found = [_outside(line) for line in evidence if line["source_clock"] is not None]
    worst = max(found, key=abs, default=None)
    return None if worst is None else Decimal(round(worst.total_seconds() * 1000)) / 1000


def _outside(line: Mapping[str, Any]) -> timedelta:
    clock: datetime = line["source_clock"]
    earliest: datetime = line["sent_at"] - timedelta(seconds=1)
    latest: datetime = line["received_at"]
    return clock - max(earliest, min(clock, latest))


def skew_finding(skew: Decimal | None) -> list[Finding]:
    """The warning of a source whose clock is too far off ours (ING-07)."""
    limit = int(SKEW_LIMIT.total_seconds())
    if skew is None or abs(skew) <= limit:
        return []
    return [Finding(CLOCK_SKEW, {"seconds": str(skew), "limit": limit})]


def _refuse_unchanged(supersession: Supersession | None, root: str) -> None:
    if supersession is not None and supersession.predecessor["root"] == root:
        raise Unchanged(f"the source's rows are those of {supersession.predecessor['snapshot_id']}")


def _request(line: Mapping[str, Any]) -> dict[str, Any]:
    names = ("dataset", "page_no", "method", "url", "status", "source_request_id", "sha256", "signature")
    return {name: line[name] for name in names}


async def _window(runtime: Runtime, source: Source, period: Period) -> Window:
    async with runtime.database.read() as connection:
        as_of = await cutoff_of(connection, period, source.name)
    return Window(period, as_of, runtime.settings.of(source.name).page_size)
