"""What callers send."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Document, PeriodText, Reason, RunId, Shape, SourceName
from services.gateway.http.words import DECIMAL, Instant, Line


class SourcePeriodAsked(Shape):
    """A pull or a freeze of one source's month."""

    source: SourceName
    period: PeriodText
    reason: Reason


class ScoreRunAsked(Shape):
    period: PeriodText
    reason: Reason


class PublicationAsked(Shape):
    run_id: RunId
    reason: Reason


class SupersessionAsked(Shape):
    """`as_of`: what the source knew at this instant; without it, now."""

    reason: Reason
    as_of: Instant | None = None


class ApprovalAsked(Shape):
    reason: Reason


class RulingAsked(Shape):
    """`value` is exact decimal text; null asks that the ruling in force be withdrawn."""

    period: PeriodText
    agency: AgencyCode
    measure: Annotated[str, Field(pattern="^[a-z][a-z0-9_]{1,39}$", examples=["accepted_tasks"])]
    value: Annotated[str, Field(pattern=DECIMAL, examples=["12"])] | None
    reason: Reason
    document: Document


class ApplicabilityAsked(Shape):
    """`valid_to` is the last period, null while there is none."""

    agency: AgencyCode
    indicator: Annotated[str, Field(pattern="^([A-E][1-9]|bonus)$", examples=["B1"])]
    valid_from: PeriodText
    valid_to: PeriodText | None = None
    document: Document
    reason: Reason


class WithdrawalAsked(Shape):
    document: Document
    reason: Reason


class CalendarWithdrawalAsked(Shape):
    reason: Reason


class DecisionEndAsked(Shape):
    """Why somebody else's proposal is refused, or the own one taken back."""

    reason: Reason


class CalendarEntryAsked(Shape):
    """`source` `*` is every source."""

    period: PeriodText
    source: Annotated[Line, Field(pattern=r"^(\*|[a-z][a-z0-9_]{1,39})$")]
    kind: Literal["cutoff", "report_deadline", "word_deadline"]
    falls_at: Instant
    reason: Reason
