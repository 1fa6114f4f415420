"""What callers send about deadlines and reviews of reports."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from services.gateway.schemas.shape import AgencyCode, Document, PeriodText, Reason, Shape, identifier
from services.gateway.words import Line

# 2**53 - 1, beyond which RFC 8785 knows no whole number.
_MOST = 9_007_199_254_740_991


class ExtensionAsked(Shape):
    """`until` lies after the deadline that holds for all. `in_time`: reports before it are in time; `late_counts`: they stay
    late and count by a superseding version."""

    agency: AgencyCode
    period: PeriodText
    until: AwareDatetime
    effect: Literal["in_time", "late_counts"]
    reason: Reason
    document: Document


class ExtensionApprovalAsked(Shape):
    """The second person's agreement."""

    reason: Reason


class LateAcceptanceAsked(Shape):
    """One accepted report that came late, which the month's next version is to take after all."""

    submission_id: Annotated[str, identifier("sub")]
    reason: Reason
    document: Document


class RecordsReviewAsked(Shape):
    """`sequence`, `database` and `new_records` as read in the accepted report: the word holds for that very figure."""

    sequence: Annotated[int, Field(ge=1, le=32_767)]
    database: Annotated[Line, Field(max_length=100)]
    new_records: Annotated[int, Field(ge=0, le=_MOST)]
    verdict: Literal["confirmed", "refused"]
    reason: Reason
    document: Document | None = None
