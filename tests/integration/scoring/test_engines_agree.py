"""Two engines, written apart, over the same frozen rows: equal to the last digit (RUL-12), and blocked when not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from services.scoring.compute import Computed, compute_from, differences
from services.scoring.measures import derive
from services.scoring.shadow import month_of
from shared.inputs import Exemption, FigureLeftOut, Inputs, Ruling, Snapshot
from shared.law.revisions import Law
from shared.law.scheme import scheme_for
from shared.period import Period
from shared.registry import Agency
from tests.integration.scoring.conftest import Months
from tests.integration.scoring.generated import CODES, Draw, freeze_generated, put_some_aside
from tests.integration.second_engine.rows import CUTOFF, DEADLINE, IN_TIME, TICK, Month, Row
from tests.integration.second_engine.test_worked_example import freeze_all

JANUARY = Period.parse("2026-01")
CASES = 60


def body(code: str) -> Agency:
    kind = "province" if code.startswith("H") else "ministry"
    return Agency(code, kind, f"Cơ quan {code}", f"Body {code}", "Người đứng đầu", "Head", None, None)


async def inputs_of(
    month: Month,
    *codes: str,
    rulings: Sequence[Ruling] = (),
    exemptions: Sequence[Exemption] = (),
    left_out: Sequence[FigureLeftOut] = (),
) -> Inputs:
    await month.connection.exec_driver_sql("SET LOCAL ROLE scoring")
    query = text("SELECT pk, snapshot_id, source, version, origin, as_of FROM ingest.snapshot WHERE pk = ANY(:pks)")
    pks = [pk for pk in month.snapshots.values() if pk]
    found = (await month.connection.execute(query, {"pks": pks})).mappings()
    snapshots = {line["source"]: Snapshot(**line) for line in found}
    agencies = [body(code) for code in sorted(codes)]
    return Inputs(JANUARY, CUTOFF, DEADLINE, agencies, snapshots, list(rulings), list(exemptions), left_out=left_out)


async def computed(month: Month, inputs: Inputs) -> Computed:
    return await compute_from(month.connection, inputs, scheme_for(JANUARY))


async def test_the_worked_example_digit_for_digit(months: Months) -> None:
    async with months() as month:
        await freeze_all(month)
        done = await computed(month, await inputs_of(month, "X", "Y", "Z"))
    assert done.differences == []
    shown = {line["agency"]: line for line in done.document["agencies"]}
    assert {code: (line["total"], line["grade"], line["rank"]) for code, line in shown.items()} == {
        "X": (54, "C", 2),
        "Y": (71, "B", 1),
        "Z": (26, "D", 3),
    }
    points = {
        code: [line["indicators"][name]["points"] for name in ("A1", "A2", "A3", "C1", "C2", "D1", "D2", "E1", "E2", "E3")]
        for code, line in shown.items()
    }
    assert points == {
        "X": ["10.50", "1.50", "0.60", "3.00", "10.00", "2.00", "4.50", "3.33", "2.00", "4.50"],
        "Y": ["13.50", "1.13", "2.00", "10.00", "4.00", "4.00", "6.00", "5.00", "5.00", "5.00"],
        "Z": ["18.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "5.00", "0.00", "0.00"],
    }
    assert {code: line["groups"]["B"] for code, line in shown.items()} == {"X": "12.30", "Y": "13.66", "Z": "3.20"}
    assert shown["Y"]["total_exact"] == "71289/1000"
    assert shown["Z"]["total_exact"] == "131/5"


@pytest.mark.parametrize("seed", range(CASES))
async def test_generated_months(months: Months, seed: int) -> None:
    draw = Draw(seed + 10_000)
    async with months() as month:
        await freeze_generated(month, seed)
        plain = await inputs_of(month, *CODES)
        derived = await derive(month.connection, plain.frame)
        rulings = [
            Ruling(f"rul_{code}_{name}", code, name, value, "demo", "demo")
            for code in CODES
            for name, value in (("exchange_transactions", "12"), ("satisfaction", "7.25"), ("allocated_vnd", "9"))
            if draw.dice.random() < 0.3
        ]
        exemptions = [
            Exemption(f"app_{code}_{name}", code, name, "demo")
            for code in CODES
            for name in ("B1", "C1", "C2", "A3", "D2", "bonus")
            if draw.dice.random() < 0.1
        ]
        left_out = [
            FigureLeftOut("omit_demo", code, f"d{n}", records)
            for code in CODES
            for n in range(3)
            for records in (0, 5, 120_000)
            if draw.dice.random() < 0.2
        ]
        given = await inputs_of(month, *CODES, rulings=rulings, exemptions=exemptions, left_out=left_out)
        done = await computed(month, given)
    assert done.differences == []
    assert set(derived) <= set(CODES)
    settled = {(line["agency"], name) for line in done.document["agencies"] for name in line["settled"]}
    assert settled <= {(ruling.agency, ruling.measure) for ruling in rulings}


# What a body has no score of when it lost a row of a dataset.
INDICATORS = {
    "coverage": {"A1", "A2", "A3", "E3"}, "task_assignments": {"A1", "A2", "A3"}, "kpi_entries": {"E3"},
    "service_scores": {"B1", "B2", "B3", "B4", "B5"}, "exchange_volumes": {"C2"}, "database_growth": {"C1"},
    "investments": {"D2"}, "reports": {"C1", "D1"}, "registered_tasks": {"D1"}, "reported_records": {"C1"},
    "reviewed_records": {"C1"},
    "registers": {"E1", "E2", "bonus"}, "summonses": {"E1", "E2"}, "speeches": {"E2"}, "initiatives": {"bonus"},
}  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
async def test_a_body_that_lost_a_row_lacks_its_indicators_and_no_other_body_does(months: Months, seed: int) -> None:
    async with months() as month:
        await freeze_generated(month, seed)
        before = await computed(month, await inputs_of(month, *CODES))
        await put_some_aside(month, seed)
        inputs = await inputs_of(month, *CODES)
        lost = (await month.connection.execute(text("SELECT agency, dataset FROM ingest.put_aside"))).all()
        done = await computed(month, inputs)
    assert done.differences == []
    flagged = {
        (line["agency"], code)
        for line in done.document["agencies"]
        for code, one in line["indicators"].items()
        if "row_put_aside" in one["flags"]
    }
    assert flagged == {(agency, code) for agency, dataset in lost for code in INDICATORS[dataset]}
    for line, former in zip(done.document["agencies"], before.document["agencies"], strict=True):
        for code, one in line["indicators"].items():
            if (line["agency"], code) in flagged:
                assert (one["state"], one["points"]) == ("missing", None)
            else:
                assert one["state"] == former["indicators"][code]["state"] or code in ("A3", "C1", "C2")


# Reported figures (9 of d1, confirmed at), words frozen by themselves, whether two people left the figure out → records, state.
# The body has 5 automatic records of another database.
OPEN: Row = {"new_records": 9, "confirmed_at": None}
WORDS: dict[str, tuple[list[Row], list[Row], bool, int | None, str]] = {
    "nothing reported": ([], [], False, 5, "scored"),
    "open": ([OPEN], [], False, None, "awaiting_confirmation"),
    "confirmed with the report": ([{"new_records": 9}], [], False, 14, "scored"),
    "confirmed by its own deadline": ([OPEN], [{"new_records": 9}], False, 14, "scored"),
    "refused by its own deadline": ([OPEN], [{"new_records": 9, "verdict": "refused"}], False, 5, "scored"),
    "a later word refuses": ([{"new_records": 9}], [{"new_records": 9, "verdict": "refused"}], False, 5, "scored"),
    "an earlier word refused": (
        [{"new_records": 9}], [{"new_records": 9, "verdict": "refused", "reviewed_at": IN_TIME - TICK}], False, 14, "scored",
    ),
    "a word on another figure": ([OPEN], [{"new_records": 8}], False, None, "awaiting_confirmation"),
    "a word on another database": ([OPEN], [{"new_records": 9, "database": "d2"}], False, None, "awaiting_confirmation"),
    "open zero": ([{**OPEN, "new_records": 0}], [], False, None, "awaiting_confirmation"),
    "open beside a confirmed one": (
        [OPEN, {"database": "d2", "new_records": 4}], [], False, None, "awaiting_confirmation",
    ),
    "open where an automatic figure wins": ([{**OPEN, "database": "own"}], [], False, 5, "scored"),
    "left out by two people": ([OPEN], [], True, 5, "scored"),
    "left out, and then confirmed": ([OPEN], [{"new_records": 9}], True, 14, "scored"),
}  # fmt: skip


async def test_an_open_word_is_no_zero(months: Months) -> None:
    """C-2, C-3: a figure that waits for its word makes C1 missing, never less; a word refuses or confirms."""
    async with months() as month:
        await month.freeze(
            "national_database",
            database_growth=[{"agency_code": name, "database": "own", "new_records": 5} for name in WORDS],
        )
        stated = [{"agency_code": name, **row} for name, case in WORDS.items() for row in case[0]]
        await month.freeze("agency_report", report=[{"agency_code": name} for name in WORDS], reported_records=stated)
        words = [{"agency_code": name, **row} for name, case in WORDS.items() for row in case[1]]
        await month.freeze("records_review", reviewed_records=words)
        left_out = [FigureLeftOut("omit_demo", name, "d1", 9) for name, case in WORDS.items() if case[2]]
        done = await computed(month, await inputs_of(month, *WORDS, left_out=left_out))
    assert done.differences == []
    found = {
        line["agency"]: (line["measures"]["digitised_records"], line["indicators"]["C1"]["state"])
        for line in done.document["agencies"]
    }
    assert found == {name: (None if case[3] is None else str(case[3]), case[4]) for name, case in WORDS.items()}


async def test_points_at_stake_stand_beside_an_open_word(months: Months) -> None:
    async with months() as month:
        grown = [{"agency_code": "X", "new_records": 30}, {"agency_code": "Y", "new_records": 20}]
        await month.freeze("national_database", database_growth=grown)
        stated = [
            {"agency_code": "Y", "database": "d2", **OPEN},
            {"agency_code": "Z", "database": "d2", "new_records": 60, "confirmed_at": None},
        ]
        await month.freeze("agency_report", report=[{"agency_code": "Y"}, {"agency_code": "Z"}], reported_records=stated)
        done = await computed(month, await inputs_of(month, "X", "Y", "Z"))
    assert done.differences == []
    shown = {line["agency"]: line["indicators"]["C1"] for line in done.document["agencies"]}
    assert "awaiting" not in shown["X"]
    assert shown["Y"]["awaiting"] == {"figures": 1, "counted": "20", "open": "9", "points": "3.00", "exact": "3"}
    # Whoever would lead the pool gets all of it, and who has nothing else nothing without.
    assert shown["Z"]["awaiting"] == {"figures": 1, "counted": "0", "open": "60", "points": "10.00", "exact": "10"}
    assert [one["word"] for one in shown["Y"]["figures"]] == ["open"]


async def test_a_shadow_run_tells_what_awaits_a_word_apart_from_what_is_missing(months: Months) -> None:
    """Of two sheets of a month; here the later one has the word's figure left out."""
    async with months() as month:
        await month.freeze("national_database", database_growth=[{"agency_code": "X", "new_records": 30}])
        stated = [{"agency_code": "X", "database": "d2", **OPEN}]
        await month.freeze("agency_report", report=[{"agency_code": "X"}], reported_records=stated)
        inputs = await inputs_of(month, "X")
        before = await computed(month, inputs)
        left_out = [FigureLeftOut("omit_1", "X", "d2", OPEN["new_records"])]
        after = await computed(month, replace(inputs, left_out=left_out))
    told = month_of(inputs.period, Law(before.scheme, None), before, after)
    (body,) = told["changed"]
    assert body["awaiting"] == {"before": ["C1"], "after": []}
    assert body["missing"]["before"] == body["missing"]["after"]
    assert "C1" not in body["missing"]["before"]


