"""Accepted reports written as the pages of the contract agency_report/1.0. Pure (docs/contracts.md §5).

The pages are archived before anything is read out of them, like those of a source over the network, and read back by the
same reader. Their bytes are canonical (RFC 8785) and hold nothing of the moment they were made in: ``generated_at`` is the
instant they speak of, so whoever holds the accepted reports can write them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.ingest.contract.source import Source, Window
from services.ingest.from_intake.report_choice import Accepted
from services.ingest.pull.archive import ArchiveDamaged
from shared.canonical import canonical_bytes, sha256_hex
from shared.datasets.declaration import Dataset
from shared.datasets.signed_reports import Review, Reviews, Rows, figures_of, rows_of_report
from shared.period import in_vietnam


def words_on(reports: Iterable[tuple[Accepted, bytes]], reviews: Reviews) -> list[Review]:
    """Of the words that hold, those on figures which the reports state, by id."""
    figures = {figure for report, body in reports for figure in figures_of(report.agency, body)}
    return sorted((word for figure, word in reviews.items() if figure in figures), key=lambda word: word.review_id)


def rows_of(reports: Iterable[tuple[Accepted, bytes]], reviews: Reviews) -> Rows:
    """The contract's rows by dataset, not yet in order.

    Raises ArchiveDamaged when a report's bytes are not those that were signed.
    """
    rows: Rows = {"reports": [], "registered_tasks": [], "reported_records": []}
    for report, body in reports:
        if sha256_hex(body) != report.digest:
            raise ArchiveDamaged(
                f"{report.submission_id}: its report has digest {sha256_hex(body)}, signed was {report.digest}"
            )
        for dataset, found in rows_of_report(report.agency, report.submitted_at, body, reviews).items():
            rows[dataset] += found
    return rows


def pages_of(source: Source, window: Window, rows: Rows) -> Iterator[tuple[str, int, bytes]]:
    """Dataset, page number and bytes of every page, ``window.page_size`` rows each; a dataset without rows has one page."""
    for dataset in source.datasets:
        ordered = in_order(dataset, rows)
        control = {"rows": len(ordered), "sums": {name: str(sum(row[name] for row in ordered)) for name in dataset.sums}}
        pages = [ordered[start : start + window.page_size] for start in range(0, len(ordered), window.page_size)] or [[]]
        for number, page in enumerate(pages, 1):
            following = str(number + 1) if number < len(pages) else None
            yield dataset.name, number, _page(source, dataset, window, control=control, rows=page, next_page=following)


def in_order(dataset: Dataset, rows: Rows) -> list[dict[str, Any]]:
    """A dataset's rows in the contract's order."""
    return sorted(rows[dataset.name], key=lambda row: tuple(row[name] for name in (*dataset.key, "agency")))


def _page(
    source: Source,
    dataset: Dataset,
    window: Window,
    *,
    control: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    next_page: str | None,
) -> bytes:
    as_of = in_vietnam(window.as_of)
    content = {
        "contract": source.contract,
        "dataset": dataset.name,
        "period": str(window.period),
        "as_of": as_of,
        "generated_at": as_of,
        "control": control,
        "next_page": next_page,
        "rows": rows,
    }
    return canonical_bytes(content)
