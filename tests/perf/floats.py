"""The floor of scoring: the same sheet in NumPy float64, all agencies at once. Fast, and wrong at rounding boundaries.

It takes arrays and gives arrays: 16 indicators with states and leaders, groups with their caps, total, rounded total,
grade and rank. Reading figures, refusing impossible ones and ranks inside the kind are not part of it, so it is a hard floor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shared.law import provisions as law
from shared.law.scheme import Scheme
from shared.law.sheet import AgencyInput

Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Whole = np.ndarray[Any, np.dtype[np.int64]]
States = np.ndarray[Any, np.dtype[np.int8]]
STATES = ("scored", "no_events", "settled", "missing", "not_applicable")


@dataclass(frozen=True)
class Arrays:
    """The pool as arrays in the order of the codes: NaN is missing; ``barred`` from an indicator, ``settled`` figures."""

    size: int
    measures: Mapping[str, Floats]
    barred: Mapping[str, Flags]
    settled: Mapping[str, Flags]


@dataclass(frozen=True)
class Sheet:
    """Per indicator, group or agency. Points of an indicator that counts for nothing are 0."""

    points: Mapping[str, Floats]
    states: Mapping[str, States]
    leaders: Mapping[str, Flags]
    groups: Mapping[str, Floats]
    totals: Floats
    rounded: Whole
    grades: Whole
    ranks: Whole


def arrays(scheme: Scheme, agencies: Sequence[AgencyInput]) -> Arrays:
    """Not part of the floor's time."""
    ordered = sorted(agencies, key=lambda agency: agency.code)

    def column(name: str) -> Floats:
        given = [agency.measures.get(name) for agency in ordered]
        return np.array([np.nan if value is None else float(value) for value in given], dtype=np.float64)

    return Arrays(
        size=len(ordered),
        measures={name: column(name) for name in scheme.measures},
        barred={code: np.array([code in each.not_applicable for each in ordered]) for code in scheme.indicators},
        settled={name: np.array([name in each.settled for each in ordered]) for name in scheme.measures},
    )


def score(scheme: Scheme, pool: Arrays) -> Sheet:
    """The sheet in binary floating point."""
    points, states, leaders = {}, {}, {}
    for code, indicator in scheme.indicators.items():
        points[code], states[code], best = _indicator(code, indicator, pool)
        if best is not None:
            leaders[code] = best
    groups = {
        code: np.minimum(sum((points[name] for name in scheme.indicators_of(code)), np.zeros(pool.size)), _f(group.maximum))
        for code, group in scheme.groups.items()
    }
    totals = sum(groups.values(), np.zeros(pool.size))
    rounded = np.floor(totals + 0.5).astype(np.int64)
    bounds = sorted(grade.bound.value for grade in scheme.grading.grades)[1:]
    ranks = np.searchsorted(np.sort(-totals), -totals, side="left") + 1
    return Sheet(points, states, leaders, groups, totals, rounded, np.digitize(rounded, bounds), ranks)


def _indicator(code: str, indicator: law.Indicator, pool: Arrays) -> tuple[Floats, States, Flags | None]:
    names = indicator.formula.measures
    barred, missing = pool.barred[code], np.zeros(pool.size, dtype=bool)
    settled = np.zeros(pool.size, dtype=bool)
    for name in names:
        missing |= np.isnan(pool.measures[name])
        settled |= pool.settled[name]
    out = barred | missing
    raw, empty, best = _formula(indicator, pool, out)
    states = np.zeros(pool.size, dtype=np.int8)
    for number, places in enumerate((empty, settled, missing, barred), start=1):
        if places is not None:
            states[places] = number
    return np.where(out, 0.0, raw), states, best


def _formula(indicator: law.Indicator, pool: Arrays, out: Flags) -> tuple[Floats, Flags | None, Flags | None]:
    """Points, where there were no events, who leads."""
    formula, figures = indicator.formula, pool.measures
    nothing = float(indicator.when_empty.value) if indicator.when_empty else 0.0
    match formula:
        case law.ShareOfCount():
            empty = figures[formula.out_of] == 0
            share = np.divide(figures[formula.counted], figures[formula.out_of], where=~empty, out=np.zeros(pool.size))
            points = share * float(formula.full)
            if formula.share_at_most is not None:
                points = np.minimum(points, float(formula.most))
            return np.where(empty, nothing, points), empty, None
        case law.RelativeToBest():
            counted = np.where(out, 0.0, figures[formula.counted])
            best = counted.max(initial=0.0)
            if best == 0:
                return np.full(pool.size, nothing), ~out, np.zeros(pool.size, dtype=bool)
            return counted / best * _f(formula.worth), None, counted == best
        case law.ScaledIndex():
            return figures[formula.index] * float(formula.factor), None, None
        case law.CountedWithCap():
            counted = np.minimum(figures[formula.counted] * _f(formula.each), _f(formula.at_most))
            points = np.where(figures[formula.full_by] >= formula.full_from.value, _f(formula.at_most), counted)
            empty = figures[formula.occasions] == 0
            return np.where(empty, nothing, points), empty, None
        case _:
            return figures[formula.decided], None, None


def _f(cited: law.Cited[Any]) -> float:
    return float(cited.value)
