"""What the statements about frozen rows are asked with: the period's days, the instants that decide, the snapshots."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.period import Period

SYSTEM57 = "system57"
REPORTS = "agency_report"
# Rules by which other readings count rows, as the scheme's register names them (A-1, A-4, A-5, A-8, C-1, D-4, E-1, E-2).
ROW_RULES = frozenset(
    {
        "named_assigners", "backlog_only", "all_assigned", "as_frozen",
        "listed_only", "development_only", "head_only", "all_held",
    }
)  # fmt: skip
SOURCES = (
    SYSTEM57, "public_service_portal", "ndxp", "national_database", "finance", REPORTS, "government_office", "records_review",
)  # fmt: skip


@dataclass(frozen=True)
class Frozen:
    """Of a snapshot what the statements need: the small key of its rows, its version, the instant its rows speak of."""

    pk: int
    version: int
    as_of: datetime


@dataclass(frozen=True)
class Frame:
    """``snapshots`` maps a source to the small key of its snapshot's rows; a source without a snapshot is absent.

    ``known_at`` is the instant System 57's snapshot speaks of: later than the cutoff only in a superseding version.
    ``late_accepted`` says that the reports' snapshot is such a version: its late reports were taken in by decision.
    ``left_out`` are reported C1 figures, as JSON, that two people left out because no word on them came (C-3).
    """

    first_day: date
    next_first_day: date
    year_start: date
    cutoff: datetime
    deadline: datetime
    known_at: datetime | None
    late_accepted: bool
    left_out: str
    snapshots: Mapping[str, int]


def frame_of(period: Period, *, cutoff: datetime, deadline: datetime, left_out: str, snapshots: Mapping[str, Frozen]) -> Frame:
    """The frame of a run's inputs; ``snapshots`` by source."""
    system57, reports = snapshots.get(SYSTEM57), snapshots.get(REPORTS)
    return Frame(
        first_day=period.first_day,
        next_first_day=period.next_first_day,
        year_start=period.first_day.replace(month=1),
        cutoff=cutoff,
        deadline=deadline,
        known_at=system57.as_of if system57 else None,
        late_accepted=reports is not None and reports.version > 1,
        left_out=left_out,
        snapshots={source: snapshot.pk for source, snapshot in snapshots.items()},
    )


def parameters(frame: Frame, rules: Collection[str] = frozenset()) -> dict[str, Any]:
    """Bound values of the statements; a source without a snapshot gets key 0, which no snapshot has."""
    return {
        "first_day": frame.first_day,
        "next_first_day": frame.next_first_day,
        "year_start": frame.year_start,
        "cutoff": frame.cutoff,
        "deadline": frame.deadline,
        "known_at": frame.known_at,
        "late_accepted": frame.late_accepted,
        "left_out": frame.left_out,
        **{rule: rule in rules for rule in ROW_RULES},
        **{source: frame.snapshots.get(source, 0) for source in SOURCES},
    }
