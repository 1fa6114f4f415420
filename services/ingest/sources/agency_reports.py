"""The monthly reports of the bodies themselves: D1, and C1 where no automatic figure exists (seed 000 §4; C-2, D-1).

A period is frozen at the report deadline from the reports that were accepted, or comes by official file (docs/adr/0010).
"""

from __future__ import annotations

from datetime import date

from services.ingest.records import Code, Count, Dataset, Instant, Kind, Row, Text
from services.ingest.source import Source, Stated

CONTRACT = "agency_report/1.0"


class Report(Row, frozen=True, forbid_unknown_fields=True, gc=False):
    """That one body reported, and how many rows its report holds: a stated zero is a zero, silence is missing."""

    agency: Text
    submitted_at: Instant
    document: Text
    registered_tasks: Count
    reported_databases: Count


class RegisteredTask(Row, frozen=True, forbid_unknown_fields=True, gc=False):
    """One science, technology or innovation task the body registered for the year; accepted when it has a date (D-1)."""

    agency: Text
    task_code: Code
    title: Text
    registered_on: date
    accepted_on: date | None
    acceptance_document: Text | None


class ReportedRecords(Row, frozen=True, forbid_unknown_fields=True, gc=False):
    """Records digitised in one database as the body reports them; counts once Bộ Công an has confirmed (C-2)."""

    agency: Text
    database: Code
    database_name: Text
    listed: bool
    new_records: Count
    confirmed_at: Instant | None
    confirmed_by: Text | None


DATASETS = (
    Dataset(
        "reports",
        "report",
        Report,
        (
            ("submitted_at", Kind.INSTANT),
            ("document", Kind.TEXT),
            ("registered_tasks", Kind.COUNT),
            ("reported_databases", Kind.COUNT),
        ),
        key=(),
        sums=("registered_tasks", "reported_databases"),
    ),
    Dataset(
        "registered_tasks",
        "registered_task",
        RegisteredTask,
        (
            ("task_code", Kind.TEXT),
            ("title", Kind.TEXT),
            ("registered_on", Kind.DATE),
            ("accepted_on", Kind.DATE),
            ("acceptance_document", Kind.TEXT),
        ),
        key=("task_code",),
    ),
    Dataset(
        "reported_records",
        "reported_records",
        ReportedRecords,
        (
            ("database", Kind.TEXT),
            ("database_name", Kind.TEXT),
            ("listed", Kind.FLAG),
            ("new_records", Kind.COUNT),
            ("confirmed_at", Kind.INSTANT),
            ("confirmed_by", Kind.TEXT),
        ),
        key=("database",),
        sums=("new_records",),
    ),
)

SOURCE = Source(
    name="agency_report",
    contract=CONTRACT,
    title_vi="Báo cáo của bộ, ngành, địa phương",
    datasets=DATASETS,
    stated=(
        Stated("reports", "registered_tasks", counts="registered_tasks"),
        Stated("reports", "reported_databases", counts="reported_records"),
    ),
    origin="intake",
)
