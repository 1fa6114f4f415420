"""The published shape of an explanation: a change of it is a new format (EXP-02)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import jsonschema
import pytest

from services.gateway.generate import FORMATS, explanation_schema
from shared.law.explanation import FORMAT, RUN_FORMAT, explanation_of
from tests.property.months import dice, with_gaps
from tests.property.test_laws_of_explanation import sheet_of

CONTRACTS = Path(__file__).parents[3] / "docs" / "contracts"
# Never edited: another shape is another format, with a line of its own here. Before its first release `explanation/1` was
# given the state `not_counted`, of an indicator that a revision of the scheme leaves out (ADR 32).
SHAPES = {
    "explanation/1": "66ac43d78e25179d18797591c69861f567962f5497def915e758bf985e99e48c",
    "explanation/2": "5b5080aa0ea8d2c22dd8439032a527eeb2252558831c9dabcbc529c1e0355acc",
}


def test_the_shape_of_a_format_never_changes() -> None:
    """Descriptions may be reworded; names, types and what is required may not."""
    assert {form: digest(explanation_schema(form)) for form in FORMATS} == SHAPES


@pytest.mark.parametrize("form", SHAPES)
def test_the_committed_schema_is_the_one_that_is_served(form: str) -> None:
    committed = json.loads((CONTRACTS / f"{form.replace('/', '-')}.schema.json").read_text("utf-8"))
    assert committed == explanation_schema(form)


@pytest.mark.parametrize("seed", range(5))
def test_explanations_are_of_the_published_shape(seed: int) -> None:
    sheet = sheet_of(with_gaps(dice(seed)))
    for agency in sheet.agencies:
        document = explanation_of(sheet, agency.code, names={}, snapshots={})
        of_a_run = {"format": RUN_FORMAT, "version": None, "run_id": f"run_{'0' * 26}", "readings": {"B-1": "table"}}
        for form, beside in ((FORMAT, {}), (RUN_FORMAT, of_a_run)):
            whole = {**document, "period": "2026-01", "version": 1, **beside, "agency": "H38"}
            plain = json.loads(json.dumps(whole).replace(agency.code, "H38").replace("agency-", "H0"))
            jsonschema.validate(plain, explanation_schema(form))


def digest(schema: object) -> str:
    plain = json.dumps(without_words(schema), sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def without_words(part: object) -> object:
    if isinstance(part, dict):
        return {
            name: without_words(value) for name, value in part.items() if name != "description" or not isinstance(value, str)
        }
    return [without_words(each) for each in part] if isinstance(part, list) else part
