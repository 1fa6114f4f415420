"""A period beside those frozen before it: jumps of size and value, completions recorded late or taken back, late rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.contract.findings import QUARANTINED, RECORDED_LATE, ROW_COUNT_JUMP, TAKEN_BACK, VALUE_JUMP, Finding
from services.ingest.contract.source import Source, Summary, Window
from services.ingest.snapshot import store
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.snapshot.store import Sums
from shared.datasets.declaration import Dataset
from shared.medians import median, spans, written
from shared.period import Period

ROWS_FACTOR = 2
ROWS_LEAST = 20
VALUE_FACTOR = 10
# How many periods back a body's own figures make the median; those not frozen make it smaller.
WINDOW_MONTHS = 12


async def against_history(
    connection: AsyncConnection, source: Source, period: Period, snapshot_pk: int, summaries: Mapping[str, Summary]
) -> list[Finding]:
    """Sizes against the latest version of the previous period, values against the body's own median of the periods before;
    nothing is said where nothing was frozen."""
    before = await store.latest_snapshot(connection, source=source.name, period=period.previous)
    found = [] if before is None else list(row_jumps(json.loads(before.manifest), summaries))
    first = period.shifted(months=-WINDOW_MONTHS)
    frozen = await store.latest_between(connection, source=source.name, first=first, before=period)
    for dataset in source.datasets if frozen else ():
        if dataset.numeric:
            totals = await store.totals(connection, dataset.table, dataset.numeric, [snapshot_pk, *frozen])
            then = {month: totals[pk] for pk, month in frozen.items()}
            found.extend(value_jumps(dataset, totals[snapshot_pk], then))
    return found


async def completions_recorded_late(connection: AsyncConnection, source: Source, relations: Mapping[str, str]) -> list[Finding]:
    """``relations`` names, per dataset, the table that holds the rows just read (scheme rule 2)."""
    found: list[Finding] = []
    for dataset in source.datasets:
        if {"completed_on", "reported_at"} <= set(dataset.names):
            for line in await store.recorded_late(connection, relations[dataset.name], source.name):
                detail = {"late_period": line.period, "count": line.count, "tasks": line.tasks}
                found.append(Finding(RECORDED_LATE, detail))
    return found


async def completions_taken_back(
    connection: AsyncConnection, source: Source, window: Window, relations: Mapping[str, str], *, but: int | None = None
) -> list[Finding]:
    """The other way round: completions that a frozen period counts and the rows just read do not, ``but`` being their own."""
    found: list[Finding] = []
    for dataset in source.datasets:
        if {"completed_on", "sent_back_at", "confirmed_at"} <= set(dataset.names):
            place: Mapping[str, Any] = {"source": source.name, "period": window.period, "as_of": window.as_of, "but": but}
            for line in await store.taken_back(connection, dataset.table, relations[dataset.name], **place):
                detail = {"counted_period": line.period, "count": line.count, "tasks": line.tasks}
                found.append(Finding(TAKEN_BACK, detail))
    return found


async def quarantined(
    connection: AsyncConnection, source: Source, relations: Mapping[str, str], frozen: FrozenSnapshot, pull_id: str
) -> list[Finding]:
    """Put what differs from the frozen snapshot into quarantine (SNP-06)."""
    found: list[Finding] = []
    for dataset in source.datasets:
        count = await store.quarantine_rows(connection, dataset, relations[dataset.name], frozen, pull_id)
        if count:
            detail = {"dataset": dataset.name, "count": count, "snapshot": frozen.snapshot_id}
            found.append(Finding(QUARANTINED, detail))
    return found


def row_jumps(before: Mapping[str, Any], summaries: Mapping[str, Summary]) -> Iterator[Finding]:
    """Datasets whose size at least doubled or halved, small ones left out. ``before`` is the former manifest."""
    sizes = {each["name"]: each["rows"] for each in before["datasets"]}
    for name, summary in summaries.items():
        now, then = summary.row_count, sizes.get(name, 0)
        if abs(now - then) >= ROWS_LEAST and max(now, then) >= ROWS_FACTOR * min(now, then):
            yield Finding(ROW_COUNT_JUMP, {"dataset": name, "now": now, "before": then})


def value_jumps(dataset: Dataset, now: Mapping[str, Sums], then: Mapping[str, Mapping[str, Sums]]) -> Iterator[Finding]:
    """Bodies whose sum of a column is ten times the exact median of their own of the periods ``then`` (in their order), or
    a tenth of it; zero and missing are other matters (DQ-05)."""
    for agency in sorted(now):
        for column in dataset.numeric:
            one = now[agency][column]
            own = {month: each[agency][column] for month, each in then.items() if agency in each}
            own = {month: value for month, value in own.items() if value is not None}
            if not one or not own or not (middle := median(list(own.values()))):
                continue
            if _apart(Fraction(one), middle):
                detail: dict[str, Any] = {"agency": agency, "dataset": dataset.name, "column": column, "now": _plain(one)}
                detail |= {"median": written(middle), "window": spans(list(own)), "months": len(own), "factor": VALUE_FACTOR}
                yield Finding(VALUE_JUMP, detail)


def _apart(one: Fraction, other: Fraction) -> bool:
    return max(one, other) >= VALUE_FACTOR * min(one, other)


def _plain(value: Decimal) -> str:
    return format(value, "f")
