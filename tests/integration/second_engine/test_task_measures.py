"""How System 57's rows become measures: one body per case, all cases of a table in one month (readings A-2 … A-14, E-9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.integration.second_engine.rows import CUTOFF, IN_TIME, TICK, VIETNAM, Month, Row, covered, measures

DAY = timedelta(days=1)
START, LAST, END = date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1)
DUE = date(2026, 1, 15)
BEFORE = date(2025, 12, 10)
NOTHING, OPEN, ON_TIME, LATE = (0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 0, 1)


def done(day: date, **more: Any) -> Row:
    return {"completed_on": day, **more}


def extended(to: date, *, approved: date | None, document: str | None = "12/VB", **more: Any) -> Row:
    return {"extended_due_on": to, "extension_approved_on": approved, "extension_document": document, **more}


CASES: dict[str, tuple[Row, tuple[int, int, int]]] = {
    "done on the due day": (done(DUE), ON_TIME),
    "done in an earlier month": (done(BEFORE), ON_TIME),
    "done the day after the due day": (done(DUE + DAY), LATE),
    "still open": ({}, OPEN),
    "per cent is no completion": ({"percent": 100}, OPEN),
    "due on the first day": (done(START, due_on=START), ON_TIME),
    "due on the last day": (done(LAST, due_on=LAST), ON_TIME),
    "due on the first day of the next month": (done(LAST, due_on=END), NOTHING),
    "due last, done after the period": (done(END, due_on=LAST), OPEN),
    "due next month, done early": (done(DUE, due_on=date(2026, 3, 1)), NOTHING),
    "backlog done inside": (done(DUE, due_on=BEFORE), LATE),
    "backlog done on the first day": (done(START, due_on=BEFORE), LATE),
    "backlog done on the eve": (done(START - DAY, due_on=BEFORE), NOTHING),
    "backlog done in time long ago": (done(BEFORE, due_on=BEFORE), NOTHING),
    "backlog still open": ({"due_on": BEFORE}, OPEN),
    "backlog done after the period": (done(END, due_on=BEFORE), OPEN),
    "reported the last instant": (done(DUE, reported_at=CUTOFF - TICK), ON_TIME),
    "reported at the freeze": (done(DUE, reported_at=CUTOFF), OPEN),
    "never reported": (done(DUE, reported_at=None), OPEN),
    "backlog done early but reported too late": (done(START - DAY, due_on=BEFORE, reported_at=CUTOFF), OPEN),
    "sent back": (done(DUE, sent_back_at=IN_TIME), OPEN),
    "sent back, then confirmed": (done(DUE, sent_back_at=IN_TIME, confirmed_at=IN_TIME + TICK), ON_TIME),
    "confirmed, then sent back": (done(DUE, sent_back_at=IN_TIME, confirmed_at=IN_TIME - TICK), OPEN),
    "confirmed and sent back at once": (done(DUE, sent_back_at=IN_TIME, confirmed_at=IN_TIME), OPEN),
    "not confirmed": (done(DUE, confirmed_at=None), ON_TIME),
    "extended in time": (extended(DUE + DAY, approved=DUE, **done(DUE + DAY)), ON_TIME),
    "extended a day too late": (extended(DUE + DAY, approved=DUE + DAY, **done(DUE + DAY)), LATE),
    "extended without approval": (extended(DUE + DAY, approved=None, **done(DUE + DAY)), LATE),
    "extended without document": (extended(DUE + DAY, approved=DUE, document=None, **done(DUE + DAY)), LATE),
    "extended out of the month": (extended(END, approved=DUE), NOTHING),
    "extended into the month": (extended(LAST, approved=BEFORE, due_on=BEFORE, **done(LAST)), ON_TIME),
    "extended to an earlier day": (extended(BEFORE, approved=BEFORE, **done(DUE)), LATE),
    "approval and document without a new day": (
        {"extension_approved_on": BEFORE, "extension_document": "12/VB", **done(DUE)},
        ON_TIME,
    ),
    "no due day": ({"due_on": None}, NOTHING),
    "no due day, done inside": (done(DUE, due_on=None), NOTHING),
    "no due day, extended": (extended(DUE, approved=BEFORE, due_on=None), NOTHING),
    "continuous": ({"due_precision": "continuous"}, NOTHING),
    "open-ended": ({"due_precision": "open"}, NOTHING),
    "recurring": (done(DUE, due_precision="recurring"), ON_TIME),
    "compound": (done(DUE, due_precision="compound"), ON_TIME),
    "co-ordinating": (done(DUE, role="coordinator"), NOTHING),
    "assigned on the last day": (done(LAST, due_on=LAST, assigned_on=LAST), ON_TIME),
    "assigned after the period": (done(LAST, due_on=LAST, assigned_on=END), NOTHING),
    "returned on the last day": (done(DUE, returned_accepted_on=LAST), NOTHING),
    "returned after the period": (done(DUE, returned_accepted_on=END), ON_TIME),
    "classified": (done(DUE, classified=True), ON_TIME),
}

ENTRIES: dict[str, tuple[list[Row], tuple[int, int]]] = {
    "none": ([], (0, 0)),
    "not due": ([{"due_in_period": False}], (0, 0)),
    "updated the last instant": ([{"updated_at": CUTOFF - TICK}], (1, 1)),
    "updated a moment late": ([{"updated_at": CUTOFF}], (0, 1)),
    "never updated": ([{"updated_at": None}, {}], (1, 2)),
    "the monthly report is one of them": ([{"kind": "monthly_report"}, {"frequency": "yearly"}], (2, 2)),
}


async def test_each_task_counts_as_its_dates_say(month: Month) -> None:
    rows = [{"agency_code": name, **row} for name, (row, _) in CASES.items()]
    await month.freeze("system57", system57_coverage=covered(*CASES), task_assignment=rows)
    sheet = await month.run(*CASES)
    found = {name: measures(sheet, name, "period_tasks", "on_time_tasks", "late_tasks") for name in CASES}
    assert found == {name: expected for name, (_, expected) in CASES.items()}


async def test_each_entry_counts_until_the_end_of_day_01(month: Month) -> None:
    rows = [{"agency_code": name, **row} for name, (rows, _) in ENTRIES.items() for row in rows]
    await month.freeze("system57", system57_coverage=covered(*ENTRIES), kpi_entry=rows)
    sheet = await month.run(*ENTRIES)
    found = {name: measures(sheet, name, "kpis_updated", "kpis_required") for name in ENTRIES}
    assert found == {name: expected for name, (_, expected) in ENTRIES.items()}


async def test_a_body_without_coverage_is_missing_even_with_rows_and_a_covered_one_without_rows_is_zero(month: Month) -> None:
    rows = [{"agency_code": "silent"}, {"agency_code": "elsewhere"}]
    await month.freeze("system57", system57_coverage=covered("stated"), task_assignment=rows, kpi_entry=rows)
    sheet = await month.run("silent", "stated")
    names = ("period_tasks", "on_time_tasks", "late_tasks", "kpis_required", "kpis_updated")
    assert measures(sheet, "silent", *names) == (None,) * 5
    assert measures(sheet, "stated", *names) == (0,) * 5
    assert "elsewhere" not in sheet["measures"]


async def test_a_superseding_version_credits_what_was_recorded_late_but_no_late_entry(month: Month) -> None:
    late = datetime(2026, 2, 9, 8, tzinfo=VIETNAM)
    rows: dict[str, Any] = {
        "system57_coverage": covered("X"),
        "task_assignment": [{"agency_code": "X", "completed_on": DUE, "reported_at": late}],
        "kpi_entry": [{"agency_code": "X", "updated_at": late}],
    }
    names = ("period_tasks", "on_time_tasks", "kpis_required", "kpis_updated")
    await month.freeze("system57", **rows)
    assert measures(await month.run("X"), "X", *names) == (1, 0, 1, 0)
    await month.freeze("system57", version=2, as_of=late + TICK, **rows)
    assert measures(await month.run("X"), "X", *names) == (1, 1, 1, 0)
    await month.freeze("system57", version=3, as_of=late, **rows)
    assert measures(await month.run("X"), "X", *names) == (1, 0, 1, 0)


async def test_december_ends_with_the_year_and_only_the_named_snapshot_is_read(month: Month) -> None:
    january = [{"agency_code": "X", "completed_on": DUE}]
    december = [{"agency_code": "X", "due_on": date(2026, 12, 31), "completed_on": date(2026, 12, 31)}] * 2
    await month.freeze("system57", system57_coverage=covered("X"), task_assignment=january)
    await month.freeze(
        "system57",
        period="2026-12",
        system57_coverage=covered("X"),
        task_assignment=[{**row, "task_id": str(n)} for n, row in enumerate(december)],
    )
    sheet = await month.run("X", period_start=date(2026, 12, 1), period_end=date(2027, 1, 1), as_of=CUTOFF + 334 * DAY)
    assert sheet["period"] == "2026-12"
    assert measures(sheet, "X", "period_tasks", "on_time_tasks") == (2, 2)
