"""What a plan or a run is stale in: every input that is otherwise, by part and name, with both ends (OPS-01)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from shared.plans.pins import Changed, Pins, PlanStale, changed, refuse_stale
from tests.unit.scoring.test_following import INPUTS

RULING = {"ruling_id": "ruling_1", "agency": "H38", "measure": "speeches", "value": "1", "reason": "r", "document": "d"}
EXEMPT = {"applicability_id": "appl_1", "agency": "G27", "indicator": "B1", "document": "d"}
FIGURE = {"omission_id": "omit_1", "agency": "G06", "database": "CSDL", "new_records": 7}


def pins(inputs: dict[str, Any], *, scheme: str = "one", engine: str = "4") -> Pins:
    return Pins(inputs, scheme, engine)


def with_(**parts: Any) -> dict[str, Any]:
    return deepcopy(INPUTS) | parts


def test_of_the_same_nothing_has_changed() -> None:
    utc = with_(cutoff="2026-02-01T17:00:00+00:00")
    assert changed(pins(INPUTS), pins(utc)) == [], "one instant in two words"


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (pins(with_(rulings=[RULING])), Changed("rulings", "H38/speeches", None, "ruling_1")),
        (pins(with_(applicability=[EXEMPT])), Changed("applicability", "G27/B1", None, "appl_1")),
        (pins(with_(left_out=[FIGURE])), Changed("omissions", "G06/CSDL/7", None, "omit_1")),
        (pins(with_(snapshots={"system57": {"snapshot": "snap_2"}})), Changed("snapshots", "system57", "snap_1", "snap_2")),
        (pins(with_(snapshots={})), Changed("snapshots", "system57", "snap_1", None)),
        (
            pins(with_(deadline="2026-02-06T00:00:00+07:00")),
            Changed("calendar", "deadline", "2026-02-05T00:00:00+07:00", "2026-02-06T00:00:00+07:00"),
        ),
        (pins(INPUTS, scheme="two"), Changed("scheme", "digest", "one", "two")),
        (pins(INPUTS, engine="5"), Changed("engine", "version", "4", "5")),
    ],
)
def test_what_changed_is_named(after: Pins, expected: Changed) -> None:
    found = changed(pins(INPUTS), after)
    assert found == [expected]
    with pytest.raises(PlanStale) as refused:
        refuse_stale(found, "splan_1")
    (fault,) = refused.value.faults
    assert (fault.place, fault.expected, fault.seen) == (f"{expected.part}/{expected.name}", expected.before, expected.after)


def test_a_body_that_comes_or_whose_head_changes_is_named() -> None:
    other = with_()
    other["agencies"][0]["head"]["name"] = "Nguyễn Văn A"
    other["agencies"].append({**INPUTS["agencies"][0], "code": "G02"})
    found = changed(pins(INPUTS), pins(other))
    assert [(each.part, each.name) for each in found] == [("registry", "G01"), ("registry", "G02")]
    assert found[1].before is None
    assert all(each.after is not None and each.after.startswith("sha256:") for each in found)
