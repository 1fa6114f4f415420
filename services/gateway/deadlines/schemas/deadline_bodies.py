"""What callers send about deadlines and reviews of reports."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Document, PeriodText, Reason, Shape, identifier
from services.gateway.http.words import Instant, Line

# 2**53 - 1, beyond which RFC 8785 knows no whole number.
_MOST = 9_007_199_254_740_991


# Said with the month, by GET /periods/{period}/reports of every version that is published after the approval.
PublishedReason = Annotated[
    Reason, Field(description="Why, in one line; published with the month's scores, for everybody, and kept in the audit log.")
]
PublishedDocument = Annotated[
    Document, Field(description="The official document this rests on; published with the month's scores, for everybody.")
]


class ExtensionAsked(Shape):
    """`until` lies in the future and after what holds for the body: after its deadline for `in_time` (reports before it are in
    time), after the instant until which its late reports count for `late_counts` (they stay late and count by a superseding
    version). An extension only ever adds time."""

    agency: AgencyCode
    period: PeriodText
    until: Instant
    effect: Literal["in_time", "late_counts"]
    reason: PublishedReason
    document: PublishedDocument


class ExtensionApprovalAsked(Shape):
    """The second person's agreement."""

    reason: PublishedReason


class LateAcceptanceAsked(Shape):
    """One accepted report that came late, which the month's next version is to take after all."""

    submission_id: Annotated[str, identifier("sub")]
    reason: Reason
    document: Document


ReviewReason = Annotated[
    Reason,
    Field(
        description="Why, in one line, kept in the audit log; of a refusal published with the month's scores, for everybody."
    ),
]


class RecordsReviewAsked(Shape):
    """`sequence`, `database` and `new_records` as read in the accepted report: the word holds for that very figure."""

    sequence: Annotated[int, Field(ge=1, le=32_767)]
    database: Annotated[Line, Field(max_length=100)]
    new_records: Annotated[int, Field(ge=0, le=_MOST)]
    verdict: Literal["confirmed", "refused"]
    reason: ReviewReason
    document: Document | None = None
