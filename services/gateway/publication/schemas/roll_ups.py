"""Quarters and years: what callers send, and what they are answered (RUL-14, G-17)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Digest, Page, PeriodText, PublicationId, Reason, Shape, identifier
from services.gateway.http.words import SPAN, Instant, Line
from services.gateway.publication.schemas.explanations import Exact, Sentence

SpanText = Annotated[str, Field(pattern=SPAN, examples=["2026-Q1"], description="A quarter or a year.")]
RollUpId = Annotated[str, identifier("rup")]
CheckId = Annotated[str, identifier("rchk")]
Verdict = Literal["agrees", "objects"]
RollUpState = Literal["open", "checked", "replaced", "published"]


class RollUpAsked(Shape):
    """`check_until` is when the bodies' time to check it ends; who has said nothing by then has no objection."""

    span: SpanText
    check_until: Instant
    reason: Reason


class RollUpCheckAsked(Shape):
    """An objection needs a reason."""

    verdict: Verdict
    reason: Line | None = None


class RollUpAnswerAsked(Shape):
    reason: Reason


class RollUpPublicationAsked(Shape):
    """`digest` is that of the draft that was read."""

    digest: Digest
    reason: Reason


class RollUpMonth(Shape):
    """A month's version that it rests on, with the publication's digest."""

    period: PeriodText
    version: int
    publication_id: PublicationId
    digest: Digest


class RollUpStaleMonth(Shape):
    """A month that was corrected since: the version it rests on, and the latest."""

    period: PeriodText
    version: int
    latest: int


class RollUpMonthTotal(Shape):
    """As published; `missing` are the indicators that the month had no figures of."""

    period: PeriodText
    total: int | str
    total_exact: Exact
    missing: list[str]


class RollUpMissing(Shape):
    period: PeriodText
    reason: Sentence


class RollUpLine(Shape):
    """`mean_exact` is the mean of the published totals, `mean` the same rounded half-up once, `shown_total` to two decimals, by
    which the rank is read; `exact_totals_mean` is the mean of the totals before the months rounded them. All are null where
    `missing` names a month. There is no grade (G-17), and a rank is information."""

    agency: AgencyCode
    name_vi: str
    name_en: str
    kind: str
    months: list[RollUpMonthTotal]
    mean: int | str | None
    mean_exact: Exact | None
    shown_total: str | None
    exact_totals_mean: Exact | None
    rank: int | None
    missing: list[RollUpMissing]


class RollUpCheck(Shape):
    """A body's word on its line; the publisher's word on it, where there is one."""

    check_id: CheckId
    agency: AgencyCode
    verdict: Verdict
    reason: str | None
    actor: str
    recorded_at: datetime
    answered_by: str | None
    answer: str | None
    answered_at: datetime | None


class RollUpHeader(Shape):
    """`open` to checks until `check_until`, then `checked`; `replaced` by a later draft. `stale` names months that were
    corrected since: then it is computed anew, and published as a new version."""

    roll_up_id: RollUpId
    span: SpanText
    state: RollUpState
    months: list[RollUpMonth]
    stale: list[RollUpStaleMonth]
    body_count: int
    digest: Digest
    check_until: datetime
    actor: str
    reason: str
    computed_at: datetime
    version: int | None
    published_at: datetime | None
    publisher: str | None
    publication_reason: str | None


class RollUp(RollUpHeader):
    """A draft with every line and check. `silent` are the bodies that have said nothing, `unanswered` those whose objection no
    publisher has answered."""

    lines: list[RollUpLine]
    checks: list[RollUpCheck]
    silent: list[AgencyCode]
    unanswered: list[AgencyCode]


class RollUpPage(Page):
    items: list[RollUpHeader]


class OwnRollUpHeader(Shape):
    """What a body is told of a draft beside its own line."""

    roll_up_id: RollUpId
    span: SpanText
    state: RollUpState
    months: list[RollUpMonth]
    stale: list[RollUpStaleMonth]
    digest: Digest
    check_until: datetime
    computed_at: datetime
    version: int | None
    published_at: datetime | None


class OwnRollUp(OwnRollUpHeader):
    """The body's own line with its own checks; the last one counts."""

    agency: AgencyCode
    line: RollUpLine
    checks: list[RollUpCheck]


class OwnRollUpPage(Page):
    items: list[OwnRollUpHeader]


class RollUpScoresMonth(RollUpMonth):
    scores: str


class RollUpScoresLine(RollUpLine):
    """`check` is the body's last word on its line before release; `silent`: none until the deadline, so no objection."""

    check: Literal["agrees", "objects", "silent"]


class RollUpScores(Shape):
    """A published quarter or year: means of published monthly totals, without a grade (reading G-17)."""

    span: SpanText
    version: int
    roll_up: RollUpId
    reading: str
    draft_digest: Digest
    published_at: datetime
    check_until: datetime
    reason: str
    months: list[RollUpScoresMonth]
    silent: list[AgencyCode]
    agencies: list[RollUpScoresLine]


class RollUpVersion(Shape):
    """A published version; `digest` and `csv_digest` are of its bytes as JSON and CSV. `stale`: months corrected since."""

    span: SpanText
    version: int
    roll_up_id: RollUpId
    digest: Digest
    csv_digest: Digest
    reason: str
    published_at: datetime
    months: list[RollUpMonth]
    stale: list[RollUpStaleMonth]
    scores: str


class RollUpVersionPage(Page):
    items: list[RollUpVersion]
