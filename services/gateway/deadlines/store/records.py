"""What is stored of extensions, late reports and a month's reporting, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.calendar import Added


@dataclass(frozen=True, kw_only=True)
class ExtensionInForce(Added):
    """With its approval; None where one person could still grant it alone."""

    sequence: int
    agency: str
    period: str
    document: str
    reason: str
    actor: str
    recorded_at: datetime
    approved_by: str | None
    approval_reason: str | None
    approved_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Extension(ExtensionInForce):
    """One that may still wait for its approval. ``alone`` is of the time when one person granted it."""

    alone: bool


@dataclass(frozen=True, kw_only=True)
class LateAcceptance:
    """A late report that a decision lets count."""

    submission_id: str
    agency: str
    period: str
    document: str
    reason: str
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A signed report, without its content."""

    submission_id: str
    agency: str
    period: str
    sequence: int
    submitted_at: datetime
    deadline: datetime
    late: bool


@dataclass(frozen=True, kw_only=True)
class BodyReport:
    """A body's report in force. ``any_in_time`` tells of all of its reports, ``databases`` of what it reports for C1,
    ``uncounted_…`` of the last late one after it that does not count."""

    agency: str
    submission_id: str
    sequence: int
    submitted_at: datetime
    late: bool
    counts: bool
    any_in_time: bool
    late_accepted: bool
    databases: Sequence[str]
    uncounted_id: str | None
    uncounted_sequence: int | None
    uncounted_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CountedReports:
    """A snapshot of a month's reports with what it took; ``reports`` is None when it came by official file."""

    snapshot_id: str
    version: int
    reports: Sequence[Mapping[str, Any]] | None
