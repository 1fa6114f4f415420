"""How the other six sources' rows become measures: one body per case, all cases of a table in one month."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.integration.second_engine.rows import DEADLINE, TICK, Month, Row, covered, measures

BIG = 2**63 - 1
SAFE = 2**53 - 1
LAST, END = date(2026, 1, 31), date(2026, 2, 1)

PORTAL: dict[str, tuple[Row, tuple[Any, ...]]] = {
    "all": (
        {"ckmb": "8.00", "tdgq": "18.57", "clgq": "8.46", "tttt": "6.14", "mdhl": "11.29", "mdsh": "9.06"},
        ("8", "18.57", "14.6", "11.29", "9.06"),
    ),
    "true zeros": (dict.fromkeys(("ckmb", "tdgq", "clgq", "tttt", "mdhl", "mdsh"), "0.00"), ("0",) * 5),
    "nothing": ({}, (None,) * 5),
    "no payment part": ({"clgq": "8.46", "mdsh": "1"}, (None, None, None, None, "1")),
    "no online part": ({"tttt": "6.14"}, (None,) * 5),
}
EXCHANGES: dict[str, tuple[list[Row], int | None]] = {
    "one": ([{"transactions": 7}], 7),
    "two systems": ([{"transactions": 7}, {"source_system": "NDOP", "transactions": 5}], 12),
    "one unknown": ([{"transactions": 7}, {"source_system": "NDOP"}], None),
    "only unknown": ([{}], None),
    "true zero": ([{"transactions": 0, "failed": 9}], 0),
    "beyond 2^53": ([{"transactions": SAFE}, {"source_system": "NDOP", "transactions": SAFE}], 2 * SAFE),
    "no row": ([], None),
}
MONEY: dict[str, tuple[list[Row], tuple[int | None, int | None]]] = {
    "one": ([{"allocated_vnd": 4, "disbursed_vnd": 1}], (4, 1)),
    "kinds and fields": (
        [
            {"allocated_vnd": 4, "disbursed_vnd": 1},
            {"budget_kind": "development_investment", "allocated_vnd": 3, "disbursed_vnd": 2},
            {"field": "digital_transformation", "allocated_vnd": 2, "disbursed_vnd": 0},
        ],
        (9, 3),
    ),
    "disbursed unknown": ([{"allocated_vnd": 4}], (4, None)),
    "one disbursement unknown": (
        [{"allocated_vnd": 4, "disbursed_vnd": 1}, {"field": "science_technology", "allocated_vnd": 2}],
        (6, None),
    ),
    "one allocation unknown": (
        [{"allocated_vnd": 4, "disbursed_vnd": 1}, {"field": "science_technology", "disbursed_vnd": 2}],
        (None, 3),
    ),
    "beyond 2^63": (
        [
            {"allocated_vnd": BIG, "disbursed_vnd": BIG},
            {"field": "science_technology", "allocated_vnd": BIG, "disbursed_vnd": 1},
        ],
        (2 * BIG, BIG + 1),
    ),
    "no row": ([], (None, None)),
}
PLANS: dict[str, tuple[list[Row], tuple[int, int]]] = {
    "nothing registered": ([], (0, 0)),
    "open": ([{}], (0, 1)),
    "accepted on the first day of the year": ([{"accepted_on": date(2026, 1, 1)}], (1, 1)),
    "accepted on the last day": ([{"accepted_on": LAST}], (1, 1)),
    "accepted after the period": ([{"accepted_on": END}], (0, 1)),
    "accepted last year": ([{"registered_on": date(2025, 2, 1), "accepted_on": date(2025, 12, 31)}], (0, 1)),
    "carried over": ([{"registered_on": date(2024, 2, 1)}, {}], (0, 2)),
    "registered on the last day": ([{"registered_on": LAST}], (0, 1)),
    "registered after the period": ([{"registered_on": END}], (0, 0)),
}
# automatic rows, reported rows, expected
RECORDS: dict[str, tuple[list[Row], list[Row], int | None]] = {
    "automatic": ([{"new_records": 5}], [], 5),
    "automatic wins over reported": ([{"new_records": 5}], [{"new_records": 9}], 5),
    "automatic zero wins": ([{"new_records": 0}], [{"new_records": 9}], 0),
    "reported where the automatic is unknown": ([{}], [{"new_records": 9}], 9),
    "reported alone": ([], [{"new_records": 9}], 9),
    "reported, not confirmed": ([], [{"new_records": 9, "confirmed_at": None}], None),
    "unknown automatic, unconfirmed report": ([{}], [{"new_records": 9, "confirmed_at": None}], None),
    "one database each": ([{"new_records": 5}], [{"database": "d2", "new_records": 9}], 14),
    "an unusable database beside a usable one": ([{"new_records": 5}, {"database": "d2"}], [], 5),
    "listed and unlisted": ([{"new_records": 5}, {"database": "d2", "listed": False, "new_records": 2}], [], 7),
    "nothing": ([], [], None),
    "beyond 2^53": ([{"new_records": SAFE}], [{"database": "d2", "new_records": SAFE}], 2 * SAFE),
}


def came(role: str | None, **more: Any) -> Row:
    return {"attended_role": role, "attended_mode": "in_person", **more}


MEETINGS: dict[str, tuple[list[Row], tuple[int, int]]] = {
    "none": ([], (0, 0)),
    "nobody came": ([{}], (0, 1)),
    "the head came": ([came("head")], (1, 1)),
    "the acting head came for the head": ([came("acting_head")], (1, 1)),
    "a deputy came for the head": ([came("deputy")], (0, 1)),
    "a deputy was asked for": ([came("deputy", required_role="deputy")], (1, 1)),
    "the head came for a deputy": ([came("head", required_role="deputy")], (1, 1)),
    "an officer came for a deputy": ([came("officer", required_role="deputy")], (0, 1)),
    "an officer was asked for": ([came("officer", required_role="officer")], (1, 1)),
    "the acting head came for an officer": ([came("acting_head", required_role="officer")], (1, 1)),
    "online as allowed": ([came("head", attended_mode="online", online_allowed=True)], (1, 1)),
    "online, not allowed": ([came("head", attended_mode="online")], (0, 1)),
    "mode unknown": ([came("head", attended_mode=None, online_allowed=True)], (0, 1)),
    "in person where online was allowed": ([came("head", online_allowed=True)], (1, 1)),
    "first and last day": ([came("head", held_on=date(2026, 1, 1)), came("head", held_on=LAST)], (2, 2)),
    "outside the month": ([came("head", held_on=date(2025, 12, 31)), came("head", held_on=END)], (0, 0)),
}
REPORT: Row = {"kind": "thematic_report"}
VOICES: dict[str, tuple[list[Row], tuple[int, int]]] = {
    "silence": ([], (0, 0)),
    "speech": ([{}], (1, 0)),
    "report": ([REPORT], (0, 1)),
    "both, by the acting head": ([{"speaker_role": "acting_head"}, {**REPORT, "speaker_role": "acting_head"}], (1, 1)),
    "by a deputy or an officer": ([{"speaker_role": "deputy"}, {**REPORT, "speaker_role": "officer"}], (0, 0)),
    "not qualifying": ([{"qualifying": False}, {**REPORT, "qualifying": False}], (0, 0)),
    "first and last day": ([{"spoken_on": date(2026, 1, 1)}, {"spoken_on": LAST}], (2, 0)),
    "outside the month": ([{"spoken_on": date(2025, 12, 31)}, {**REPORT, "spoken_on": END}], (0, 0)),
}
AWARDS: dict[str, tuple[list[Row], int]] = {
    "none": ([], 0),
    "one": ([{"points": 3}], 3),
    "two": ([{"points": 1}, {"points": 3}], 4),
    "exactly five": ([{"points": 2}, {"points": 3}], 5),
    "capped": ([{"points": 4}, {"points": 3}], 5),
    "decided later": ([{"points": 2, "decided_on": date(2026, 3, 9)}], 2),
}


def of(cases: dict[str, Any], index: int = 0) -> list[Row]:
    """The rows of all cases, each given to the body named like its case."""
    rows = ((name, case[index]) for name, case in cases.items())
    return [{"agency_code": name, **row} for name, given in rows for row in (given if isinstance(given, list) else [given])]


def expected(cases: dict[str, Any]) -> dict[str, Any]:
    return {name: case[-1] for name, case in cases.items()}


async def test_the_five_groups_of_the_portal(month: Month) -> None:
    await month.freeze("public_service_portal", service_score=of(PORTAL))
    sheet = await month.run(*PORTAL)
    names = ("transparency", "progress", "online_services", "satisfaction", "digitisation")
    assert {name: measures(sheet, name, *names) for name in PORTAL} == expected(PORTAL)


async def test_transactions_are_summed_over_source_systems(month: Month) -> None:
    await month.freeze("ndxp", exchange_volume=of(EXCHANGES))
    sheet = await month.run(*EXCHANGES)
    assert {name: sheet["measures"][name]["exchange_transactions"] for name in EXCHANGES} == expected(EXCHANGES)


async def test_money_is_summed_over_kinds_and_fields(month: Month) -> None:
    await month.freeze("finance", investment=of(MONEY))
    sheet = await month.run(*MONEY)
    assert {name: measures(sheet, name, "allocated_vnd", "disbursed_vnd") for name in MONEY} == expected(MONEY)


async def test_tasks_of_the_plan_run_from_the_first_of_january_to_the_end_of_the_period(month: Month) -> None:
    await month.freeze("agency_report", report=covered(*PLANS), registered_task=of(PLANS))
    sheet = await month.run(*PLANS)
    assert {name: measures(sheet, name, "accepted_tasks", "registered_tasks") for name in PLANS} == expected(PLANS)


async def freeze_records(month: Month) -> None:
    await month.freeze("national_database", database_growth=of(RECORDS))
    await month.freeze("agency_report", report=covered(*RECORDS), reported_records=of(RECORDS, 1))


async def records(month: Month) -> dict[str, Any]:
    sheet = await month.run(*RECORDS)
    return {name: sheet["measures"][name]["digitised_records"] for name in RECORDS}


async def test_the_automatic_figure_of_a_database_wins_and_a_reported_one_needs_confirmation(month: Month) -> None:
    await freeze_records(month)
    assert await records(month) == expected(RECORDS)


async def test_without_the_national_database_no_body_has_records(month: Month) -> None:
    await freeze_records(month)
    month.snapshots["national_database"] = None
    assert set((await records(month)).values()) == {None}


async def test_without_reports_the_automatic_figures_decide_alone(month: Month) -> None:
    await freeze_records(month)
    month.snapshots["agency_report"] = None
    automatic = {name: [row["new_records"] for row in case[0] if "new_records" in row] for name, case in RECORDS.items()}
    assert await records(month) == {name: sum(values) if values else None for name, values in automatic.items()}


async def test_a_body_that_did_not_report_has_no_plan_and_no_reported_records(month: Month) -> None:
    rows = of({"silent": ([{}],), "stated": ([{}],)})
    await month.freeze("national_database", database_growth=[])
    await month.freeze("agency_report", report=covered("stated"), registered_task=rows, reported_records=rows)
    sheet = await month.run("silent", "stated")
    names = ("accepted_tasks", "registered_tasks", "digitised_records")
    assert measures(sheet, "silent", *names) == (None, None, None)
    assert measures(sheet, "stated", *names) == (0, 1, 0)


async def test_a_report_at_the_deadline_is_late_until_a_superseding_version_takes_it_in(month: Month) -> None:
    """Reading G-8: 04 23:59:59.999999 is in time, 05 00:00:00 is late."""
    rows = of({"late": ([{}],), "in time": ([{}],)})
    reports = [
        {"agency_code": "late", "submitted_at": DEADLINE},
        {"agency_code": "in time", "submitted_at": DEADLINE - TICK},
    ]
    names = ("registered_tasks", "digitised_records")
    await month.freeze("national_database", database_growth=[])
    await month.freeze("agency_report", report=reports, registered_task=rows, reported_records=rows)
    sheet = await month.run("late", "in time")
    assert measures(sheet, "late", *names) == (None, None)
    assert measures(sheet, "in time", *names) == (1, 0)
    extended = await month.run("late", deadline=DEADLINE + TICK)
    assert measures(extended, "late", *names) == (1, 0)
    await month.freeze("agency_report", version=2, report=reports, registered_task=rows, reported_records=rows)
    assert measures(await month.run("late"), "late", *names) == (1, 0)


async def test_attendance_by_the_required_role_or_a_higher_one(month: Month) -> None:
    await month.freeze("government_office", register=covered(*MEETINGS), summons=of(MEETINGS))
    sheet = await month.run(*MEETINGS)
    assert {name: measures(sheet, name, "meetings_attended", "meetings_summoned") for name in MEETINGS} == expected(MEETINGS)


async def test_qualifying_words_of_the_head_inside_the_month(month: Month) -> None:
    meetings = [{"agency_code": name} for name in VOICES]
    await month.freeze("government_office", register=covered(*VOICES), summons=meetings, speech=of(VOICES))
    sheet = await month.run(*VOICES)
    assert {name: measures(sheet, name, "speeches", "thematic_reports") for name in VOICES} == expected(VOICES)


async def test_decided_bonus_points_up_to_five(month: Month) -> None:
    await month.freeze("government_office", register=covered(*AWARDS), initiative=of(AWARDS))
    sheet = await month.run(*AWARDS)
    assert {name: sheet["measures"][name]["bonus_points"] for name in AWARDS} == expected(AWARDS)


async def test_a_body_that_the_register_does_not_name_is_missing_there(month: Month) -> None:
    rows = [{"agency_code": "silent"}]
    await month.freeze("government_office", register=[], summons=rows, speech=rows, initiative=rows)
    sheet = await month.run("silent")
    names = ("meetings_attended", "meetings_summoned", "speeches", "thematic_reports", "bonus_points")
    assert measures(sheet, "silent", *names) == (None,) * 5
