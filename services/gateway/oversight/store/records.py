"""What oversight's statements give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class FrozenSource:
    """The latest snapshot of a source's month."""

    pk: int
    snapshot_id: str
    source: str
    version: int
    as_of: datetime
    root: str


@dataclass(frozen=True, kw_only=True)
class TaskCounts:
    """Tasks of one body, or (``agency`` None) of all bodies counted; ``document`` is None where a line is of no single one.

    ``documents`` are distinct; ``classified``, ``without_term`` and ``without_document`` are of ``tasks``."""

    agency: str | None
    document: str | None
    masked: bool
    documents: int
    tasks: int
    done_in_time: int
    done_late: int
    open_within_term: int
    open_past_term: int
    classified: int
    without_term: int
    without_document: int


@dataclass(frozen=True, kw_only=True)
class RuleCount:
    """How often a rule found something in a month: in what a source answered, or (``source`` agency_report of ``reports``) in
    the latest check of each body's last report. ``datasets`` are those that findings of sources name."""

    period: str
    rule: str
    source: str
    severity: str
    count: int
    agencies: list[str]
    datasets: list[str]
    message_vi: str | None
    message_en: str | None


@dataclass(frozen=True, kw_only=True)
class SnapshotOf:
    """A snapshot with its manifest."""

    pk: int
    snapshot_id: str
    source: str
    version: int
    root: str
    manifest: bytes


@dataclass(frozen=True, kw_only=True)
class CellCount:
    """Of one body's rows of a dataset: how many, how many of their cells have a value, how many are of classified tasks."""

    agency: str
    count: int
    filled: int
    classified: int


@dataclass(frozen=True, kw_only=True)
class BodyCount:
    """So many of one body."""

    agency: str
    count: int


@dataclass(frozen=True, kw_only=True)
class FaultsCounted:
    """Of one body's rows put aside in a month of a source: in its latest snapshot; in any version; of those, no longer."""

    agency: str
    aside: int
    found: int
    cleaned: int