async def test_who_lost_a_row_and_waits_for_a_word_lost_a_row(months: Months) -> None:
    async with months() as month:
        await month.freeze("national_database", database_growth=[{"agency_code": "X", "new_records": 30}])
        await month.freeze("agency_report", report=[{"agency_code": "X"}], reported_records=[{"agency_code": "X", **OPEN}])
        await month.put_aside("national_database", "database_growth", "X")
        done = await computed(month, await inputs_of(month, "X"))
    assert done.differences == []
    found = done.document["agencies"][0]["indicators"]["C1"]
    assert (found["state"], found["flags"]) == ("missing", ["pool_incomplete", "row_put_aside"])
    assert "awaiting" not in found


async def test_a_ruling_supplies_what_a_row_put_aside_would_have(months: Months) -> None:
    async with months() as month:
        await freeze_all(month)
        await month.put_aside("ndxp", "exchange_volumes", "X")
        ruling = Ruling("rul_x", "X", "exchange_transactions", "5", "demo", "demo")
        open_ = await computed(month, await inputs_of(month, "X", "Y", "Z"))
        settled = await computed(month, await inputs_of(month, "X", "Y", "Z", rulings=[ruling]))
    assert open_.differences == settled.differences == []
    assert open_.document["provisional"]
    one = settled.document["agencies"][0]
    assert (one["indicators"]["C2"]["state"], one["indicators"]["C2"]["flags"]) == ("settled", ["row_put_aside"])
    assert one["missing"] == []


