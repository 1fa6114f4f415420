"""What is answered about readings of the law: the register with what each alternative moves, and every body under both."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, PeriodText, Shape
from services.gateway.publication.schemas.sheet import Grade

ReadingName = Annotated[str, Field(pattern="^[A-Z]-[0-9]{1,3}$", examples=["B-1"])]
AlternativeName = Annotated[str, Field(pattern="^[a-z][a-z0-9-]{0,40}$", examples=["table"])]


class InBothLanguages(Shape):
    """Words of the register."""

    vi: str
    en: str


class AlternativeReading(Shape):
    """`from` says whether figures suffice or rows are counted anew. `agencies_moved` counts bodies whose total is another
    one, exact or published; the three counts are null where it is not computed, and `not_computed` says why."""

    id: AlternativeName
    source: Annotated[Literal["measures", "rows"], Field(alias="from")]
    says: InBothLanguages
    words: str | None
    computed: bool
    not_computed: InBothLanguages | None
    agencies_moved: int | None
    grades_moved: int | None
    ranks_moved: int | None


class ReadingEntry(Shape):
    """One point that the decision leaves open: its `words` (null where it is silent) and their `clause`, the reading in force
    and why, what of it is `not_yet` done, and other readings."""

    id: ReadingName
    words: str | None
    clause: str | None
    in_force: InBothLanguages
    because: InBothLanguages
    not_yet: InBothLanguages | None
    alternatives: list[AlternativeReading]


class VersionOfReadings(Shape):
    """A published version; what stands here was computed with it and never changes."""

    period: PeriodText
    version: int


class ReadingsDocument(VersionOfReadings):
    """The whole register."""

    readings: list[ReadingEntry]


class Outcome(Shape):
    """`total` is a whole number as the decision has it, text where a reading keeps a decimal; `shown_total` is the total to
    two decimals, by which the rank is read."""

    total: int | str
    total_exact: str
    grade: Grade
    rank: int
    shown_total: str


class BodyUnderBoth(Shape):
    """One body under the reading in force and under the alternative."""

    agency: AgencyCode
    in_force: Outcome
    alternative: Outcome


class AlternativeDocument(VersionOfReadings):
    """Every scored body under one alternative, sorted by code."""

    reading: ReadingName
    alternative: AlternativeName
    agencies: list[BodyUnderBoth]


class BodyUnderAll(Shape):
    """One body under the reading in force and under each computed alternative, by its id."""

    agency: AgencyCode
    in_force: Outcome
    alternatives: dict[str, Outcome]


class ReadingDocument(VersionOfReadings):
    """One reading, and every scored body under each of its alternatives."""

    reading: ReadingEntry
    agencies: list[BodyUnderAll]
