"""What pages say of a published sheet, as records. Points and figures are text, with a decimal comma; None stands where
something is missing, and pages say so in words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from shared.public_pages.cohort import Cohort
from shared.public_pages.commended import Commended
from shared.public_pages.decided import Correction, LeftOut, RowsPutAside, TakenIn
from shared.public_pages.months import Change, Compared, Due, Trend
from shared.public_pages.words import Words


@dataclass(frozen=True)
class Points:
    """``share`` of the maximum lies between 0 and 1; None, as ``points``, where they are missing. ``best`` is the most that any
    body has, with its share, where that is told."""

    points: str | None
    maximum: str
    share: Fraction | None
    best: tuple[str, Fraction] | None = None


@dataclass(frozen=True)
class Figure:
    """One measure. ``ruled`` is the document and the reason of the ruling that supplied it."""

    label: Words
    value: str | None
    ruled: tuple[str, str] | None


@dataclass(frozen=True)
class Refused:
    """A reported figure that the Ministry of Public Security refused; ``reason`` None in sheets that do not say it."""

    database: str
    reported: str
    reason: str | None


@dataclass(frozen=True)
class Indicator:
    """``best`` is the largest figure of all bodies and who holds it, where points depend on it; ``state`` None is a plain
    score; ``exempted`` is the document by which the indicator does not apply, if ``applies`` is false. ``why`` says how the
    points came about."""

    code: str
    label: Words
    worth: Points
    state: Words | None
    applies: bool
    exempted: str | None
    figures: tuple[Figure, ...]
    refused: tuple[Refused, ...]
    best: tuple[str, tuple[Words, ...]] | None
    remarks: tuple[Words, ...]
    clause: str
    why: Words | None


@dataclass(frozen=True)
class Group:
    """``letter`` is what stands at the head of a column; ``state`` is what all its indicators have in common, if that is
    no plain score: a zero of what does not apply is none of a body's making."""

    letter: str
    label: Words
    worth: Points
    state: Words | None
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Head:
    """One group as a column of the table."""

    letter: str
    label: Words
    maximum: str


@dataclass(frozen=True)
class Grade:
    """``bound`` is the lowest total of the grade, ``share`` of the scale; the lowest grade has no label in the decision."""

    letter: str
    label: Words | None
    bound: str
    share: Fraction
    count: int

    def share_of(self, all_bodies: int) -> Fraction:
        return Fraction(self.count, all_bodies or 1)


@dataclass(frozen=True)
class Term:
    """Who headed a body, and the days of it as they are written; ``name`` None where nobody was entered."""

    name: str | None
    title: Words
    since: str | None
    until: str | None = None


@dataclass(frozen=True)
class OnApplicable:
    """Total and grade on the maximum that applies to a body, where that is not the whole scale; ``shown_total`` has two
    decimals."""

    maximum: str
    total: str
    shown_total: str
    grade: str


@dataclass(frozen=True)
class Body:
    """``head`` is the one at the month's end, ``other_heads`` whoever headed the body before in it. ``shown_total`` has two
    decimals and stands wherever a rank does; ``total`` is what the grade is taken from. ``lifted`` says that rounding lifted
    the grade; ``applicable`` is None where everything applies; ``left_out`` and ``taken_in`` are what was decided of it,
    ``rows_put_aside`` its rows that could not be true, ``correction`` what the version says of the one before. ``change`` is
    against the month before, ``trend`` over twelve months, ``cohort`` its place among bodies of its kind."""

    code: str
    name: Words
    head: Term
    other_heads: tuple[Term, ...]
    kind: Words
    kind_code: str
    rank: int
    rank_in_kind: int
    of_kind: int
    shown_total: str
    total: str
    whole: Points
    grade: Grade
    groups: tuple[Group, ...]
    lifted: Words | None
    applicable: OnApplicable | None
    remarks: tuple[Words, ...]
    left_out: tuple[LeftOut, ...]
    taken_in: tuple[TakenIn, ...]
    correction: Correction | None
    rows_put_aside: tuple[RowsPutAside, ...]
    change: Change | None
    trend: Trend
    cohort: Cohort


@dataclass(frozen=True)
class Choice:
    """A part of the table that a link shows alone; ``mark`` is its anchor and the class of its rows."""

    mark: str
    words: Words
    count: int


@dataclass(frozen=True)
class Sheet:
    """``notices`` are what sources say of their figures, each with the source's name; ``revision`` says by which revision of
    the scheme it was computed, None for the scheme as it ships; ``left_out`` and ``taken_in`` are what was decided,
    ``rows_put_aside`` what could not be true. Ranks go by the published total where a revision says
    so (G-23), else by the exact one. ``choices`` are the kinds and grades that bodies have; ``compared`` is the month before,
    ``due`` when the next one closes, ``commended`` whom the decision has commended."""

    period: str
    month: Words
    version: int
    published_at: str
    run: str
    provisional: bool
    decision: str
    revision: Words | None
    ranked_by_published: bool
    notices: tuple[tuple[Words, str], ...]
    left_out: tuple[LeftOut, ...]
    taken_in: tuple[TakenIn, ...]
    correction: Correction | None
    rows_put_aside: tuple[RowsPutAside, ...]
    heads: tuple[Head, ...]
    grades: tuple[Grade, ...]
    choices: tuple[Choice, ...]
    compared: Compared
    due: Due | None
    commended: Commended
    bodies: tuple[Body, ...]
