"""A change marks exactly the scores that a full recompute gives otherwise, and says what of them changed (RSC-07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings

from shared.law.readings import Readings
from shared.law.scheme import packaged_schemes
from shared.law.sheet import AgencyInput, ScoreSheet, score
from shared.law.staleness import StaleScore, stale_scores
from tests.property.months import complete, dice, seeds, with_gaps

SCHEME = packaged_schemes()[0]
C1 = "digitised_records"
Points = Mapping[tuple[str, str], Fraction | None]


def months(law: Any) -> Any:
    words = {"max_examples": 200, "derandomize": True, "deadline": None, "database": None}
    return settings(**words, suppress_health_check=list(HealthCheck))(given(seeds)(law))


def sheet_of(agencies: Sequence[AgencyInput]) -> ScoreSheet:
    return score(SCHEME, SCHEME.first_period, agencies)


def points_of(sheet: ScoreSheet) -> Points:
    return {(line.agency, code): one.points for line in sheet.lines() for code, one in line.indicators.items()}


def differing(before: ScoreSheet, after: ScoreSheet) -> set[tuple[str, str]]:
    first, last = points_of(before), points_of(after)
    return {key for key in first.keys() | last.keys() if first.get(key) != last.get(key)}


def marked(found: Sequence[StaleScore]) -> set[tuple[str, str]]:
    return {(each.agency, each.indicator) for each in found}


def with_records(agencies: Sequence[AgencyInput], code: str, count: int) -> list[AgencyInput]:
    return [replace(one, measures={**one.measures, C1: count}) if one.code == code else one for one in agencies]


@months
def test_another_month_marks_exactly_what_a_full_recompute_gives_otherwise(seed: int) -> None:
    random = dice(seed)
    before, after = with_gaps(random), with_gaps(random)
    found = stale_scores(sheet_of(before), after)
    assert marked(found) == differing(sheet_of(before), sheet_of(after))
    assert stale_scores(sheet_of(before), before) == []


@months
def test_another_body_in_the_same_month_marks_exactly_what_hangs_on_it(seed: int) -> None:
    """Any one body's figures become another's; whoever shares in a maximum with it may move, and only so."""
    random = dice(seed)
    before = complete(random, most=12)
    other = random.choice(complete(random, most=12))
    at = random.randrange(len(before))
    after = [replace(other, code=one.code, kind=one.kind) if n == at else one for n, one in enumerate(before)]
    found = stale_scores(sheet_of(before), after)
    assert marked(found) == differing(sheet_of(before), sheet_of(after))
    for each in found:
        assert ("own" in each.because or "ruling" in each.because) is (each.agency == before[at].code)
        assert "pool" in each.because or each.agency == before[at].code


@months
def test_one_bodys_c1_below_the_leader_above_it_and_the_leaders_own_down(seed: int) -> None:
    random = dice(seed)
    records = [random.randrange(1, 1000) for _ in range(9)]
    agencies = [
        replace(one, code=f"H{n:02}", measures={**one.measures, C1: count}, not_applicable=frozenset())
        for n, count in enumerate(records)
        for one in [complete(random, most=1)[0]]
    ]
    sheet = sheet_of(agencies)
    leader, best = sheet.leaders["C1"].agencies[0], sheet.leaders["C1"].value
    other = random.choice([one.code for one in agencies])
    for code, count in ((other, random.randrange(best + 1)), (other, best + random.randrange(1, 50)), (leader, best // 2)):
        then = with_records(agencies, code, count)
        found = stale_scores(sheet, then)
        assert marked(found) == differing(sheet, sheet_of(then))
        assert {each.indicator for each in found} <= {"C1"}
        best_then = max(Fraction(one.measures[C1] or 0) for one in then)
        if best_then == best:
            assert {each.agency for each in found} <= {code}, "nobody hangs on a figure below the leader's"
        else:
            assert {one.code for one in then if one.code != code and one.measures[C1]} <= {each.agency for each in found}


@months
def test_another_reading_marks_exactly_the_scores_it_turns(seed: int) -> None:
    agencies = with_gaps(dice(seed))
    before = sheet_of(agencies)
    for choice in ({"B-1": "table"}, {"A-6": "zero"}, {"E-1": "head-only"}):
        readings = Readings.of(SCHEME, choice)
        if readings.row_rules(SCHEME):
            continue
        after = score(SCHEME, SCHEME.first_period, agencies, readings=readings)
        found = stale_scores(before, agencies, after.scheme)
        assert marked(found) == differing(before, after)
        assert {each.because for each in found} <= {("scheme",)}


@months
def test_a_body_that_comes_or_goes_is_marked_with_whom_it_led(seed: int) -> None:
    random: Random = dice(seed)
    agencies = complete(random, most=8)
    for before, after in ((agencies, agencies[1:]), (agencies[1:], agencies)):
        assert marked(stale_scores(sheet_of(before), after)) == differing(sheet_of(before), sheet_of(after))
