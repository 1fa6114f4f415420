"""What is stored of a report, as records: a submission with its last step, revision and acceptance, and its parts alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway.access.store.decisions import Standing

Pinned = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How far a submission has come: its state, and the number of the step that led there."""

    submission_id: str
    agency: str
    state: str
    step: int


@dataclass(frozen=True, kw_only=True)
class Submission(Stage):
    """``agreed_*`` and ``basis`` are what the last step was taken on, ``changes`` what a lapse found to be another. What is of
    a revision is None before there is one, what is of the acceptance before it is signed."""

    period: str
    sequence: int
    form: str
    test: bool
    created_by: str
    created_at: datetime
    moved_by: str
    state_since: datetime
    last_action: str
    last_from: str
    last_reason: str | None
    basis: Pinned | None
    changes: Sequence[Pinned] | None
    agreed_revision: int | None
    agreed_digest: str | None
    agreed_rules: str | None
    revision: int | None
    scope: str | None
    media_type: str | None
    file_digest: str | None
    digest: str | None
    section_digests: Mapping[str, str] | None
    edited_by: str | None
    edited_at: datetime | None
    submitted_at: datetime | None
    accepted_deadline: datetime | None
    late: bool | None
    approved_by: str | None
    signed_by: str | None


@dataclass(frozen=True, kw_only=True)
class RevisionHeader:
    """A revision without its bytes. ``digest`` is None while a cell cannot be read."""

    submission_id: str
    number: int
    agency: str
    scope: str
    media_type: str
    file_digest: str
    digest: str | None
    section_digests: Mapping[str, str] | None
    author: str


@dataclass(frozen=True, kw_only=True)
class Revision(RevisionHeader):
    """``body`` as it was sent, ``assembled`` the whole report after it; both compressed."""

    body: bytes
    assembled: bytes
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One step of a submission's history."""

    transition_id: str
    submission_id: str
    number: int
    agency: str
    action: str
    from_state: str
    to_state: str
    actor: str
    reason: str | None
    revision: int | None
    digest: str | None
    catalogue_digest: str | None
    basis: Pinned | None
    changes: Sequence[Pinned] | None
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Validation:
    """A check of a revision, without its findings."""

    validation_id: str
    submission_id: str
    revision: int
    catalogue: str
    catalogue_digest: str
    context: Mapping[str, Any]
    summary: Mapping[str, Any]
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """A finding confirmed as it is."""

    confirmation_id: str
    submission_id: str
    agency: str
    finding_key: str
    rule: str
    reason: str
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """What was signed, and against which deadline."""

    submission_id: str
    agency: str
    period: str
    sequence: int
    revision: int
    digest: str
    file_digest: str
    content: bytes
    submitted_at: datetime
    deadline: datetime
    late: bool
    approved_by: str
    signed_by: str


@dataclass(frozen=True, kw_only=True)
class ReportInForce(Acceptance):
    """With whether it counts, and its receipt."""

    test: bool
    recorded_at: datetime
    receipt_number: str | None
    counts: bool


@dataclass(frozen=True, kw_only=True)
class CheckJob:
    """The job that makes a check; ``problem`` is the slug of what ended it."""

    purpose: str
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    problem: str | None


@dataclass(frozen=True, kw_only=True)
class CountedFigure:
    """What a source counted of a body's database."""

    snapshot_id: str
    database: str
    database_name: str
    new_records: int


@dataclass(frozen=True, kw_only=True)
class ReportName:
    """A signed report of another month, by its digest."""

    period: str
    sequence: int
    submission_id: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class EarlierReport(ReportName):
    content: bytes


@dataclass(frozen=True, kw_only=True)
class SignedReport:
    """A report in force with what it is checked by."""

    period: str
    agency: str
    sequence: int
    submission_id: str
    content: bytes
    form: str


@dataclass(frozen=True, kw_only=True)
class UnderReview:
    """A submission whose approval would lapse."""

    submission_id: str
    agency: str
    period: str
    sequence: int
    state: str


@dataclass(frozen=True, kw_only=True)
class RuleActivation(Standing):
    """Without the catalogue itself."""

    activation_id: str
    sequence: int
    first_period: str
    catalogue_digest: str
    impact: Mapping[str, Any]
    reason: str
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class AttachmentHeader:
    """A file that evidences a report, without its bytes."""

    attachment_id: str
    submission_id: str
    agency: str
    section: str
    name: str
    media_type: str
    size: int
    sha256: str
    scan: str
    author: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Attachment(AttachmentHeader):
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A receipt as it was signed."""

    receipt_number: str
    sequence: int
    submission_id: str
    agency: str
    kid: str
    jws: str
    issued_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class NextReceipt:
    """``number`` is the receipt's place in the sequence; the rest is what the signer signed."""

    number: int
    media_type: str
    catalogue_digest: str | None


@dataclass(frozen=True, kw_only=True)
class KeyHistory:
    """A key that signs receipts, and where it has ended."""

    kid: str
    jwk: Mapping[str, Any]
    recorded_at: datetime
    retired_at: datetime | None
    retired_reason: str | None
    revoked_from: datetime | None
    revoked_reason: str | None

    @property
    def ended(self) -> bool:
        return self.retired_at is not None or self.revoked_from is not None


@dataclass(frozen=True, kw_only=True)
class Review:
    """A word on a reported figure."""

    review_id: str
    sequence: int
    submission_id: str
    agency: str
    period: str
    database: str
    new_records: int
    verdict: str
    reason: str
    document: str | None
    reviewer: str
    reviewer_agency: str
    reviewed_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What an accepted report says of a database."""

    submission_id: str
    new_records: int


@dataclass(frozen=True, kw_only=True)
class ReportedFigure(Figure):
    """With the automatic figure beside it and the word that holds; ``ordinal`` is its place among all of the month."""

    agency: str
    period: str
    sequence: int
    database: str
    database_name: str
    ordinal: int
    automatic_records: int | None
    variance: int | None
    state: str
    review_id: str | None
