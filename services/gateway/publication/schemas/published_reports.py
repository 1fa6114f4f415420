"""What is answered about the reports behind a published version."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from services.gateway.deadlines.schemas.deadlines import SubmissionName
from services.gateway.http.schemas.shape import AgencyCode, Digest, PeriodText, Shape, SnapshotId


class PublishedReport(Shape):
    """The report that counted. `digest` is that of its canonical content; `deadline` held for this body when it came;
    `ground` is why it counts."""

    submission_id: SubmissionName
    sequence: int
    digest: Digest
    late: bool
    ground: Literal["in_time", "late_acceptance", "extension"]
    submitted_at: datetime
    deadline: datetime


class PublishedExtension(Shape):
    """An extension of the body that was in force when this version was published: proposed by `actor`, approved by
    `approved_by`. `consequence` is what it did to the report: made it in time, let a late one count, or nothing."""

    extension_id: str
    effect: Literal["in_time", "late_counts"]
    document: str
    reason: str
    actor: str
    recorded_at: datetime
    approved_by: str | None
    approval_reason: str | None
    approved_at: datetime | None
    until: datetime
    consequence: Literal["report_in_time", "late_report_counts", "none"]


class PublishedNarrative(Shape):
    """What the body said in public of one section of its report."""

    section: str
    text: str


class PublishedBody(Shape):
    """`report` is null where the version holds none of the body: missing, never none."""

    agency: AgencyCode
    report: PublishedReport | None
    extensions: list[PublishedExtension]
    narratives: list[PublishedNarrative]


class PublishedHead(Shape):
    """The version; `snapshot` is that of the reports, null where it was computed without one. `report_deadline_at` is the
    deadline of all."""

    period: PeriodText
    version: int
    published_at: datetime
    snapshot: SnapshotId | None
    report_deadline_at: datetime


class PublishedReports(PublishedHead):
    """Of every scored body what is published of its report."""

    items: list[PublishedBody]


class OwnPublishedReport(PublishedHead, PublishedBody):
    """What is published of one body's report. `report_deadline_at` is the deadline that held for this body, the same as its
    report's."""
