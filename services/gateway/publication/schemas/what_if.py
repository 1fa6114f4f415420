"""What a body asks about other figures of its own, and what is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, PeriodText, Shape
from services.gateway.publication.schemas.changes import (
    ExactChange,
    GradeChange,
    NumberChange,
    ShownChange,
    StateChange,
)
from services.gateway.publication.schemas.explanations import Sentence
from services.gateway.reports.schemas.intake import SubmissionId

MeasureName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{1,39}$")]
FigureText = Annotated[str, Field(min_length=1, max_length=200, examples=["15"])]
TwoDecimals = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]{2}$")]


class WhatIfAsked(Shape):
    """The body's own measures that are otherwise, as exact text, null: as if it were missing; all others are those of the
    published version, the latest where none is named."""

    period: PeriodText
    version: Annotated[int, Field(ge=1, le=2_147_483_647)] | None = None
    measures: Annotated[dict[MeasureName, FigureText | None], Field(max_length=100, examples=[{"on_time_tasks": "15"}])]


class WhatIfIndicator(ExactChange):
    """One indicator, exactly and as it is shown."""

    code: str
    points: ShownChange
    state: StateChange


class ChangeBucket(Shape):
    """How many bodies changed by more than `above` points and at most `up_to`. `above` null: those with none at all are among
    them; `up_to` null: there is no end."""

    above: TwoDecimals | None
    up_to: TwoDecimals | None
    agencies: int


class OtherAgencies(Shape):
    """How many others there are and what they would lose and gain of their exact totals, rounded to two decimals; never who.
    Both are empty where there are fewer than three others."""

    agencies: int
    lost: list[ChangeBucket]
    gained: list[ChangeBucket]


class BesidePublished(Shape):
    """The published version (`from`) beside what it would be (`to`). `newly_best`: relative indicators that the body would
    lead and does not lead."""

    period: PeriodText
    version: int
    agency: AgencyCode
    total_exact: ExactChange
    total: NumberChange
    shown_total: ShownChange
    grade: GradeChange
    rank: NumberChange
    indicators: list[WhatIfIndicator]
    newly_best: list[str]
    others: OtherAgencies


class WhatIf(BesidePublished):
    """The published version (`from`) beside what it would be (`to`). `newly_best`: relative indicators that the body would
    lead and does not lead. Nothing of it is kept."""

    measures: dict[str, str | None]


class LateScore(BesidePublished):
    """What a report that came after its deadline would have scored (`to`), beside the published version (`from`). It is not
    counted, stands nowhere else and is told to its own body alone. `measures` are the report's figures, null where one is
    missing; `awaiting_word`: databases on whose figure no word of the Ministry of Public Security has come, so that C1 is
    missing."""

    counted: Literal[False]
    notice: Sentence
    submission_id: SubmissionId
    sequence: int
    submitted_at: datetime
    deadline: datetime
    measures: dict[str, str | None]
    awaiting_word: list[str]


class StakeVersion(Shape):
    """The published version that both what-ifs are asked of."""

    period: PeriodText
    version: int


class StakeReport(Shape):
    """The report whose figures are taken: the one under way where it can be read whole, else the one in force."""

    sequence: int
    state: Literal["draft", "in_review", "approved", "accepted"]


class StakeIndicator(ExactChange):
    """An indicator that the report feeds, without (`from`) and with (`to`) it. `left_out`: what is not known of it stands on
    neither side. Its source is not frozen, a row of it was put aside, or a figure awaits the Ministry's word."""

    code: str
    left_out: Literal["not_frozen", "put_aside", "awaiting_word"] | None


class Stake(Shape):
    """The points at stake in a body's report of a month: `total_exact.to` is what `…/what-if` answers of `beside` with
    `measures_with`, `from` what it answers with `measures_without`, and `change` what is between them. `report` null: as if the
    report were the one that counted in `beside`. `unknown` says why there is no figure; it is never zero for that."""

    agency: AgencyCode
    period: PeriodText
    beside: StakeVersion | None
    report: StakeReport | None
    measures_without: dict[str, str | None]
    measures_with: dict[str, str | None]
    total_exact: ExactChange | None
    indicators: list[StakeIndicator]
    unknown: Literal["nothing_published", "not_on_sheet", "other_scheme", "no_report", "refused"] | None
