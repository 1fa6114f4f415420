"""The exchange format: what it accepts, what it refuses and how it says so."""

import json
from typing import Any

import pytest

from shared.law.document import render, simulate
from shared.law.refusals import InputRefused
from shared.law.scheme import Scheme, scheme_for
from shared.law.sheet import AgencyInput, score
from shared.period import Period

JANUARY = Period(2026, 1)


def simulated(agencies: Any, period: Any = "2026-01") -> Any:
    return json.loads(simulate(json.dumps({"period": period, "agencies": agencies}).encode()))


def refused(data: bytes | str) -> list[str]:
    with pytest.raises(InputRefused) as refusal:
        simulate(data if isinstance(data, bytes) else data.encode())
    lines = str(refusal.value).split("\n")
    assert len(lines) == len(refusal.value.faults)
    return lines


def refused_figure(figures: str) -> list[str]:
    return refused(f'{{"period": "2026-01", "agencies": {{"X": {{{figures}}}}}}}')


def test_no_agencies_give_an_empty_result() -> None:
    assert simulated({}) == {
        "period": "2026-01",
        "scheme": "qd-4585",
        "provisional": False,
        "leaders": {"A3": [], "C1": [], "C2": []},
        "agencies": [],
    }


def test_missing_is_never_zero() -> None:
    document = simulated({"X": {"bonus_points": 3, "speeches": None}, "A": {}})
    assert document["provisional"] is True
    nothing, some = document["agencies"]
    assert (nothing["agency"], nothing["total"], nothing["total_exact"], nothing["grade"], nothing["rank"]) == (
        "A",
        0,
        "0",
        "D",
        2,
    )
    assert nothing["missing"][-2:] == ["E3", "bonus"]
    assert len(nothing["missing"]) == 16
    assert some["total"] == 3
    assert some["missing"] == nothing["missing"][:-1]
    assert set(some["groups"].values()) == {None}
    assert some["indicators"]["A1"] == {"points": None, "exact": None, "max": "18", "state": "missing"}


def test_numbers_may_be_numbers_or_text_and_stay_exact() -> None:
    figures = '{"transparency": 0.1000000000000000055, "progress": "18.57", "bonus_points": 3.0}'
    line = json.loads(simulate(f'{{"period": "2026-01", "agencies": {{"X": {figures}}}}}'.encode()))["agencies"][0]
    assert line["indicators"]["B1"]["exact"] == "200000000000000011/10000000000000000000"
    assert line["indicators"]["B2"]["exact"] == "1857/500"
    assert line["indicators"]["bonus"]["exact"] == "3"


@pytest.mark.parametrize("text", ["12", '"12"', "12.0", '"12.00"', "1.2e1", '"120e-1"', "-0", "12E0"])
def test_ways_to_write_a_count(text: str) -> None:
    data = f'{{"period": "2026-01", "agencies": {{"X": {{"digitised_records": {text}}}}}}}'
    state = json.loads(simulate(data.encode()))["agencies"][0]["indicators"]["C1"]["state"]
    assert state == ("no_events" if text == "-0" else "scored")


