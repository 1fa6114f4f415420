"""An open word holds a month's first version: told with points, left out by two people, and scored so (docs/adr/0029)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace as instead
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from services.gateway.messages.translating import in_vietnamese
from services.scoring.compute import compute, compute_from, replay
from services.scoring.publish import RunNotPublishable, _require_publishable
from services.scoring.store import find_run, load_inputs, restore_inputs
from shared.database import Database
from shared.law.scheme import scheme_for
from shared.period import Period
from shared.tables.scoring import run
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, ENGLISH, House
from tests.integration.gateway.seeds import Seeds
from tests.integration.gateway.test_extensions import slug
from tests.integration.gateway.test_holds import AGREED, WORDS, second

MONTH, OTHER_MONTH = "2026-03", "2026-04"
CLOSED = datetime(2026, 4, 5, tzinfo=UTC)
IN_TIME = datetime(2026, 4, 3, tzinfo=UTC)


def stated(agency: str, database: str, records: int) -> dict[str, Any]:
    named = {"database": database, "database_name": "Cơ sở dữ liệu minh họa", "listed": False}
    return {"agency_code": agency, **named, "new_records": records, "confirmed_at": None, "confirmed_by": None}


def report(agency: str) -> dict[str, Any]:
    about = {"submitted_at": IN_TIME, "document": "1/BC (minh họa)"}
    return {"agency_code": agency, **about, "registered_tasks": 0, "reported_databases": 2}


def word(agency: str, database: str, records: int, verdict: str) -> dict[str, Any]:
    said = {"verdict": verdict, "reviewed_at": IN_TIME, "reviewed_by": "Bộ Công an", "reason": "minh họa", "document": None}
    return {"agency_code": agency, "database": database, "new_records": records, **said}


@pytest.fixture(scope="module")
async def scoring(database: TestDatabase) -> Any:
    opened = Database(database.app_url, role="scoring", pool_size=2)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def held(seeds: Seeds, house: House) -> dict[str, str]:
    """March: 40 records of H38 are counted, and of G06 one figure is confirmed, one refused; one of each is open."""
    await seeds.counted({"H38": 40}, MONTH, version=1)
    rows = [stated("G06", "a", 10), stated("G06", "b", 20), stated("G06", "c", 30), stated("H38", "d", 10)]
    reports = await seeds.freeze(
        "agency_report", MONTH, as_of=CLOSED, rows={"report": [report("G06"), report("H38")], "reported_records": rows}
    )
    said = [word("G06", "a", 10, "confirmed"), word("G06", "c", 30, "refused")]
    words = await seeds.freeze("records_review", MONTH, rows={"reviewed_records": said})
    return {"reports": reports, "words": words}


async def holds(house: House, **headers: Any) -> list[dict[str, Any]]:
    answer = await house.get(f"{API}/periods/{MONTH}/holds", "reader", **headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["holds"]
    return found


async def scored(scoring: Database) -> tuple[str, Mapping[str, Any]]:
    """A run, in which both engines agree, and C1 by body."""
    made = await compute(scoring, Period.parse(MONTH), actor="key:o", reason="minh họa")
    assert made["agrees"]
    async with scoring.read() as connection:
        sheet = json.loads(await connection.scalar(select(run.c.sheet).where(run.c.run_id == made["run_id"])) or b"{}")
    return made["run_id"], {line["agency"]: line["indicators"]["C1"] for line in sheet["agencies"]}


async def test_a_hold_names_each_open_figure_and_the_points_once_the_month_is_scored(
    house: House, held: dict[str, str], scoring: Database
) -> None:
    (found,) = await holds(house)
    assert (found["kind"], found["source"]) == ("open_word", "records_review")
    assert found["title"] == "Số liệu C1 do cơ quan báo cáo, chưa có ý kiến của Bộ Công an khi hết hạn"
    assert (found["evidence"]["snapshot"], found["evidence"]["reports"]) == (held["words"], held["reports"])
    assert [(body["agency"], body["points"]) for body in found["bodies"]] == [("G06", None), ("H38", None)]
    run_id, c1 = await scored(scoring)
    assert {agency: c1[agency]["state"] for agency in ("G06", "H38")} == dict.fromkeys(("G06", "H38"), "awaiting_confirmation")
    (found,) = await holds(house, **ENGLISH)
    assert "Ministry of Public Security" in found["title"]
    bodies = {body["agency"]: body for body in found["bodies"]}
    assert [(item["database"], item["new_records"]) for item in bodies["G06"]["items"]] == [("b", 20)]
    # Nobody's figure is known in this pool: 10 confirmed records lead it, and 30 would not bring more than all ten points.
    assert (bodies["G06"]["points"], bodies["G06"]["exact"]) == ("0.00", "0")
    answer = await house.publish(run_id, **ENGLISH)
    assert (answer.status_code, slug(answer)) == (409, "publication-held")
    assert [(each["pointer"], each["seen"]) for each in answer.json()["errors"]] == [
        ("open_word/G06", "1"),
        ("open_word/H38", "1"),
    ]


async def test_what_is_awaited_is_told_apart_from_what_is_missing(
    house: House, held: dict[str, str], scoring: Database
) -> None:
    """In readiness with the points at stake, and where publishing is refused."""
    run_id, c1 = await scored(scoring)
    found = (await house.get(f"{API}/score-runs/{run_id}/readiness", "reader")).json()
    awaiting = {each["agency"]: each for each in found["awaiting"]}
    assert set(awaiting) == {"G06", "H38"}
    said = c1["G06"]["awaiting"]
    assert awaiting["G06"] == {
        "agency": "G06", "indicators": ["C1"], **{name: said[name] for name in ("figures", "open", "points", "exact")},
    }  # fmt: skip
    missing = {each["agency"]: each["indicators"] for each in found["missing"]}
    assert "A1" in missing["G06"]
    assert not [code for code, indicators in missing.items() if code in awaiting and "C1" in indicators]
    assert not found["ready"]
    async with scoring.read() as connection:
        stored = await find_run(connection, run_id)
    assert stored is not None
    with pytest.raises(RunNotPublishable, match="; a word awaited of 2: G06 C1; H38 C1") as refused:
        _require_publishable(stored)
    assert refused.value.context["awaiting"] == ["G06 C1", "H38 C1"]
    assert not [each for each in refused.value.context["missing"] if each.startswith("G06") and "C1" in each]
    assert "2 cơ quan đang chờ ý kiến của Bộ Công an: G06 C1; H38 C1" in in_vietnamese(refused.value.detail)


async def test_a_run_whose_inputs_say_no_reasons_replays_without_them(held: dict[str, str], scoring: Database) -> None:
    """As every run from before: its stored inputs hold no refusals, and its sheet keeps its form."""
    async with scoring.read() as connection:
        now = await load_inputs(connection, Period.parse(MONTH))
        assert [(each.agency, each.database, each.reason) for each in now.refusals] == [("G06", "c", "minh họa")]
        stored = instead(now, refusals=()).bytes()
        assert b"refusals" not in stored
        again = await restore_inputs(connection, stored)
        assert again.bytes() == stored
        done = await compute_from(connection, again, scheme_for(again.period))
        assert (await restore_inputs(connection, now.bytes())).bytes() == now.bytes()
    assert done.differences == []
    c1 = next(line["indicators"]["C1"] for line in done.document["agencies"] if line["agency"] == "G06")
    assert [sorted(one) for one in c1["figures"] if one["word"] == "refused"] == [
        ["automatic", "confirmed", "database", "database_name", "precedence", "reported", "variance", "winner", "word"]
    ]


async def test_of_a_reason_that_bears_a_classification_marker_nothing_is_published(
    seeds: Seeds, house: House, held: dict[str, str], scoring: Database
) -> None:
    """As an official file may say it, which nobody here refused: the figure stays refused, without its reason (SEC-06)."""
    said = word("G06", "a", 10, "refused") | {"reason": "TỐI MẬT: theo hồ sơ 12"}
    about = {"report": [report("G06")], "reported_records": [stated("G06", "a", 10)]}
    await seeds.counted({"H38": 40}, OTHER_MONTH, version=1)
    await seeds.freeze("agency_report", OTHER_MONTH, as_of=datetime(2026, 5, 5, tzinfo=UTC), rows=about)
    await seeds.freeze("records_review", OTHER_MONTH, rows={"reviewed_records": [said]})
    async with scoring.read() as connection:
        inputs = await load_inputs(connection, Period.parse(OTHER_MONTH))
        done = await compute_from(connection, inputs, scheme_for(inputs.period))
    assert (list(inputs.refusals), done.differences) == ([], [])
    c1 = next(line["indicators"]["C1"] for line in done.document["agencies"] if line["agency"] == "G06")
    assert [(one["word"], "reason" in one) for one in c1["figures"]] == [("refused", False)]
    assert "hồ sơ 12" not in json.dumps(done.document, ensure_ascii=False)


@pytest.mark.parametrize("marked", ["reason", "document"])
async def test_words_with_a_classification_marker_leave_nothing_out(house: House, held: dict[str, str], marked: str) -> None:
    """Reason and document are published with what was left out."""
    (found,) = await holds(house)
    asked = {"hold_id": found["hold_id"], **WORDS, marked: "TỐI MẬT: theo hồ sơ 12"}
    answer = await house.post(f"{API}/periods/{MONTH}/omissions", "publisher", asked)
    assert (answer.status_code, slug(answer)) == (422, "classified-content")
    assert "hồ sơ 12" not in answer.text
    assert await house.facts("SELECT * FROM control.omission WHERE hold_id = :it", found["hold_id"]) == []


async def test_what_two_people_leave_out_does_not_count_and_the_sheet_says_so(
    house: House, held: dict[str, str], scoring: Database
) -> None:
    before, _ = await scored(scoring)
    (found,) = await holds(house)
    asked = await house.post(f"{API}/periods/{MONTH}/omissions", "publisher", {"hold_id": found["hold_id"], **WORDS})
    assert asked.status_code == 201, asked.text
    assert (await scored(scoring))[0] == before, "one person leaves nothing out"
    approvals = f"{API}/omissions/{asked.json()['omission_id']}/approvals"
    own = await house.post(approvals, "publisher", AGREED)
    assert (own.status_code, slug(own)) == (403, "same-person")
    assert (await house.client.post(approvals, headers=await second(house), json=AGREED)).status_code == 201
    assert await holds(house) == []
    after, c1 = await scored(scoring)
    assert after != before
    assert (c1["H38"]["state"], c1["H38"]["exact"], c1["G06"]["exact"]) == ("scored", "10", "5/2")
    assert {one["database"]: one["word"] for one in c1["G06"]["figures"]} == {
        "a": "confirmed", "b": "left_out", "c": "refused",
    }  # fmt: skip
    assert {one["database"]: one.get("reason") for one in c1["G06"]["figures"]} == {"a": None, "b": None, "c": "minh họa"}
    assert (await replay(scoring, before))["same"], "the run of before is still what it was"
    assert (await replay(scoring, after))["same"]


async def test_a_word_that_came_later_is_taken_in_by_another_version_of_the_words(
    house: House, held: dict[str, str], scoring: Database, seeds: Seeds
) -> None:
    """A word is worth more than a decision that there was none."""
    said = [word("G06", "a", 10, "confirmed"), word("G06", "b", 20, "confirmed"), word("G06", "c", 30, "refused")]
    await seeds.freeze("records_review", MONTH, version=2, supersedes=held["words"], rows={"reviewed_records": said})
    _, c1 = await scored(scoring)
    assert c1["G06"]["exact"] == "15/2"
