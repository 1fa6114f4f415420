"""The rows that changed under a contribution: which, how, between which snapshots, for whom (RSC-04). Figures are demo data."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy import pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.gateway.publication.row_changes import every_row_change
from services.scoring.compute import compute
from shared.database import Database
from shared.period import Period
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, ENGLISH, HOME, NOW, House
from tests.integration.scoring.test_runs import freeze_everything, looked_again
from tests.integration.second_engine.rows import Month, Row, covered
from tests.publishing import publish
from tests.regrouped import regrouped

JANUARY = Period.parse("2026-01")
OTHER, QUIET = "H38", "G27"
SECRET = "Tên nhiệm vụ không được lộ"
CODES = ("A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "C1", "C2", "D1", "D2", "E1", "E2", "E3", "bonus")
FIRST: list[Row] = [
    {"task_id": "t1", "completed_on": date(2026, 1, 10)},
    {"task_id": "t2", "completed_on": date(2026, 1, 20)},
    {"task_id": "t3", "classified": True, "source_document": SECRET, "percent": 10},
    {"task_id": "t4", "title": "=1+1"},
]
# A completion taken in; a task that became classified; one that went, one that came; one that moved on where it counts nothing.
OURS: list[Row] = [
    {**FIRST[0], "classified": True, "title": SECRET},
    FIRST[1],
    {**FIRST[2], "percent": 20},
    {**FIRST[3], "completed_on": date(2026, 1, 12)},
    {"task_id": "t6", "due_on": date(2026, 3, 1)},
]
THEIRS: list[Row] = [FIRST[0], FIRST[2], FIRST[3]]
TOLD = [("t1", "altered"), ("t3", "altered"), ("t4", "altered"), ("t6", "added")]
Page = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """Two published versions' runs, one that is not published, and one of February, of which finance alone is frozen."""

    first: str
    second: str
    third: str
    february: str


def frozen_tasks(codes: list[str], *changed: Mapping[str, list[Row]]) -> list[Row]:
    by_body = dict.fromkeys(codes, FIRST) | {code: tasks for each in changed for code, tasks in each.items()}
    return [{"agency_code": code, **task} for code, tasks in by_body.items() for task in tasks]