@pytest.mark.parametrize(
    ("figures", "named"),
    [
        ('"on_time_tasks": true', ["on_time_tasks", "true"]),
        ('"on_time_tasks": false', ["on_time_tasks", "false"]),
        ('"on_time_tasks": NaN', ["on_time_tasks", "NaN"]),
        ('"on_time_tasks": Infinity', ["on_time_tasks", "Infinity"]),
        ('"on_time_tasks": -Infinity', ["on_time_tasks", "-Infinity"]),
        ('"on_time_tasks": 1e999999999', ["on_time_tasks", "1e999999999"]),
        ('"on_time_tasks": 1e-999999999', ["on_time_tasks", "1e-999999999"]),
        ('"on_time_tasks": "1e999999999"', ["on_time_tasks", "1e999999999"]),
        (f'"on_time_tasks": {"9" * 5000}', ["on_time_tasks", "999"]),
        ('"on_time_tasks": "١٢"', ["on_time_tasks"]),
        ('"on_time_tasks": "1,5"', ["on_time_tasks", "1,5"]),
        ('"on_time_tasks": " 5"', ["on_time_tasks", '" 5"']),
        ('"on_time_tasks": "5\\n"', ["on_time_tasks", "\\n"]),
        ('"on_time_tasks": ""', ["on_time_tasks"]),
        ('"on_time_tasks": "nan"', ["on_time_tasks", "nan"]),
        ('"on_time_tasks": [1]', ["on_time_tasks", "a list"]),
        ('"on_time_tasks": {"a": 1}', ["on_time_tasks", "an object"]),
        ('"on_time_tasks": -1', ["on_time_tasks", "-1", "zero or more"]),
        ('"on_time_tasks": 7.5', ["on_time_tasks", "7.5", "a whole number"]),
        ('"transparency": "18.001"', ["transparency", "18.001", "at most 18"]),
        ('"transparency": -0.01', ["transparency", "-0.01", "zero or more"]),
        ('"bonus_points": 6', ["bonus_points", "6", "at most 5"]),
        ('"on_time": 6', ["on_time", "a known measure"]),
        ('"period_tasks": 3, "on_time_tasks": 2, "late_tasks": 2', ["on_time_tasks + late_tasks", "4", "period_tasks = 3"]),
        ('"accepted_tasks": 3, "registered_tasks": 2', ["accepted_tasks", "registered_tasks = 2"]),
        ('"meetings_attended": 3, "meetings_summoned": 2', ["meetings_attended", "meetings_summoned = 2"]),
        ('"kpis_updated": 3, "kpis_required": 2', ["kpis_updated", "kpis_required = 2"]),
        ('"speeches": 1, "meetings_summoned": 0', ["speeches", "meetings_summoned"]),
        ('"thematic_reports": 1, "meetings_summoned": 0', ["thematic_reports", "meetings_summoned"]),
        ('"speeches": 1, "speeches": 1', ["speeches", "each name once"]),
        ('"not_applicable": ["B1", "B9"]', ["B9", "a known indicator"]),
        ('"not_applicable": "B1"', ["not_applicable", "a list of indicator codes"]),
        ('"not_applicable": [1]', ["not_applicable", "a list of indicator codes"]),
        ('"not_applicable": [], "not_applicable": []', ["not_applicable", "each name once"]),
    ],
)  # fmt: skip
def test_a_refused_figure_names_agency_measure_and_value(figures: str, named: list[str]) -> None:
    (line,) = refused_figure(figures)
    assert line.startswith("agency X, measure ")
    assert all(part in line for part in named), line


def test_every_fault_is_reported_at_once() -> None:
    lines = refused(
        '{"period": "2026-01", "z": 1, "agencies": {"X": {"speeches": true, "bonus_points": 9},'
        ' "Y": {"on_time_tasks": -1, "kpis_updated": 3, "kpis_required": 2}, "Z": 5}}'
    )
    assert [line.split(":")[0] for line in lines] == [
        "measure z",
        "agency X, measure speeches",
        "agency Z",
        "agency X, measure bonus_points",
        "agency Y, measure on_time_tasks",
        "agency Y, measure kpis_updated",
    ]


def test_a_check_with_an_unknown_value_is_skipped() -> None:
    assert simulated({"X": {"on_time_tasks": 5, "late_tasks": 9}})["agencies"][0]["missing"][:3] == ["A1", "A2", "A3"]
    assert simulated({"X": {"speeches": 5}, "Y": {"meetings_summoned": 0, "speeches": 0}})["provisional"] is True


TEXTS = ("2025-12", "2026-1", "2026-13", "26-01", "2026-01-01", " 2026-01", "0000-01", "９９９９-01")
NO_PERIODS = (*TEXTS, 202601, None, True, ["2026-01"])


