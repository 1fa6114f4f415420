"""A choice of readings: what it accepts, what it refuses, and the very words of `simulate --reading` (RUL-08)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.law.document import simulate
from shared.law.readings import Readings, put, read_choice
from shared.law.refusals import ReadingUnknown
from shared.law.scheme import scheme_for
from shared.period import Period

JANUARY = Period(2026, 1)
NOTHING = {"period_tasks": 0, "on_time_tasks": 0, "late_tasks": 0, "meetings_attended": 0, "meetings_summoned": 0}
NOTHING |= {"speeches": 0, "thematic_reports": 0, "kpis_updated": 0, "kpis_required": 0, "registered_tasks": 0}
NOTHING |= {"accepted_tasks": 0, "allocated_vnd": 0, "disbursed_vnd": 0}
FULL_B = {"transparency": 18, "progress": 20, "online_services": 22, "satisfaction": 18, "digitisation": 22}


def simulated(figures: dict[str, Any], **readings: str) -> Any:
    body = {"period": "2026-01", "agencies": {"X": figures}}
    chosen = {name.replace("_", "-"): value for name, value in readings.items()}
    return json.loads(simulate(json.dumps(body).encode(), readings=chosen))


def test_the_table_of_part_5_leaves_b5_out_and_keeps_the_cap_of_twenty() -> None:
    answer = simulated(FULL_B, B_1="table")
    found = answer["agencies"][0]["indicators"]
    assert {code: (found[code]["exact"], found[code]["state"]) for code in ("B1", "B2", "B3", "B4", "B5")} == {
        "B1": ("9/2", "scored"),
        "B2": ("5", "scored"),
        "B3": ("11/2", "scored"),
        "B4": ("9/2", "scored"),
        "B5": ("0", "not_counted"),
    }
    assert answer["agencies"][0]["groups"]["B"] == "19.50"
    assert scheme_for(JANUARY).switched({}).groups["B"].maximum.value == 20
    assert answer["readings"] == {"B-1": "table"}


def test_b5_is_not_counted_even_when_it_is_missing() -> None:
    line = simulated({"transparency": 18}, B_1="table")["agencies"][0]
    assert line["indicators"]["B5"] == {"points": "0.00", "exact": "0", "max": "0", "state": "not_counted"}
    assert "B5" not in line["missing"]
    assert "B2" in line["missing"]


@pytest.mark.parametrize(
    ("reading", "alternative", "code", "points"),
    [
        ("A_6", "zero", "A1", "0"),
        ("E_3", "zero", "E1", "0"),
        ("E_11", "zero", "E3", "0"),
        ("D_3", "full", "D1", "10"),
        ("D_6", "full", "D2", "10"),
        ("E_8", "full", "E2", "5"),
    ],
)
def test_the_family_of_nothing_out_of_nothing(reading: str, alternative: str, code: str, points: str) -> None:
    found = simulated(NOTHING, **{reading: alternative})["agencies"][0]["indicators"]
    plain = simulated(NOTHING)["agencies"][0]["indicators"]
    assert (found[code]["exact"], found[code]["state"]) == (points, "no_events")
    assert {name for name in found if found[name] != plain[name]} == {code}


def test_the_grade_on_the_exact_total_and_on_one_decimal() -> None:
    figures = {**FULL_B, "period_tasks": 36, "on_time_tasks": 35, "late_tasks": 0, "digitised_records": 1}
    figures |= {"exchange_transactions": 1, "accepted_tasks": 1, "registered_tasks": 1, "meetings_attended": 1}
    figures |= {"meetings_summoned": 1, "speeches": 5, "disbursed_vnd": 0, "allocated_vnd": 1, "kpis_updated": 1}
    figures |= {"kpis_required": 1, "thematic_reports": 0, "bonus_points": 0}
    plain = simulated(figures)["agencies"][0]
    assert (plain["total_exact"], plain["total"], plain["grade"]) == ("169/2", 85, "A")
    exact = simulated(figures, G_4="exact")["agencies"][0]
    assert (exact["total"], exact["grade"]) == (85, "B")
    decimal = simulated(figures, G_3="one-decimal")["agencies"][0]
    assert (decimal["total"], decimal["grade"]) == ("84.5", "B")


def test_what_does_not_apply_is_taken_out_of_the_maximum() -> None:
    figures = {"bonus_points": 4, "kpis_updated": 1, "kpis_required": 2, "not_applicable": ["B1", "B2", "B3", "B4", "B5"]}
    plain, scaled = simulated(figures)["agencies"][0], simulated(figures, G_15="rescaled")["agencies"][0]
    assert (plain["total_exact"], scaled["total_exact"]) == ("13/2", "65/8")
    half = simulated({**figures, "not_applicable": ["B1", "A1"]}, G_15="rescaled")["agencies"][0]
    # A keeps A2's 9 and A3's 2 of 20, B 16.4 of 20: 87.4 apply.
    assert half["total_exact"] == "3250/437"


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"Z-9": "zero"}, "unknown reading 'Z-9'"),
        ({"B-1": "tables"}, "reading B-1 has no alternative 'tables'; it has: table"),
        ({"A-2": "zero"}, "reading A-2 has no alternative 'zero'; it has: none"),
        ({"A-4": "backlog-only"}, "reading A-4: the alternative backlog-only needs rows"),
        ({"E-1": "table"}, "reading E-1: the alternative table needs rows"),
        ({"A-5": "capped-recurring"}, "reading A-5: the alternative capped-recurring is not computed"),
    ],
)
def test_a_choice_that_cannot_be_followed(choice: dict[str, str], said: str) -> None:
    with pytest.raises(ReadingUnknown, match=said):
        simulate(b'{"period": "2026-01", "agencies": {}}', readings=choice)


@pytest.mark.parametrize("text", ["B-1", "=table", "B-1=", "", "="])
def test_no_choice_at_all(text: str) -> None:
    with pytest.raises(ReadingUnknown, match="chooses no reading"):
        read_choice([text])


def test_a_reading_is_chosen_once() -> None:
    assert read_choice(["B-1=table", "A-6=zero"]) == {"B-1": "table", "A-6": "zero"}
    with pytest.raises(ReadingUnknown, match="chosen twice"):
        read_choice(["B-1=table", "B-1=table"])


def test_the_order_is_that_of_the_ids_and_equal_choices_are_equal() -> None:
    scheme = scheme_for(JANUARY)
    readings = Readings.of(scheme, {"E-11": "zero", "E-3": "zero", "A-6": "zero"})
    assert list(readings.as_mapping()) == ["A-6", "E-3", "E-11"]
    assert readings == Readings.of(scheme, {"A-6": "zero", "E-3": "zero", "E-11": "zero"})
    assert readings.applied_to(scheme) is readings.applied_to(scheme)
    assert readings.takes("A-6", "zero")
    assert not readings.takes("A-6", "full")


def test_rules_of_rows_are_named_and_a_switched_scheme_asks_for_other_measures() -> None:
    scheme = scheme_for(JANUARY)
    readings = Readings.of(scheme, {"E-1": "table", "A-5": "all-assigned"})
    assert readings.row_rules(scheme) == {"head_only", "all_held", "all_assigned"}
    switched = readings.applied_to(scheme)
    assert switched.indicators["E1"].formula.measures == ("meetings_attended", "meetings_held")
    assert switched.indicators["A3"].formula.measures == ("assigned_tasks",)
    assert switched.digest != scheme.digest
    assert "meetings_held" not in scheme.measures


def test_every_alternative_is_computed_or_says_why_not() -> None:
    alternatives = [one for reading in scheme_for(JANUARY).readings.values() for one in reading.alternatives]
    assert sum(one.computed for one in alternatives) == 22
    assert {one.id for one in alternatives if one.not_computed} == {
        "capped-recurring", "due-this-year", "fractions", "month-only",
    }  # fmt: skip


def test_readings_that_describe_what_does_not_exist_say_so() -> None:
    readings = scheme_for(JANUARY).readings
    assert {name for name, reading in readings.items() if reading.not_yet} == {"G-16", "E-10"}


def test_numbers_that_the_decision_does_not_hold_are_marked() -> None:
    scheme = scheme_for(JANUARY)
    assert {
        measure.maximum.rests_on for measure in scheme.measures.values() if measure.type == "decimal" and measure.maximum
    } == {"assumption"}
    empty = [indicator.when_empty for indicator in scheme.indicators.values() if indicator.when_empty]
    assert len(empty) == 10
    assert {each.rests_on for each in empty} == {"assumption"}


def test_putting_shares_what_it_does_not_change() -> None:
    content = {"a": {"b": 1, "c": {"d": 2}}}
    changed = put(content, "a.b", 3)
    assert changed == {"a": {"b": 3, "c": {"d": 2}}}
    assert content == {"a": {"b": 1, "c": {"d": 2}}}
    with pytest.raises(KeyError):
        put(content, "x.b", 3)
