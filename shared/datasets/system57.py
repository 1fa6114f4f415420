"""System 57 (Hệ thống giám sát, đánh giá Nghị quyết 57), run by the Office of the Party Central Committee.

Gives A1–A3 (task assignments) and E3 (KPI entries and the monthly report). Source in law: QĐ 4585 appendix §3 A, E3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from shared.datasets.declaration import Code, ContractRow, Count, Dataset, Instant, Percent, RowFault, Text

CONTRACT = "system57/1.0"


class TaskAssignment(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
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


class KpiEntry(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """One figure a body owes System 57: a KPI of the appendix, or the monthly report itself (E-9, E-11)."""

    agency: Text
    kpi: Code
    kind: Literal["kpi", "monthly_report"]
    frequency: Literal["monthly", "quarterly", "half_yearly", "yearly"]
    due_in_period: bool
    updated_at: Instant | None


class System57Coverage(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """What System 57 states it holds for one body, zero included: a stated zero is a zero, silence is missing.

    ``task_assignments`` counts the rows that name the body itself; rows with a collective lead are not in it.
    """

    agency: Text
    task_assignments: Count
    kpi_entries: Count


WITHHELD = ("title", "late_reason")


def task_faults(rows: Sequence[TaskAssignment]) -> Iterator[RowFault]:
    """A classified task comes with its status only (A-15): text of it must not even reach us."""
    for number, row in enumerate(rows):
        if row.classified:
            for field in WITHHELD:
                if getattr(row, field) is not None:
                    yield number, field, "classified_text", "text of a classified task", "null"


DATASETS = (
    Dataset("coverage", "system57_coverage", System57Coverage, sums=("task_assignments", "kpi_entries")),
    Dataset(
        "task_assignments",
        "task_assignment",
        TaskAssignment,
        key=("task_id",),
        sums=("percent",),
        withheld=WITHHELD,
        status=("task_id", "role", "classified"),
        faults=task_faults,
    ),
    Dataset("kpi_entries", "kpi_entry", KpiEntry, key=("kpi",)),
)
