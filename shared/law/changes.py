"""Why a body's points differ between two sheets: what its own figures did, what the pool's, the scheme's, the rulings'.

Each cause gets its Shapley value: the mean, over all orders in which the causes can be put in one after another, of what it
changes. It is exact, sums to the whole change, does not depend on an order, and is zero where a cause changed nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import Literal

from shared.law.exact import Number
from shared.law.measures import AgencyInput, read_measures
from shared.law.scheme import Scheme
from shared.law.sheet import AgencyScore, ScoreSheet, computed, faults_of

Cause = Literal["own", "pool", "scheme", "ruling"]
CAUSES: tuple[Cause, ...] = ("own", "pool", "scheme", "ruling")
TOTAL, RANK = "total_exact", "rank"

Causes = Mapping[Cause, Fraction]


@dataclass(frozen=True, slots=True)
class Change:
    """One value in both sheets: None where it is missing or the body is not on the sheet; a missing one counts nothing."""

    before: Fraction | None
    after: Fraction | None
    causes: Causes

    @property
    def change(self) -> Fraction:
        """How much it rose."""
        return (self.after or Fraction()) - (self.before or Fraction())


@dataclass(frozen=True, slots=True)
class AgencyChange:
    """One body in both sheets. ``rounding`` is what rounding the totals added to the change of the exact total."""

    agency: str
    before: AgencyScore | None
    after: AgencyScore | None
    total_exact: Change
    rounding: Fraction
    rank: Change
    indicators: Mapping[str, Change]

    @property
    def moved(self) -> bool:
        """Whether the body's points, a state or its grade differ; that others' figures are incomplete moves nobody."""
        return _worth(self.before) != _worth(self.after)


def _worth(line: AgencyScore | None) -> object:
    if line is None:
        return None
    return line.total_exact, line.grade, tuple((each.points, each.state) for each in line.indicators.values())


def changes_of(before: ScoreSheet, after: ScoreSheet) -> Iterator[AgencyChange]:
    """Every body of either sheet, by code."""
    codes = {agency.code for sheet in (before, after) for agency in sheet.agencies}
    for code in sorted(codes):
        yield _Comparison(before, after, code).change()


@dataclass(slots=True)
class _Comparison:
    """One body between two sheets; what each choice of causes gives is computed once."""

    before: ScoreSheet
    after: ScoreSheet
    code: str
    known: dict[frozenset[Cause], Mapping[str, Fraction]] = field(default_factory=dict)
    as_one: bool = False

    def change(self) -> AgencyChange:
        first, last = _line(self.before, self.code), _line(self.after, self.code)
        codes = list(dict.fromkeys([*self.before.scheme.indicators, *self.after.scheme.indicators]))
        shares = self._shares([TOTAL, RANK, *codes])
        known = [_values(line) for line in (first, last)]
        total, rank = (Change(known[0].get(name), known[1].get(name), shares[name]) for name in (TOTAL, RANK))
        return AgencyChange(
            agency=self.code,
            before=first,
            after=last,
            total_exact=total,
            rounding=_rounded(self.after, last) - _rounded(self.before, first) - total.change,
            rank=rank,
            indicators={code: Change(known[0].get(code), known[1].get(code), shares[code]) for code in codes},
        )

    def _shares(self, names: list[str]) -> Mapping[str, Causes]:
        """By value, the share of each cause; causes that are the same in both sheets are no players."""
        if _line(self.before, self.code) is None or _line(self.after, self.code) is None:
            return self._arrived(names)
        players = self._players()
        found: dict[str, dict[Cause, Fraction]] = {name: dict.fromkeys(CAUSES, Fraction()) for name in names}
        for player in players:
            others = [cause for cause in players if cause != player]
            for size in range(len(others) + 1):
                weight = Fraction(factorial(size) * factorial(len(others) - size), factorial(len(players)))
                for chosen in combinations(others, size):
                    without, joined = self._given(frozenset(chosen)), self._given(frozenset((*chosen, player)))
                    for name in names:
                        found[name][player] += weight * (joined.get(name, Fraction()) - without.get(name, Fraction()))
        return found

    def _players(self) -> list[Cause]:
        """Causes that differ. Own figures that cannot stand beside the other sheet's rulings are one cause with them."""
        players = [cause for cause in CAUSES if self._differs(cause)]
        if {"own", "ruling"} <= {*players}:
            ends = (_input(self.before, self.code), _input(self.after, self.code))
            mixed = [_mixed(own, ruled) for own, ruled in (ends, ends[::-1])]
            # Under either sheet's scheme, so that the way back has the same players.
            self.as_one = any(_impossible(sheet, one) for sheet in (self.before, self.after) for one in mixed)
        return [cause for cause in players if not (self.as_one and cause == "own")]

    def _arrived(self, names: list[str]) -> Mapping[str, Causes]:
        """A body that is on one of the sheets only: the whole of it is its own."""
        ends = [_values(_line(sheet, self.code)) for sheet in (self.before, self.after)]
        zero = dict.fromkeys(CAUSES, Fraction())
        return {name: {**zero, "own": ends[1].get(name, Fraction()) - ends[0].get(name, Fraction())} for name in names}

    def _differs(self, cause: Cause) -> bool:
        take: Mapping[Cause, Callable[[ScoreSheet], object]] = {
            "own": lambda sheet: _own(_input(sheet, self.code)),
            "pool": lambda sheet: [_facts(one) for one in sheet.agencies if one.code != self.code],
            "scheme": lambda sheet: sheet.scheme.digest,
            "ruling": lambda sheet: _ruled(_input(sheet, self.code)),
        }
        return take[cause](self.before) != take[cause](self.after)

    def _given(self, changed: frozenset[Cause]) -> Mapping[str, Fraction]:
        """The body's values where the causes in ``changed`` are the later sheet's and all others the earlier one's."""
        if changed not in self.known:
            sheets = {cause: self.after if cause in changed else self.before for cause in CAUSES}
            own = sheets["ruling" if self.as_one else "own"]
            mine = _mixed(_input(own, self.code), _input(sheets["ruling"], self.code))
            agencies = [one for one in sheets["pool"].agencies if one.code != self.code]
            self.known[changed] = _values(_computed_line(sheets["scheme"].scheme, self.after, [*agencies, mine], self.code))
        return self.known[changed]


