"""One indicator over all agencies: who is scored, in which state, with which points and, where relative, led by whom.

The states and their order of precedence: not_applicable, missing, settled, no_events, scored; not_counted (an indicator
that another reading leaves out) instead of scored.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from shared.law.columns import Column
from shared.law.formulas import Known, Points, points_of
from shared.law.measures import AgencyInput, MeasureColumn
from shared.law.provisions import Indicator, NotCounted

State = Literal["scored", "no_events", "not_applicable", "missing", "settled", "not_counted"]


@dataclass(frozen=True, slots=True)
class Leaders:
    """Who holds the pool's positive maximum, sorted, and its value; `incomplete` when a member's figure is missing."""

    agencies: tuple[str, ...]
    value: int
    incomplete: bool


@dataclass(frozen=True, slots=True)
class IndicatorColumn:
    """Exact points and states of one indicator, agency by agency. Points of a missing indicator are no value at all."""

    points: Column
    states: tuple[State, ...]
    missing: frozenset[int]
    not_applicable: frozenset[int]
    no_events: frozenset[int]
    clamped: frozenset[int]
    leaders: Leaders | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What beside the figures decides a state: places where an indicator does not apply, places of settled measures."""

    barred: Mapping[str, frozenset[int]]
    settled: Mapping[str, frozenset[int]]


def standing_of(agencies: Sequence[AgencyInput]) -> Standing:
    """Most agencies have neither; the few that do are found once for all indicators."""
    barred, settled = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    for at, agency in enumerate(agencies):
        for code in agency.not_applicable:
            barred[code].add(at)
        for name in agency.settled:
            settled[name].add(at)
    return Standing(
        {code: frozenset(places) for code, places in barred.items()},
        {name: frozenset(places) for name, places in settled.items()},
    )


def score_indicator(
    code: str,
    indicator: Indicator,
    agencies: Sequence[AgencyInput],
    measures: Mapping[str, MeasureColumn],
    standing: Standing,
) -> IndicatorColumn:
    """Points of one indicator; agencies it does not apply to are out of the pool, whatever their measures say."""
    nobody: frozenset[int] = frozenset()
    names = indicator.formula.measures
    barred = standing.barred.get(code, nobody)
    missing = nobody.union(*(measures[name].unknown for name in names)) - barred
    settled = nobody.union(*(standing.settled.get(name, nobody) for name in names))
    places = _others(len(agencies), barred | missing)
    known = {name: _known(measures[name], places, len(agencies)) for name in names}
    points = points_of(indicator, known, size=len(places))
    plain: State = "not_counted" if isinstance(indicator.formula, NotCounted) else "scored"
    no_events = frozenset(places[at] for at in points.empty)
    return IndicatorColumn(
        points=_spread(points.column, places, len(agencies)),
        states=_states([plain] * len(agencies), no_events=no_events, settled=settled, missing=missing, not_applicable=barred),
        missing=missing,
        not_applicable=barred,
        no_events=no_events,
        clamped=frozenset(places[at] for at in points.clamped),
        leaders=_leaders(points, [agencies[places[at]].code for at in points.holders], incomplete=bool(missing)),
    )


def _others(size: int, left_out: Collection[int]) -> Sequence[int]:
    """Places of the agencies being scored."""
    return [at for at in range(size) if at not in left_out] if left_out else range(size)


def _known(measure: MeasureColumn, places: Sequence[int], size: int) -> Known:
    """The measure at the places being scored, where nothing is unknown."""
    values = measure.values if len(places) == size else [measure.values[at] for at in places]
    return Known(cast("list[int]", values), measure.unit)


def _spread(column: Column, places: Sequence[int], size: int) -> Column:
    """The points of the agencies being scored in their places among all; the others add nothing."""
    if len(places) == size:
        return column
    numerators, denominators = [0] * size, [1] * size
    for at, top, bottom in zip(places, column.numerators, column.denominators, strict=True):
        numerators[at], denominators[at] = top, bottom
    return Column(numerators, denominators)


def _states(
    states: list[State],
    *,
    no_events: Collection[int],
    settled: Collection[int],
    missing: Collection[int],
    not_applicable: Collection[int],
) -> tuple[State, ...]:
    rising: tuple[tuple[State, Collection[int]], ...] = (
        ("no_events", no_events),
        ("settled", settled),
        ("missing", missing),
        ("not_applicable", not_applicable),
    )
    for state, places in rising:
        for at in places:
            states[at] = state
    return tuple(states)


def _leaders(points: Points, holders: list[str], *, incomplete: bool) -> Leaders | None:
    return None if points.best is None else Leaders(tuple(sorted(holders)), points.best, incomplete)
