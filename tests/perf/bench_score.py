"""Exact scoring of a pool against NumPy float64 over the same figures, and how both grow with the pool."""

from __future__ import annotations

from collections.abc import Iterator

from shared.law.scheme import packaged_schemes
from shared.law.sheet import score
from tests.perf import floats
from tests.perf.harness import Goal, Line, in_turn, repeated
from tests.perf.invented import agencies
from tests.perf.place import Place

GOAL = Goal(80)
SMALLEST, GROWTH = 56, 10


def run(place: Place) -> Iterator[Line]:
    """The pool of the plan, and one as small as the real one and one ten times as large."""
    plan = place.plan
    for size in (SMALLEST, plan.agencies, plan.agencies * GROWTH):
        place.say(f"score: {size:,} agencies")
        yield _line(size, plan.rounds, goal=GOAL if size == plan.agencies else None)


def _line(size: int, rounds: int, *, goal: Goal | None) -> Line:
    scheme, pool = packaged_schemes()[0], agencies(size)
    arrays = floats.arrays(scheme, pool)
    timing = in_turn(
        rounds,
        {
            "floor": repeated(lambda: floats.score(scheme, arrays)),
            "product": repeated(lambda: score(scheme, scheme.first_period, pool), at_least=0.2),
        },
    )
    each = timing.median("product") / size * 1e6
    return timing.line(f"score {size:,} agencies", goal=goal, notes=(f"{each:.1f} µs an agency",))
