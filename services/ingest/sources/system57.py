"""System 57 (Hệ thống giám sát, đánh giá Nghị quyết 57), run by the Office of the Party Central Committee.

Gives A1–A3 (task assignments) and E3 (KPI entries and the monthly report). Source in law: QĐ 4585 appendix §3 A, E3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from services.ingest.envelope import interface
from services.ingest.records import Code, Count, Dataset, Instant, Kind, Percent, Row, RowFault, Text
from services.ingest.source import Source, Stated

CONTRACT = "system57/1.0"


class TaskAssignment(Row, frozen=True, forbid_unknown_fields=True, gc=False):
    """One task given to one body. Dates are local calendar days; a classified task carries no free text (A-15)."""

    task_id: Code
    agency: Text
    role: Literal["lead", "coordinator"]
    title: Text | None
    assigned_by: Text
    assigned_on: date
    due_on: date | None
    due_text: Text | None
    due_precision: Literal["day", "month", "quarter", "year", "recurring", "continuous", "open", "compound"]
    extended_due_on: date | None
    extension_approved_on: date | None
    extension_document: Text | None
    completed_on: date | None
    reported_at: Instant | None
    confirmed_at: Instant | None
    sent_back_at: Instant | None
    returned_accepted_on: date | None
    percent: Percent
    late_reason: Text | None
    source_document: Text | None
    classified: bool


class KpiEntry(Row, frozen=True, forbid_unknown_fields=True, gc=False):
    """One figure a body owes System 57: a KPI of the appendix, or the monthly report itself (E-9, E-11)."""

    agency: Text
    kpi: Code
    kind: Literal["kpi", "monthly_report"]
    frequency: Literal["monthly", "quarterly", "half_yearly", "yearly"]
    due_in_period: bool
    updated_at: Instant | None


class System57Coverage(Row, frozen=True, forbid_unknown_fields=True, gc=False):
    """What System 57 states it holds for one body, zero included: a stated zero is a zero, silence is missing.

    ``task_assignments`` counts the rows that name the body itself; rows with a collective lead are not in it.
    """

    agency: Text
    task_assignments: Count
    kpi_entries: Count


def task_faults(rows: Sequence[TaskAssignment]) -> Iterator[RowFault]:
    """A classified task comes with its status only (A-15): text of it must not even reach us."""
    for number, row in enumerate(rows):
        if row.classified:
            for field in ("title", "late_reason"):
                if getattr(row, field) is not None:
                    yield number, field, "text of a classified task", "null"


DATASETS = (
    Dataset(
        "coverage",
        "system57_coverage",
        System57Coverage,
        (("task_assignments", Kind.COUNT), ("kpi_entries", Kind.COUNT)),
        key=(),
        sums=("task_assignments", "kpi_entries"),
    ),
    Dataset(
        "task_assignments",
        "task_assignment",
        TaskAssignment,
        (
            ("task_id", Kind.TEXT),
            ("role", Kind.TEXT),
            ("title", Kind.TEXT),
            ("assigned_by", Kind.TEXT),
            ("assigned_on", Kind.DATE),
            ("due_on", Kind.DATE),
            ("due_text", Kind.TEXT),
            ("due_precision", Kind.TEXT),
            ("extended_due_on", Kind.DATE),
            ("extension_approved_on", Kind.DATE),
            ("extension_document", Kind.TEXT),
            ("completed_on", Kind.DATE),
            ("reported_at", Kind.INSTANT),
            ("confirmed_at", Kind.INSTANT),
            ("sent_back_at", Kind.INSTANT),
            ("returned_accepted_on", Kind.DATE),
            ("percent", Kind.COUNT),
            ("late_reason", Kind.TEXT),
            ("source_document", Kind.TEXT),
            ("classified", Kind.FLAG),
        ),
        key=("task_id",),
        sums=("percent",),
        faults=task_faults,
    ),
    Dataset(
        "kpi_entries",
        "kpi_entry",
        KpiEntry,
        (
            ("kpi", Kind.TEXT),
            ("kind", Kind.TEXT),
            ("frequency", Kind.TEXT),
            ("due_in_period", Kind.FLAG),
            ("updated_at", Kind.INSTANT),
        ),
        key=("kpi",),
    ),
)

SOURCE = Source(
    name="system57",
    contract=CONTRACT,
    title_vi="Hệ thống giám sát, đánh giá Nghị quyết 57",
    datasets=DATASETS,
    interface=interface(),
    stated=(
        Stated("coverage", "task_assignments", counts="task_assignments"),
        Stated("coverage", "kpi_entries", counts="kpi_entries"),
    ),
)
