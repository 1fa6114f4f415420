"""Measures become states, points, totals, grades and ranks. Measures come from rulings, so that each case stands alone."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.integration.second_engine.rows import Month, covered, exact, scores, states

FULL: dict[str, object] = {
    "period_tasks": 10, "on_time_tasks": 10, "late_tasks": 0, "transparency": 18, "progress": 20, "online_services": 22,
    "satisfaction": 18, "digitisation": 22, "digitised_records": 10, "exchange_transactions": 10, "accepted_tasks": 10,
    "registered_tasks": 10, "disbursed_vnd": 10, "allocated_vnd": 10, "meetings_attended": 1, "meetings_summoned": 1,
    "speeches": 0, "thematic_reports": 1, "kpis_updated": 1, "kpis_required": 1, "bonus_points": 5,
}  # fmt: skip
EMPTY: dict[str, object] = {**dict.fromkeys(FULL, 0), "kpis_required": 1, "meetings_summoned": 1, "period_tasks": 1}
MAXIMA = {
    "A1": "18", "A2": "0", "A3": "2", "B1": "18/5", "B2": "4", "B3": "22/5", "B4": "18/5", "B5": "22/5", "C1": "10",
    "C2": "10", "D1": "10", "D2": "10", "E1": "5", "E2": "5", "E3": "5", "bonus": "5",
}  # fmt: skip
EACH: list[tuple[str, dict[str, object], str]] = [
    ("A1", {"on_time_tasks": 5, "period_tasks": 8}, "45/4"),
    ("A2", {"late_tasks": 1, "on_time_tasks": 0, "period_tasks": 8}, "9/8"),
    ("A2", {"late_tasks": 10, "on_time_tasks": 0}, "9"),
    ("A3", {"period_tasks": 0, "on_time_tasks": 0}, "0"),
    ("B1", {"transparency": "8.57"}, "857/500"),
    ("B2", {"progress": "0.01"}, "1/500"),
    ("B3", {"online_services": "21.999999999999999999999"}, "21999999999999999999999/5000000000000000000000"),
    ("D1", {"accepted_tasks": 1, "registered_tasks": 3}, "10/3"),
    ("D2", {"disbursed_vnd": 11}, "10"),
    ("D2", {"disbursed_vnd": 1, "allocated_vnd": 2**63}, f"5/{2**62}"),
    ("E1", {"meetings_attended": 2, "meetings_summoned": 3}, "10/3"),
    ("E2", {"thematic_reports": 0, "speeches": 4}, "4"),
    ("E2", {"thematic_reports": 0, "speeches": 6}, "5"),
    ("E2", {"thematic_reports": 3, "speeches": 1}, "5"),
    ("E2", {"thematic_reports": 0, "speeches": 0}, "0"),
    ("E3", {"kpis_updated": 18, "kpis_required": 20}, "9/2"),
    ("bonus", {"bonus_points": 3}, "3"),
]
ZERO_DENOMINATORS: list[tuple[str, dict[str, object], str]] = [
    ("A1", {"period_tasks": 0, "on_time_tasks": 0}, "18"),
    ("A2", {"period_tasks": 0, "on_time_tasks": 0}, "0"),
    ("A3", {"period_tasks": 0, "on_time_tasks": 0}, "0"),
    ("C1", {"digitised_records": 0}, "0"),
    ("C2", {"exchange_transactions": 0}, "0"),
    ("D1", {"registered_tasks": 0, "accepted_tasks": 0}, "0"),
    ("D2", {"allocated_vnd": 0, "disbursed_vnd": 7}, "0"),
    ("E1", {"meetings_summoned": 0, "meetings_attended": 0, "thematic_reports": 0}, "5"),
    ("E2", {"meetings_summoned": 0, "meetings_attended": 0, "thematic_reports": 0}, "0"),
    ("E3", {"kpis_required": 0, "kpis_updated": 0}, "5"),
]


async def test_full_marks_are_the_maxima_of_the_decision(month: Month) -> None:
    sheet = await month.settled({"X": FULL, "Y": EMPTY})
    assert exact(sheet, "X") == MAXIMA
    assert scores(sheet, "X")["groups"] == {"A": "20.00", "B": "20.00", "C": "20.00", "D": "20.00", "E": "15.00"}
    assert (scores(sheet, "X")["total"], scores(sheet, "X")["total_exact"], scores(sheet, "X")["grade"]) == (100, "100", "A")
    assert exact(sheet, "Y") == {**dict.fromkeys(MAXIMA, "0"), "A3": "1/5"}


@pytest.mark.parametrize(("code", "values", "points"), EACH)
async def test_points_of_one_indicator(month: Month, code: str, values: dict[str, object], points: str) -> None:
    sheet = await month.settled({"X": {**FULL, **values}, "Y": FULL})
    assert exact(sheet, "X")[code] == points


@pytest.mark.parametrize(("code", "values", "points"), ZERO_DENOMINATORS)
async def test_points_when_the_denominator_is_zero(month: Month, code: str, values: dict[str, object], points: str) -> None:
    """A ruling's mark is the stronger state: a reader must see that a person supplied the measure."""
    sheet = await month.settled({"X": {**FULL, **values}})
    assert (exact(sheet, "X")[code], states(sheet, "X")[code]) == (points, "settled")


