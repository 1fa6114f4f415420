"""What is said to carry a body over a bound does so, and nothing smaller; who is said to hang on a leader does (EXP-09, 10)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings

from shared.law.edges import NEAR, STEP, knife_edges, leading
from shared.law.measures import read_measures
from shared.law.scheme import packaged_schemes
from shared.law.sheet import AgencyInput, ScoreSheet, computed, score
from tests.property.months import complete, dice, seeds, with_gaps

SCHEME = packaged_schemes()[0]
GRADES = [grade.grade for grade in SCHEME.grading.grades]
BOUNDS = [grade.bound.value for grade in SCHEME.grading.grades[:-1]]


def months(law: Any) -> Any:
    words = {"max_examples": 60, "derandomize": True, "deadline": None, "database": None}
    return settings(**words, suppress_health_check=list(HealthCheck))(given(seeds)(law))


def sheet_of(agencies: list[AgencyInput]) -> ScoreSheet:
    return score(SCHEME, SCHEME.first_period, agencies)


def scored(sheet: ScoreSheet, agency: str, measure: str, value: Fraction) -> str:
    """The grade among all bodies, by the whole engine."""
    changed = [replace(one, measures={**one.measures, measure: value}) if one.code == agency else one for one in sheet.agencies]
    return sheet_of(changed).line(agency).grade


@months
def test_every_body_near_a_bound_is_listed(seed: int) -> None:
    sheet = sheet_of(with_gaps(dice(seed)))
    found = {(edge.agency, edge.bound) for edge in knife_edges(sheet)}
    near = {
        (line.agency, bound)
        for line in sheet.lines()
        for bound in BOUNDS
        if bound - 2 * NEAR <= line.total_exact <= bound + NEAR
    }
    assert found == near


@months
def test_what_is_said_to_flip_a_grade_does_so_and_nothing_smaller(seed: int) -> None:
    sheet = sheet_of(with_gaps(dice(seed)))
    given_of = {one.code: one for one in sheet.agencies}
    for edge in knife_edges(sheet):
        assert edge.grade == sheet.line(edge.agency).grade
        for flip in edge.flips:
            value = Fraction(given_of[edge.agency].measures[flip.measure] or 0)
            assert scored(sheet, edge.agency, flip.measure, value + flip.by) == edge.other
            step = STEP if SCHEME.measures[flip.measure].type == "decimal" else Fraction(1)
            less = flip.by - step if flip.by > 0 else flip.by + step
            assert scored(sheet, edge.agency, flip.measure, value + less) == edge.grade


@months
def test_what_is_said_to_flip_nothing_does_not_at_its_most_or_least(seed: int) -> None:
    """Of every figure that an indicator counts; how many tasks there are nobody counts for themselves."""
    sheet = sheet_of(with_gaps(dice(seed)))
    given_of = {one.code: one for one in sheet.agencies}
    for edge in knife_edges(sheet):
        flips = {flip.measure for flip in edge.flips}
        falls = GRADES.index(edge.other) > GRADES.index(edge.grade)
        for code, indicator in SCHEME.indicators.items():
            measure = indicator.formula.measures[0]
            if measure in flips or measure == "period_tasks" or given_of[edge.agency].measures[measure] is None:
                continue
            end = Fraction(0) if falls else most(sheet, code, given_of[edge.agency])
            assert end is None or scored(sheet, edge.agency, measure, end) == edge.grade, (edge, measure, end)


def most(sheet: ScoreSheet, code: str, mine: AgencyInput) -> Fraction | None:
    """The highest that the figure can be to any effect beside all others; None where one of those is missing."""
    counted, *others = SCHEME.indicators[code].formula.measures
    if code in sheet.leaders:
        return max(Fraction(sheet.leaders[code].value), Fraction(mine.measures[counted] or 0))
    if limit := SCHEME.measures[counted].maximum:
        return limit.value
    if counted == "speeches":
        return Fraction(5) if mine.measures["meetings_summoned"] else None
    out_of = mine.measures[others[0]]
    taken = mine.measures.get({"on_time_tasks": "late_tasks", "late_tasks": "on_time_tasks"}.get(counted, "")) or 0
    return None if out_of is None else max(Fraction(out_of) - Fraction(taken), Fraction(mine.measures[counted] or 0))


def test_some_edge_has_flips_up_and_some_down() -> None:
    """The laws above are not empty."""
    signs = {flip.by > 0 for seed in range(60) for edge in knife_edges(sheet_of(with_gaps(dice(seed)))) for flip in edge.flips}
    assert signs == {True, False}


@months
def test_whoever_hangs_on_a_leader_moves_when_the_figure_is_lowered(seed: int) -> None:
    sheet = sheet_of(complete(dice(seed), most=6))
    for found in leading(sheet):
        lowered = [
            replace(one, measures={**one.measures, found.measure: found.lowered}) if one.code in found.agencies else one
            for one in sheet.agencies
        ]
        # Lowered tasks beside what was done of them would be refused: computed refuses nothing.
        after = computed(sheet.scheme, sheet.period, lowered, read_measures(sheet.scheme, lowered))
        then = {line.agency: line for line in after.lines()}
        moved = {
            line.agency: (then[line.agency].total_exact - line.total_exact, then[line.agency].grade)
            for line in sheet.lines()
            if then[line.agency].total_exact != line.total_exact
        }
        assert {one.agency: (one.change, one.grade_then) for one in found.moved} == moved
        behind = [int(one.measures[found.measure] or 0) for one in sheet.agencies if one.code not in found.agencies]
        assert found.next_value == max(behind, default=None)


def test_a_sheet_that_nobody_leads_has_no_leaders() -> None:
    nothing = [replace(one, measures={**one.measures, "digitised_records": 0}) for one in complete(dice(5))]
    assert "C1" not in {found.indicator for found in leading(sheet_of(nothing))}
