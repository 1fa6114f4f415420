"""The frozen rows behind a figure: whose, which, in which order and spelling (EXP-01, EXP-05). Figures are demo data."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.gateway.publication.proofs import Prover
from services.scoring.compute import compute
from services.scoring.second_engine import SOURCES
from shared.database import Database
from shared.datasets import DATASETS
from shared.period import Period
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, HOME, NOW, House
from tests.integration.scoring.test_runs import freeze_everything, looked_again
from tests.integration.second_engine.rows import Month, Row, covered
from tests.publishing import publish
from tests.regrouped import regrouped

JANUARY = Period.parse("2026-01")
OTHER = "H38"
SECRET = "Tên nhiệm vụ không được lộ"
TASKS: list[Row] = [
    {"task_id": "t1", "completed_on": date(2026, 1, 10), "title": "=1+1"},
    {"task_id": "t2", "completed_on": date(2026, 1, 20)},
    {"task_id": "t3", "classified": True, "source_document": SECRET, "completed_on": date(2026, 1, 10)},
    {"task_id": "t4", "due_on": date(2025, 12, 1)},
    {"task_id": "t5", "role": "coordinator"},
    {"task_id": "t6", "due_on": date(2026, 3, 1)},
]
VERDICTS = ["stated", "on_time", "late", "on_time", "backlog_open", "coordinator", "due_later"]
Page = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """A published month and its tasks' snapshot; ``later`` is a snapshot that only a run rests on which is not published."""

    snapshot: str
    run_id: str
    later: str
    unpublished: str


