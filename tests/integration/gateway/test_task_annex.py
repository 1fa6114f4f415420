"""The annex of regulation 003: equal to a hand count over the very tasks, masked, of the body's own rows alone (XPT-07).
Every figure is invented."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, HOME, House
from tests.integration.gateway.test_eform import browser
from tests.integration.second_engine.rows import Month, Row, covered

OTHER, SILENT, ASIDE, IDLE = "H38", "G09", "G10", "G11"
SECRET = "Văn bản mật 77/TB (minh họa)"
JULY = {"due_on": date(2026, 7, 31)}
# Each with what a person would write it down as, by the days of the row: document, then one of the four statuses.
TASKS: dict[str, tuple[str, Row]] = {
    "before its day": ("in_time", {"completed_on": date(2026, 1, 10), "source_document": "01/NQ"}),
    "on its day": ("in_time", {"completed_on": date(2026, 1, 15), "source_document": "01/NQ"}),
    "years ago": ("in_time", {"completed_on": date(2025, 11, 20), "due_on": date(2025, 12, 1)}),
    "early": ("in_time", {"completed_on": date(2026, 1, 20), **JULY, "source_document": "02/CĐ"}),
    "no term, done": ("in_time", {"completed_on": date(2026, 1, 20), "due_on": None, "due_precision": "open"}),
    "within the new term": (
        "in_time",
        {
            "completed_on": date(2026, 1, 25), "extended_due_on": date(2026, 1, 31), "extension_document": "9/VPCP",
            "extension_approved_on": date(2026, 1, 14),
        },
    ),
    "a day late": ("late", {"completed_on": date(2026, 1, 16), "source_document": "01/NQ"}),
    "backlog": ("late", {"completed_on": date(2026, 1, 16), "due_on": date(2025, 12, 1), "source_document": "03/TB"}),
    "late long ago": ("late", {"completed_on": date(2025, 12, 16), "due_on": date(2025, 12, 1)}),
    "extended without a document": (
        "late",
        {"completed_on": date(2026, 1, 25), "extended_due_on": date(2026, 1, 31), "extension_approved_on": date(2026, 1, 1)},
    ),
    "due in July": ("within", {**JULY, "source_document": "02/CĐ"}),
    "continuous": ("within", {"due_precision": "continuous", "due_text": "Thường xuyên"}),
    "done after the month, due in July": ("within", {**JULY, "completed_on": date(2026, 2, 1)}),
    "past its day": ("past", {"source_document": "04/QĐ"}),
    "done after the month": ("past", {"completed_on": date(2026, 2, 1)}),
    "sent back": ("past", {"completed_on": date(2026, 1, 10), "sent_back_at": datetime(2026, 1, 20, tzinfo=UTC)}),
    "recorded too late": ("past", {"completed_on": date(2026, 1, 10), "reported_at": datetime(2026, 2, 3, tzinfo=UTC)}),
    "secret": ("past", {"classified": True, "source_document": SECRET}),
    "co-ordinates": ("", {"role": "coordinator", "source_document": "05/QĐ"}),
    "of February": ("", {"assigned_on": date(2026, 2, 1), "source_document": "06/QĐ"}),
    "returned": ("", {"returned_accepted_on": date(2026, 1, 31), "source_document": "07/QĐ"}),
}  # fmt: skip
STATUSES = {"in_time": "done_in_time", "late": "done_late", "within": "open_within_term", "past": "open_past_term"}
NATION = f"{API}/periods/2026-01/task-annex"
OWN = f"{API}/agencies/{HOME}/periods/2026-01/task-annex"


def by_hand(tasks: list[tuple[str, Row]]) -> dict[str, int]:
    counted = [(status, task) for status, task in tasks if status]
    documents = {task.get("source_document") for _, task in counted} - {None}
    named = {code: sum(status == word for status, _ in counted) for word, code in STATUSES.items()}
    return {"documents": len(documents), "tasks": len(counted), **named}


@pytest.fixture(scope="module")
async def codes(database: TestDatabase, house: House) -> list[str]:
    """Frozen: HOME with all tasks, OTHER with two, IDLE with none, ASIDE with a row put aside, SILENT not spoken of."""
    with psycopg.connect(database.owner_url) as owner:
        found = [code for (code,) in owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code")]
    assert {HOME, OTHER, SILENT, ASIDE, IDLE} <= set(found)
    tasks = [{"agency_code": HOME, "task_id": name, **task} for name, (_, task) in TASKS.items()]
    tasks += [{"agency_code": OTHER, "task_id": name, **TASKS[name][1]} for name in ("a day late", "secret")]
    tasks += [{"agency_code": ASIDE, "task_id": "a", "source_document": "08/QĐ"}]
    engine = create_async_engine(make_url(database.app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    async with engine.begin() as connection:
        stated = covered(*(code for code in found if code != SILENT))
        month = Month(connection)
        await month.freeze("system57", system57_coverage=stated, task_assignment=tasks)
        await month.put_aside("system57", "task_assignments", ASIDE)
    await engine.dispose()
    return found


def of(line: dict[str, Any], names: dict[str, int]) -> dict[str, Any]:
    return {name: line[name] for name in names}


async def test_it_equals_a_count_by_hand(house: House, codes: list[str]) -> None:
    found = (await house.get(NATION, "reader")).json()
    lines = {line["agency"]: line for line in found["items"]}
    assert (list(lines), found["bodies"], found["as_at"]) == (codes, len(codes), "2026-01-31")
    mine, other = by_hand(list(TASKS.values())), by_hand([TASKS["a day late"], TASKS["secret"]])
    assert of(lines[HOME], mine) == mine
    assert of(lines[OTHER], other) == other
    assert (mine["documents"], mine["tasks"], lines[HOME]["classified"], lines[HOME]["without_term"]) == (5, 18, 1, 2)
    assert lines[HOME]["without_document"] == 10
    # Both of the other body's documents are among those of HOME: a document is counted once in the whole.
    assert of(found["total"], mine) == {name: mine[name] + (other[name] if name != "documents" else 0) for name in mine}
    assert sum(found["total"][name] for name in STATUSES.values()) == found["total"]["tasks"]


async def test_what_is_not_known_is_not_zero(house: House, codes: list[str]) -> None:
    found = (await house.get(NATION, "operator")).json()
    lines = {line["agency"]: line for line in found["items"]}
    assert (lines[IDLE]["tasks"], lines[IDLE]["missing"]) == (0, None)
    assert (lines[SILENT]["tasks"], lines[SILENT]["missing"]) == (None, "not_stated")
    assert (lines[ASIDE]["tasks"], lines[ASIDE]["documents"], lines[ASIDE]["missing"]) == (None, None, "row_put_aside")
    assert found["missing"] == 2
    before = (await house.get(f"{API}/periods/2026-02/task-annex", "reader")).json()
    assert (before["snapshot"], before["total"], before["missing"]) == (None, None, len(codes))
    assert {(line["tasks"], line["missing"]) for line in before["items"]} == {(None, "not_frozen")}
    own = (await house.get(f"{API}/agencies/{HOME}/periods/2026-02/task-annex", "agency_drafter")).json()
    assert (own["tasks"], own["missing"], own["by_document"]) == (None, "not_frozen", [])


async def test_a_body_reads_its_own_by_document_and_no_secret(house: House, codes: list[str]) -> None:
    answer = await house.get(OWN, "agency_signer")
    found = answer.json()
    mine = by_hand(list(TASKS.values()))
    assert of(found, mine) == mine
    lines = {(line["document"], line["masked"]): line for line in found["by_document"]}
    assert list(lines) == [("01/NQ", False), ("02/CĐ", False), ("03/TB", False), ("04/QĐ", False), (None, False), (None, True)]
    assert of(lines["01/NQ", False], mine) == by_hand([TASKS["before its day"], TASKS["on its day"], TASKS["a day late"]])
    assert (lines[None, True]["tasks"], lines[None, True]["open_past_term"]) == (1, 1)
    assert SECRET not in answer.text
    assert SECRET not in (await house.get(NATION, "reader")).text
    foreign = await house.client.get(OWN, headers=await house.bearer_of(OTHER, "agency_signer"))
    assert foreign.status_code == 404


async def test_its_table_has_the_annexes_own_headings(house: House, codes: list[str]) -> None:
    answer = await house.get(f"{NATION}?format=csv", "reader")
    head, *lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert head[:4] == ["STT", "Đơn vị được giao", "Tổng số văn bản giao nhiệm vụ", "Tổng số nhiệm vụ giao"]
    assert head[4:] == [
        "Đã hoàn thành: Đúng hạn", "Đã hoàn thành: Quá hạn", "Đã hoàn thành: Kết quả thực hiện", "Chưa hoàn thành: Trong hạn",
        "Chưa hoàn thành: Quá hạn",
    ]  # fmt: skip
    assert len(lines) == len(codes) + 1
    mine = by_hand(list(TASKS.values()))
    counted = [str(number) for number in mine.values()]
    assert lines[codes.index(HOME)][2:] == [*counted[:4], "", *counted[4:]]
    assert lines[codes.index(SILENT)][2:] == [""] * 7
    assert lines[-1][1] == "Tổng số"
    own = (await house.get(f"{OWN}?format=csv", "agency_drafter", **{"accept-language": "en"})).content.decode("utf-8-sig")
    assert own.splitlines()[0].startswith("No.,Body,")


async def test_its_pages_are_the_nations_and_the_bodys(house: House, codes: list[str]) -> None:
    async with browser(house, house.keys["reader"]) as client:
        shown = await client.get("/e-form/periods/2026-01/task-annex")
        assert (shown.status_code, shown.text.count('<tr role="row">')) == (200, len(codes) + 2)
        assert "Phụ lục: Kết quả thực hiện nhiệm vụ được giao, tháng 01/2026" in shown.text
        assert "Hệ thống 57 chưa có số liệu về cơ quan" in shown.text
        unfrozen = (await client.get("/e-form/periods/2026-02/task-annex")).text
        assert "Hệ thống 57 chưa được chốt số liệu của kỳ này." in unfrozen
        saved = await client.get("/e-form/periods/2026-01/task-annex.csv")
        assert saved.content == (await house.get(f"{NATION}?format=csv", "reader")).content
    async with browser(house, house.keys["agency_drafter"]) as client:
        own = await client.get(f"/e-form/agencies/{HOME}/periods/2026-01/task-annex")
        assert own.status_code == 200
        assert "Nhiệm vụ mật: không nêu văn bản" in own.text
        assert SECRET not in own.text
        saved = await client.get(f"/e-form/agencies/{HOME}/periods/2026-01/task-annex.csv")
        assert saved.content == (await house.get(f"{OWN}?format=csv", "agency_drafter")).content
        assert (await client.get(f"/e-form/agencies/{OTHER}/periods/2026-01/task-annex")).status_code == 404
