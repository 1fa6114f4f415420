"""docs/readings.md is what the law and the demo's January say today; a test of the demo compares the figures (RUL-08)."""

import copy
import sys
from pathlib import Path

import pytest

from shared.law import effects
from shared.law.cases import read_reading_cases
from shared.law.scheme import scheme_for
from shared.period import Period

ROOT = Path(__file__).parents[3]
SCHEME = scheme_for(Period(2026, 1))
CASES = tuple(read_reading_cases(ROOT / "tests" / "cases" / "readings"))
CONTESTED = [(name, one) for name, reading in SCHEME.readings.items() for one in reading.alternatives]


def test_the_page_has_not_drifted(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    effects.main([str(ROOT / "tests" / "cases" / "readings")])
    sys.stdout.flush()
    written = (ROOT / "docs" / "readings.md").read_bytes()
    assert capsysbinary.readouterr().out == written, "run: python -m shared.law.effects tests/cases/readings > docs/readings.md"


def test_the_effects_are_of_this_scheme_and_of_every_alternative_that_is_computed() -> None:
    known = effects.read_effects()
    assert known["scheme_digest"] == SCHEME.digest, "see tests/e2e/demo_readings.py for what to run"
    told = {(name, one) for name, found in known["effects"].items() for one in found}
    assert told == {(name, one.id) for name, one in CONTESTED if one.computed}


def test_every_contested_reading_stands_there_with_its_words_and_its_effect() -> None:
    page = effects.page(SCHEME, effects.read_effects(), CASES)
    for name, one in CONTESTED:
        reading = SCHEME.readings[name]
        part = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert reading.in_force.vi in part
        assert reading.because.vi in part
        said = part.partition(f"(`{one.id}`):** {one.says.vi}\n")[2].partition("**Cách hiểu khác")[0]
        assert said.count("Tác động: " if one.computed else "Không tính được: ") == 1
        assert all(case.says in part for case in CASES if case.reading == name)
        if reading.words:
            assert SCHEME.passages[reading.words].text in part


def test_a_figure_of_the_data_is_a_figure_of_the_page() -> None:
    """Nothing on it is written by hand: other data, another page."""
    known = effects.read_effects()
    for field in ("agencies_moved", "grades_moved", "ranks_moved"):
        other = copy.deepcopy(dict(known))
        other["effects"]["B-1"]["table"][field] = 987
        assert "987" in effects.page(SCHEME, other, CASES)
    assert "DỮ LIỆU MÔ PHỎNG" in effects.page(SCHEME, known, CASES).upper()


def test_a_small_change_is_no_change_of_zero() -> None:
    assert ", 0,00 điểm" not in effects.page(SCHEME, effects.read_effects(), CASES)
