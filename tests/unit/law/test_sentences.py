"""Whole sentences of fixed figures, Vietnamese and English: every number where it belongs (EXP-03, EXP-06)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from shared.law.exact import Number, read_number
from shared.law.explanation import explanation_of
from shared.law.law_file import read_law_file
from shared.law.scheme import packaged_schemes
from shared.law.sheet import AgencyInput, score

SCHEME = packaged_schemes()[0]
CONTENT = read_law_file(Path(__file__).parents[2] / "cases" / "sentences" / "indicators.yaml")
CASES: list[dict[str, Any]] = CONTENT["cases"]
LANGUAGES = ("vi", "en")


def figures(given: dict[str, int | str]) -> dict[str, Number | None]:
    return {name: read_number(value) if isinstance(value, str) else value for name, value in given.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['indicator']} {case['given']}")
def test_an_indicator_says_this(case: dict[str, Any]) -> None:
    tested = AgencyInput(
        code="tested",
        measures=figures(case["given"]),
        settled=frozenset(case.get("settled", ())),
        not_applicable=frozenset(case.get("not_applicable", ())),
    )
    others = [AgencyInput(code="best", measures=figures(case["best"]))] if "best" in case else []
    sheet = score(SCHEME, SCHEME.first_period, [*others, tested])
    document = explanation_of(sheet, "tested", names=CONTENT["names"], snapshots={})
    said, advice = document["sentences"][case["indicator"]], document["raise"].get(case["indicator"])
    assert {language: said[language] for language in LANGUAGES} == {language: case[language] for language in LANGUAGES}
    told = advice and {"by": advice["by"], "reach": advice["reach"], **advice["sentence"]}
    assert told == case.get("raise")


def test_every_indicator_has_two_at_least() -> None:
    found = Counter(case["indicator"] for case in CASES)
    assert not [code for code in SCHEME.indicators if found[code] < 2]
