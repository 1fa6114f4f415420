"""The committed example is a sheet as the API describes it, and its digits follow from its measures."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from shared.law.document import simulate

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "examples" / "scores-2026-01.json").read_text("utf-8"))
    return found


def test_it_has_the_documented_shape(example: dict[str, Any]) -> None:
    openapi = json.loads((DOCS / "openapi.json").read_text("utf-8"))
    schema = {"$ref": "#/components/schemas/ScoreSheet", "components": openapi["components"]}
    jsonschema.Draft202012Validator(schema).validate(example)


def test_every_total_is_the_sum_of_its_indicators(example: dict[str, Any]) -> None:
    for line in example["agencies"]:
        total = sum((Fraction(found["exact"]) for found in line["indicators"].values()), Fraction())
        assert total == Fraction(line["total_exact"])


def test_simulate_gives_the_same_own_points_from_the_same_measures(example: dict[str, Any]) -> None:
    """The bodies with the pool's maxima are not all in the example, so relative indicators are left out."""
    agencies = {
        line["agency"]: line["measures"]
        | {"not_applicable": [code for code, found in line["indicators"].items() if found["state"] == "not_applicable"]}
        for line in example["agencies"]
    }
    again = json.loads(simulate(json.dumps({"period": example["period"], "agencies": agencies}).encode()))
    for line, mine in zip(example["agencies"], again["agencies"], strict=True):
        own = [code for code in line["indicators"] if code not in example["leaders"]]
        assert {code: mine["indicators"][code]["exact"] for code in own} == {
            code: line["indicators"][code]["exact"] for code in own
        }


def test_it_says_that_it_is_demo_data(example: dict[str, Any]) -> None:
    assert all("MÔ PHỎNG" in " ".join(snapshot["notices"]) for snapshot in example["snapshots"])
