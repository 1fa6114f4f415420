"""The examples of docs/units.md are good requests, and its plan is the fixture's (DX-01)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from services.gateway.units.plans import FEEDS, indicators_of
from services.gateway.units.schemas import unit_bodies
from shared.law.scheme import packaged_schemes

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "units.md").read_text("utf-8")
EXAMPLES = re.findall(r"<!-- (\w+) -->\n```json\n(.*?)```", PAGE, flags=re.DOTALL)


def test_every_example_is_tried() -> None:
    assert PAGE.count("```json") == len(EXAMPLES) > 0


@pytest.mark.parametrize(("shape", "example"), EXAMPLES)
def test_an_example_is_a_good_request(shape: str, example: str) -> None:
    getattr(unit_bodies, shape).model_validate_json(example, strict=True)


def test_the_plan_of_the_page_is_the_fixtures() -> None:
    fixture = json.loads((ROOT / "deploy/sandbox/data/units-lao-cai.json").read_text("utf-8"))
    (plan,) = [json.loads(example) for shape, example in EXAMPLES if shape == "UnitPlanAsked"]
    assert {name: value for name, value in plan.items() if name != "reason"} == fixture["plan"]


@pytest.mark.parametrize("scheme", packaged_schemes(), ids=lambda scheme: scheme.id)
def test_what_is_called_scored_is_what_the_agencys_report_feeds(scheme: object) -> None:
    """By the scheme itself: indicators with a measure that comes from the agency's report."""
    law = next(each for each in packaged_schemes() if each is scheme)
    fed = {
        code
        for code in indicators_of(law)
        if any("agency_report" in law.measures[name].sources for name in law.indicators[code].formula.measures)
    }
    assert fed == set(FEEDS)