async def test_no_events_is_the_state_of_a_known_zero_denominator(month: Month) -> None:
    await month.freeze("system57", system57_coverage=covered("X"))
    await month.freeze("government_office", register=covered("X"))
    await month.freeze("agency_report", report=covered("X"))
    await month.freeze("finance", investment=[{"agency_code": "X", "allocated_vnd": 0, "disbursed_vnd": 5}])
    await month.freeze("ndxp", exchange_volume=[{"agency_code": "X", "transactions": 0}])
    await month.freeze("national_database", database_growth=[{"agency_code": "X", "new_records": 0}])
    sheet = await month.run("X")
    found = states(sheet, "X")
    assert [code for code, state in found.items() if state == "no_events"] == [
        "A1", "A2", "A3", "C1", "C2", "D1", "D2", "E1", "E2", "E3",
    ]  # fmt: skip
    assert scores(sheet, "X")["missing"] == ["B1", "B2", "B3", "B4", "B5"]
    assert sheet["leaders"] == {"A3": [], "C1": [], "C2": []}
    assert scores(sheet, "X")["total_exact"] == "28"


async def test_relative_indicators_follow_the_best_of_the_pool_and_name_every_leader(month: Month) -> None:
    bodies = {
        "b": {**FULL, "exchange_transactions": 30, "digitised_records": 7},
        "a": {**FULL, "exchange_transactions": 30, "digitised_records": 0},
        "B": {**FULL, "exchange_transactions": 1, "digitised_records": 2},
    }
    sheet = await month.settled(bodies)
    assert sheet["leaders"] == {"A3": ["B", "a", "b"], "C1": ["b"], "C2": ["a", "b"]}
    assert [exact(sheet, code)["C2"] for code in ("b", "a", "B")] == ["10", "10", "1/3"]
    assert [exact(sheet, code)["C1"] for code in ("b", "a", "B")] == ["10", "0", "20/7"]
    assert [agency["agency"] for agency in sheet["agencies"]] == ["B", "a", "b"]


async def test_an_unknown_value_is_no_part_of_the_pool_and_a_settled_one_is(month: Month) -> None:
    await month.freeze("ndxp", exchange_volume=[{"agency_code": "X", "transactions": 4}, {"agency_code": "Y"}])
    sheet = await month.run("X", "Y")
    assert (exact(sheet, "X")["C2"], exact(sheet, "Y")["C2"], sheet["leaders"]["C2"]) == ("10", None, ["X"])
    ruling = {"agency": "Y", "measure": "exchange_transactions", "value": "8"}
    sheet = await month.run("X", "Y", rulings=[ruling])
    assert (exact(sheet, "X")["C2"], exact(sheet, "Y")["C2"], sheet["leaders"]["C2"]) == ("5", "10", ["Y"])
    assert (states(sheet, "X")["C2"], states(sheet, "Y")["C2"]) == ("scored", "settled")


