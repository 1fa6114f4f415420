"""Lists of frozen rows: several datasets one after the other, each row with its verdict, and shown as who asks may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from services.gateway.http.answers import foreign_cursor
from services.gateway.publication.proofs import DatasetProof, canonical_row, leaf_of
from services.gateway.publication.store import rows as stored
from services.gateway.publication.store.records import FrozenLine, SnapshotHead
from services.gateway.publication.store.rows import Wanted
from shared.database import Connection
from shared.datasets.canonical_rows import canonical_values
from shared.datasets.declaration import Dataset, Kind
from shared.measures.declaration import ClassifiedRows
from shared.period import VIETNAM


@dataclass(frozen=True)
class Part:
    """Rows of one dataset in a list of several: ``number`` is its place, ``counted`` by verdict the measures it counts in."""

    number: int
    dataset: Dataset
    snapshot: SnapshotHead
    classified: ClassifiedRows
    counted: Mapping[str, tuple[str, ...]]

    def bearing(self, line: FrozenLine) -> ShownRow:
        """A row of it, with what it counts in."""
        return ShownRow(self, line, self.counted.get(line.verdict or "", ()))


@dataclass(frozen=True)
class ShownRow:
    """A row with the dataset it is of. ``counts_in`` are measures."""

    part: Part
    row: FrozenLine
    counts_in: tuple[str, ...]

    @property
    def key(self) -> list[str | int]:
        """What a cursor names it by."""
        own = dict(zip(self.part.dataset.names, self.row.values, strict=True))
        return [self.part.number, self.row.agency, *(own[name] for name in self.part.dataset.key)]

    @property
    def masked(self) -> bool:
        """Whether only its status is shown (A-15)."""
        status = self.part.dataset.status
        return bool(status) and bool(self.row.values[self.part.dataset.names.index("classified")])

    @cached_property
    def leaf_bytes(self) -> bytes:
        return canonical_row(self.part.dataset, self._stored)

    @property
    def _stored(self) -> tuple[Any, ...]:
        return (self.row.agency, self.row.expanded_by, *self.row.values)

    def shown(self, proof: DatasetProof | None = None, *, masked: bool = False) -> dict[str, Any]:
        """As a document: values are spelled as in the canonical row, but instants in Vietnam's time; the canonical row goes
        with the proof, unless it is masked. ``masked``: its status alone, whatever it is by itself."""
        dataset = self.part.dataset
        values = dict(zip(("agency", "expanded_by", *dataset.names), canonical_values(dataset, self._stored), strict=True))
        stored_values = dict(zip(dataset.names, self.row.values, strict=True))
        values |= {name: at.astimezone(VIETNAM).isoformat() for name, at in stored_values.items() if isinstance(at, datetime)}
        masked = masked or self.masked
        if masked:
            values = {name: values[name] for name in ("agency", "expanded_by", *dataset.status)}
        document = {
            "dataset": dataset.name,
            "row": values,
            "masked": masked,
            "verdict": self.row.verdict,
            "counts_in": list(self.counts_in),
            "leaf": leaf_of(self.leaf_bytes),
        }
        if proof is not None:
            index, path = proof.rows[self.row.ordinal]
            text = None if masked else self.leaf_bytes.decode()
            document["proof"] = {"bytes": text, "index": index, "path": path}
        return document


@dataclass(frozen=True)
class Asked:
    """Which rows of a list: of one body or of all, with one verdict or any, behind a cursor's keys."""

    agency: str | None
    verdict: str | None = None
    after: Sequence[str | int] | None = None
    limit: int = 100


@dataclass(frozen=True)
class RowList:
    """A list of rows: its parts in order, and what its statements are asked with."""

    parts: tuple[Part, ...]
    given: Mapping[str, Any]

    async def read(self, connection: Connection, asked: Asked) -> list[ShownRow]:
        """At most ``limit`` rows. Raises InputInvalid for a cursor that this list did not give."""
        begin, after = self._place(asked.after)
        found: list[ShownRow] = []
        for part in self.parts[begin:]:
            if len(found) == asked.limit:
                break
            behind = after if part.number == begin else None
            wanted = Wanted(asked.agency, asked.verdict, behind, asked.limit - len(found))
            lines = await stored.list_rows(connection, part.dataset, part.classified, self.given, wanted)
            found += map(part.bearing, lines)
        return found

    def _place(self, after: Sequence[str | int] | None) -> tuple[int, Sequence[str | int] | None]:
        if after is None:
            return 0, None
        number, *keys = after or (None,)
        if not isinstance(number, int) or not 0 <= number < len(self.parts) or not fits(self.parts[number].dataset, keys):
            raise foreign_cursor()
        return number, keys


def fits(dataset: Dataset, keys: Sequence[str | int]) -> bool:
    """Whether these are a body and a natural key of the dataset."""
    kinds = {column.name: column.kind for column in dataset.columns}
    wanted = (str, *(int if kinds[name] is Kind.COUNT else str for name in dataset.key))
    return len(keys) == len(wanted) and all(isinstance(key, kind) for key, kind in zip(keys, wanted, strict=True))
