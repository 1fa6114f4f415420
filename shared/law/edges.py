"""What a sheet hangs on before it is published: bodies near a grade's bound, and the figures others are measured by (EXP-09,
EXP-10). Pure arithmetic on a sheet; nothing here decides."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil

from shared.law import provisions as law
from shared.law.exact import half_up
from shared.law.measures import AgencyInput, read_measures
from shared.law.sheet import AgencyScore, ScoreSheet, computed, faults_of

NEAR = Fraction(1, 2)
"""Points within which a bound is near: of the bound itself, or of the exact total from which rounding reaches it."""
LOWERED_TO = Fraction(9, 10)
"""How far a leader's figure is lowered to see who hangs on it."""
OUTLIER = 3
"""A leader's figure of at least so many times the next one's stands out. The product's assumption, no word of the law; such
a figure holds the publication until two people confirm it (shared/holds/outlier_leaders.py)."""
# Steps of a decimal measure.
STEP = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Flip:
    """The smallest change of one figure that gives the other grade, everything else held still."""

    measure: str
    by: Fraction


@dataclass(frozen=True, slots=True)
class KnifeEdge:
    """A body near the bound between two grades. ``flips`` are the single figures that can carry it over, in the law's order;
    empty where none alone can."""

    agency: str
    total_exact: Fraction
    bound: int
    grade: str
    other: str
    flips: tuple[Flip, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """One body's exact total and grade, and what they would be."""

    agency: str
    change: Fraction
    grade: str
    grade_then: str


@dataclass(frozen=True, slots=True)
class Leading:
    """A relative indicator's leaders, their figure and the best one behind it (None: nobody is behind), and whose total moves
    when it is lowered to nine tenths."""

    indicator: str
    measure: str
    agencies: tuple[str, ...]
    value: int
    next_value: int | None
    lowered: int
    moved: tuple[Moved, ...]

    @property
    def outlier(self) -> bool:
        """Whether the figure stands out."""
        return self.next_value is not None and self.value >= OUTLIER * self.next_value


def knife_edges(sheet: ScoreSheet) -> Iterator[KnifeEdge]:
    """Every body near a bound, by code, with the single figures that would carry it over."""
    grades = sheet.scheme.grading.grades
    for agency, line in zip(sheet.agencies, sheet.lines(), strict=True):
        for above, below in pairwise(grades):
            bound = above.bound.value
            if min(abs(line.total_exact - bound), abs(line.total_exact - _reached(sheet, bound))) <= NEAR:
                other = below.grade if _is_at_least(sheet, line, bound) else above.grade
                flips = tuple(_flips(sheet, agency, line, bound))
                yield KnifeEdge(agency.code, line.total_exact, bound, line.grade, other, flips)


def leading(sheet: ScoreSheet) -> Iterator[Leading]:
    """Every relative indicator that somebody leads."""
    for code, leaders in sheet.leaders.items():
        formula = sheet.scheme.indicators[code].formula
        if not isinstance(formula, law.RelativeToBest) or not leaders.value:
            continue
        lowered = half_up(leaders.value * LOWERED_TO.numerator, LOWERED_TO.denominator)
        then = _with(sheet, {agency: {formula.counted: lowered} for agency in leaders.agencies})
        behind = [
            int(value)
            for agency in sheet.agencies
            if agency.code not in leaders.agencies and code not in agency.not_applicable
            if (value := agency.measures.get(formula.counted)) is not None
        ]
        moved = tuple(
            Moved(now.agency, after.total_exact - now.total_exact, now.grade, after.grade)
            for now, after in zip(sheet.lines(), then.lines(), strict=True)
            if now.total_exact != after.total_exact
        )
        yield Leading(code, formula.counted, leaders.agencies, leaders.value, max(behind, default=None), lowered, moved)


def _reached(sheet: ScoreSheet, bound: int) -> Fraction:
    """The least exact total that has the bound's grade."""
    if sheet.scheme.grading.basis.value == "exact_total":
        return Fraction(bound)
    return bound - Fraction(1, 2 * 10**sheet.scheme.rounding.total_places.value)


def _is_at_least(sheet: ScoreSheet, line: AgencyScore, bound: int) -> bool:
    return line.total_exact >= _reached(sheet, bound)


def _flips(sheet: ScoreSheet, agency: AgencyInput, line: AgencyScore, bound: int) -> Iterator[Flip]:
    falls = _is_at_least(sheet, line, bound)
    pool = _pool(sheet, agency)
    formulas = [indicator.formula for indicator in sheet.scheme.indicators.values()]
    denominators = {formula.out_of for formula in formulas if isinstance(formula, law.ShareOfCount)}
    for code, indicator in sheet.scheme.indicators.items():
        if line.indicators[code].state in ("missing", "not_applicable", "not_counted"):
            continue
        measure = indicator.formula.measures[0]
        if measure in denominators:
            # More of it gives here and takes there, and nobody counts it for themselves.
            continue
        step = STEP if sheet.scheme.measures[measure].type == "decimal" else Fraction(1)
        value = Fraction(agency.measures[measure] or 0)
        room = value if falls else _most(sheet, code, indicator, agency) - value

        def crosses(steps: int, measure: str = measure, step: Fraction = step, value: Fraction = value) -> bool:
            changed = value - steps * step if falls else value + steps * step
            return _is_at_least(sheet, _line(sheet, pool, agency, {measure: changed}), bound) is not falls

        steps = _least(crosses, int(room / step))
        by = None if steps is None else (-steps if falls else steps) * step
        if by is not None and not faults_of(sheet.scheme, [_changed(agency, {measure: value + by})]):
            yield Flip(measure, by)


def _least(holds: Callable[[int], bool], most: int) -> int | None:
    """The least of 1…most for which it holds, and with it for all above; None where it never does."""
    if most < 1 or not holds(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _most(sheet: ScoreSheet, code: str, indicator: law.Indicator, agency: AgencyInput) -> Fraction:
    """The most that a figure can say to any effect."""
    match indicator.formula:
        case law.ShareOfCount() as formula:
            return Fraction(agency.measures[formula.out_of] or 0)
        case law.RelativeToBest():
            return Fraction(sheet.leaders[code].value)
        case law.CountedWithCap() as formula:
            return Fraction(ceil(formula.at_most.value / formula.each.value))
        case formula:
            maximum = sheet.scheme.measures[formula.measures[0]].maximum
            return Fraction(maximum.value if maximum else 0)


def _pool(sheet: ScoreSheet, agency: AgencyInput) -> list[AgencyInput]:
    """The best others of every relative indicator: with them a body has the very total that it has among all."""
    best: dict[str, AgencyInput] = {}
    for code, indicator in sheet.scheme.indicators.items():
        if isinstance(indicator.formula, law.RelativeToBest):
            known = [
                other
                for other in sheet.agencies
                if other.code != agency.code and code not in other.not_applicable
                and other.measures.get(indicator.formula.counted) is not None
            ]  # fmt: skip
            counted = indicator.formula.counted
            if known:
                first = max(known, key=lambda other: Fraction(other.measures[counted] or 0))
                best[first.code] = first
    return list(best.values())


def _line(sheet: ScoreSheet, pool: list[AgencyInput], agency: AgencyInput, measures: dict[str, Fraction]) -> AgencyScore:
    ordered = sorted([*pool, _changed(agency, measures)], key=lambda one: one.code)
    return computed(sheet.scheme, sheet.period, ordered, read_measures(sheet.scheme, ordered)).line(agency.code)


def _with(sheet: ScoreSheet, changes: dict[str, dict[str, int]]) -> ScoreSheet:
    agencies = [_changed(one, changes.get(one.code, {})) for one in sheet.agencies]
    return computed(sheet.scheme, sheet.period, agencies, read_measures(sheet.scheme, agencies))


def _changed(agency: AgencyInput, measures: dict[str, Fraction] | dict[str, int]) -> AgencyInput:
    return replace(agency, measures={**agency.measures, **measures})
