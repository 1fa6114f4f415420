"""Points as formulas of a spreadsheet, each with the value that an office program makes of it: in doubles, from left to right.

Rounding to hundredths is done on whole numbers, ``INT((200*m*n+d)/(2*d))/100``: a quotient that was rounded to a double before
does not say any more on which side of a half it lay. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.law import provisions as law

# Of sums of doubles near a half: far above what adding them loses, far below what tells two published totals apart.
_SLACK = "1E-9"


class Written(float):
    """A number that is written with all its digits: sixteen of them, as the writer gives, make another number of 71.07."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


@dataclass(frozen=True)
class Term:
    """A part of a formula and its value."""

    text: str
    value: float


@dataclass(frozen=True)
class Points:
    """``exact`` unrounded, as near as doubles come, ``shown`` rounded to hundredths."""

    exact: Term
    shown: Term


Cells = Mapping[str, Term]


def points_of(indicator: law.Indicator, cells: Cells, best: Term | None, unit: int) -> Points | None:
    """``cells`` are the measures of one body, ``best`` the pool's largest figure of a relative indicator, ``unit`` how many
    parts an index is counted in. None where the formula has no such form."""
    formula = indicator.formula
    empty = indicator.when_empty.value if indicator.when_empty else Fraction()
    match formula:
        case law.ShareOfCount():
            return _share(formula, cells, empty)
        case law.RelativeToBest() if best is not None:
            return _quotient(formula.worth.value, cells[formula.counted], best, empty)
        case law.ScaledIndex():
            parts = _call("ROUND", lambda found: float(round(found[0] * unit)), cells[formula.index], times=f"*{unit},0")
            factor = formula.factor / unit
            return _quotient(Fraction(factor.numerator), parts, _whole(factor.denominator), None)
        case law.CountedWithCap():
            return _counted(formula, cells, empty)
        case law.DecidedPoints():
            return _same(cells[formula.decided])
        case _:
            return None


def _share(formula: law.ShareOfCount, cells: Cells, empty: Fraction) -> Points | None:
    counted, out_of = cells[formula.counted], cells[formula.out_of]
    if formula.share_at_most is not None:
        most = formula.share_at_most.value
        if most.denominator != 1:
            return None
        limit = out_of if most == 1 else Term(f"{most}*{out_of.text}", float(most) * out_of.value)
        counted = smallest(counted, limit)
    if formula.partly is not None:
        whole = counted.value if counted.value >= out_of.value else 0.0
        counted = Term(f"IF({counted.text}>={out_of.text},{counted.text},0)", whole)
    return _quotient(formula.full, counted, out_of, empty)


def _quotient(worth: Fraction, counted: Term, out_of: Term, empty: Fraction | None) -> Points:
    """worth × counted / out_of; ``empty`` where there is nothing to count out of, None where that cannot be."""
    top, bottom = worth.as_integer_ratio()
    parts = out_of if bottom == 1 else Term(f"{bottom}*{out_of.text}", bottom * out_of.value)
    n, d = counted.value, out_of.value
    exact = Term(f"{top}*{counted.text}/({parts.text})", top * n / parts.value if d else 0.0)
    halves = 2 * bottom * d if bottom != 1 else 2 * d
    hundredths = math.floor((200 * top * n + parts.value) / halves) if d else 0
    shown = Term(f"INT((200*{top}*{counted.text}+{parts.text})/(2*{parts.text}))/100", hundredths / 100)
    if empty is None:
        return Points(exact, shown)
    return Points(_unless_empty(out_of, empty, exact), _unless_empty(out_of, empty, shown))


def _counted(formula: law.CountedWithCap, cells: Cells, empty: Fraction) -> Points | None:
    if any((100 * each).denominator != 1 for each in (formula.each.value, formula.at_most.value)):
        return None
    cap = _number(formula.at_most.value)
    each = _number(formula.each.value)
    counted = cells[formula.counted]
    points = smallest(cap, Term(f"{each.text}*{counted.text}", each.value * counted.value))
    if formula.full_by is not None and formula.full_from is not None:
        full, enough = cells[formula.full_by], formula.full_from.value
        points = Term(
            f"IF({full.text}>={enough},{cap.text},{points.text})", cap.value if full.value >= enough else points.value
        )
    return _same(_unless_empty(cells[formula.occasions], empty, points))


def _same(points: Term) -> Points:
    return Points(points, points)


def _unless_empty(out_of: Term, empty: Fraction, points: Term) -> Term:
    nothing = _number(empty)
    return Term(f"IF({out_of.text}=0,{nothing.text},{points.text})", points.value if out_of.value else nothing.value)


def smallest(*terms: Term) -> Term:
    return Term(f"MIN({','.join(each.text for each in terms)})", min(each.value for each in terms))


def largest(ranges: Sequence[str], values: Sequence[float]) -> Term:
    return Term(f"MAX({','.join(ranges)})", max(values))


def sum_within(maximum: Fraction, cells: str, values: Sequence[float]) -> Term:
    """A group's points, unrounded, at most its maximum."""
    return smallest(_number(maximum), Term(f"SUM({cells})", math.fsum(values)))


def rounded_sum(terms: Sequence[Term], *, places: int, scale: Fraction = Fraction(1)) -> Term:
    """A sum of unrounded points to so many decimals, halves up; ``scale`` is what a total is multiplied by before."""
    unit = 10**places
    total, text = math.fsum(each.value for each in terms), "+".join(each.text for each in terms)
    if scale != 1:
        top, bottom = scale.as_integer_ratio()
        total, text = total * top / bottom, f"({text})*{top}/{bottom}"
    if unit == 1:
        return Term(f"INT({text}+0.5+{_SLACK})", float(math.floor(total + 0.5 + float(_SLACK))))
    units = math.floor(total * unit + 0.5 + float(_SLACK))
    return Term(f"INT(({text})*{unit}+0.5+{_SLACK})/{unit}", units / unit)


def _call(name: str, made: Callable[[Sequence[float]], float], term: Term, *, times: str) -> Term:
    return Term(f"{name}({term.text}{times})", made([term.value]))


def _whole(value: int) -> Term:
    return Term(str(value), float(value))


def _number(value: Fraction) -> Term:
    return Term(str(value.numerator) if value.denominator == 1 else repr(float(value)), float(value))
