"""What is answered about reports: submissions, their content and findings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from services.gateway.http.schemas.shape import AgencyCode, Digest, Page, PeriodText, Shape, identifier
from services.gateway.reports.rules.findings_chosen import Place
from services.gateway.reports.schemas.check_summaries import FindingSummary, Severity

State = Literal["draft", "in_review", "approved", "accepted", "reverted"]
SubmissionId = Annotated[str, identifier("sub")]
ValidationId = Annotated[str, identifier("val")]
Action = Literal["create", "hand_over", "approve", "reject", "sign", "revert", "lapse"]
Allowed = Literal["edit", "validate", "confirm", "attach", "hand_over", "approve", "reject", "sign", "revert"]


class ContentNamed(Shape):
    """The latest revision. `etag` is what If-Match wants; `digest` is that of the report, the same in every format."""

    revision: int
    etag: str
    scope: str
    media_type: str
    file_digest: Digest
    digest: Digest | None
    section_digests: dict[str, Digest] | None
    author: str
    recorded_at: datetime


class Checked(Shape):
    """The latest check of the latest revision; null while a job makes it."""

    validation_id: ValidationId
    revision: int
    catalogue: str
    catalogue_digest: Digest
    recorded_at: datetime
    total: int
    fatal: int
    confirm: int
    notice: int


class Acceptance(Shape):
    """`late`: handed in at or after the deadline that held for this body."""

    submitted_at: datetime
    deadline: datetime
    late: bool
    digest: Digest
    approved_by: str
    signed_by: str


class DeadlineShown(Shape):
    """`soft_at`: end of the last working day before; `hard_at`: first instant too late; `moved_by`: what moved it."""

    soft_at: datetime
    hard_at: datetime
    counts_until: datetime
    moved_by: str | None
    now: datetime
    seconds_to_soft: int
    seconds_left: int


class LapseChange(Shape):
    """One thing that is another than when it was agreed to. `place`: the catalogue, the database, the earlier month, or the
    cell by its row's own name. `was` and `now` are digests of catalogues and earlier reports, figures and cells as they are,
    null where nothing stood or stands there, and for words. `cause`: the activation, snapshot or submission that did it;
    `at`: its instant, or the edit's; null where it is not known."""

    what: Literal["rules", "figure", "earlier_report", "content"]
    place: str
    was: str | None
    now: str | None
    cause: str | None
    at: datetime | None


class Lapse(Shape):
    """An agreement that no longer holds, since `at`: the instant of the first cause, null where it is not known. `step` is
    null until the next step taken puts it on record. `reason` names no cell and no figure; `changes` show them."""

    from_state: Literal["in_review", "approved"]
    reason: str
    changes: list[LapseChange]
    at: datetime | None
    step: int | None


class Submission(Shape):
    """`holder` is the role whose turn it is; `allowed_actions` is what this caller may do now. `lapse` says why a report that
    was handed over or approved is a draft again, as soon as it is so."""

    submission_id: SubmissionId
    agency: AgencyCode
    period: PeriodText
    sequence: int
    form: str
    test: bool
    state: State
    state_since: datetime
    step: int
    holder: Literal["agency_drafter", "agency_approver", "agency_signer"] | None
    moved_by: str
    created_by: str
    created_at: datetime
    allowed_actions: list[Allowed]
    lapse: Lapse | None
    content: ContentNamed | None
    validation: Checked | None
    acceptance: Acceptance | None
    deadline: DeadlineShown
    links: dict[str, str]


class SubmissionPage(Page):
    items: list[Submission]


class EarlierReport(Shape):
    period: PeriodText
    submission_id: SubmissionId
    digest: Digest


class Basis(Shape):
    """What a check compared with."""

    automatic_snapshot: str | None
    earlier_reports: list[EarlierReport]


class Transition(Shape):
    """One step, with the reason that stays for ever and what it was taken on: content, rules, and in `basis` what its check
    compared with. A lapse is the system's, not its `met_by`'s, who ran into it; it has its `changes`, which the body alone
    reads, and `lapsed_at`, the instant of the first of their causes."""

    transition_id: str
    submission_id: SubmissionId
    number: int
    action: Action
    from_state: str
    to_state: State
    actor: str
    reason: str | None
    revision: int | None
    digest: Digest | None
    catalogue_digest: Digest | None
    basis: Basis | None
    changes: list[LapseChange] | None
    lapsed_at: datetime | None
    met_by: str | None
    recorded_at: datetime


class TransitionPage(Page):
    items: list[Transition]


class ReportFinding(Shape):
    """`pointer` leads into the report's JSON form, `cell` into the file that was sent. `key` is what a confirmation names."""

    rule: str
    severity: Severity
    category: str
    pointer: str
    cell: str | None
    seen: str | None
    expected: str | None
    expected_en: str | None
    message_vi: str
    message_en: str
    hint_vi: str
    hint_en: str
    client_ref: str | None
    key: Digest
    confirmed: bool


class FindingTally(Shape):
    """`confirmed` are those to confirm that somebody did; `open` stand in the way of a hand-over."""

    total: int
    fatal: int
    confirm: int
    notice: int
    confirmed: int
    open: int


class SectionTally(FindingTally):
    """Of one section; `whole`: about no section alone."""

    section: Place


class CheckTally(FindingTally):
    """Of the complete check, and of every section with a finding."""

    sections: list[SectionTally]


class ReportFindingPage(Page):
    items: list[ReportFinding]
    counts: CheckTally


class ContentTaken(Shape):
    """What became of the content sent. In a dry run `revision` and `validation` are null and nothing was stored.

    `findings` holds the first ones; `links.findings` leads to all. While a job checks, `summary` is null.
    """

    dry_run: bool
    revision: int | None
    etag: str | None
    validation: ValidationId | None
    file_digest: Digest
    digest: Digest | None
    section_digests: dict[str, Digest] | None
    catalogue: str
    catalogue_digest: Digest
    summary: FindingSummary | None
    findings: list[ReportFinding]
    allowed_actions: list[Allowed]
    links: dict[str, str]


class Validation(Shape):
    """`state` is `done` once there is a summary; `problem` says why there is none."""

    validation_id: ValidationId | None
    submission_id: SubmissionId
    revision: int | None
    state: Literal["waiting", "running", "done", "failed"]
    catalogue: str | None
    catalogue_digest: Digest | None
    context: Basis | None
    summary: FindingSummary | None
    actor: str | None
    recorded_at: datetime | None
    problem: dict[str, Any] | None = None


class Confirmation(Shape):
    confirmation_id: str
    submission_id: SubmissionId
    finding_key: Digest
    rule: str
    reason: str
    actor: str
    recorded_at: datetime


class ConfirmationPage(Page):
    items: list[Confirmation]
