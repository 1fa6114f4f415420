"""The published shape of an explanation: a change of it is a new format (EXP-02)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import jsonschema
import pytest

from services.gateway.generate import explanation_schema
from shared.law.explanation import FORMAT, explanation_of
from tests.property.months import dice, with_gaps
from tests.property.test_laws_of_explanation import sheet_of

CONTRACTS = Path(__file__).parents[3] / "docs" / "contracts"
# Never edited: another shape is another format, with a line of its own here.
SHAPES = {"explanation/1": "12e29cc1d067f184abeda8a697b80336aca4e361585fb3ffb4a3406b49874843"}


def test_the_shape_of_a_format_never_changes() -> None:
    """Descriptions may be reworded; names, types and what is required may not."""
    assert SHAPES[FORMAT] == digest(explanation_schema())


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    committed = json.loads((CONTRACTS / "explanation-1.schema.json").read_text("utf-8"))
    assert committed == explanation_schema()


@pytest.mark.parametrize("seed", range(5))
def test_explanations_are_of_the_published_shape(seed: int) -> None:
    sheet = sheet_of(with_gaps(dice(seed)))
    for agency in sheet.agencies:
        document = explanation_of(sheet, agency.code, names={}, snapshots={})
        whole = {**document, "period": "2026-01", "version": 1, "agency": "H38"}
        jsonschema.validate(
            json.loads(json.dumps(whole).replace(agency.code, "H38").replace("agency-", "H0")), explanation_schema()
        )


def digest(schema: object) -> str:
    plain = json.dumps(without_words(schema), sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def without_words(part: object) -> object:
    if isinstance(part, dict):
        return {
            name: without_words(value) for name, value in part.items() if name != "description" or not isinstance(value, str)
        }
    return [without_words(each) for each in part] if isinstance(part, list) else part
