"""Use case: prove that rows belong to a snapshot, so that nobody has to believe us (RFC 6962 over the canonical rows)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from services.gateway.access.tenancy import whole_read
from services.gateway.publication.store import rows as stored
from services.gateway.publication.store.records import SnapshotHead
from shared.canonical import audit_paths, canonical_bytes, leaf_hash
from shared.database import Database
from shared.datasets.canonical_rows import canonical_values, parts_of
from shared.datasets.declaration import Dataset


@dataclass(frozen=True)
class DatasetProof:
    """Of one dataset of a snapshot: the way of some rows to its root, and of its root to the snapshot's. ``rows`` is by
    ordinal place and path, places count from 0."""

    rows: dict[int, tuple[int, list[str]]]
    document: dict[str, Any]


async def prove(database: Database, snapshot: SnapshotHead, dataset: Dataset, ordinals: Collection[int]) -> DatasetProof:
    """Reads and hashes the whole dataset, other bodies' rows too: hashes alone leave. Raises LookupError where the rows do
    not give the root that the manifest states, for then there is nothing to prove."""
    hashes: list[bytes] = []
    places: dict[int, int] = {}
    async with whole_read(database) as connection:
        async for part in stored.stored_rows(connection, dataset, snapshot.pk):
            places |= {row[0]: len(hashes) + at for at, row in enumerate(part) if row[0] in ordinals}
            hashes += await asyncio.to_thread(_hashes, dataset, part)
    root, paths = await asyncio.to_thread(audit_paths, hashes, places.values())
    manifest = msgspec.json.decode(snapshot.manifest)
    number, stated = next((at, each) for at, each in enumerate(manifest["datasets"]) if each["name"] == dataset.name)
    if _shown(root) != stated["root"]:
        raise LookupError(f"{snapshot.snapshot_id}: rows of {dataset.name} give another root than its manifest states")
    parts = parts_of(manifest)
    whole, ways = audit_paths([leaf_hash(part) for part in parts], [number])
    return DatasetProof(
        {ordinal: (place, [_shown(each) for each in paths[place]]) for ordinal, place in places.items()},
        {
            "dataset": dataset.name,
            "snapshot": snapshot.snapshot_id,
            "size": len(hashes),
            "root": _shown(root),
            "bytes": parts[number].decode(),
            "index": number,
            "datasets": len(parts),
            "path": [_shown(each) for each in ways[number]],
            "snapshot_root": _shown(whole),
        },
    )


def canonical_row(dataset: Dataset, stored_row: Sequence[Any]) -> bytes:
    """The bytes a row's leaf covers; of a stored row the body, the expanding rule and the columns."""
    return canonical_bytes(canonical_values(dataset, stored_row))


def leaf_of(row: bytes) -> str:
    """The leaf's hash as it is written everywhere."""
    return _shown(leaf_hash(row))


def _hashes(dataset: Dataset, part: Sequence[Sequence[Any]]) -> list[bytes]:
    return [leaf_hash(canonical_row(dataset, row[1:])) for row in part]


def _shown(digest: bytes) -> str:
    return f"sha256:{digest.hex()}"
