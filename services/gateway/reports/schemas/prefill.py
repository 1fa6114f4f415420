"""What is known of a month's report before anything is sent, each figure with where it comes from (INT-17)."""

from __future__ import annotations

from services.gateway.http.schemas.shape import PeriodText, Shape, SourceName
from services.gateway.reports.schemas.intake import Basis, SubmissionId


class PrefilledTask(Shape):
    task_code: str
    title: str
    registered_on: str
    accepted_on: str | None
    acceptance_document: str | None
    period: PeriodText
    source: SourceName
    submission_id: SubmissionId


class PrefilledName(Shape):
    """A database that the body reported of before, in its last report that did; the month's own figure is to be entered."""

    database: str
    database_name: str
    period: PeriodText
    source: SourceName
    submission_id: SubmissionId


class PrefilledDatabase(Shape):
    """A figure the source counted by itself, with the snapshot it stands in."""

    database: str
    database_name: str
    new_records: int | None
    source: SourceName
    snapshot_id: str


class Prefill(Shape):
    """What is known already; `automatic` is null while no snapshot of the month's figures is frozen. `reported_databases` are
    those of earlier reports that are not counted automatically, without a figure. Nothing is known of narratives."""

    form: str
    report: dict[str, str]
    registered_tasks: list[PrefilledTask]
    reported_databases: list[PrefilledName]
    automatic: list[PrefilledDatabase] | None
    basis: Basis
