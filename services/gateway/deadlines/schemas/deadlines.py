"""Extensions, late reports, reviews of reported records, and how complete and timely a month's reports are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, PeriodText, Shape, SnapshotId
from services.gateway.http.schemas.shape import Page as _Page

SubmissionName = Annotated[str, Field(pattern="^[a-z]+_[0-9a-z]{26}$")]
Percent = Annotated[str, Field(pattern=r"^[0-9]{1,3}\.[0-9]{2}$", examples=["96.43"])]


class Extension(Shape):
    """It holds once somebody else approved it, until `until`; of a body's month and effect the latest `until` holds, so that
    none takes time away. Document and reasons are published with the month. `actor` proposed it, `approved_by` approved it:
    null while nobody did, and where one person could still grant it alone."""

    extension_id: str
    sequence: int
    agency: AgencyCode
    period: PeriodText
    until: datetime
    effect: Literal["in_time", "late_counts"]
    document: str
    reason: str
    actor: str
    recorded_at: datetime
    state: Literal["proposed", "in_force"]
    approved_by: str | None
    approval_reason: str | None
    approved_at: datetime | None


class ExtensionPage(_Page):
    items: list[Extension]


class LateAcceptance(Shape):
    submission_id: SubmissionName
    agency: AgencyCode
    period: PeriodText
    document: str
    reason: str
    actor: str
    recorded_at: datetime


class LateAcceptancePage(_Page):
    items: list[LateAcceptance]


class RecordsReview(Shape):
    """A word on one reported figure; the latest on a submission's database holds."""

    review_id: str
    sequence: int
    submission_id: SubmissionName
    agency: AgencyCode
    period: PeriodText
    database: str
    new_records: int
    verdict: Literal["confirmed", "refused"]
    reason: str
    document: str | None
    reviewer: str
    reviewer_agency: str
    reviewed_at: datetime
    recorded_at: datetime


class RecordsReviewPage(_Page):
    items: list[RecordsReview]


class ReportedFigure(Shape):
    """One database of a report in force. `automatic_records` is what the national database counts for it, null where it
    gives nothing: an automatic figure wins (C-2), and `variance` is the reported one less the automatic one."""

    agency: AgencyCode
    period: PeriodText
    submission_id: SubmissionName
    sequence: int
    database: str
    database_name: str
    new_records: int
    automatic_records: int | None
    variance: int | None
    state: Literal["open", "confirmed", "refused"]
    review_id: str | None


class ReportedFigurePage(_Page):
    items: list[ReportedFigure]


class CountedIn(Shape):
    """The submission of the body that the latest snapshot of reports holds; a later decision may have put another in force."""

    snapshot: SnapshotId
    version: int
    submission_id: SubmissionName
    sequence: int
    ground: Literal["in_time", "late_acceptance", "extension"]


class Uncounted(Shape):
    """A late report that came after the one in force and that nothing lets count."""

    submission_id: SubmissionName
    sequence: int
    submitted_at: datetime


class BodyReporting(Shape):
    """One body's month. `state` tells of its best report: one in time, only late ones, or none. What follows is the report in
    force: the latest that counts, else the last late one. `counterfactual`: that report is late and not in the latest
    snapshot, so figures made from it are only what would have been. `uncounted`: the last late report after it."""

    agency: AgencyCode
    state: Literal["in_time", "late", "none"]
    submission_id: SubmissionName | None
    sequence: int | None
    submitted_at: datetime | None
    late: bool | None
    soft_at: datetime
    hard_at: datetime
    counts_until: datetime
    moved_by: str | None
    late_accepted: bool
    counted: CountedIn | None
    counterfactual: bool
    uncounted: Uncounted | None
    expected: int
    received: int
    missing: list[str]


class Reporting(Shape):
    """All bodies of a month. `timeliness` = bodies in time of all bodies; `completeness` = parts received of parts expected."""

    period: PeriodText
    now: datetime
    frozen: SnapshotId | None
    bodies: int
    in_time: int
    late: int
    none: int
    expected: int
    received: int
    timeliness: Percent
    completeness: Percent
    items: list[BodyReporting]


class OwnReporting(BodyReporting):
    """The same of one body, with the clock and the time left in whole seconds."""

    period: PeriodText
    now: datetime
    seconds_to_soft: int
    seconds_left: int
