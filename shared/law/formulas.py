"""The formula shapes of the law, over the agencies to which the indicator applies and whose measures are known.

Each takes columns of whole numbers and gives exact points. No number of the law stands here (RUL-02): weights, caps,
divisors and the points for an empty denominator come from the scheme, each with its citation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from shared.law import provisions as law
from shared.law.columns import Column, zeros


@dataclass(frozen=True, slots=True)
class Known:
    """One measure of the agencies being scored: ``values[i] / unit``, nothing missing."""

    values: list[int]
    unit: int


@dataclass(frozen=True, slots=True)
class Points:
    """What a formula gives: exact points, where the denominator was empty, where a share was clamped; of a relative
    formula also the pool's best and who holds it when it is positive."""

    column: Column
    empty: tuple[int, ...] = ()
    clamped: tuple[int, ...] = ()
    best: int | None = None
    holders: tuple[int, ...] = ()


def points_of(indicator: law.Indicator, known: Mapping[str, Known], *, size: int) -> Points:
    """Points of one indicator for every agency being scored, `size` of them."""
    formula = indicator.formula
    empty = indicator.when_empty.value if indicator.when_empty else Fraction()
    match formula:
        case law.ShareOfCount():
            return share_of_count(formula, known, empty=empty)
        case law.RelativeToBest():
            return relative_to_best(formula, known, empty=empty)
        case law.ScaledIndex():
            return scaled_index(formula, known)
        case law.CountedWithCap():
            return counted_with_cap(formula, known, empty=empty)
        case law.NotCounted():
            return Points(zeros(size))
        case _:
            return decided_points(formula, known)


def share_of_count(formula: law.ShareOfCount, known: Mapping[str, Known], *, empty: Fraction) -> Points:
    """counted / out_of × worth × portion; `empty` points where there is nothing to count out of."""
    counted, out_of = known[formula.counted].values, known[formula.out_of].values
    top, bottom = formula.full.as_integer_ratio()
    nothing, unit = empty.as_integer_ratio()
    if formula.partly is not None:
        counted = [total if done >= total else 0 for done, total in zip(counted, out_of, strict=True)]
    column = Column(
        [top * done if total else nothing for done, total in zip(counted, out_of, strict=True)],
        [bottom * total or unit for total in out_of],
    )
    if formula.share_at_most is None:
        return Points(column, empty=_zeros(out_of))
    clamped = column.above(formula.most)
    return Points(column.limited(formula.most, clamped), empty=_zeros(out_of), clamped=tuple(clamped))


def relative_to_best(formula: law.RelativeToBest, known: Mapping[str, Known], *, empty: Fraction) -> Points:
    """counted / best of the pool × worth; `empty` points for all when the best is zero."""
    counted = known[formula.counted].values
    best = max(counted, default=0)
    if not best:
        return Points(_same(empty, len(counted)), empty=tuple(range(len(counted))), best=best)
    top, bottom = formula.worth.value.as_integer_ratio()
    column = Column([top * count for count in counted], [bottom * best] * len(counted))
    return Points(column, best=best, holders=tuple(at for at, count in enumerate(counted) if count == best))


def scaled_index(formula: law.ScaledIndex, known: Mapping[str, Known]) -> Points:
    """index / out_of × worth."""
    index = known[formula.index]
    top, bottom = formula.factor.as_integer_ratio()
    return Points(Column([top * value for value in index.values], [bottom * index.unit] * len(index.values)))


def counted_with_cap(formula: law.CountedWithCap, known: Mapping[str, Known], *, empty: Fraction) -> Points:
    """`at_most` when `full_by` reaches `full_from`, else counted × each up to `at_most`; `empty` without an occasion."""
    occasions = known[formula.occasions].values
    unit = lcm(formula.each.value.denominator, formula.at_most.value.denominator, empty.denominator)
    each, cap, nothing = (int(value * unit) for value in (formula.each.value, formula.at_most.value, empty))
    rows = zip(known[formula.counted].values, _full(formula, known, len(occasions)), occasions, strict=True)
    numerators = [(cap if full else min(cap, each * count)) if held else nothing for count, full, held in rows]
    return Points(Column(numerators, [unit] * len(numerators)), empty=_zeros(occasions))


def _full(formula: law.CountedWithCap, known: Mapping[str, Known], size: int) -> list[bool]:
    if formula.full_by is None or formula.full_from is None:
        return [False] * size
    enough = formula.full_from.value
    return [count >= enough for count in known[formula.full_by].values]


def decided_points(formula: law.DecidedPoints, known: Mapping[str, Known]) -> Points:
    """The decided points themselves."""
    decided = known[formula.decided]
    return Points(Column(decided.values, [decided.unit] * len(decided.values)))


def _zeros(counts: list[int]) -> tuple[int, ...]:
    return tuple(at for at, count in enumerate(counts) if not count) if 0 in counts else ()


def _same(value: Fraction, size: int) -> Column:
    top, bottom = value.as_integer_ratio()
    return Column([top] * size, [bottom] * size)
