"""What `data` of an event holds, by the event's type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field

from services.gateway.http.schemas.shape import Digest, PeriodText, PublicationId, Shape, identifier

SubmissionId = Annotated[str, identifier("sub")]


class _AboutReport(Shape):
    submission_id: SubmissionId
    period: PeriodText
    sequence: int
    test: bool


class ValidationFinishedData(_AboutReport):
    """A revision was checked; the counts are of its findings."""

    validation_id: Annotated[str, identifier("val")]
    revision: int
    finding_count: int
    fatal: int
    confirm: int
    notice: int


class ValidationFailedData(_AboutReport):
    """A check by a job came to no end. `problem` is a problem type."""

    validation_id: Annotated[str, identifier("val")]
    revision: int
    problem: Annotated[str, Field(pattern="^[a-z]+(-[a-z]+)*$")]


class SubmissionMovedData(_AboutReport):
    """A step of the workflow. `digest` is the report's that was agreed to, where the step agrees."""

    step: int
    from_state: str
    to_state: str
    reason: str | None
    digest: Digest | None


class ReceiptIssuedData(_AboutReport):
    """The report was signed and accepted."""

    receipt_number: str
    digest: Digest
    submitted_at: datetime
    deadline: datetime
    late: bool


class RecordsReviewData(Shape):
    """The reviewer's word on a reported figure."""

    review_id: str
    submission_id: SubmissionId
    period: PeriodText
    database: str
    verdict: Literal["confirmed", "refused"]


class ExtensionGrantedData(Shape):
    """The body's deadline was put off."""

    extension_id: str
    period: PeriodText
    until: datetime
    effect: Literal["in_time", "late_counts"]
    document: str


class LateAcceptanceData(Shape):
    """A late report may count."""

    submission_id: SubmissionId
    period: PeriodText
    document: str


class ScoresPublishedData(Shape):
    """Scores of a month were published, or a new version of them. `root` is of its month bundle, `certificate` the digest of
    what signed its document for the meeting; null where there is none."""

    publication_id: PublicationId
    period: PeriodText
    version: int
    digest: Digest
    root: Digest | None
    certificate: Digest | None
    published_at: datetime


class Ends(Shape):
    """A value in the version before and in this one; null where the body was not scored or the value is missing."""

    before: str | int | None = Field(alias="from")
    after: str | int | None = Field(alias="to")


class ScoresCorrectedData(Shape):
    """A later version of a month moved this body's points; `follows` is the version before, `causes` what was otherwise."""

    publication_id: PublicationId
    period: PeriodText
    version: int
    follows: int
    causes: list[str]
    total: Ends
    shown_total: Ends
    grade: Ends
    rank: Ends
    indicators: list[str]


DATA_OF: Final[Mapping[str, type[BaseModel]]] = {
    "validation.finished": ValidationFinishedData,
    "validation.failed": ValidationFailedData,
    "submission.handed_over": SubmissionMovedData,
    "submission.approved": SubmissionMovedData,
    "submission.rejected": SubmissionMovedData,
    "submission.reverted": SubmissionMovedData,
    "submission.lapsed": SubmissionMovedData,
    "receipt.issued": ReceiptIssuedData,
    "records_review.recorded": RecordsReviewData,
    "extension.granted": ExtensionGrantedData,
    "late_acceptance.recorded": LateAcceptanceData,
    "scores.published": ScoresPublishedData,
    "scores.corrected": ScoresCorrectedData,
}


def described() -> dict[str, Any]:
    """The `webhooks` of the OpenAPI document: what a receiver is posted, by type."""
    headers = [
        {"name": name, "in": "header", "required": True, "description": words, "schema": {"type": "string"}}
        for name, words in (
            ("webhook-id", "The event's id; the same whenever it is sent."),
            ("webhook-timestamp", "When it was sent, in seconds since 1970."),
            ("webhook-signature", "`v1,` and base64 of HMAC-SHA-256 over id.timestamp.body; several are parted by a space."),
        )
    ]
    return {kind: {"post": {**_posted(kind, model), "parameters": headers}} for kind, model in DATA_OF.items()}


def _posted(kind: str, model: type[BaseModel]) -> dict[str, Any]:
    own = {
        "type": "object",
        "properties": {"type": {"const": kind}, "data": {"$ref": f"#/components/schemas/{model.__name__}"}},
    }
    schema = {"allOf": [{"$ref": "#/components/schemas/Event"}, own]}
    return {
        "summary": (model.__doc__ or "").split("\n")[0],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {
            "2XX": {"description": "Taken. Any other answer is a failure, and the event is sent again for 72 hours."}
        },
    }