@pytest.fixture(scope="module")
async def month(database: TestDatabase, house: House) -> Made:
    with psycopg.connect(database.owner_url) as owner:
        codes = [code for (code,) in owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code")]
    engine = create_async_engine(make_url(database.app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    scoring = Database(database.app_url, role="scoring", pool_size=4)
    each = covered(*codes)

    async def run_of(**frozen: Any) -> str:
        async with engine.begin() as connection:
            for source, rows in frozen.items():
                await Month(connection).freeze(source, **rows)
        return str((await compute(scoring, JANUARY, actor="key:one", reason="demo"))["run_id"])

    async with engine.begin() as connection:
        await freeze_everything(Month(connection), codes)
    tasks = {"version": 2, "system57_coverage": each, "kpi_entry": each, "task_assignment": frozen_tasks(codes)}
    exchange = {"version": 2, "exchange_volume": [{**row, "transactions": 10} for row in each]}
    await run_of(system57=tasks, ndxp=exchange)
    await looked_again(database, str(JANUARY))
    first = await run_of()
    await publish(scoring, first, publisher="key:two", reason="demo", clock=lambda: NOW - timedelta(days=2))
    tasks |= {"version": 3, "task_assignment": frozen_tasks(codes, {HOME: OURS, OTHER: THEIRS})}
    money = [{**row, "allocated_vnd": 5 * 10**15, "disbursed_vnd": 2 * 10**15} for row in each]
    second = await run_of(system57=tasks, finance={"version": 2, "investment": money})
    await publish(scoring, second, publisher="key:two", reason="demo", clock=lambda: NOW - timedelta(days=1))
    exchange |= {"version": 3, "exchange_volume": [{**row, "transactions": 11} for row in each]}
    third = await run_of(ndxp=exchange)
    async with engine.begin() as connection:
        await Month(connection).freeze("finance", period="2026-02", investment=money)
    february = await compute(scoring, Period.parse("2026-02"), actor="key:one", reason="demo")
    await engine.dispose()
    await scoring.close()
    return Made(first, second, third, str(february["run_id"]))


def place(agency: str = HOME, code: str = "A1", query: str = "?from=1&to=2") -> str:
    return f"{API}/periods/2026-01/scores/{agency}/indicators/{code}/row-changes{query}"


async def page(house: House, path: str, role: str = "reader") -> Page:
    answer = await house.get(path, role)
    assert answer.status_code == 200, answer.text
    found: Page = answer.json()
    return found


def named(found: Page) -> list[tuple[str, str]]:
    return [((item["to"] or item["from"])["row"]["task_id"], item["change"]) for item in found["items"]]


async def test_exactly_the_rows_that_changed_are_told_with_both_verdicts(house: House, month: Made) -> None:
    found = await page(house, place(), "agency_drafter")
    assert named(found) == TOLD
    taken_in = found["items"][2]
    assert taken_in["fields"] == [{"field": "completed_on", "from": None, "to": "2026-01-12"}]
    assert (taken_in["from"]["verdict"], taken_in["to"]["verdict"]) == ("open", "on_time")
    assert (taken_in["from"]["counts_in"], taken_in["to"]["counts_in"]) == (["period_tasks"], ["on_time_tasks", "period_tasks"])
    assert found["verdicts"]["open"] == {"vi": "chưa hoàn thành", "en": "not completed"}
    added = found["items"][3]
    assert (added["from"], added["fields"], added["to"]["verdict"]) == (None, [], "due_later")
    assert (found["from"], found["to"]) == (
        {"period": "2026-01", "version": 1, "run_id": month.first},
        {"period": "2026-01", "version": 2, "run_id": month.second},
    )
    assert {each["dataset"]: (each["from"], each["to"]) for each in found["snapshots"]} == dict.fromkeys(
        ("coverage", "task_assignments"), ("snap_system57-2026-01-2", "snap_system57-2026-01-3")
    )
    assert named(await page(house, place(OTHER))) == [("t2", "removed")]
    assert (await page(house, place(QUIET)))["items"] == []
    assert await page(house, place(query="")) == found, "without words the latest version and the one before it"


async def test_what_is_classified_on_either_side_shows_its_status_alone_on_both(house: House, month: Made) -> None:
    for path in (place(), place(query="?from=1&to=2&format=csv")):
        for role in ("agency_drafter", "reader"):
            answer = await house.get(path, role)
            assert answer.status_code == 200
            assert SECRET not in answer.text
    became, stayed, *_ = (await page(house, place()))["items"]
    for item in (became, stayed):
        assert item["from"]["masked"] is item["to"]["masked"] is True
        assert set(item["from"]["row"]) == {"agency", "expanded_by", "task_id", "role", "classified"}
    assert became["fields"] == [{"field": "classified", "from": False, "to": True}]
    assert stayed["fields"] == []
    assert stayed["from"]["leaf"] != stayed["to"]["leaf"]


@pytest.mark.parametrize("agency", [HOME, OTHER, QUIET])
async def test_tallies_of_the_changes_are_the_difference_of_the_measures(house: House, month: Made, agency: str) -> None:
    """Whoever holds the rows of one version and the changes has the figures of the other."""
    for code in CODES:
        first, last = [(await page(house, _rows(agency, code, version)))["items"] for version in (1, 2)]
        found = await page(house, place(agency, code))
        carried = {_key(item): item for item in first}
        for item in found["items"]:
            for side in (item["from"], item["to"]):
                if side is not None:
                    carried.pop(_key(side), None)
            carried |= {_key(item["to"]): item["to"]} if item["to"] else {}
        assert carried == {_key(item): item for item in last}, code
        for before, after in zip(found["figures"]["from"], found["figures"]["to"], strict=True):
            values = regrouped(before, first), regrouped(after, last)
            if None not in values:
                sums = [_tally(after, [item[end] for item in found["items"] if item[end]]) for end in ("from", "to")]
                assert values[1] - values[0] == sums[1] - sums[0], (code, after["measure"])  # type: ignore[operator]


def _rows(agency: str, code: str, version: int) -> str:
    return f"{API}/periods/2026-01/scores/{agency}/indicators/{code}/rows?limit=500&version={version}"


def _key(item: Page) -> str:
    row = item["row"]
    own = [row.get(name) for name in ("task_id", "kpi", "meeting_id", "task_code", "budget_kind", "source_system", "database")]
    return f"{item['dataset']} {row['agency']} {own}"


def _tally(figure: Page, items: list[Page]) -> Decimal:
    counted = [item["row"] for item in items if figure["measure"] in item["counts_in"]]
    if not figure["amounts"]:
        return Decimal(len(counted))
    return sum((Decimal(row[name]) for row in counted for name in figure["amounts"]), Decimal())


async def test_a_change_leads_to_its_rows(house: House, month: Made) -> None:
    changes = await page(house, f"{API}/periods/2026-01/changes")
    (line,) = [each for each in changes["agencies"] if each["agency"] == HOME]
    addresses = {each["code"]: each["rows"]["changes"] for each in line["indicators"]}
    assert addresses["A1"] == place()
    assert (await page(house, addresses["A1"]))["items"]
    (item,) = (await page(house, addresses["D2"]))["items"]
    assert {each["field"] for each in item["fields"]} == {"allocated_vnd", "disbursed_vnd"}


async def test_pages_are_the_whole_in_one_order(house: House, month: Made) -> None:
    at_once = (await page(house, place()))["items"]
    for limit in (1, 3, 4):
        found: list[Page] = []
        following: str | None = place(query=f"?from=1&to=2&limit={limit}")
        while following:
            answer = await house.get(following, "reader")
            found += answer.json()["items"]
            following = answer.links["next"]["url"] if "next" in answer.links else None
        assert found == at_once
    for cursor in ("x", "WzFd", "WzksIkcwNiJd", "WzEsM10", "InQxIg"):
        refused = await house.get(place(query=f"?cursor={cursor}"), "reader")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "?cursor")


async def test_a_table_has_a_line_a_changed_row(house: House, month: Made) -> None:
    answer = await house.get(place(), "agency_drafter", accept="text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="row-changes-2026-01-G06-A1.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [line["change"] for line in lines] == [change for _, change in TOLD]
    assert (lines[2]["from.completed_on"], lines[2]["to.completed_on"]) == ("", "2026-01-12")
    assert (lines[2]["from.verdict"], lines[2]["to.verdict"], lines[2]["to.title"]) == ("open", "on_time", "'=1+1")
    assert (lines[3]["from.task_id"], lines[3]["to.task_id"]) == ("", "t6")
    ends = ("from.snapshot", "to.snapshot", "from.root", "to.root")
    assert tuple(lines[0])[-4:] == ends, "what proves a line stands last, as of rows"
    roots = {row["snapshot_id"]: row["root"] for row in await house.facts("SELECT snapshot_id, root FROM ingest.snapshot")}
    both = [f"snap_system57-2026-01-{version}" for version in (2, 3)]
    for line in lines:
        assert [line[name] for name in ends] == [*both, *(roots[each] for each in both)]


async def test_runs_are_compared_row_by_row_by_those_who_read_runs(house: House, month: Made) -> None:
    behind = f"{API}/score-runs/{month.third}/scores/{HOME}/indicators"
    (item,) = (await page(house, f"{behind}/C2/row-changes"))["items"]
    assert item["fields"] == [{"field": "transactions", "from": 10, "to": 11}]
    assert (await page(house, f"{behind}/A1/row-changes"))["items"] == []
    assert named(await page(house, f"{behind}/A1/row-changes?from={month.first}", "operator")) == TOLD
    found = await page(house, f"{API}/score-runs/{month.third}/changes", "publisher")
    assert found["from"]["run_id"] == month.second
    (line,) = [each for each in found["agencies"] if each["agency"] == OTHER]
    assert {each["rows"]["changes"] for each in line["indicators"] if each["code"] == "C2"} <= {
        f"{API}/score-runs/{month.third}/scores/{OTHER}/indicators/C2/row-changes?from={month.second}"
    }


async def test_a_line_of_a_dataset_that_one_side_lacks_has_no_snapshot_there(house: House, month: Made) -> None:
    behind = f"{API}/score-runs/{month.third}/scores/{HOME}/indicators/A1/row-changes?from={month.february}&format=csv"
    answer = await house.get(behind, "reader")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert {line["change"] for line in lines} == {"added"}
    sides = {(line["from.snapshot"], line["from.root"], line["to.snapshot"]) for line in lines}
    assert sides == {("", "", "snap_system57-2026-01-3")}


async def test_what_one_side_has_no_snapshot_of_came_or_went_as_a_whole(house: House, month: Made) -> None:
    at_once = (await page(house, _rows(HOME, "A1", 2)))["items"]
    for later, earlier, change, end in (
        (month.third, month.february, "added", "to"),
        (month.february, month.third, "removed", "from"),
    ):
        found: list[Page] = []
        behind = f"{API}/score-runs/{later}/scores/{HOME}/indicators/A1/row-changes"
        following: str | None = f"{behind}?from={earlier}&limit=2"
        while following:
            answer = await house.get(following, "reader")
            assert answer.status_code == 200, answer.text
            assert {each["to" if end == "from" else "from"] for each in answer.json()["snapshots"]} == {None}
            found += answer.json()["items"]
            following = answer.links["next"]["url"] if "next" in answer.links else None
        assert {each["change"] for each in found} == {change}
        assert [each[end] for each in found] == at_once


async def test_a_body_reads_its_own_and_no_others(house: House, month: Made) -> None:
    for role, path, status in (
        ("agency_drafter", place(OTHER), 404),
        ("agency_unit", place(), 403),
        ("officer", place(), 403),
        ("agency_drafter", f"{API}/score-runs/{month.third}/scores/{HOME}/indicators/A1/row-changes", 403),
        ("reader", place("X99"), 404),
        ("reader", place(code="bonus"), 200),
        ("reader", place(query="?from=1&to=9"), 404),
        ("reader", place(query="?from=1&from_period=2026-02"), 404),
        ("reader", place(query="?from=1&from_period=2026-01&to=2"), 200),
        ("reader", f"{API}/score-runs/run_{'0' * 26}/scores/{HOME}/indicators/A1/row-changes", 404),
    ):
        answer = await house.get(path, role, **ENGLISH)
        assert answer.status_code == status, (path, answer.text)
    assert (await house.get(place())).status_code == 401


async def test_the_terminal_has_all_of_them_page_by_page(house: House, month: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.gateway.publication.row_changes.PAGE", 3)
    found = await every_row_change(house.runtime.database, (month.first, month.second), agency=HOME, code="A1")
    assert found["items"] == (await page(house, place()))["items"]
    assert named(found) == TOLD
