"""Kept pages read again: parsed, checked, hashed, and made into what COPY takes. Offline: the archive is all it needs.

A freeze, a rehearsal and a verification run the same code over the same bytes; they differ only in where the rows go.
Everything here blocks and belongs in a worker thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.copy import Copy, Writer

from services.ingest.contract.aside import RowPutAside, root_of
from services.ingest.contract.reading import Reading, contradictions, refuse_unmapped
from services.ingest.contract.rows import copy_rows, copy_types
from services.ingest.contract.source import Page, Parse, PayloadUnreadable, Source, Summary, Window
from services.ingest.pull.archive import Kept, bodies
from shared.canonical import canonical_bytes, merkle_root, sha256_hex
from shared.datasets.canonical_rows import instant_text
from shared.datasets.declaration import Dataset
from shared.errors import Fault
from shared.registry import Registry


class Replay:
    """The kept pages of one pull. Read every dataset in turn, then ``finish``."""

    def __init__(self, source: Source, window: Window, *, registry: Registry, pages: Sequence[Kept], parse: Parse) -> None:
        self.source = source
        self.summaries: dict[str, Summary] = {}
        self.aside: tuple[RowPutAside, ...] = ()
        self._window = window
        self._registry = registry
        self._pages = pages
        self._parse = parse
        self._unmapped: dict[str, Mapping[str, Fault]] = {}

    def copied(self, dataset: Dataset, connection: psycopg.Connection[Any]) -> Iterator[bytes]:
        """The dataset's rows as PostgreSQL's binary COPY stream, a page at a time. ``connection`` reads the archive."""
        reading = self._reading(dataset)
        waiting = _Waiting()
        with Copy(connection.cursor(), binary=True, writer=waiting) as copy:
            copy.set_types(copy_types(dataset))
            for page in self._parsed(dataset, connection):
                first = reading.row_count + 1
                block = reading.accept(page)
                for row in copy_rows(dataset, block, first):
                    copy.write_row(row)
                yield waiting.taken()
        self._ended(dataset, reading)
        yield waiting.taken()

    def finish(self) -> dict[str, Summary]:
        """What only the whole period shows; ``aside`` is complete then. Raises Unmapped listing every spelling."""
        refuse_unmapped(self._unmapped)
        self.aside = all_aside(self.source, self.summaries)
        return self.summaries

    def _reading(self, dataset: Dataset) -> Reading:
        return Reading(dataset, contract=self.source.contract, window=self._window, registry=self._registry)

    def _parsed(self, dataset: Dataset, connection: psycopg.Connection[Any]) -> Iterator[Page]:
        mine = [page for page in self._pages if page.dataset == dataset.name]
        if not mine:
            raise PayloadUnreadable(f"{self.source.name}: nothing was received for {dataset.name}")
        for _, body in bodies(connection, mine):
            yield self._parse(dataset, body)

    def _ended(self, dataset: Dataset, reading: Reading) -> None:
        self._unmapped[dataset.name] = reading.unmapped
        self.summaries[dataset.name] = reading.finish()


def all_aside(source: Source, summaries: Mapping[str, Summary]) -> tuple[RowPutAside, ...]:
    """Everything put aside, in contract order, then what only the whole period shows."""
    rows = [each for dataset in source.datasets for each in summaries[dataset.name].aside]
    return (*rows, *contradictions(source, summaries))


def total_root(summaries: Mapping[str, Summary], aside: Sequence[RowPutAside] = ()) -> str:
    """One root over the datasets in contract order: each leaf is the canonical object of name, rows and root. What was put
    aside is a leaf of its own, where there is any."""
    leaves = [
        canonical_bytes({"dataset": name, "root": summary.root.hex(), "rows": summary.row_count})
        for name, summary in summaries.items()
    ]
    return f"sha256:{merkle_root([*leaves, *aside_leaf(stated_aside(aside))]).hex()}"


def stated_aside(aside: Sequence[RowPutAside]) -> Mapping[str, Any] | None:
    """Number and root of what was put aside, as the manifest states them; None where nothing was."""
    return {"count": len(aside), "root": root_of(aside)} if aside else None


def aside_leaf(stated: Mapping[str, Any] | None) -> list[bytes]:
    """Its leaf under the snapshot's root."""
    return [] if stated is None else [canonical_bytes({"put_aside": dict(stated)})]


@dataclass(frozen=True)
class Stated:
    """What a manifest states beside rows and window; ``composed`` says which rows of a predecessor stand beside the pull's."""

    version: int
    origin: str
    aside: Sequence[RowPutAside] = ()
    composed: Mapping[str, Any] | None = None


def manifest(source: Source, window: Window, summaries: Mapping[str, Summary], stated: Stated) -> tuple[str, bytes]:
    """The snapshot's id and the canonical bytes it is the digest of (SNP-02)."""
    put_aside = stated_aside(stated.aside)
    content = canonical_bytes(
        {
            **({} if put_aside is None else {"put_aside": put_aside}),
            "source": source.name,
            "period": str(window.period),
            "version": stated.version,
            "window": {
                "as_of": instant_text(window.as_of),
                "start": instant_text(window.period.start),
                "end": instant_text(window.period.end),
            },
            "contract": source.contract,
            "origin": stated.origin,
            "datasets": [
                {
                    "name": name,
                    "rows": summary.row_count,
                    "root": f"sha256:{summary.root.hex()}",
                    "control": {
                        "rows": summary.control.rows,
                        "sums": {key: format(value, "f") for key, value in summary.control.sums.items()},
                    },
                }
                for name, summary in summaries.items()
            ],
            **({} if stated.composed is None else {"composed": stated.composed}),
        }
    )
    return "snap_" + sha256_hex(content).removeprefix("sha256:"), content


class _Waiting(Writer):
    """What the formatter has written and nobody has taken yet."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: Any) -> None:
        self._parts.append(bytes(data))

    def taken(self) -> bytes:
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole
