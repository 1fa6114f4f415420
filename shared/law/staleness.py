"""Which scores of a sheet a change of its figures makes stale: by what each depends on, without scoring anew (RSC-07).

A score depends on its indicator's rule, on the body's own figures, on rulings and exemptions of the body, and, where the
indicator is relative, on the best figure of the pool. One of which nothing differs stands. One of which something differs is
computed alone, and is stale where its points come out otherwise: equal ones stand too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from shared.law import provisions as law
from shared.law.changes import CAUSES, Cause
from shared.law.formulas import Known, points_of
from shared.law.measures import AgencyInput, MeasureColumn, read_measures
from shared.law.scheme import Scheme
from shared.law.sheet import ScoreSheet

Figures = Mapping[str, Fraction | None]


@dataclass(frozen=True, slots=True)
class StaleScore:
    """One body's score of one indicator that comes out otherwise, and what of it changed."""

    agency: str
    indicator: str
    because: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class _Basis:
    """Everything a score depends on, by cause; ``own`` has None for a figure that is missing."""

    scheme: law.Indicator
    own: Figures
    ruling: tuple[bool, Mapping[str, Fraction]]
    pool: Fraction | None

    def differs(self, cause: Cause, other: "_Basis") -> bool:
        """Figures that only one of two rules reads differ by the rules."""
        common = self.own.keys() & other.own.keys()
        if cause == "own":
            return any(self.own[name] != other.own[name] for name in common)
        if cause == "ruling":
            (barred, ruled), (barred_then, ruled_then) = self.ruling, other.ruling
            return barred != barred_then or any(ruled.get(name) != ruled_then.get(name) for name in common)
        return bool(getattr(self, cause) != getattr(other, cause))

    def points(self) -> Fraction | None:
        """None where a figure is missing."""
        barred, ruled = self.ruling
        if barred:
            return Fraction()
        figures = {name: ruled.get(name, value) for name, value in self.own.items()}
        known = {name: value for name, value in figures.items() if value is not None}
        if len(known) < len(figures):
            return None
        # Beside the best of the pool the body stands as it does beside all.
        beside = [] if self.pool is None else [self.pool]
        columns = {name: _known([value, *beside]) for name, value in known.items()}
        return points_of(self.scheme, columns, size=1 + len(beside)).column.at(0)


def stale_scores(sheet: ScoreSheet, agencies: Sequence[AgencyInput], scheme: Scheme | None = None) -> list[StaleScore]:
    """Of ``sheet`` those that other figures, or another scheme with the switches of its readings turned, give other points, by
    body and in the law's order. The figures must be such that they can be scored."""
    after = sheet.scheme if scheme is None else scheme
    first, last = _bases(sheet.scheme, sheet.agencies), _bases(after, agencies)
    codes = sorted({code for code, _ in (*first, *last)})
    names = list(dict.fromkeys([*sheet.scheme.indicators, *after.indicators]))
    return [
        StaleScore(code, name, because)
        for code in codes
        for name in names
        if (because := _because(first.get((code, name)), last.get((code, name))))
    ]


def _because(before: _Basis | None, after: _Basis | None) -> tuple[Cause, ...]:
    """What changed the points; nothing where they are the same."""
    if before is None or after is None:
        # A body or an indicator that only one of the two has.
        only = before or after
        cause: Cause = "own"
        return () if only is None or only.points() is None else (cause,)
    differing = tuple(cause for cause in CAUSES if before.differs(cause, after))
    return differing if differing and before.points() != after.points() else ()


def _bases(scheme: Scheme, agencies: Sequence[AgencyInput]) -> dict[tuple[str, str], _Basis]:
    """By body and indicator."""
    columns = read_measures(scheme, agencies).columns
    figures = [{name: _value(column, at) for name, column in columns.items()} for at in range(len(agencies))]
    given = list(zip(agencies, figures, strict=True))
    return {key: basis for name, one in scheme.indicators.items() for key, basis in _of_indicator(name, one, given)}


def _of_indicator(
    name: str, indicator: law.Indicator, given: Sequence[tuple[AgencyInput, Figures]]
) -> Iterator[tuple[tuple[str, str], _Basis]]:
    read = indicator.formula.measures
    best = _best(indicator, [figures for agency, figures in given if name not in agency.not_applicable])
    for agency, figures in given:
        ruled = {each: value for each in read if each in agency.settled and (value := figures[each]) is not None}
        own = {each: None if each in ruled else figures[each] for each in read}
        yield (agency.code, name), _Basis(indicator, own, (name in agency.not_applicable, ruled), best)


def _value(column: MeasureColumn, at: int) -> Fraction | None:
    value = column.values[at]
    return None if value is None else Fraction(value, column.unit)


def _best(indicator: law.Indicator, pool: Sequence[Figures]) -> Fraction | None:
    """Of a relative indicator the best known figure of the pool, zero where nobody has one; None of the others."""
    formula = indicator.formula
    if not isinstance(formula, law.RelativeToBest):
        return None
    return max((value for figures in pool if (value := figures[formula.counted]) is not None), default=Fraction())


def _known(values: Sequence[Fraction]) -> Known:
    unit = lcm(*(value.denominator for value in values))
    return Known([int(value * unit) for value in values], unit)