@pytest.mark.parametrize("period", NO_PERIODS)
def test_periods_outside_the_scheme_are_refused(period: Any) -> None:
    with pytest.raises(InputRefused) as refusal:
        simulated({}, period)
    (fault,) = refusal.value.faults
    assert (fault.rule, fault.measure) == ("period", "period")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "line 1 column 1"),
        (b"{", "line 1"),
        (b'{"period": "2026-01", "agencies": {}} x', "Extra data"),
        (b'{"period": "2026-01", "agencies": {"\xff": {}}}', "not UTF-8"),
        ('{"period": "2026-01", "agencies": {}}'.encode("utf-16"), "not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b"[]", "got a list"),
        (b"null", "expected one JSON object"),
        (b"3", "got 3"),
        (b'{"period": "2026-01"}', "an object of agencies"),
        (b'{"period": "2026-01", "agencies": []}', "an object of agencies"),
        (b'{"period": "2026-01", "agencies": {"X": {}, "X": {}}}', "each agency once"),
        (b'{"period": "2026-01", "period": "2026-02", "agencies": {}}', "each name once"),
        (b'{"period": "2026-01", "agencies": {"X": null}}', "an object of measures"),
        (b'{"period": "2026-01", "agencies": {"\\ud800": {}}}', "half a character"),
    ],
)
def test_documents_that_are_none(data: bytes, said: str) -> None:
    (line,) = refused(data)
    assert said in line


def test_faults_stay_on_one_line_and_short() -> None:
    (line,) = refused_figure(f'"a\\nb{"c" * 500}": 1')
    assert "\\n" in line
    assert len(line) < 600


def test_a_byte_order_mark_is_no_fault_and_codes_are_free_text() -> None:
    data = '\ufeff{"period": "2026-01", "agencies": {"Sở Ất": {}, "Bộ": {}, "10": {}, "9": {}, "": {}}}'.encode()
    output = simulate(data)
    assert [line["agency"] for line in json.loads(output)["agencies"]] == ["", "10", "9", "Bộ", "Sở Ất"]
    assert "Sở Ất" in output.decode()
    assert output.endswith(b"}\n")


def test_not_applicable_through_the_format() -> None:
    document = simulated({"X": {"digitised_records": 9, "not_applicable": ["C1", "B1"]}, "Y": {"digitised_records": 3}})
    assert document["leaders"]["C1"] == ["Y"]
    first = document["agencies"][0]
    assert first["indicators"]["C1"] == {"points": "0.00", "exact": "0", "max": "10", "state": "not_applicable"}
    assert first["groups"]["B"] == "0.00"
    assert "B1" not in first["missing"]


def test_the_longest_accepted_numbers_are_scored_exactly() -> None:
    most = "9" * 100
    counts = dict.fromkeys(("period_tasks", "on_time_tasks", "registered_tasks", "kpis_required", "allocated_vnd"), most)
    line = simulated({"X": {**counts, "late_tasks": 0, "accepted_tasks": 1, "disbursed_vnd": "1e100", "kpis_updated": 7}})[
        "agencies"
    ][0]
    assert line["indicators"]["D1"]["exact"] == f"10/{most}"
    assert line["indicators"]["D2"]["exact"] == "10"


def test_a_scheme_with_decimals_in_its_totals_writes_them_as_text(content: dict[str, Any]) -> None:
    content["rounding"]["total_places"]["value"] = 1
    content["id"] = "qd-one-decimal"
    sheet = score(Scheme.of(content), JANUARY, [AgencyInput("X", {"bonus_points": 4})])
    assert render(sheet)["agencies"][0]["total"] == "4.0"


def test_render_holds_plain_values_only() -> None:
    def leaves(node: Any) -> set[type]:
        if isinstance(node, dict):
            return set().union(*map(leaves, node.values()), {type(key) for key in node})
        return set().union(*map(leaves, node)) if isinstance(node, list) else {type(node)}

    sheet = score(scheme_for(JANUARY), JANUARY, [AgencyInput("X", {"bonus_points": 4})])
    assert leaves(render(sheet)) <= {str, int, bool, type(None)}
