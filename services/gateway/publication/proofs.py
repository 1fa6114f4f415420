"""Use case: prove that rows belong to a snapshot, so that nobody has to believe us (RFC 6962 over the canonical rows).

A proof of one row is made of all rows of its dataset: so a process makes one at a time, and keeps the hashes it made last.
"""

from __future__ import annotations

import asyncio
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from services.gateway.access.tenancy import whole_read
from services.gateway.publication.store import rows as stored
from services.gateway.publication.store.records import SnapshotHead
from shared.canonical import audit_paths, canonical_bytes, leaf_hash
from shared.database import Database
from shared.datasets.canonical_rows import canonical_values, parts_of
from shared.datasets.declaration import Dataset
from shared.errors import DomainError, Unavailable

log = structlog.get_logger(__name__)

# A number and a hash a row, some 800,000 rows. And as long as a caller is kept waiting for another one's proof.
BUDGET_BYTES, WAIT_SECONDS = 32 * 1024 * 1024, 2.0
_HASH = 32


class ProofsBusy(Unavailable):
    """Another proof is being made; they are made one after the other."""

    slug = "proofs-busy"
    title_vi = "Đang lập bằng chứng cho yêu cầu khác"
    title_en = "Another proof is being made"


class RowsDiffer(DomainError):
    """The rows held do not give the root that the snapshot states, so there is nothing to prove: somebody must look."""

    slug = "rows-differ"
    title_vi = "Các dòng không khớp với bản chốt"
    title_en = "Rows differ from their snapshot"


@dataclass(frozen=True)
class DatasetProof:
    """Of one dataset of a snapshot: the way of some rows to its root, and of its root to the snapshot's. ``rows`` is by
    ordinal place and path, places count from 0."""

    rows: dict[int, tuple[int, list[str]]]
    document: dict[str, Any]


@dataclass(frozen=True)
class Leaves:
    """All rows of a dataset in the order they were frozen: their numbers, rising, and their leaves' hashes, joined."""

    ordinals: array[int]
    hashes: bytes

    @property
    def size(self) -> int:
        """In bytes."""
        return self.ordinals.itemsize * len(self.ordinals) + len(self.hashes)

    def listed(self) -> list[bytes]:
        return [self.hashes[at : at + _HASH] for at in range(0, len(self.hashes), _HASH)]

    def place(self, ordinal: int, leaf: bytes) -> int | None:
        """Of a row by its number; None where it is not there or has another leaf."""
        at = bisect_left(self.ordinals, ordinal)
        same = at < len(self.ordinals) and self.ordinals[at] == ordinal
        return at if same and self.hashes[at * _HASH : (at + 1) * _HASH] == leaf else None


class Prover:
    """Makes proofs, one at a time. Leaves of a snapshot never change: those asked for last are kept in ``budget`` bytes, once
    they gave the root that its manifest states."""

    def __init__(self, *, budget: int = BUDGET_BYTES, wait: float = WAIT_SECONDS) -> None:
        self._budget, self._wait = budget, wait
        self._busy = asyncio.Lock()
        self._kept: OrderedDict[tuple[int, str], Leaves] = OrderedDict()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Raises ProofsBusy after a short wait."""
        try:
            async with asyncio.timeout(self._wait):
                await self._busy.acquire()
        except TimeoutError as error:
            raise ProofsBusy("another proof is being made") from error
        try:
            yield
        finally:
            self._busy.release()

    async def prove(
        self, database: Database, snapshot: SnapshotHead, dataset: Dataset, rows: Mapping[int, bytes]
    ) -> DatasetProof:
        """Of rows by their numbers, with their leaves' hashes; in one's turn. Reads and hashes the whole dataset, other bodies'
        rows too: hashes alone leave. Raises RowsDiffer."""
        key = (snapshot.pk, dataset.name)
        leaves = self._kept.get(key) or await _read(database, snapshot.pk, dataset)
        places = {ordinal: leaves.place(ordinal, leaf) for ordinal, leaf in rows.items()}
        known = {ordinal: place for ordinal, place in places.items() if place is not None}
        # No connection is held here: what is left is arithmetic.
        root, paths = await asyncio.to_thread(lambda: audit_paths(leaves.listed(), known.values()))
        manifest = msgspec.json.decode(snapshot.manifest)
        number, stated = next((at, each) for at, each in enumerate(manifest["datasets"]) if each["name"] == dataset.name)
        if _shown(root) != stated["root"] or len(known) < len(places):
            self._kept.pop(key, None)
            log.error("rows differ from their snapshot", snapshot=snapshot.snapshot_id, dataset=dataset.name)
            raise RowsDiffer(f"{snapshot.snapshot_id}: rows of {dataset.name} give another root than its manifest states")
        self._keep(key, leaves)
        ways = {ordinal: (place, [_shown(each) for each in paths[place]]) for ordinal, place in known.items()}
        named = {"dataset": dataset.name, "snapshot": snapshot.snapshot_id, "size": len(leaves.ordinals), "root": _shown(root)}
        return DatasetProof(ways, named | _way_up(parts_of(manifest), number))

    def _keep(self, key: tuple[int, str], leaves: Leaves) -> None:
        self._kept[key] = leaves
        self._kept.move_to_end(key)
        while sum(each.size for each in self._kept.values()) > self._budget:
            self._kept.popitem(last=False)


async def _read(database: Database, pk: int, dataset: Dataset) -> Leaves:
    ordinals, hashes = array("q"), bytearray()
    async with whole_read(database) as connection:
        async for part in stored.stored_rows(connection, dataset, pk):
            ordinals.extend(row[0] for row in part)
            hashes += await asyncio.to_thread(_hashes, dataset, part)
    return Leaves(ordinals, bytes(hashes))


def _way_up(parts: Sequence[bytes], number: int) -> dict[str, Any]:
    """From a dataset's root to its snapshot's."""
    whole, ways = audit_paths([leaf_hash(part) for part in parts], [number])
    return {
        "bytes": parts[number].decode(),
        "index": number,
        "datasets": len(parts),
        "path": [_shown(each) for each in ways[number]],
        "snapshot_root": _shown(whole),
    }


def canonical_row(dataset: Dataset, stored_row: Sequence[Any]) -> bytes:
    """The bytes a row's leaf covers; of a stored row the body, the expanding rule and the columns."""
    return canonical_bytes(canonical_values(dataset, stored_row))


def leaf_of(row: bytes) -> str:
    """The leaf's hash as it is written everywhere."""
    return _shown(leaf_hash(row))


def _hashes(dataset: Dataset, part: Sequence[Sequence[Any]]) -> bytes:
    return b"".join(leaf_hash(canonical_row(dataset, row[1:])) for row in part)


def _shown(digest: bytes) -> str:
    return f"sha256:{digest.hex()}"