async def test_the_generated_months_reach_every_state_and_grade(months: Months) -> None:
    """A differential test over months that are all alike would prove little."""
    states: set[str] = set()
    for seed in range(12):
        async with months() as month:
            await freeze_generated(month, seed)
            done = await computed(month, await inputs_of(month, *CODES))
            states |= {one["state"] for line in done.document["agencies"] for one in line["indicators"].values()}
    assert {"scored", "no_events", "missing"} <= states


def test_one_differing_digit_is_a_difference() -> None:
    def sheet(exact: str, rank: int) -> dict[str, Any]:
        indicator = {"points": "1.00", "exact": exact, "max": "18", "state": "scored"}
        line = {
            "agency": "X",
            "total": 1,
            "rank": rank,
            "missing": [],
            "groups": {"A": "1.00"},
            "indicators": {"A1": indicator},
        }
        return {"provisional": False, "leaders": {}, "agencies": [line]}

    assert differences(sheet("1", 1), sheet("1", 1)) == []
    assert differences(sheet("1", 1), sheet("100000000000000001/100000000000000000", 2)) == [
        {"agency": "X", "field": "A1.exact", "first": "1", "second": "100000000000000001/100000000000000000"},
        {"agency": "X", "field": "rank", "first": 1, "second": 2},
    ]
    missing = {**sheet("1", 1), "agencies": []}
    assert {one["field"] for one in differences(sheet("1", 1), missing)} >= {"total", "A1.points"}
