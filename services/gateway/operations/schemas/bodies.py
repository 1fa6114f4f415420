"""What callers send."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import (
    AgencyCode,
    Digest,
    Document,
    PeriodText,
    PublicationId,
    Reason,
    RunId,
    Shape,
    SourceName,
)
from services.gateway.http.words import DECIMAL, Instant, Line
from services.gateway.operations.schemas.holds import PublishedReason
from services.gateway.operations.schemas.plans import PlanId


class SourcePeriodAsked(Shape):
    """A pull or a freeze of one source's month."""

    source: SourceName
    period: PeriodText
    reason: Reason


class ScoreRunAsked(Shape):
    """Either `period`, scored from what is frozen now; or `plan`, scored from what the plan was made of, or not at all."""

    period: PeriodText | None = None
    plan: PlanId | None = None
    reason: Reason


class BackFillAsked(Shape):
    """Every month from one to another, both of them among it."""

    first: PeriodText = Field(alias="from")
    last: PeriodText = Field(alias="to", examples=["2026-12"])
    reason: Reason


class PublicationAsked(Shape):
    """Either `run_id` with `plan`, the digest of what publishing changes (`GET /score-runs/{run}/readiness`); or `restores`: a
    former version of its month, whose values shall stand again. `release_at`: a run's version is made and frozen at once and
    public from this instant on, by the database's clock; ahead, and at most 30 days."""

    run_id: RunId | None = None
    plan: Digest | None = None
    restores: PublicationId | None = None
    reason: Reason
    release_at: Instant | None = None


class SecondLookAsked(Shape):
    """Ask a source for a frozen month once more. `as_of`: what it knew at this instant; without it, the calendar's."""

    source: SourceName
    period: PeriodText
    reason: Reason
    as_of: Instant | None = None


class SupersessionAsked(Shape):
    """`takes` `all`: everything as the source knew it at `as_of`, without it now. `changed_completions`: the frozen rows, and
    those alone that the last second look found recorded late or taken back and that nobody left out; it takes no `as_of`."""

    reason: PublishedReason
    as_of: Instant | None = None
    takes: Literal["all", "changed_completions"] = "all"


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
    kind: Literal["cutoff", "report_deadline", "word_deadline", "second_look"]
    falls_at: Instant
    reason: Reason
