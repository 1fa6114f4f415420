"""The monthly reports of the bodies themselves: D1, and C1 where no automatic figure exists (seed 000 §4; C-2, D-1)."""

from __future__ import annotations

from datetime import date

from shared.datasets.declaration import Code, ContractRow, Count, Dataset, Instant, Text

CONTRACT = "agency_report/1.0"


class Report(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """That one body reported, and how many rows its report holds: a stated zero is a zero, silence is missing."""

    agency: Text
    submitted_at: Instant
    document: Text
    registered_tasks: Count
    reported_databases: Count


class RegisteredTask(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """One science, technology or innovation task the body registered for the year; accepted when it has a date (D-1)."""

    agency: Text
    task_code: Code
    title: Text
    registered_on: date
    accepted_on: date | None
    acceptance_document: Text | None


class ReportedRecords(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """Records digitised in one database as the body reports them; counts once Bộ Công an has confirmed (C-2)."""

    agency: Text
    database: Code
    database_name: Text
    listed: bool
    new_records: Count
    confirmed_at: Instant | None
    confirmed_by: Text | None


DATASETS = (
    Dataset("reports", "report", Report, sums=("registered_tasks", "reported_databases")),
    Dataset("registered_tasks", "registered_task", RegisteredTask, key=("task_code",)),
    Dataset("reported_records", "reported_records", ReportedRecords, key=("database",), sums=("new_records",)),
)