async def test_a_ruling_never_replaces_a_known_value_and_a_withdrawn_one_supplies_nothing(month: Month) -> None:
    await month.freeze("ndxp", exchange_volume=[{"agency_code": "X", "transactions": 4}])
    rulings = [
        {"agency": "X", "measure": "exchange_transactions", "value": "0"},
        {"agency": "X", "measure": "bonus_points", "value": None},
    ]
    sheet = await month.run("X", rulings=rulings)
    assert (exact(sheet, "X")["C2"], states(sheet, "X")["C2"]) == ("10", "scored")
    assert states(sheet, "X")["bonus"] == "missing"


async def test_an_indicator_is_settled_only_when_nothing_it_names_is_missing(month: Month) -> None:
    rulings = {"X": {"meetings_attended": 0, "speeches": 2, "thematic_reports": 0, "kpis_updated": "1", "kpis_required": "2.0"}}
    sheet = await month.settled(rulings)
    found = states(sheet, "X")
    assert (found["E1"], found["E2"], found["E3"]) == ("missing", "missing", "settled")
    assert scores(sheet, "X")["groups"]["E"] == "2.50"
    assert sheet["measures"]["X"]["kpis_required"] is None
    sheet = await month.settled({"X": {**rulings["X"], "meetings_summoned": 1}})
    assert (states(sheet, "X")["E1"], states(sheet, "X")["E2"]) == ("settled", "settled")
    assert exact(sheet, "X")["E2"] == "2"


async def test_missing_is_never_zero(month: Month) -> None:
    sheet = await month.run("X")
    agency = scores(sheet, "X")
    assert sheet["provisional"] is True
    assert agency["missing"] == list(MAXIMA)
    assert agency["groups"] == dict.fromkeys("ABCDE")
    assert (agency["total"], agency["total_exact"], agency["grade"], agency["rank"]) == (0, "0", "D", 1)
    assert {score["points"] for score in agency["indicators"].values()} == {None}
    assert set(sheet["measures"]["X"].values()) == {None}


@pytest.mark.parametrize("source", ["system57", "public_service_portal", "ndxp", "national_database", "finance"])
async def test_a_source_without_snapshot_leaves_only_its_own_indicators_missing(month: Month, source: str) -> None:
    parts = {
        "system57": ["A1", "A2", "A3", "E3"],
        "public_service_portal": ["B1", "B2", "B3", "B4", "B5"],
        "ndxp": ["C2"],
        "national_database": ["C1"],
        "finance": ["D2"],
    }
    await month.freeze("system57", system57_coverage=covered("X"))
    portal = dict.fromkeys(("ckmb", "tdgq", "clgq", "tttt", "mdhl", "mdsh"), 1)
    await month.freeze("public_service_portal", service_score=[{"agency_code": "X", **portal}])
    await month.freeze("ndxp", exchange_volume=[{"agency_code": "X", "transactions": 1}])
    await month.freeze("national_database", database_growth=[{"agency_code": "X", "new_records": 1}])
    await month.freeze("finance", investment=[{"agency_code": "X", "allocated_vnd": 1, "disbursed_vnd": 1}])
    await month.freeze("agency_report", report=covered("X"))
    await month.freeze("government_office", register=covered("X"))
    assert scores(await month.run("X"), "X")["missing"] == []
    month.snapshots[source] = None
    assert scores(await month.run("X"), "X")["missing"] == parts[source]


async def test_not_applicable_gives_no_points_whatever_the_measures_say_and_leaves_the_pool(month: Month) -> None:
    outside = [{"agency": "X", "indicator": code} for code in ("C1", "C2", "B1", "A3", "bonus", "D1", "D1")]
    known = {**FULL, "exchange_transactions": 1000, "digitised_records": 1000, "period_tasks": 20}
    del known["accepted_tasks"]
    sheet = await month.settled({"X": known, "Y": FULL}, not_applicable=outside)
    found = states(sheet, "X")
    assert [code for code, state in found.items() if state == "not_applicable"] == ["A3", "B1", "C1", "C2", "D1", "bonus"]
    assert scores(sheet, "X")["indicators"]["C2"] == {"points": "0.00", "exact": "0", "max": "10", "state": "not_applicable"}
    assert sheet["leaders"]["C2"] == ["Y"]
    assert sheet["leaders"]["A3"] == ["Y"]
    assert [exact(sheet, "Y")[code] for code in ("A3", "C1", "C2")] == ["2", "10", "10"]
    assert scores(sheet, "X")["missing"] == []
    assert sheet["provisional"] is False


