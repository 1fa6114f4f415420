"""What a body says its own points are, and what is answered of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Page, PeriodText, Shape, identifier
from services.gateway.http.words import DECIMAL
from services.gateway.publication.schemas.explanations import Exact, Sentence
from services.gateway.publication.schemas.sheet import LawState

IndicatorCode = Annotated[str, Field(pattern="^([A-E][1-9]|bonus)$", examples=["A1"])]
PointsText = Annotated[str, Field(pattern=DECIMAL, examples=["12.5"])]


class SelfScoreAsked(Shape):
    """The body's own points by indicator, as decimal text from 0 to the indicator's maximum. An indicator that is left out is
    not stated; it is not taken for zero."""

    points: Annotated[dict[IndicatorCode, PointsText], Field(min_length=1, max_length=30, examples=[{"A1": "15.5"}])]


class SelfScore(Shape):
    """One version of what a body states of a month."""

    self_score_id: Annotated[str, identifier("self")]
    agency: AgencyCode
    period: PeriodText
    version: int
    points: dict[str, str]
    actor: str
    recorded_at: datetime


class SelfScorePage(Page):
    items: list[SelfScore]


class SelfScoreNamed(Shape):
    """The version that is compared: the last one stated before the month was published."""

    version: int
    actor: str
    recorded_at: datetime


class IndicatorGap(Shape):
    """`gap` is `stated` less `official`; null where one of them is: not stated, or missing. `sentence` says where the official
    points come from."""

    code: str
    maximum: Exact
    stated: Exact | None
    official: Exact | None
    gap: Exact | None
    state: LawState
    sentence: Sentence


class GapSums(Shape):
    """Over the indicators that have a gap; the gaps sum to `gap`."""

    stated: Exact
    official: Exact
    gap: Exact


class OfficialTotal(Shape):
    """The published exact total, and what of it comes from elsewhere than the compared indicators: those that were not stated,
    and caps of groups and of the total."""

    exact: Exact
    beside: Exact


class SelfScoreComparison(Shape):
    """The body's own points beside those of a published version; told to the body alone."""

    period: PeriodText
    version: int
    agency: AgencyCode
    self_score: SelfScoreNamed
    indicators: list[IndicatorGap]
    compared: GapSums
    not_compared: list[str]
    official_total: OfficialTotal