def _computed_line(scheme: Scheme, sheet: ScoreSheet, agencies: list[AgencyInput], code: str) -> AgencyScore:
    ordered = sorted(agencies, key=lambda agency: agency.code)
    return computed(scheme, sheet.period, ordered, read_measures(scheme, ordered)).line(code)


def _mixed(own: AgencyInput, ruled: AgencyInput) -> AgencyInput:
    """The figures of one sheet under the rulings of the other; a figure that a source gave goes before a ruling's."""
    measures = dict(_own(own))
    supplied = {name: ruled.measures[name] for name in ruled.settled if measures.get(name) is None}
    return AgencyInput(
        code=own.code,
        kind=own.kind,
        measures={**measures, **supplied},
        not_applicable=ruled.not_applicable,
        settled=frozenset(supplied),
    )


def _impossible(sheet: ScoreSheet, mixed: AgencyInput) -> bool:
    """Whether figures taken from two sheets contradict each other: refused, or worth more than an indicator can give."""
    scheme = sheet.scheme
    if faults_of(scheme, [mixed]):
        return True
    found = _computed_line(scheme, sheet, [mixed], mixed.code).indicators
    return any((found[code].points or 0) > indicator.maximum.value for code, indicator in scheme.indicators.items())


def _own(given: AgencyInput) -> Mapping[str, Number]:
    """What sources gave."""
    return {name: value for name, value in given.measures.items() if value is not None and name not in given.settled}


def _ruled(given: AgencyInput) -> object:
    return given.not_applicable, {name: Fraction(given.measures[name] or 0) for name in given.settled}


def _facts(given: AgencyInput) -> object:
    return given.code, dict(given.measures), given.not_applicable


def _input(sheet: ScoreSheet, code: str) -> AgencyInput:
    return next(one for one in sheet.agencies if one.code == code)


def _line(sheet: ScoreSheet, code: str) -> AgencyScore | None:
    return sheet.line(code) if any(one.code == code for one in sheet.agencies) else None


def _rounded(sheet: ScoreSheet, line: AgencyScore | None) -> Fraction:
    return Fraction(line.total, 10**sheet.scheme.rounding.total_places.value) if line else Fraction()


def _values(line: AgencyScore | None) -> Mapping[str, Fraction]:
    """What is compared, by name; missing points count nothing."""
    if line is None:
        return {}
    points = {code: one.points for code, one in line.indicators.items() if one.points is not None}
    return {TOTAL: line.total_exact, RANK: Fraction(line.rank), **points}
