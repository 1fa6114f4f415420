"""Use case: close a source's period. Once, as of the legal instant, whoever asks and however often (SNP-01…05).

Source in law: QĐ 4585 appendix §4 ("chốt vào ngày 01 hằng tháng"); readings G-7, G-8.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.ingest.contract.source import Source, Window
from services.ingest.from_intake.take_registers import take_registers
from services.ingest.from_intake.take_reports import PARSE, take_reports
from services.ingest.from_intake.take_words import take_words
from services.ingest.pull import store
from services.ingest.pull.collect import Pull, begin, captured_between, collect, failed, lock_name, new_pull, without_interface
from services.ingest.pull.errors import refuse_early, refuse_unruled
from services.ingest.runtime import Runtime
from services.ingest.snapshot.commit import Capture, Supersession, commit_snapshot, frozen
from services.ingest.snapshot.records import FrozenSnapshot
from shared.calendar import REGISTERS, REPORTS, WORDS, cutoff_of
from shared.canonical import canonical_bytes, sha256_hex
from shared.errors import DomainError
from shared.period import Period, in_vietnam

# How a month that is kept here is written.
TAKE = {REPORTS: take_reports, REGISTERS: take_registers, WORDS: take_words}


async def freeze(
    runtime: Runtime, source: Source, period: Period, *, actor: str, command_id: str | None = None
) -> FrozenSnapshot:
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


async def take(runtime: Runtime, pull: Pull, supersession: Supersession | None = None) -> FrozenSnapshot:
    """Fetch, check and freeze a pull that has begun. Under the lock."""
    try:
        return await commit_snapshot(runtime, await fetch(runtime, pull, supersession))
    except DomainError as problem:
        await failed(runtime, pull, problem)
        raise


async def fetch(runtime: Runtime, pull: Pull, supersession: Supersession | None = None) -> Capture:
    """Every page of a pull that has begun, kept: from the network, or written from accepted reports or the registers."""
    if pull.origin == "intake":
        taken = await TAKE[pull.source.name](runtime, pull)
        return Capture(pull, taken.pages, PARSE, runtime.clock(), None, taken.evidence, supersession, taken.found)
    await collect(runtime, pull)
    return await captured(runtime, pull, supersession)


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
        "signatures": sorted({line.signature for line in found}),
        "clocks": {
            "sent_at": in_vietnam(sent_at),
            "received_at": in_vietnam(received_at),
            "skew_seconds": None if skew is None else str(skew),
        },
    }
    return Capture(pull, pages, pull.source.interface.parse, received_at, skew, evidence, supersession)


def clock_skew(evidence: Sequence[store.Page]) -> Decimal | None:
    """Seconds the source's Date header was outside the time between request and answer, the largest of all pages.

    Positive when the source is ahead. A Date has whole seconds, so a fraction of one second is no skew. None without dates.
    """
    found = [_outside(line, line.source_clock) for line in evidence if line.source_clock is not None]
    worst = max(found, key=abs, default=None)
    return None if worst is None else Decimal(round(worst.total_seconds() * 1000)) / 1000


def _outside(line: store.Page, clock: datetime) -> timedelta:
    return clock - max(line.sent_at - timedelta(seconds=1), min(clock, line.received_at))


def _request(line: store.Page) -> dict[str, Any]:
    names = ("dataset", "page_no", "method", "url", "status", "source_request_id", "sha256", "signature")
    return {name: getattr(line, name) for name in names}


async def _window(runtime: Runtime, source: Source, period: Period) -> Window:
    async with runtime.database.read() as connection:
        as_of = await cutoff_of(connection, period, source.name)
    return Window(period, as_of, runtime.settings.of(source.name).page_size)
