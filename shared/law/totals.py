"""From points to groups, totals, grades and ranks. Each total is rounded once, here, and nowhere else."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add
from typing import TypeVar

from shared.law.applicable import on_scale, rescaled
from shared.law.columns import Column, zeros
from shared.law.exact import half_up
from shared.law.indicators import IndicatorColumn
from shared.law.scheme import Scheme

Key = TypeVar("Key", int, Fraction)


@dataclass(frozen=True, slots=True)
class GroupColumn:
    """Exact points of one group; where they would pass its maximum, the maximum, and the place is in `capped`."""

    points: Column
    capped: frozenset[int]


@dataclass(frozen=True, slots=True)
class OnApplicable:
    """A total on the maximum that applies to a body, and the grade it would have: information beside the official total
    (reading G-15). `total` counts units of 10^-places, as the official one does."""

    maximum: Fraction
    total: int
    total_exact: Fraction
    grade: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Per agency: applicable maximum, exact total, rounded total in units of 10^-places, grade, the grade the unrounded total
    would give, rank among all and rank inside the kind (None where no kind is known)."""

    maxima: Sequence[Fraction]
    exact: Column
    rounded: tuple[int, ...]
    grades: tuple[str, ...]
    unrounded_grades: tuple[str, ...]
    ranks: tuple[int, ...]
    ranks_in_kind: tuple[int | None, ...]


def group_columns(scheme: Scheme, indicators: Mapping[str, IndicatorColumn], size: int) -> dict[str, GroupColumn]:
    """Sum of each group's indicators, within the group's maximum."""
    groups = {}
    for code, group in scheme.groups.items():
        total = _sum([indicators[name].points for name in scheme.indicators_of(code)], size)
        above = total.above(group.maximum.value)
        groups[code] = GroupColumn(total.limited(group.maximum.value, above), frozenset(above))
    return groups


def _sum(columns: list[Column], size: int) -> Column:
    return reduce(add, columns) if columns else zeros(size)


def totals_of(
    scheme: Scheme, groups: Mapping[str, GroupColumn], maxima: Sequence[Fraction], kinds: Sequence[str | None]
) -> Totals:
    """Totals of all agencies with grades and ranks. `maxima` are the applicable maxima of `applicable_maxima`."""
    plain = _sum([group.points for group in groups.values()], len(kinds))
    exact = rescaled(scheme, plain, maxima) if scheme.applicability.total.value == "rescaled" else plain
    unit = 10**scheme.rounding.total_places.value
    rounded = [half_up(unit * n, d) for n, d in zip(exact.numerators, exact.denominators, strict=True)]
    whole = [n // d for n, d in zip(exact.numerators, exact.denominators, strict=True)]
    by_rounded = _grades(scheme, [total // unit for total in rounded])
    unrounded = _grades(scheme, whole)
    keys = exact.order_keys()
    ranked = rounded if scheme.ranking.by == "published_total" else keys
    return Totals(
        maxima=maxima,
        exact=exact,
        rounded=tuple(rounded),
        grades=by_rounded if scheme.grading.basis.value == "rounded_total" else unrounded,
        unrounded_grades=unrounded,
        ranks=ranks_of(ranked),
        ranks_in_kind=_ranks_in_kind(ranked, kinds),
    )


def on_applicable(scheme: Scheme, totals: Totals, at: int) -> OnApplicable:
    """One body's total and grade on its applicable maximum; the official ones where everything applies."""
    exact, most, scale = totals.exact.at(at), totals.maxima[at], scheme.scale.value
    if scheme.applicability.total.value != "rescaled" and most != scale:
        exact = on_scale(scheme, exact, most)
    unit = 10**scheme.rounding.total_places.value
    total = half_up(exact.numerator * unit, exact.denominator)
    decides = total // unit if scheme.grading.basis.value == "rounded_total" else exact.numerator // exact.denominator
    (grade,) = _grades(scheme, [decides])
    return OnApplicable(most, total, exact, grade)


def _grades(scheme: Scheme, whole_totals: list[int]) -> tuple[str, ...]:
    """Bounds are whole points, so the whole part of a total decides its grade."""
    rising = sorted((grade.bound.value, grade.grade) for grade in scheme.grading.grades)
    bounds, letters = [bound for bound, _ in rising[1:]], [letter for _, letter in rising]
    return tuple([letters[bisect_right(bounds, total)] for total in whole_totals])


def ranks_of(keys: Sequence[Key]) -> tuple[int, ...]:
    """1, 2, 2, 4: one more than the number of better totals."""
    rank_of: dict[Key, int] = {}
    for place, key in enumerate(sorted(keys, reverse=True), start=1):
        rank_of.setdefault(key, place)
    return tuple([rank_of[key] for key in keys])


def _ranks_in_kind(keys: list[int], kinds: Sequence[str | None]) -> tuple[int | None, ...]:
    members: dict[str, list[int]] = defaultdict(list)
    for at, kind in enumerate(kinds):
        if kind is not None:
            members[kind].append(at)
    ranks: list[int | None] = [None] * len(keys)
    for places in members.values():
        for at, rank in zip(places, ranks_of([keys[at] for at in places]), strict=True):
            ranks[at] = rank
    return tuple(ranks)
