"""What the operator's board and the readers of snapshots are shown, as records."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.signatures.store.records import SnapshotHeader


@dataclass(frozen=True, kw_only=True)
class ListedSnapshot(SnapshotHeader):
    """``pk`` is the cursor's key and not part of the document."""

    pk: int
