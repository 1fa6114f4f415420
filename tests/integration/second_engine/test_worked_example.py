"""The scheme's worked example (scheme §6), built from frozen rows of seven sources and read back digit for digit."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from tests.integration.second_engine.rows import CUTOFF, Month, Row, covered, scores

BILLION = 10**9
CODES = "ABCDE"
INPUTS: dict[str, dict[str, Any]] = {
    "X": {
        "tasks": (7, 2, 12), "portal": ("8", "18.57", "8.46", "6.14", "11.29", "9.06"), "records": 120_000,
        "transactions": 3_000_000, "plan": (4, 20), "money": (180, 400), "meetings": (2, 3), "voices": (2, 0),
        "kpis": (18, 20), "bonus": [],
    },
    "Y": {
        "tasks": (30, 5, 40), "portal": ("11.45", "17.72", "8.83", "6.22", "14.45", "9.65"), "records": 400_000,
        "transactions": 1_200_000, "plan": (10, 25), "money": (90, 150), "meetings": (4, 4), "voices": (0, 1),
        "kpis": (20, 20), "bonus": [2],
    },
    "Z": {
        "tasks": (0, 0, 0), "portal": ("10", "0", "0", "0", "6", "0"), "records": 0,
        "transactions": 0, "plan": (0, 0), "money": (0, 0), "meetings": (0, 0), "voices": (0, 0),
        "kpis": (0, 20), "bonus": [],
    },
}  # fmt: skip
POINTS = {
    "X": "10.50 1.50 0.60 3.00 10.00 2.00 4.50 3.33 2.00 4.50 0.00",
    "Y": "13.50 1.13 2.00 10.00 4.00 4.00 6.00 5.00 5.00 5.00 2.00",
    "Z": "18.00 0.00 0.00 0.00 0.00 0.00 0.00 5.00 0.00 0.00 0.00",
}
SHOWN = ("A1", "A2", "A3", "C1", "C2", "D1", "D2", "E1", "E2", "E3", "bonus")
GROUP_B = {"X": "12.30", "Y": "13.66", "Z": "3.20"}
TOTALS = {"X": (54, "54.2373", "C", 2), "Y": (71, "71.2890", "B", 1), "Z": (26, "26.2000", "D", 3)}


def tasks(code: str, on_time: int, late: int, period: int) -> list[Row]:
    days = [date(2026, 1, 15)] * on_time + [date(2026, 1, 16)] * late + [None] * (period - on_time - late)
    return [{"agency_code": code, "completed_on": day} for day in days]


def kpis(code: str, updated: int, required: int) -> list[Row]:
    """Those not updated in time were updated at the first instant that is too late."""
    return [{"agency_code": code} if n < updated else {"agency_code": code, "updated_at": CUTOFF} for n in range(required)]


def plan(code: str, accepted: int, registered: int) -> list[Row]:
    return [{"agency_code": code, "accepted_on": date(2026, 1, 9) if n < accepted else None} for n in range(registered)]


def meetings(code: str, attended: int, summoned: int) -> list[Row]:
    there = {"attended_role": "head", "attended_mode": "in_person"}
    return [{"agency_code": code, **(there if n < attended else {})} for n in range(summoned)]


def voices(code: str, speeches: int, reports: int) -> list[Row]:
    kinds = ["speech"] * speeches + ["thematic_report"] * reports
    return [{"agency_code": code, "kind": kind} for kind in kinds]


def gather(make: Any, name: str) -> list[Row]:
    return [row for code, inputs in INPUTS.items() for row in make(code, *inputs[name])]


async def freeze_all(month: Month) -> None:
    groups = ("ckmb", "tdgq", "clgq", "tttt", "mdhl", "mdsh")
    one = {code: {"agency_code": code} for code in INPUTS}
    await month.freeze(
        "system57",
        system57_coverage=covered(*INPUTS),
        task_assignment=gather(tasks, "tasks"),
        kpi_entry=gather(kpis, "kpis"),
    )
    await month.freeze(
        "public_service_portal",
        service_score=[{**one[c], **dict(zip(groups, i["portal"], strict=True))} for c, i in INPUTS.items()],
    )
    await month.freeze("ndxp", exchange_volume=[{**one[c], "transactions": i["transactions"]} for c, i in INPUTS.items()])
    await month.freeze(
        "national_database", database_growth=[{**one[c], "new_records": i["records"]} for c, i in INPUTS.items()]
    )
    await month.freeze(
        "finance",
        investment=[
            {**one[c], "disbursed_vnd": i["money"][0] * BILLION, "allocated_vnd": i["money"][1] * BILLION}
            for c, i in INPUTS.items()
        ],
    )
    await month.freeze("agency_report", report=covered(*INPUTS), registered_task=gather(plan, "plan"))
    await month.freeze(
        "government_office",
        register=covered(*INPUTS),
        summons=gather(meetings, "meetings"),
        speech=gather(voices, "voices"),
        initiative=[{**one[c], "points": points} for c, i in INPUTS.items() for points in i["bonus"]],
    )


@pytest.fixture
async def sheet(month: Month) -> dict[str, Any]:
    await freeze_all(month)
    return await month.run("Z", "X", "Y")


async def test_every_component_group_total_grade_and_rank_of_the_worked_example(sheet: dict[str, Any]) -> None:
    for code in INPUTS:
        agency = scores(sheet, code)
        assert " ".join(agency["indicators"][name]["points"] for name in SHOWN) == POINTS[code]
        assert agency["groups"]["B"] == GROUP_B[code]
        whole, decimals, grade, rank = TOTALS[code]
        assert (agency["total"], agency["grade"], agency["rank"]) == (whole, grade, rank)
        assert f"{int(Fraction(agency['total_exact']) * 10_000) / 10_000:.4f}" == decimals


async def test_the_exact_fractions_behind_the_worked_example(sheet: dict[str, Any]) -> None:
    assert scores(sheet, "X")["total_exact"] == str(
        Fraction(21, 2) + Fraction(3, 2) + Fraction(3, 5) + Fraction(6152, 500) + 3 + 10 + 2 + Fraction(9, 2)
        + Fraction(10, 3) + 2 + Fraction(9, 2)
    )  # fmt: skip
    assert scores(sheet, "Y")["indicators"]["A2"] == {"points": "1.13", "exact": "9/8", "max": "9", "state": "scored"}
    assert scores(sheet, "Z")["total_exact"] == "131/5"
    assert scores(sheet, "X")["groups"] == {"A": "12.60", "B": "12.30", "C": "13.00", "D": "6.50", "E": "9.83"}


async def test_the_sheet_around_the_worked_example(sheet: dict[str, Any]) -> None:
    assert [agency["agency"] for agency in sheet["agencies"]] == ["X", "Y", "Z"]
    assert (sheet["period"], sheet["scheme"], sheet["provisional"]) == ("2026-01", "qd-4585", False)
    assert sheet["leaders"] == {"A3": ["Y"], "C1": ["Y"], "C2": ["X"]}
    assert [agency["missing"] for agency in sheet["agencies"]] == [[], [], []]
    assert list(scores(sheet, "X")["indicators"]) == [
        "A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "C1", "C2", "D1", "D2", "E1", "E2", "E3", "bonus",
    ]  # fmt: skip
    assert [score["max"] for score in scores(sheet, "X")["indicators"].values()] == [
        "18", "9", "2", "18/5", "4", "22/5", "18/5", "22/5", "10", "10", "10", "10", "5", "5", "5", "5",
    ]  # fmt: skip


async def test_the_states_of_a_body_to_which_nothing_happened(sheet: dict[str, Any]) -> None:
    """Z's 0 beside a positive maximum is a scored 0; 0/0 is no_events; 0 of 20 entries is a scored 0."""
    found = {code: score["state"] for code, score in scores(sheet, "Z")["indicators"].items()}
    empty = ("A1", "A2", "D1", "D2", "E1", "E2")
    assert found == {code: "no_events" if code in empty else "scored" for code in found}


async def test_the_measures_it_read_from_the_rows(sheet: dict[str, Any]) -> None:
    assert sheet["measures"]["X"] == {
        "period_tasks": 12, "on_time_tasks": 7, "late_tasks": 2, "transparency": "8", "progress": "18.57",
        "online_services": "14.6", "satisfaction": "11.29", "digitisation": "9.06", "digitised_records": 120_000,
        "exchange_transactions": 3_000_000, "accepted_tasks": 4, "registered_tasks": 20, "disbursed_vnd": 180 * BILLION,
        "allocated_vnd": 400 * BILLION, "meetings_attended": 2, "meetings_summoned": 3, "speeches": 2, "thematic_reports": 0,
        "kpis_updated": 18, "kpis_required": 20, "bonus_points": 0,
    }  # fmt: skip
