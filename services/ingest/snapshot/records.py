"""What is stored of snapshots, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class FrozenSnapshot:
    """A snapshot's header with its manifest's bytes and its evidence; ``pk`` is the small key of its rows."""

    pk: int
    snapshot_id: str
    source: str
    period: str
    version: int
    supersedes: str | None
    reason: str | None
    requested_by: str | None
    approver: str | None
    origin: str
    pull_id: str
    as_of: datetime
    captured_at: datetime
    clock_skew_seconds: Decimal | None
    row_count: int
    root: str
    manifest: bytes
    evidence: Mapping[str, Any]
    recorded_at: datetime

    def is_of(self, source: str) -> bool:
        """Whether we wrote its pages ourselves from what was entered here for this source."""
        return self.origin == "intake" and self.source == source


@dataclass(frozen=True, kw_only=True)
class ChangedTasks:
    """Completions of a frozen period that are other than it counts them: how many, and the first twenty."""

    period: str
    count: int
    tasks: Sequence[str]
