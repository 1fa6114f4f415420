"""From a published sheet to what its pages say: the listed fields of the document, named and written out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from shared.awaiting import own_group_points, own_points
from shared.law.exact import decimal_text
from shared.law.provisions import BONUS, RelativeToBest
from shared.law.scheme import Scheme
from shared.public_pages.cohort import cohort_of
from shared.public_pages.commended import commended
from shared.public_pages.decided import correction, left_out, rows_put_aside, taken_in
from shared.public_pages.months import History, Months
from shared.public_pages.publication_list import listed
from shared.public_pages.sheet import (
    Body,
    Choice,
    Figure,
    Grade,
    Group,
    Head,
    Indicator,
    OnApplicable,
    Points,
    Refused,
    Sheet,
    Term,
)
from shared.public_pages.words import KINDS, STATES, Words, month_in_english, remarks_of, source_words
from shared.writing import day, decimal_comma, grouped, moment, month

Document = Mapping[str, Any]
Said = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Body → indicator → language → sentence."""


def sheet_of(document: Document, scheme: Scheme, said: Said, history: History) -> Sheet:
    """``document`` is the published sheet of all bodies, ``scheme`` the law it was scored by, ``said`` how points came,
    ``history`` what bodies had in the months that the document names."""
    return _Reader(listed(document), scheme, said, history).sheet()


def revised_readings(document: Document) -> Mapping[str, str]:
    """Which other readings a revision put in force, by their ids; none for the scheme as it ships."""
    found: Mapping[str, str] = (listed(document).get("revision") or {"readings": {}})["readings"]
    return found


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
    def __init__(self, document: Document, scheme: Scheme, said: Said, history: History) -> None:
        self._document, self._said = document, said
        self._scheme = scheme
        lines = document["agencies"]
        self._months = Months(document, history, self._shown, scheme.scale.value)
        self._names = {line["agency"]: Words(line["name_vi"], line["name_en"]) for line in lines}
        self._kinds = [line["kind"] for line in lines]
        self._grades = {grade.letter: grade for grade in self._graded([line["grade"] for line in lines])}
        self._rulings = {(line["agency"], line["measure"]): (line["document"], line["reason"]) for line in document["rulings"]}
        self._most_of = _most_of(lines)
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
            choices=tuple(self._choices()),
            compared=self._months.compared(),
            due=self._months.due(),
            commended=commended(given, self._scheme, self._names),
            bodies=tuple(map(self._body, lines)),
        )

    def _choices(self) -> Iterator[Choice]:
        for kind, words in KINDS.items():
            if count := self._kinds.count(kind):
                yield Choice(f"kind-{kind}", words, count)
        for letter, grade in self._grades.items():
            if grade.count:
                yield Choice(f"grade-{letter}", Words(f"loại {letter}", f"grade {letter}"), grade.count)

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
            yield Grade(
                grade.grade,
                label,
                str(grade.bound.value),
                Fraction(grade.bound.value) / self._scheme.scale.value,
                given.count(grade.grade),
            )

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
            kind_code=line["kind"],
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
            change=self._months.change(line["agency"]),
            trend=self._months.trend(line["agency"]),
            cohort=cohort_of(self._document["agencies"], line, self._names, self._shown, most),
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
            points = own_group_points(line, code, self._scheme.indicators_of(code))
            indicators = tuple(self._indicator(line, name) for name in self._scheme.indicators_of(code))
            states = {indicator.state for indicator in indicators}
            yield Group(
                letter=_letter(code),
                label=Words(group.label.vi, group.label.en),
                worth=_points(points, group.maximum.value, self._most_of.get(code)),
                state=states.pop() if len(states) == 1 else None,
                indicators=indicators,
            )

    def _indicator(self, line: Document, code: str) -> Indicator:
        found, provision = line["indicators"][code], self._scheme.indicators[code]
        agency = line["agency"]
        return Indicator(
            code=_letter(code),
            label=Words(provision.label.vi, provision.label.en),
            worth=_points(own_points(line, code), Fraction(found["max"]), self._most_of.get(code)),
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


def _most_of(lines: Iterable[Document]) -> Mapping[str, str]:
    """Of each group and indicator the most points that a body has; nothing where nobody has any."""
    found: dict[str, str] = {}
    for line in lines:
        had = line["groups"] | {code: each["points"] for code, each in line["indicators"].items()}
        for code, points in had.items():
            if points is not None:
                found[code] = max(found.get(code, points), points, key=Fraction)
    return found


def _points(points: str | None, most: Fraction, best: str | None) -> Points:
    # Of an indicator that a revision leaves out nothing can be had, and nothing is.
    def share_of(had: str) -> Fraction:
        return min(Fraction(had) / most, Fraction(1)) if most else Fraction(0)

    return Points(
        points=None if points is None else decimal_comma(points),
        maximum=_text_of(most),
        share=None if points is None else share_of(points),
        best=None if best is None else (decimal_comma(best), share_of(best)),
    )


def _text_of(value: Fraction) -> str:
    """A maximum: a whole number, or with as many decimals as it has up to two: ``3,6``."""
    return decimal_comma(decimal_text(value, places=2).rstrip("0").rstrip("."))
