"""What holds the first version of a month, and the decisions that leave it out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.gateway.http.schemas.shape import AgencyCode, Page, PeriodText, Shape, SourceName, identifier
from services.gateway.http.words import Line

HoldId = Annotated[str, Field(pattern="^hold_[0-9a-f]{32}$")]
OmissionId = Annotated[str, identifier("omit")]
Verdict = Literal["absent", "open", "on_time", "late"]
PublishedReason = Annotated[
    Line, Field(description="Why, in one line; published with the month's scores, for everybody, and kept in the audit log.")
]
PublishedDocument = Annotated[
    Line, Field(description="The official document this rests on; published with the month's scores, for everybody.")
]


class OmissionAsked(Shape):
    """`hold_id` as GET /periods/{period}/holds says it: the decision is on those very facts."""

    hold_id: HoldId
    reason: PublishedReason
    document: PublishedDocument


class OmissionApprovalAsked(Shape):
    """The second person's agreement."""

    reason: PublishedReason


class HeldItem(BaseModel):
    """One open fact; a kind may say more of its facts. Of a task, `before` and `after` say what it counts as in its month; of a
    reported C1 figure `database` and `new_records` say which it is; of a missing second look, `due_at` when it was due; of a
    leader that stands out `indicator`, `measure`, `value` and `next_value`, and how many bodies' totals would be moved by a
    figure lowered by a tenth."""

    model_config = ConfigDict(extra="allow", frozen=True)

    key: str
    task: str | None = None
    due_on: date | None = None
    completed_on: date | None = None
    reported_at: datetime | None = None
    before: Verdict | None = None
    after: Verdict | None = None
    database: str | None = None
    new_records: int | None = None
    due_at: datetime | None = None
    indicator: str | None = None
    measure: str | None = None
    value: int | None = None
    next_value: int | None = None
    moved: int | None = None


class HeldBody(Shape):
    """`points`: what the body would gain by its facts, below zero what it would lose, half-up to two decimals, `exact` beside;
    of a missing second look the most it could gain. Null before the month is scored, where a figure is missing, and of a
    leader that stands out, whose figure moves others' points."""

    agency: AgencyCode
    points: Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$")] | None
    exact: Annotated[str, Field(pattern="^-?[0-9]+(/[0-9]+)?$")] | None
    items: list[HeldItem]


class HoldAsDecided(Shape):
    """Open facts of one kind from one source; `evidence` names what they were found in."""

    hold_id: HoldId
    kind: str
    source: SourceName
    since: datetime
    evidence: dict[str, Any]
    bodies: list[HeldBody]


class Hold(HoldAsDecided):
    """With its name and what settles it, in the language asked for."""

    title: str
    settled_by: str


class HoldsDocument(Shape):
    """`holds` is what keeps the month's next version from being published now; once one is published, only leaders' figures to
    be confirmed (`outlier_leader`)."""

    period: PeriodText
    holds: list[Hold]


class Omission(Shape):
    """`actor` asked, `approved_by` approved: null while nobody did, and then nothing is left out yet."""

    omission_id: OmissionId
    sequence: int
    period: PeriodText
    kind: str
    hold_id: HoldId
    hold: HoldAsDecided
    document: str
    reason: str
    actor: str
    recorded_at: datetime
    approved_by: str | None
    approval_reason: str | None
    approved_at: datetime | None


class OmissionPage(Page):
    items: list[Omission]