async def test_a_group_of_which_one_part_does_not_apply_and_the_rest_is_missing_shows_zero(month: Month) -> None:
    sheet = await month.run("X", not_applicable=[{"agency": "X", "indicator": "C1"}])
    assert scores(sheet, "X")["groups"] == {"A": None, "B": None, "C": "0.00", "D": None, "E": None}


@pytest.mark.parametrize(
    ("lacking", "total", "grade"),
    [
        ("15.5", 85, "A"), ("15.500000000000000000001", 84, "B"), ("15.6", 84, "B"), ("15", 85, "A"),
        ("30.5", 70, "B"), ("30.500000000000000000001", 69, "C"), ("50.5", 50, "C"), ("50.500000000000000000001", 49, "D"),
        ("0.5", 100, "A"), ("0.500000000000000000001", 99, "A"),
    ],
)  # fmt: skip
async def test_half_a_point_rounds_up_once_on_the_total_and_the_grade_follows(
    month: Month, lacking: str, total: int, grade: str
) -> None:
    """Whole indicators are emptied while many points are to go; the rest, to 24 decimals, is not disbursed (D2)."""
    values: dict[str, object] = dict(FULL)
    left = Fraction(lacking)
    for wholes, code in ((Fraction(18), "on_time_tasks"), (Fraction(10), "accepted_tasks"), (Fraction(5), "kpis_updated")):
        if left > 20:
            values[code] = 0
            left -= wholes
    disbursed, places = 10**25 - left * 10**24, 10**25
    if left > 10:
        values["meetings_attended"], values["thematic_reports"] = 0, 0
        disbursed += 10**25
    assert disbursed.denominator == 1
    values["disbursed_vnd"], values["allocated_vnd"] = int(disbursed), places
    sheet = await month.settled({"X": values, "Y": FULL})
    agency = scores(sheet, "X")
    assert Fraction(agency["total_exact"]) == 100 - Fraction(lacking)
    assert (agency["total"], agency["grade"]) == (total, grade)


async def test_grade_on_the_unrounded_total_is_told_beside(month: Month) -> None:
    half = {**FULL, "disbursed_vnd": 0, "accepted_tasks": 5, "kpis_updated": 9, "kpis_required": 10}
    sheet = await month.settled({"X": half})
    assert (scores(sheet, "X")["total_exact"], scores(sheet, "X")["grade"]) == ("169/2", "A")
    assert sheet["informational"]["X"] == {"rank_in_kind": 1, "grade_unrounded": "B"}


async def test_equal_totals_share_a_rank_and_the_smallest_difference_does_not(month: Month) -> None:
    hair = {**FULL, "disbursed_vnd": 2**63 - 2, "allocated_vnd": 2**63 - 1}
    thin = {**FULL, "disbursed_vnd": 2**63 - 3, "allocated_vnd": 2**63 - 2}
    same = {**FULL, "disbursed_vnd": 2 * (2**63 - 2), "allocated_vnd": 2 * (2**63 - 1)}
    bodies = {"A": thin, "B": same, "C": FULL, "D": hair, "E": EMPTY}
    kinds = {"A": "ministry", "B": "province", "C": "province", "D": "ministry", "E": "ministry"}
    agencies = [{"code": code, "kind": kind} for code, kind in kinds.items()]
    sheet = await month.settled(bodies, agencies=agencies)
    assert {agency["agency"]: agency["rank"] for agency in sheet["agencies"]} == {"A": 4, "B": 2, "C": 1, "D": 2, "E": 5}
    assert {code: told["rank_in_kind"] for code, told in sheet["informational"].items()} == {
        "A": 2, "B": 2, "C": 1, "D": 1, "E": 3,
    }  # fmt: skip
