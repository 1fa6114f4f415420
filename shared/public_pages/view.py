"""A published sheet as its pages show it: the listed fields of the document, named and written out. Pure.

Points and figures are text by then, with a decimal comma; None stands where something is missing, and pages say so in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from shared.law.exact import decimal_text
from shared.law.provisions import BONUS, RelativeToBest
from shared.law.scheme import Scheme
from shared.public_pages.decided import (
    Correction,
    LeftOut,
    RowsPutAside,
    TakenIn,
    correction,
    left_out,
    rows_put_aside,
    taken_in,
)
from shared.public_pages.publication_list import listed
from shared.public_pages.words import KINDS, STATES, Words, month_in_english, remarks_of, source_words
from shared.writing import day, decimal_comma, grouped, moment, month

Document = Mapping[str, Any]
Said = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Body → indicator → language → sentence."""


@dataclass(frozen=True)
class Points:
    """``share`` of the maximum lies between 0 and 1; None, as ``points``, where they are missing."""

    points: str | None
    maximum: str
    share: Fraction | None


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
    """``bound`` is the lowest total of the grade; the lowest grade has no label in the decision."""

    letter: str
    label: Words | None
    bound: str
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
    ``rows_put_aside`` its rows that could not be true, ``correction`` what the version says of the one before."""

    code: str
    name: Words
    head: Term
    other_heads: tuple[Term, ...]
    kind: Words
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


@dataclass(frozen=True)
class Sheet:
    """``notices`` are what sources say of their figures, each with the source's name; ``revision`` says by which revision of
    the scheme it was computed, None for the scheme as it ships; ``left_out`` and ``taken_in`` are what was decided,
    ``rows_put_aside`` what could not be true. Ranks go by the published total where a revision says
    so (G-23), else by the exact one."""

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
    bodies: tuple[Body, ...]


def sheet_of(document: Document, scheme: Scheme, said: Said) -> Sheet:
    """``document`` is the published sheet of all bodies, ``scheme`` the law it was scored by, ``said`` how points came."""
    return _Reader(listed(document), scheme, said).sheet()


def _revision(said: Mapping[str, Any] | None) -> Words | None:
    if said is None:
        return None
    number, first, paper = said["number"], said["first_period"], said["document"]
    changed = ", ".join(f"{name} ({each})" for name, each in said["readings"].items())
    readings = (f"; cách hiểu được sửa đổi: {changed}", f"; readings revised: {changed}") if changed else ("", "")
    return Words(
        f"Tính theo bản sửa đổi lần {number} của phương án chấm điểm, áp dụng từ {month(first)}, theo {paper}{readings[0]}.",
        f"Computed by revision {number} of the scheme, in force from {month_in_english(first)}, by {paper}{readings[1]}.",
    )


class _Reader:
    def __init__(self, document: Document, scheme: Scheme, said: Said) -> None:
        self._document, self._said = document, said
        self._scheme = scheme
        lines = document["agencies"]
        self._names = {line["agency"]: Words(line["name_vi"], line["name_en"]) for line in lines}
        self._kinds = [line["kind"] for line in lines]
        self._grades = {grade.letter: grade for grade in self._graded([line["grade"] for line in lines])}
        self._rulings = {(line["agency"], line["measure"]): (line["document"], line["reason"]) for line in document["rulings"]}
        self._exempted = {(line["agency"], line["indicator"]): line["document"] for line in document["applicability"]}

    def sheet(self) -> Sheet:
        given = self._document
        # An order of its own: by rank, and of equal ones by code.
        lines = sorted(given["agencies"], key=lambda line: (line["rank"], line["agency"]))
        return Sheet(
            period=given["period"],
            month=Words(month(given["period"]), month_in_english(given["period"])),
            version=given["version"],
            published_at=moment(given["published_at"]),
            run=given["run"],
            provisional=given["provisional"],
            decision=self._scheme.decision.number,
            revision=_revision(given.get("revision")),
            ranked_by_published=self._scheme.ranking.by == "published_total",
            notices=tuple(self._notices()),
            correction=correction(given, self._names),
            left_out=tuple(left_out(given, self._names)),
            taken_in=tuple(taken_in(given, self._names)),
            rows_put_aside=tuple(rows_put_aside(given, self._names)),
            heads=tuple(self._heads()),
            grades=tuple(self._grades.values()),
            bodies=tuple(map(self._body, lines)),
        )

    def _notices(self) -> Iterator[tuple[Words, str]]:
        for snapshot in self._document["snapshots"]:
            source = snapshot["source"]
            for notice in snapshot["notices"]:
                yield source_words(source), notice

    def _heads(self) -> Iterator[Head]:
        for code, group in self._scheme.groups.items():
            yield Head(_letter(code), Words(group.label.vi, group.label.en), _text_of(group.maximum.value))

    def _graded(self, given: list[str]) -> Iterator[Grade]:
        for grade in self._scheme.grading.grades:
            label = None if grade.label is None else Words(grade.label.vi, grade.label.en)
            yield Grade(grade.grade, label, str(grade.bound.value), given.count(grade.grade))

    def _body(self, line: Document) -> Body:
        exact, most = Fraction(line["total_exact"]), self._scheme.scale.value
        mine = {line["agency"]: self._names[line["agency"]]}
        shown = self._shown(exact)
        return Body(
            code=line["agency"],
            name=self._names[line["agency"]],
            head=_term(line["head"]),
            other_heads=tuple(map(_term, line["head"].get("others", ()))),
            kind=KINDS[line["kind"]],
            rank=line["rank"],
            rank_in_kind=line["rank_in_kind"],
            of_kind=self._kinds.count(line["kind"]),
            shown_total=shown,
            total=decimal_comma(line["total"]),
            whole=Points(shown, _text_of(most), exact / most),
            grade=self._grades[line["grade"]],
            groups=tuple(self._groups(line)),
            lifted=line["lifted"] and Words(line["lifted"]["vi"], line["lifted"]["en"]),
            applicable=self._applicable(line["applicable"]),
            remarks=tuple(remarks_of(line["flags"])),
            correction=correction(self._document, mine),
            left_out=tuple(left_out(self._document, mine)),
            taken_in=tuple(taken_in(self._document, mine)),
            rows_put_aside=tuple(rows_put_aside(self._document, mine)),
        )

    def _shown(self, total: Fraction) -> str:
        return decimal_comma(decimal_text(total, places=self._scheme.rounding.display_places.value))

    def _applicable(self, found: Document) -> OnApplicable | None:
        if Fraction(found["maximum"]) == self._scheme.scale.value:
            return None
        return OnApplicable(
            maximum=_text_of(Fraction(found["maximum"])),
            total=decimal_comma(found["total"]),
            shown_total=self._shown(Fraction(found["total_exact"])),
            grade=found["grade"],
        )

    def _groups(self, line: Document) -> Iterator[Group]:
        for code, group in self._scheme.groups.items():
            points = line["indicators"][BONUS]["points"] if code == BONUS else line["groups"][code]
            indicators = tuple(self._indicator(line, name) for name in self._scheme.indicators_of(code))
            states = {indicator.state for indicator in indicators}
            yield Group(
                letter=_letter(code),
                label=Words(group.label.vi, group.label.en),
                worth=_points(points, group.maximum.value),
                state=states.pop() if len(states) == 1 else None,
                indicators=indicators,
            )

    def _indicator(self, line: Document, code: str) -> Indicator:
        found, provision = line["indicators"][code], self._scheme.indicators[code]
        agency = line["agency"]
        return Indicator(
            code=_letter(code),
            label=Words(provision.label.vi, provision.label.en),
            worth=_points(found["points"], Fraction(found["max"])),
            state=STATES[found["state"]],
            applies=found["state"] != "not_applicable",
            exempted=self._exempted.get((agency, code)),
            figures=tuple(self._figure(line, name) for name in provision.formula.measures),
            refused=tuple(_refused(found.get("figures", ()))),
            best=self._best(code) if isinstance(provision.formula, RelativeToBest) else None,
            remarks=tuple(remarks_of(found["flags"])),
            clause="; ".join(dict.fromkeys(passage["item"] for passage in self._document["citations"][code])),
            why=_words(self._said.get(agency, {}).get(code)),
        )

    def _figure(self, line: Document, name: str) -> Figure:
        label, value = self._scheme.measures[name].label, line["measures"][name]
        ruled = self._rulings.get((line["agency"], name))
        return Figure(Words(label.vi, label.en), None if value is None else grouped(value), ruled)

    def _best(self, code: str) -> tuple[str, tuple[Words, ...]] | None:
        """None where nobody's figure is known."""
        leaders = self._document["leader_values"].get(code)
        if leaders is None:
            return None
        return grouped(leaders["value"]), tuple(self._names[agency] for agency in leaders["agencies"])


def _term(head: Document) -> Term:
    """Sheets from before heads were dated say no days."""
    since, until = (day(head[name]) if head.get(name) else None for name in ("valid_from", "valid_to"))
    return Term(head["name"], Words(head["title_vi"], head["title_en"]), since, until)


def _refused(figures: Iterable[Document]) -> Iterator[Refused]:
    for each in figures:
        if each.get("word") == "refused":
            yield Refused(each["database_name"], grouped(each["reported"]), each.get("reason"))


def _words(sentence: Mapping[str, str] | None) -> Words | None:
    return None if sentence is None else Words(sentence["vi"], sentence["en"])


def _letter(code: str) -> str:
    return "KK" if code == BONUS else code


def _points(points: str | None, most: Fraction) -> Points:
    # Of an indicator that a revision leaves out nothing can be had, and nothing is.
    share = None if points is None else min(Fraction(points) / most, Fraction(1)) if most else Fraction(0)
    return Points(None if points is None else decimal_comma(points), _text_of(most), share)


def _text_of(value: Fraction) -> str:
    """A maximum: a whole number, or with as many decimals as it has up to two: ``3,6``."""
    return decimal_comma(decimal_text(value, places=2).rstrip("0").rstrip("."))
