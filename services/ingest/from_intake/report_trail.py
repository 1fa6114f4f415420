"""Proof that a frozen month of reports is what bodies signed: its pages written again from the submissions it names.

The snapshot's evidence names submissions and words of the reviewing ministry; their rows lie in schema intake, each report
under the digest its receipt carries. What the archive holds must be what follows from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.contract.source import Source
from services.ingest.from_intake import report_store
from services.ingest.from_intake.report_choice import Accepted
from services.ingest.from_intake.report_pages import in_order, rows_of
from services.ingest.snapshot.records import FrozenSnapshot
from shared.datasets.signed_reports import Reviews, Rows
from shared.period import Period


@dataclass(frozen=True)
class Trail:
    """The submissions and words a snapshot names, as they stand in schema intake; ``lost`` are submissions that do not."""

    reports: Sequence[tuple[Accepted, bytes]]
    reviews: Reviews
    lost: Sequence[str]


async def trail_of(connection: AsyncConnection, header: FrozenSnapshot) -> Trail:
    """Of a snapshot of origin intake."""
    period = Period.parse(header.period)
    named = [one["submission"] for one in header.evidence["reports"]]
    known = {one.submission_id: one for one in await report_store.accepted(connection, period)}
    bodies = await report_store.contents(connection, named)
    words = await report_store.named_reviews(connection, period, [one["review"] for one in header.evidence["reviews"]])
    kept = [name for name in named if name in known and name in bodies]
    return Trail([(known[name], bodies[name]) for name in kept], words, sorted(set(named) - set(kept)))


def parted(trail: Trail, source: Source, pages: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, str, str]]:
    """Place, what the archive holds and what the signed reports say: submissions that are lost, and of each dataset the first
    row where the two part. ``pages`` are dataset and bytes, in order. Raises ArchiveDamaged for a report that is not what was
    signed."""
    for name in trail.lost:
        yield f"reports/{name}", "no accepted submission", "a submission that the evidence names"
    yield from rows_parted(rows_of(trail.reports, trail.reviews), source, pages, how="signed")


def rows_parted(rows: Rows, source: Source, pages: Iterable[tuple[str, bytes]], *, how: str) -> Iterator[tuple[str, str, str]]:
    """Of each dataset the first row where the archived pages and the rows written again part."""
    archived: dict[str, list[Any]] = {dataset.name: [] for dataset in source.datasets}
    for dataset_name, body in pages:
        archived[dataset_name] += msgspec.json.decode(body)["rows"]
    for dataset in source.datasets:
        for number, (ours, theirs) in enumerate(zip_longest(archived[dataset.name], in_order(dataset, rows)), 1):
            if ours != theirs:
                yield f"{dataset.name}/{how} row {number}", _text(ours), _text(theirs)
                break


def _text(row: Mapping[str, Any] | None) -> str:
    return "no row" if row is None else msgspec.json.encode(row).decode()
