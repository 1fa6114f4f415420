"""The three agencies of the worked example, digit for digit, through the exchange format."""

import json
from pathlib import Path

import pytest

from shared.law.document import simulate

EXAMPLE = Path(__file__).parents[2] / "cases" / "simulate-example"
CODES = ("A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "C1", "C2", "D1", "D2", "E1", "E2", "E3", "bonus")
SCORED_ONLY = dict.fromkeys(CODES, "scored")
EXPECTED = {
    "X": {
        "A1": "10.50", "A2": "1.50", "A3": "0.60", "B": "12.30", "C1": "3.00", "C2": "10.00", "D1": "2.00", "D2": "4.50",
        "E1": "3.33", "E2": "2.00", "E3": "4.50", "bonus": "0.00",
        "total_exact": "20339/375", "total": 54, "grade": "C", "rank": 2,
    },
    "Y": {
        "A1": "13.50", "A2": "1.13", "A3": "2.00", "B": "13.66", "C1": "10.00", "C2": "4.00", "D1": "4.00", "D2": "6.00",
        "E1": "5.00", "E2": "5.00", "E3": "5.00", "bonus": "2.00",
        "total_exact": "71289/1000", "total": 71, "grade": "B", "rank": 1,
    },
    "Z": {
        "A1": "18.00", "A2": "0.00", "A3": "0.00", "B": "3.20", "C1": "0.00", "C2": "0.00", "D1": "0.00", "D2": "0.00",
        "E1": "5.00", "E2": "0.00", "E3": "0.00", "bonus": "0.00",
        "total_exact": "131/5", "total": 26, "grade": "D", "rank": 3,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def output() -> bytes:
    return simulate((EXAMPLE / "input.json").read_bytes())


@pytest.mark.parametrize("agency", EXPECTED)
def test_every_digit_of_the_example(output: bytes, agency: str) -> None:
    line = next(each for each in json.loads(output)["agencies"] if each["agency"] == agency)
    shown = {code: found["points"] for code, found in line["indicators"].items()}
    flat = {**shown, "B": line["groups"]["B"], **{key: line[key] for key in ("total_exact", "total", "grade", "rank")}}
    assert {key: flat[key] for key in EXPECTED[agency]} == EXPECTED[agency]


def test_states_leaders_and_frame(output: bytes) -> None:
    document = json.loads(output)
    assert {key: value for key, value in document.items() if key != "agencies"} == {
        "period": "2026-01",
        "scheme": "qd-4585",
        "provisional": False,
        "leaders": {"A3": ["Y"], "C1": ["Y"], "C2": ["X"]},
    }
    states = {
        line["agency"]: {code: found["state"] for code, found in line["indicators"].items()} for line in document["agencies"]
    }
    empty = dict.fromkeys(("A1", "A2", "D1", "D2", "E1", "E2"), "no_events")
    assert states == {"X": SCORED_ONLY, "Y": SCORED_ONLY, "Z": SCORED_ONLY | empty}
    assert [line["missing"] for line in document["agencies"]] == [[], [], []]
    assert document["agencies"][0]["groups"] == {"A": "12.60", "B": "12.30", "C": "13.00", "D": "6.50", "E": "9.83"}
    assert document["agencies"][0]["indicators"]["E1"]["exact"] == "10/3"


def test_the_shape_keeps_the_order_of_the_format(output: bytes) -> None:
    document = json.loads(output)
    assert list(document) == ["period", "scheme", "provisional", "leaders", "agencies"]
    line = document["agencies"][0]
    assert list(line) == ["agency", "total", "total_exact", "grade", "rank", "shown_total", "missing", "groups", "indicators"]
    assert [line["shown_total"] for line in document["agencies"]] == ["54.24", "71.29", "26.20"]
    assert tuple(line["indicators"]) == CODES
    assert list(line["groups"]) == ["A", "B", "C", "D", "E"]
    assert [found["max"] for found in line["indicators"].values()] == [
        "18", "9", "2", "18/5", "4", "22/5", "18/5", "22/5", "10", "10", "10", "10", "5", "5", "5", "5",
    ]  # fmt: skip
    assert list(line["indicators"]["A1"]) == ["points", "exact", "max", "state"]


def test_the_stored_output_is_the_same_bytes(output: bytes) -> None:
    assert output == (EXAMPLE / "output.json").read_bytes()
