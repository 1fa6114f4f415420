"""What is answered about bodies that are near a grade's bound."""

from __future__ import annotations

from services.gateway.http.schemas.shape import AgencyCode, PeriodText, Shape
from services.gateway.publication.schemas.explanations import Exact
from services.gateway.publication.schemas.sheet import Grade


class Flip(Shape):
    """The smallest change of one figure that alone gives the other grade."""

    measure: str
    by: Exact


class NearABound(Shape):
    """A body within half a point of a grade's bound, or of the exact total that rounding lifts to it; `other` is the grade on
    the bound's other side, `flips` the single figures that can carry it over."""

    agency: AgencyCode
    total_exact: Exact
    bound: int
    grade: Grade
    other: Grade
    flips: list[Flip]


class Edges(Shape):
    """Of a published version every body near a bound, by code."""

    period: PeriodText
    version: int
    near_a_bound: list[NearABound]
