"""The benchmarks still run: every one of them at a size that proves nothing about speed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.law.scheme import packaged_schemes
from shared.law.sheet import score
from tests.perf import floats
from tests.perf.__main__ import BENCHMARKS
from tests.perf.harness import Goal, Line, Plan, in_turn
from tests.perf.invented import agencies
from tests.perf.place import Place, place
from tests.perf.table import amount, document, notes, table


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with place(Plan.tiny()) as made:
        yield made


@pytest.mark.parametrize(
    ("name", "jobs"),
    [
        ("canonical", 2),
        *(
            pytest.param(name, jobs, marks=pytest.mark.slow("a benchmark in little; the quickest is in every run"))
            for name, jobs in (
                ("score", 3),
                ("why", 2),
                ("meeting", 2),
                ("measures", 2),
                ("rows", 4),
                ("ingest", 4),
                ("gateway", 14),
                ("board", 9),
                ("reports", 3),
                ("start", 10),
            )
        ),
    ],
)
def test_the_benchmark_runs_and_gives_its_jobs(here: Place, name: str, jobs: int) -> None:
    lines = [line for line in BENCHMARKS[name](here) if not line.job.endswith("wrk")]
    assert len(lines) == jobs
    assert all(line.floor > 0 and line.product > 0 and line.ratio > 0 for line in lines)
    assert table(lines).row_count == jobs
    assert len(notes(lines)) <= jobs
    shown = json.loads(json.dumps(document(here.plan, lines)))
    assert [line["job"] for line in shown["lines"]] == [line.job for line in lines]


def test_every_benchmark_is_in_this_file() -> None:
    assert {path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")} == set(BENCHMARKS)


def test_the_floor_of_scoring_computes_the_same_sheet() -> None:
    """A floor that does less would be no floor: every state, every point, total, grade and rank beside the exact sheet's."""
    scheme, pool = packaged_schemes()[0], agencies(2_000)
    exact, floor = score(scheme, scheme.first_period, pool), floats.score(scheme, floats.arrays(scheme, pool))
    letters = [bound.grade for bound in sorted(scheme.grading.grades, key=lambda each: each.bound.value)]
    for at, line in enumerate(exact.lines()):
        for code, found in line.indicators.items():
            assert floats.STATES[floor.states[code][at]] == found.state, (line.agency, code)
            assert floor.points[code][at] == pytest.approx(float(found.points or 0), abs=1e-9)
        assert floor.totals[at] == pytest.approx(float(line.total_exact), abs=1e-9)
        assert (floor.rounded[at], letters[floor.grades[at]]) == (line.total, line.grade)
    assert list(floor.ranks) == list(exact.totals.ranks)
    states = {floats.STATES[state] for column in floor.states.values() for state in column}
    assert states == set(floats.STATES)
    for code, leaders in exact.leaders.items():
        assert [exact.agencies[at].code for at in floor.leaders[code].nonzero()[0]] == list(leaders.agencies)


def test_rounds_run_everything_in_turn_beginning_with_another_each_time() -> None:
    order: list[str] = []

    def subject(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    later = iter([2.0, 3.0, 6.0])
    timing = in_turn(
        3, {"floor": lambda: subject("floor", 2.0), "product": lambda: subject("product", next(later))}, warm=False
    )
    assert order == ["floor", "product", "product", "floor", "floor", "product"]
    assert timing.seconds == {"floor": [2.0, 2.0, 2.0], "product": [2.0, 3.0, 6.0]}
    line = timing.line("job", goal=Goal(2))
    assert (line.ratio, line.spread) == (1.5, (1.0, 3.0))


@pytest.mark.parametrize(
    ("goal", "ratio", "met"),
    [(Goal(4), 4.0, True), (Goal(4), 4.01, False), (Goal(0.9, "≥"), 0.9, True), (Goal(0.9, "≥"), 0.89, False)],
)
def test_a_goal_is_a_ratio(goal: Goal, ratio: float, met: bool) -> None:  # noqa: FBT001 - a table of cases
    assert goal.met(ratio) is met
    line = Line(job="job", floor=1.0, product=ratio, unit="s", ratio=ratio, goal=goal)
    assert document(Plan(), [line])["lines"][0]["met"] is met


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (2.5, "s", "2.5 s"),
        (0.0123, "s", "12.3 ms"),
        (4.5e-5, "s", "45 µs"),
        (123.4, "MB", "123 MB"),
        (14807.2, "/s", "14,807 /s"),
    ],
)
def test_amounts_are_shown_in_the_unit_people_read(value: float, unit: str, shown: str) -> None:
    assert amount(value, unit) == shown
