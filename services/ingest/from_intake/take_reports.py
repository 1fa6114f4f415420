"""Use case: take a month of reports from what was accepted: choose, write the pages, keep them, say what is remarkable.

A freeze takes what was in time; a superseding version also what decisions let count. A look at a frozen month takes what
was handed in last, counted or not, so that late rows go to quarantine (SNP-06) and a superseding version is proposed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.ingest.contract.envelope import interface
from services.ingest.contract.findings import REPORT_LATE, REPORTS_PROPOSED, REPORTS_SILENT, Finding
from services.ingest.from_intake import report_store
from services.ingest.from_intake.report_choice import Accepted, Chosen, Decisions, handed_in, in_force, judged
from services.ingest.from_intake.report_pages import pages_of, rows_of, words_on
from services.ingest.pull import store
from services.ingest.pull.archive import Kept, Packed, pack
from services.ingest.pull.collect import Pull
from services.ingest.runtime import Runtime
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.snapshot.store import latest_snapshot
from shared.audit import record
from shared.calendar import close_gate
from shared.datasets.canonical_rows import instant_text
from shared.datasets.signed_reports import Review, Reviews
from shared.period import in_vietnam
from shared.registry import Registry
from shared.registry_store import load_registry

# Pages we wrote ourselves are read back by the reader of every other source's.
PARSE = interface().parse
Bodies = Mapping[str, bytes]


@dataclass(frozen=True)
class Taken:
    """Kept pages, the evidence that stands beside them, and findings about who reported and who did not."""

    pages: Sequence[Kept]
    evidence: Mapping[str, Any]
    found: Sequence[Finding]


@dataclass(frozen=True)
class Known:
    """What is on record of a month's reports at one instant; ``frozen`` is the latest snapshot's header."""

    reports: Sequence[Accepted]
    decisions: Decisions
    reviews: Reviews
    registry: Registry
    frozen: FrozenSnapshot | None


async def take_reports(runtime: Runtime, pull: Pull) -> Taken:
    """Raises ArchiveDamaged when a report is not what was signed."""
    known = await _known(runtime, pull)
    chosen = _chosen(pull, known)
    counting = in_force(known.reports, known.decisions, as_of=pull.window.as_of) if _looks_again(pull, known) else []
    async with runtime.database.read() as connection:
        bodies = await report_store.contents(connection, {one.report.submission_id for one in (*chosen, *counting)})
    packed = await asyncio.to_thread(_packed, pull, chosen, bodies, known.reviews)
    async with runtime.database.transaction() as connection:
        for dataset, page_no, each in packed:
            await store.keep(connection, each, None)
            await report_store.keep_page(connection, pull.pull_id, dataset=dataset, page_no=page_no, sha256=each.sha256)
        await record(connection, pull.actor, "page.keep", pull.pull_id, detail={"reports": len(chosen)})
    pages = [Kept(dataset, page_no, each.sha256, None) for dataset, page_no, each in packed]
    now = await asyncio.to_thread(evidence_of, counting, _words(counting, bodies, known.reviews))
    words = await asyncio.to_thread(_words, chosen, bodies, known.reviews)
    return Taken(pages, evidence_of(chosen, words), list(_findings(pull, known, chosen=chosen, now=now)))


async def _known(runtime: Runtime, pull: Pull) -> Known:
    """Nobody is handing in a report while this is read: statement after statement sees all that was handed in before."""
    period, as_of = pull.window.period, pull.window.as_of
    async with runtime.database.transaction() as connection:
        await close_gate(connection, period)
        return Known(
            await report_store.accepted(connection, period),
            await report_store.decisions(connection, period),
            await report_store.reviews(connection, period, as_of),
            await load_registry(connection, period.last_day),
            await latest_snapshot(connection, source=pull.source.name, period=period),
        )


def _chosen(pull: Pull, known: Known) -> list[Chosen]:
    as_of = pull.window.as_of
    if pull.purpose == "supersede":
        return in_force(known.reports, known.decisions, as_of=as_of)
    if _looks_again(pull, known):
        return handed_in(known.reports, known.decisions, as_of=as_of)
    return in_force(known.reports, None, as_of=as_of)


def _looks_again(pull: Pull, known: Known) -> bool:
    """Whether this is a look at what came in about a frozen month."""
    return pull.purpose == "rehearsal" and known.frozen is not None


def _with_bodies(chosen: Iterable[Chosen], bodies: Bodies) -> list[tuple[Accepted, bytes]]:
    return [(one.report, bodies[one.report.submission_id]) for one in chosen]


def _words(chosen: Iterable[Chosen], bodies: Bodies, reviews: Reviews) -> list[Review]:
    return words_on(_with_bodies(chosen, bodies), reviews)


def _packed(pull: Pull, chosen: Iterable[Chosen], bodies: Bodies, reviews: Reviews) -> list[tuple[str, int, Packed]]:
    rows = rows_of(_with_bodies(chosen, bodies), reviews)
    return [(dataset, page_no, pack(body)) for dataset, page_no, body in pages_of(pull.source, pull.window, rows)]


def evidence_of(chosen: Sequence[Chosen], words: Sequence[Review]) -> dict[str, Any]:
    """Which submissions were taken, on which ground, and which words of the reviewing ministry hold for their figures; each
    word with the submission it was given on."""
    return {
        "reports": [_report(one) for one in chosen],
        "reviews": [
            {"review": one.review_id, "submission": one.submission_id, "database": one.database, "verdict": one.verdict}
            for one in words
        ],
        "signatures": [],
    }


def _report(one: Chosen) -> dict[str, Any]:
    report = one.report
    return {
        "agency": report.agency,
        "submission": report.submission_id,
        "sequence": report.sequence,
        "digest": report.digest,
        "receipt": report.receipt_number,
        "submitted_at": instant_text(report.submitted_at),
        "deadline": instant_text(report.deadline),
        "late": report.late,
        "ground": one.ground,
        "extension": one.extension,
    }


def _findings(pull: Pull, known: Known, *, chosen: Sequence[Chosen], now: Mapping[str, Any]) -> Iterable[Finding]:
    """Who is silent; and once the month is frozen, what came after it and whether another version, whose evidence would be
    ``now``, would differ."""
    silent = sorted(known.registry.agencies.keys() - {one.report.agency for one in chosen})
    if silent:
        yield Finding(REPORTS_SILENT, {"count": len(silent), "all": len(known.registry.agencies), "agencies": silent})
    if pull.purpose != "rehearsal" or known.frozen is None:
        return
    held = {one["submission"] for one in known.frozen.evidence.get("reports", ())}
    for report in known.reports:
        if report.late and report.submission_id not in held:
            yield Finding(REPORT_LATE, _lateness(judged(report, known.decisions)))
    proposed = _proposed(now, known)
    if proposed is not None:
        yield Finding(REPORTS_PROPOSED, proposed)


def _lateness(one: Chosen) -> dict[str, Any]:
    report = one.report
    return {
        "agency": report.agency,
        "submission": report.submission_id,
        "sequence": report.sequence,
        "submitted_at": in_vietnam(report.submitted_at),
        "deadline": in_vietnam(report.deadline),
        "ground": one.ground,
    }


def _proposed(now: Mapping[str, Any], known: Known) -> dict[str, Any] | None:
    """How a superseding version would differ from the latest one; None when it would not, or when that came by file."""
    if known.frozen is None or known.frozen.origin != "intake":
        return None
    before = known.frozen.evidence
    reports = {one["submission"] for one in now["reports"]} - {one["submission"] for one in before["reports"]}
    words = {one["review"] for one in now["reviews"]} - {one["review"] for one in before["reviews"]}
    if not reports and not words:
        return None
    return {
        "snapshot": known.frozen.snapshot_id,
        "reports": len(reports),
        "submissions": sorted(reports),
        "words": len(words),
    }
