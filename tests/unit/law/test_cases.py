"""Every case of tests/cases, and that there are enough of every kind (RUL-06, RUL-07, RUL-10)."""

from collections import Counter
from pathlib import Path

import pytest

from shared.law.cases import TESTED, Case, read_cases
from shared.law.document import render
from shared.law.exact import decimal_text
from shared.law.refusals import InputRefused
from shared.law.scheme import scheme_for
from shared.law.sheet import score
from shared.period import Period

JANUARY = Period(2026, 1)
CASES = tuple(read_cases(Path(__file__).parents[2] / "cases"))
ALWAYS = {"full", "zero", "boundary", "words", "cap_at", "cap_below", "cap_above", "not_applicable", "missing", "settled"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    scheme = scheme_for(JANUARY)
    assert case.cite in scheme.passages
    assert case.reading is None or case.reading in scheme.readings
    if case.refused:
        with pytest.raises(InputRefused) as refusal:
            score(scheme, JANUARY, case.agencies)
        assert [(fault.rule, fault.agency) for fault in refusal.value.faults] == [(case.refused, TESTED)]
        return
    sheet = score(scheme, JANUARY, case.agencies)
    line = sheet.line(TESTED)
    rendered = next(each for each in render(sheet)["agencies"] if each["agency"] == TESTED)
    if case.indicator is None:
        assert {key: rendered[key] for key in case.expect} == dict(case.expect)
        assert {key: rendered["groups"][key] for key in case.groups} == dict(case.groups)
        assert line.grade_differs_unrounded is case.grade_differs_unrounded
        return
    found = rendered["indicators"][case.indicator]
    assert {key: found[key] for key in case.expect} == dict(case.expect)
    assert set(line.indicators[case.indicator].flags) == case.flags
    assert (case.indicator in line.missing) is (case.expect["state"] == "missing")
    if case.leaders is not None:
        assert sheet.leaders[case.indicator].agencies == case.leaders


def test_there_are_at_least_200_vectors_and_every_indicator_has_every_kind() -> None:
    scheme = scheme_for(JANUARY)
    assert len(CASES) >= 200
    assert len({(case.indicator, case.says, str(case.agencies)) for case in CASES}) == len(CASES)
    for code, indicator in scheme.indicators.items():
        kinds = {case.kind for case in CASES if case.indicator == code}
        empty = {"empty"} if indicator.when_empty else set()
        ties = {"tie"} if indicator.formula.shape == "relative_to_best" else set()
        assert kinds == ALWAYS | empty | ties, code


def test_every_grade_and_boundary_of_the_decision_has_a_case() -> None:
    totals = Counter(case.expect.get("total") for case in CASES if case.indicator is None)
    assert {49, 50, 69, 70, 84, 85, 100} <= set(totals)
    assert {case.expect["grade"] for case in CASES if "grade" in case.expect} == {"A", "B", "C", "D"}


def test_maxima_are_those_of_the_decision() -> None:
    scheme = scheme_for(JANUARY)
    maxima = {code: decimal_text(group.maximum.value, places=0) for code, group in scheme.groups.items()}
    assert maxima == {"A": "20", "B": "20", "C": "20", "D": "20", "E": "15", "bonus": "5"}
    assert scheme.scale.value == 100
