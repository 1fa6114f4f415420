"""What is answered about the nation over the months."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.gateway.http.schemas.shape import PeriodText, Shape
from services.gateway.publication.schemas.documents import Kind
from services.gateway.publication.schemas.explanations import Exact
from services.gateway.publication.schemas.sheet import Grade

GroupCode = Annotated[str, Field(pattern="^([A-Z]|bonus)$", examples=["A"])]


class Value(Shape):
    """Points to two decimals, and exactly: an integer or a reduced fraction."""

    points: Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$")]
    exact: Exact


class GroupSpread(Shape):
    """Of a group of indicators, in the points that were published to two decimals: `bodies` are those who have points in it,
    so a body that it does not apply to counts in neither mean nor median; both are null where there is none."""

    bodies: int
    mean: Value | None
    median: Value | None


class Spread(Shape):
    """Of bodies the exact totals: in the middle, at the ends, and every one, the highest first. `grades` counts bodies by the
    grades that they have."""

    bodies: int
    mean: Value
    median: Value
    highest: Value
    lowest: Value
    totals: list[Exact]
    grades: Mapping[Grade, int]
    groups: Mapping[GroupCode, GroupSpread]


class TrendMonth(Shape):
    """One month by its latest published version; `corrected`: that is not its first. `kinds` are those that have bodies."""

    period: PeriodText
    version: int
    published_at: datetime
    corrected: bool
    all: Spread
    kinds: Mapping[Kind, Spread]


class Trends(Shape):
    """The months from the first to the last one asked for, oldest first; one that is not published is not among `months`."""

    first: PeriodText = Field(alias="from")
    last: PeriodText = Field(alias="to")
    months: list[TrendMonth]