@pytest.fixture(scope="module")
async def month(database: TestDatabase, house: House) -> Made:
    with psycopg.connect(database.owner_url) as owner:
        codes = [code for (code,) in owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code")]
    engine = create_async_engine(make_url(database.app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    async with engine.begin() as connection:
        frozen = Month(connection)
        await freeze_everything(frozen, codes)
        tasks = [{"agency_code": code, **task} for code in codes for task in TASKS]
        await frozen.freeze(
            "system57", version=2, system57_coverage=covered(*codes), task_assignment=tasks, kpi_entry=covered(*codes)
        )
        # The platform is silent about one body, and a run that lacks a figure is not published.
        exchange = [{**row, "transactions": 10} for row in covered(*codes)]
        await frozen.freeze("ndxp", version=2, exchange_volume=exchange)
        await frozen.freeze("records_review", reviewed_records=[{**row, "verdict": "refused"} for row in covered(*codes)])
    await looked_again(database, str(JANUARY))
    scoring = Database(database.app_url, role="scoring", pool_size=4)
    run = await compute(scoring, JANUARY, actor="key:one", reason="demo")
    await publish(scoring, run["run_id"], publisher="key:two", reason="demo", clock=lambda: NOW)
    async with engine.begin() as connection:
        await Month(connection).freeze(
            "ndxp", version=3, exchange_volume=[{**row, "transactions": 11} for row in covered(*codes)]
        )
    later = await compute(scoring, JANUARY, actor="key:one", reason="demo")
    await engine.dispose()
    await scoring.close()
    return Made("snap_system57-2026-01-2", run["run_id"], "snap_ndxp-2026-01-3", later["run_id"])


def behind(agency: str = HOME, code: str = "A1", query: str = "") -> str:
    return f"{API}/periods/2026-01/scores/{agency}/indicators/{code}/rows{query}"


async def own(house: House, path: str, role: str = "agency_drafter", **headers: str) -> httpx.Response:
    return await house.client.get(path, headers={**house.bearer(role), **headers})


async def whole(house: House, path: str) -> list[Page]:
    """All pages by their links."""
    found: list[Page] = []
    following: str | None = path
    while following:
        answer = await house.get(following, "reader")
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        following = answer.links["next"]["url"] if "next" in answer.links else None
    return found


async def test_every_row_bears_the_verdict_of_what_counted_it(house: House, month: Made) -> None:
    found = (await own(house, behind())).json()
    assert [item["verdict"] for item in found["items"]] == VERDICTS
    assert {item["row"]["agency"] for item in found["items"]} == {HOME}
    assert (found["period"], found["version"], found["run_id"], found["indicator"]) == ("2026-01", 1, month.run_id, "A1")
    counts = {item["row"].get("task_id"): item["counts_in"] for item in found["items"]}
    assert counts["t1"] == ["on_time_tasks", "period_tasks"]
    assert counts["t4"] == ["period_tasks"]
    assert counts["t5"] == counts[None] == []
    assert found["verdicts"]["late"] == {"vi": "hoàn thành quá hạn", "en": "completed late"}
    late = (await own(house, behind(query="?verdict=late"))).json()["items"]
    assert [item["row"]["task_id"] for item in late] == ["t2"]
    assert (await own(house, behind(query="?verdict=speech"))).json()["items"] == []
    unknown = await own(house, behind(query="?verdict=lat"))
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "?verdict")
    assert "late" in unknown.json()["errors"][0]["expected"]


@pytest.mark.parametrize("agency", [HOME, OTHER])
async def test_rows_of_every_indicator_add_up_to_what_is_published(house: House, month: Made, agency: str) -> None:
    sheet = (await house.get(f"{API}/periods/2026-01/scores/{agency}")).json()
    measures = sheet["agencies"][0]["measures"] if "agencies" in sheet else sheet["measures"]
    for code in ("A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "C1", "C2", "D1", "D2", "E1", "E2", "E3", "bonus"):
        found = (await house.get(behind(agency, code), "reader")).json()
        assert found["figures"]
        for figure in found["figures"]:
            value = regrouped(figure, found["items"])
            said = measures[figure["measure"]]
            assert value == (None if said is None else type(value)(said)), (code, figure)  # type: ignore[misc]
            assert figure["origin"] == ("source" if code[0] == "B" else "rows")


async def test_of_a_classified_task_the_status_alone_is_shown_and_it_counts(house: House, month: Made) -> None:
    for path in (behind(), behind(query="?format=csv"), f"{API}/snapshots/{month.snapshot}/rows?agency={HOME}"):
        for answer in (await own(house, path), await house.get(path, "reader")):
            assert answer.status_code == 200, answer.text
            assert SECRET not in answer.text
    (item,) = [item for item in (await own(house, behind())).json()["items"] if item["masked"]]
    assert item["row"] == {"agency": HOME, "expanded_by": None, "task_id": "t3", "role": "lead", "classified": True}
    assert (item["verdict"], item["counts_in"]) == ("on_time", ["on_time_tasks", "period_tasks"])


async def test_pages_are_the_whole_in_one_order(house: House, month: Made) -> None:
    at_once = await whole(house, behind(query="?limit=500"))
    assert len(at_once) == len(VERDICTS)
    for limit in (1, 2, 6):
        assert await whole(house, behind(query=f"?limit={limit}")) == at_once
    everybody = await whole(house, f"{API}/snapshots/{month.snapshot}/rows?dataset=task_assignments")
    places = [(item["row"]["agency"], item["row"]["task_id"]) for item in everybody]
    assert places == sorted(places)
    assert len(set(places)) == len(places) == 56 * len(TASKS)


@pytest.mark.parametrize("cursor", ["x", "WzBd", "WzksIkcwNiJd", "WzEsIkcwNiIsM10", "InQxIg"])
async def test_a_cursor_of_another_list_is_refused(house: House, month: Made, cursor: str) -> None:
    answer = await own(house, behind(query=f"?cursor={cursor}"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "?cursor"


async def test_a_table_says_the_same(house: House, month: Made) -> None:
    answer = await own(house, behind(), accept="text/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="rows-2026-01-G06-A1.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    items = (await own(house, behind())).json()["items"]
    assert [line["verdict"] for line in lines] == VERDICTS
    assert [line["leaf"] for line in lines] == [item["leaf"] for item in items]
    (held,) = await house.facts("SELECT root FROM ingest.snapshot WHERE snapshot_id = :it", month.snapshot)
    assert {(line["snapshot"], line["root"]) for line in lines} == {(month.snapshot, held["root"])}
    assert lines[1]["title"] == "'=1+1", "no cell is a formula"
    assert (lines[1]["counts_in"], lines[1]["classified"]) == ("on_time_tasks period_tasks", "false")
    refused = await own(house, behind(query="?format=csv&proof=true"))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "?proof")
    again = await own(house, behind(query="?format=csv"), **{"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_the_document_says_what_a_line_of_each_table_is(house: House) -> None:
    paths = (await house.get("/openapi.json")).json()["paths"]
    tables = {path: each["get"]["responses"]["200"]["content"].get("text/csv") for path, each in paths.items() if "get" in each}
    said = {path: "one row per agency" in table["schema"].get("description", "") for path, table in tables.items() if table}
    assert [path for path, agencies in said.items() if agencies] == [
        f"{API}/periods/{{period}}/scores", f"{API}/quarters/{{quarter}}/scores", f"{API}/years/{{year}}/scores",
    ]  # fmt: skip
    assert len([path for path in said if path.endswith("/rows")]) == 2


async def test_a_proof_that_would_prove_nothing_is_a_fault_of_ours(house: House, month: Made) -> None:
    """These snapshots state a root that nothing gives."""
    answer = await own(house, behind(query="?proof=true"))
    assert (answer.status_code, answer.json()["title"]) == (500, "Các dòng không khớp với bản chốt")


async def test_a_proof_waits_a_little_for_another_and_is_then_put_off(house: House, month: Made) -> None:
    async with house.runtime.part(Prover).turn():
        answer = await own(house, behind(query="?proof=true"))
    assert (answer.status_code, answer.json()["title"]) == (503, "Đang lập bằng chứng cho yêu cầu khác")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_body_reads_its_own_rows_and_no_others(house: House, month: Made) -> None:
    rows = f"{API}/snapshots/{month.snapshot}/rows"
    assert (await own(house, behind(OTHER))).status_code == 404
    assert (await own(house, f"{rows}?agency={OTHER}")).status_code == 404
    for path in (rows, f"{rows}?agency={HOME}"):
        found = (await own(house, path)).json()["items"]
        assert {item["row"]["agency"] for item in found} == {HOME}
        assert {item["dataset"] for item in found} == {"coverage", "task_assignments", "kpi_entries"}
    assert (await own(house, f"{behind()}?run={month.run_id}")).status_code == 404, "runs are for national readers"
    assert (await house.get(f"{behind(OTHER)}?run={month.run_id}", "reader")).status_code == 200
    for path in (behind(), rows):
        assert (await house.get(path)).status_code == 401
        for role in ("agency_unit", "officer", "records_reviewer", "system_administrator"):
            assert (await house.get(path, role)).status_code == 403, role


async def test_what_is_not_there_is_said(house: House, month: Made) -> None:
    run = f"run_{'0' * 26}"
    for path in (
        behind(code="A9"), behind("H99"), behind(query="?version=9"), behind(query=f"?run={run}"),
        f"{API}/snapshots/snap_none/rows", f"{API}/snapshots/{month.snapshot}/rows?dataset=initiatives",
    ):  # fmt: skip
        answer = await house.get(path, "reader")
        assert answer.status_code == 404, path
    assert (await house.get(behind(query="?proof=maybe"), "reader")).status_code == 422


@pytest.mark.parametrize("beside", ["version=1", "as_of=2026-03-10T10:00:00%2B07:00"])
async def test_a_run_is_not_asked_for_beside_a_version(house: House, month: Made, beside: str) -> None:
    answer = await house.get(behind(query=f"?run={month.run_id}&{beside}"), "reader")
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["detail"]) == ("?run", "đi cùng ?version hoặc ?as_of")


async def test_rows_of_a_replaced_snapshot_bear_no_verdict_of_a_run_that_does_not_rest_on_it(house: House, month: Made) -> None:
    found = (await house.get(f"{API}/snapshots/snap_system57-2026-01-1/rows", "reader")).json()
    assert (found["run_id"], found["version"], found["verdicts"]) == (None, None, {})
    assert {item["verdict"] for item in found["items"]} == {None}
    counted = (await house.get(f"{API}/snapshots/{month.snapshot}/rows?agency=H38&verdict=late", "reader")).json()
    assert (counted["run_id"], counted["version"]) == (month.run_id, 1)
    assert [item["counts_in"] for item in counted["items"]] == [["period_tasks", "late_tasks"]]


@pytest.mark.parametrize("source", SOURCES)
async def test_rows_of_every_source_are_told(house: House, month: Made, source: str) -> None:
    path = f"{API}/snapshots/snap_{source}-2026-01-{2 if source in ('system57', 'ndxp') else 1}/rows?agency={HOME}"
    answer = await house.get(path, "reader")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["version"], {item["row"]["agency"] for item in found["items"]}) == (1, {HOME})
    lines = list(csv.DictReader(io.StringIO((await own(house, f"{path}&format=csv")).content.decode("utf-8-sig"), newline="")))
    assert [line["verdict"] for line in lines] == [item["verdict"] or "" for item in found["items"]]
    if source == "records_review":
        assert [(item["verdict"], item["row"]["verdict"]) for item in found["items"]] == [(None, "refused")]
        assert [line["row.verdict"] for line in lines] == ["refused"]


async def test_what_an_unpublished_run_says_is_for_national_readers(house: House, month: Made) -> None:
    path = f"{API}/snapshots/{month.later}/rows?agency={HOME}"
    (told,) = (found := (await house.get(path, "reader")).json())["items"]
    assert (found["run_id"], found["version"], told["verdict"]) == (month.unpublished, None, "counted")
    (mine,) = (found := (await own(house, path)).json())["items"]
    assert (found["run_id"], found["version"], mine["verdict"], mine["row"]) == (None, None, None, told["row"])


def test_the_database_keeps_the_rows_of_every_dataset_apart(database: TestDatabase, month: Made) -> None:
    """A dataset added later is held to it too. A session that says nothing sees nothing; one of a body sees its own."""
    tables = [f"ingest.{dataset.table}" for dataset in DATASETS]
    for reads, seen in ((None, set()), ("", set()), (HOME, {HOME})):
        options = "-c role=gateway" + ("" if reads is None else f" -c bangdiem.reads={reads}")
        with psycopg.connect(database.app_url, options=options) as at:
            for table in tables:
                found = {code for (code,) in at.execute(f"SELECT DISTINCT agency_code FROM {table}".encode())}
                assert found <= seen, (table, reads)
            assert seen == {code for (code,) in at.execute("SELECT DISTINCT agency_code FROM ingest.task_assignment")}
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                at.execute("SELECT 1 FROM ingest.task_assignment_s1")
