"""docs/scheme.md is what the law and the cases say today."""

import runpy
import sys
from pathlib import Path

import pytest

import shared.law.describe
from shared.law.cases import read_cases
from shared.law.describe import describe
from shared.law.scheme import scheme_for
from shared.period import Period

ROOT = Path(__file__).parents[3]


def test_the_page_has_not_drifted(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["describe", str(ROOT / "tests" / "cases")])
    runpy.run_path(shared.law.describe.__file__, run_name="__main__")
    written = (ROOT / "docs" / "scheme.md").read_bytes()
    assert capsysbinary.readouterr().out == written, "run: python -m shared.law.describe tests/cases > docs/scheme.md"


def test_the_page_shows_every_number_case_and_reading() -> None:
    scheme = scheme_for(Period(2026, 1))
    cases = list(read_cases(ROOT / "tests" / "cases"))
    page = describe(scheme, cases)
    assert all(case.says in page for case in cases)
    assert all(f"### {name}\n" in page for name in scheme.readings)
    assert all(passage.sha256 in page for passage in scheme.passages.values())
    assert "`disbursed_vnd` / `allocated_vnd` × 10 [d2, D-5], the share at most 1 [d2, D-6]" in page
    assert "5 [e2, E-6] when `thematic_reports` ≥ 1 [e2, E-6], else `speeches` × 1 [e2], at most 5 [e2, E-6]" in page
    assert scheme.digest in page
