"""No binary float decides a point, no number of the law stands in code, the law imports no world (RUL-02, RUL-03)."""

import ast
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import shared.law
from shared.law.exact import NumberUnreadable, are_exact, decimal_text, half_up, read_fraction, read_number
from shared.law.refusals import InputRefused
from shared.law.scheme import scheme_for
from shared.law.sheet import AgencyInput, ScoreSheet, score
from shared.period import Period

LAW = Path(shared.law.__file__).parent
JANUARY = Period(2026, 1)
REASONING = ("formulas", "indicators", "totals", "columns", "sheet", "checks", "measures")
ALLOWED = {"columns": {0, 1, 2}, "totals": {0, 1, 10}}
"""Beside nothing and one: 2 in the proof of the order keys, 10 as the base in which people read numbers."""


def numbers_in(source: str) -> list[object]:
    constants = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return [value for value in constants if isinstance(value, int | float | complex) and not isinstance(value, bool)]


@pytest.mark.parametrize("module", REASONING)
def test_no_number_of_the_law_stands_in_code(module: str) -> None:
    assert set(numbers_in((LAW / f"{module}.py").read_text())) <= ALLOWED.get(module, {0, 1})


def test_the_lint_would_see_a_literal() -> None:
    assert numbers_in("def a1(n: int, d: int) -> int:\n    return n * 18 // d") == [18]


@pytest.mark.parametrize("path", sorted(LAW.glob("*.py")), ids=lambda path: path.stem)
def test_no_float_is_written_or_called_for(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not [value for value in numbers_in(path.read_text()) if isinstance(value, float)]
    assert not [
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.Div) for node in [node] if path.stem in REASONING[:4]
    ]
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not calls & {"float", "round"}
    assert "math" not in named


class Alarmed(int):
    """A whole number that raises as soon as somebody makes a float of it."""

    def _alarm(self, *_: object) -> Any:
        message = "binary float arithmetic on a figure"
        raise AssertionError(message)

    __float__ = __truediv__ = __rtruediv__ = __round__ = _alarm


def test_numbers_that_raise_on_float_arithmetic_score_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {"period_tasks": 3, "on_time_tasks": 1, "late_tasks": 1, "digitised_records": 7, "bonus_points": 2}
    plain = score(scheme_for(JANUARY), JANUARY, [AgencyInput("X", figures)])
    monkeypatch.setattr("shared.law.measures.are_exact", lambda values: all(isinstance(value, int) for value in values))
    alarmed = {name: Alarmed(value) for name, value in figures.items()}
    watched = score(scheme_for(JANUARY), JANUARY, [AgencyInput("X", alarmed)])
    assert watched.line("X") == plain.line("X")
    with pytest.raises(AssertionError, match="binary float"):
        float(Alarmed(1))


def test_nothing_in_a_sheet_is_a_float() -> None:
    sheet = score(scheme_for(JANUARY), JANUARY, [AgencyInput("X", {"transparency": Decimal("0.1"), "bonus_points": 2})])
    held = [*sheet.totals.exact.numerators, *sheet.totals.exact.denominators, *sheet.totals.rounded]
    held += [value for column in sheet.indicators.values() for value in column.points.numerators]
    assert {type(value) for value in held} == {int}


def test_amounts_above_2_to_53_stay_exact() -> None:
    allocated = 2**60 + 3

    def d2(disbursed: int) -> Fraction | None:
        figures = {"allocated_vnd": allocated, "disbursed_vnd": disbursed}
        return score(scheme_for(JANUARY), JANUARY, [AgencyInput("X", figures)]).line("X").indicators["D2"].points

    assert d2(2**60 + 2) == Fraction(10 * (2**60 + 2), allocated)
    assert d2(2**60 + 2) != d2(2**60 + 1)
    assert float(2**60 + 2) == float(2**60 + 1)


BINARY = (1.0, 0.1, float("nan"), 1j)
NO_NUMBERS = (True, "12", b"1", [1])
NO_FIGURES = tuple(Decimal(text) for text in ("NaN", "Infinity", "1e999999999", "-1e-999999"))


@pytest.mark.parametrize("value", [*BINARY, *NO_NUMBERS, *NO_FIGURES])
def test_what_is_no_exact_number_is_refused_at_the_door(value: Any) -> None:
    with pytest.raises(InputRefused) as refusal:
        score(scheme_for(JANUARY), JANUARY, [AgencyInput("X", {"digitised_records": value})])
    assert [fault.rule for fault in refusal.value.faults] == ["not-a-number"]


def test_exact_numbers_of_every_type_mean_the_same() -> None:
    def sheet(value: Any) -> ScoreSheet:
        return score(scheme_for(JANUARY), JANUARY, [AgencyInput("X", {"transparency": value})])

    lines = [sheet(value).line("X") for value in (8, Decimal("8.00"), Fraction(8))]
    assert lines[0] == lines[1] == lines[2]
    assert are_exact([])
    assert not are_exact([8, True])


HALVES = [(1, 2, 1), (3, 2, 2), (5, 2, 3), (169, 2, 85), (50, 100, 1), (2**70 + 1, 2, 2**69 + 1)]
OTHERS = [(0, 1, 0), (49, 100, 0), (1, 3, 0), (2, 3, 1), (99, 100, 1)]


@pytest.mark.parametrize(("numerator", "denominator", "whole"), [*HALVES, *OTHERS])
def test_half_goes_up(numerator: int, denominator: int, whole: int) -> None:
    assert half_up(numerator, denominator) == whole


HUNDREDTHS = [("9/8", 2, "1.13"), ("1/200", 2, "0.01"), ("1/201", 2, "0.00"), ("21/2", 2, "10.50")]


@pytest.mark.parametrize(("value", "places", "text"), [*HUNDREDTHS, ("99/100", 0, "1"), ("199/20", 1, "10.0")])
def test_decimals_are_shown_half_up_with_all_their_places(value: str, places: int, text: str) -> None:
    assert decimal_text(Fraction(value), places=places) == text


@pytest.mark.parametrize("value", ["18/0", "-1", "1.5", "", "18 / 5", 1.5, True, -1, None])
def test_numbers_of_the_law_are_exact_or_refused(value: object) -> None:
    with pytest.raises(NumberUnreadable):
        read_fraction(value)


def test_numbers_of_the_law_are_read() -> None:
    assert [read_fraction(value) for value in (18, "18", "36/10", Fraction(1, 2))] == [18, 18, Fraction(18, 5), Fraction(1, 2)]


@pytest.mark.parametrize(
    "text", ["", "1_000", "+1", "01", ".5", "5.", "1e", "0x1", "1" * 101, "1e101", "1e-101", "½", "1/2", "--1"]
)
def test_figures_in_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(NumberUnreadable):
        read_number(text)


def test_the_law_imports_no_world() -> None:
    program = (
        "import sys, pkgutil, importlib, shared.law\n"
        "[importlib.import_module(f'shared.law.{found.name}') for found in pkgutil.iter_modules(shared.law.__path__)"
        " if found.name != 'describe']\n"
        "print([name for name in ('sqlalchemy', 'httpx', 'fastapi', 'apscheduler', 'procrastinate', 'shared.database')"
        " if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=LAW.parents[1])
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("path", sorted(LAW.glob("*.py")), ids=lambda path: path.stem)
def test_the_law_asks_no_clock(path: Path) -> None:
    asked = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    assert not asked & {"now", "today", "utcnow", "time", "perf_counter"}
