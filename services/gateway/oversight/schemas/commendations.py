"""What is answered of bodies proposed for commendation."""

from __future__ import annotations

from datetime import datetime

from services.gateway.http.schemas.shape import AgencyCode, Digest, PeriodText, PublicationId, Shape
from services.gateway.publication.schemas.documents import Kind
from services.gateway.publication.schemas.sheet import Grade, HeadOfMonth


class CommendationClause(Shape):
    """The words of the decision that the list follows."""

    decision: str
    item: str
    text: str


class CommendationReading(Shape):
    """How they are read: a suggestion, not an award."""

    id: str
    vi: str
    en: str


class RoundedWords(Shape):
    vi: str
    en: str


class CommendedBody(Shape):
    """A body of the best grade. `by_rounding`: its total before rounding is of the grade below, and `rounded` says so."""

    agency: AgencyCode
    name_vi: str
    name_en: str
    kind: Kind
    head: HeadOfMonth
    total: int | str
    shown_total: str | None
    total_exact: str
    grade: Grade
    rank: int
    rank_in_kind: int | None
    by_rounding: bool
    rounded: RoundedWords | None


class Commendations(Shape):
    """Bodies of the best grade in a published version, in the order of the sheet; `by_rounding` is how many of them are there
    by rounding alone. A proposal for the Prime Minister to consider."""

    period: PeriodText
    publication: PublicationId
    version: int
    published_at: datetime
    provisional: bool
    result_digest: Digest
    clause: CommendationClause
    reading: CommendationReading
    bodies: int
    by_rounding: int
    items: list[CommendedBody]
