"""Everything to be known of a run before it is published, in one answer (EXP-09, EXP-10, EXP-13)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from shared import audit
from shared.database import Database
from shared.law.readings import Readings
from shared.tables.ingest import finding
from shared.tables.ingest import snapshot as table
from tests.integration.gateway.conftest import API, ENGLISH, House
from tests.integration.gateway.seeds import Published, Seeds, Under

HELD, NOTICED = "2026-02", "2026-03"
BOUNDS = (85, 70, 50)


@pytest.fixture(scope="module")
async def published(seeds: Seeds) -> Published:
    made = await seeds.publish(version=1)
    await seeds.keep_readings(made, under_of(made))
    return made


def under_of(made: Published) -> Under:
    """Two bodies would get another grade by E-1, nobody anything else by B-1, no other is had."""
    sheet = json.loads(made.json)
    better = [{**line, "grade": "A" if number < 2 else line["grade"]} for number, line in enumerate(sheet["agencies"])]

    async def under(readings: Readings) -> dict[str, Any] | None:
        if readings.takes("E-1", "head-only"):
            return {"agencies": better}
        return sheet if readings.takes("B-1", "table") else None

    return under


def leading_of(said: Any) -> tuple[list[str], str]:
    """Of a sheet's leaders who they are and their figure."""
    return said["agencies"], str(said["value"])


async def ready(house: House, run: str) -> dict[str, Any]:
    answer = await house.get(f"{API}/score-runs/{run}/readiness", "reader")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_of_a_published_run_nothing_moves_and_its_edges_are_told(house: House, published: Published) -> None:
    found = await ready(house, published.run_id)
    sheet = json.loads(published.json)
    assert (found["run_id"], found["period"], found["agrees"]) == (published.run_id, "2026-01", True)
    assert (found["plan"]["against"]["version"], found["plan"]["agencies_moved"], found["plan"]["compared"]) == (1, 0, True)
    assert (found["moved"], found["holds"]) == ([], [])
    missing = {line["agency"]: line["missing"] for line in sheet["agencies"] if line["missing"]}
    assert {each["agency"]: each["indicators"] for each in found["missing"]} == missing
    assert found["ready"] is not bool(missing)
    totals = {line["agency"]: Fraction(line["total_exact"]) for line in sheet["agencies"]}
    near = {(code, bound) for code, total in totals.items() for bound in BOUNDS if bound - 1 <= total <= bound + Fraction(1, 2)}
    assert {(each["agency"], each["bound"]) for each in found["near_a_bound"]} == near
    leaders = sheet["leader_values"]
    assert {each["indicator"] for each in found["leading"]} == set(leaders)
    for each in found["leading"]:
        assert (each["agencies"], str(each["value"])) == leading_of(leaders[each["indicator"]])
        assert {one["agency"] for one in each["moved"]} <= set(totals)


async def test_readings_that_would_change_a_grade_are_those_of_the_register(house: House, published: Published) -> None:
    found = await ready(house, published.run_id)
    register = (await house.get(f"{API}/periods/2026-01/readings")).json()["readings"]
    counted = {
        (entry["id"], one["id"]): one["grades_moved"]
        for entry in register
        for one in entry["alternatives"]
        if one["grades_moved"]
    }
    told: dict[tuple[str, str], int] = {}
    for each in found["readings"]:
        told[each["reading"], each["alternative"]] = told.get((each["reading"], each["alternative"]), 0) + 1
    assert told == counted == {("E-1", "head-only"): 2}
    assert {each["grade"]["to"] for each in found["readings"]} == {"A"}


async def test_a_later_run_says_who_moves_against_the_published_version(
    house: House, published: Published, seeds: Seeds
) -> None:
    """Every run of these seeds has other figures."""
    run = await seeds.run()
    found = await ready(house, run["run_id"])
    assert found["plan"]["against"]["publication"] == published.publication_id
    before = {line["agency"]: line["total_exact"] for line in json.loads(published.json)["agencies"]}
    after = {line["agency"]: line["total_exact"] for line in json.loads(run["sheet"])["agencies"]}
    changed = {code for code, total in after.items() if total != before[code]}
    assert changed
    assert changed <= {each["agency"] for each in found["moved"]}
    assert found["plan"]["agencies_moved"] == sum(each["moved"] for each in found["moved"])
    assert found["plan"]["ranks_moved"] == sum(each["rank"]["from"] != each["rank"]["to"] for each in found["moved"])
    for each in found["moved"]:
        assert sum(map(Fraction, each["causes"].values())) == Fraction(each["total_exact"]["change"])


async def test_what_holds_the_month_keeps_it_from_being_ready(house: House, seeds: Seeds) -> None:
    snapshot = await seeds.freeze(period=HELD)
    run = await seeds.run(HELD, system57=snapshot)
    change = {
        "task_id": "NV-1", "agency": "G06", "kind": "recorded_late", "due_on": date(2026, 2, 28),
        "completed_on": date(2026, 2, 27), "reported_at": datetime(2026, 3, 3, 2, tzinfo=UTC),
        "verdict_before": "open", "verdict_after": "on_time",
    }  # fmt: skip
    await seeds.looked(HELD, [change], snapshot=snapshot, as_of=datetime.now(UTC) + timedelta(days=1))
    found = await ready(house, run["run_id"])
    (hold,) = found["holds"]
    assert (hold["kind"], hold["title"]) == ("recorded_late", "Nhiệm vụ hoàn thành trong kỳ, được ghi nhận sau khi chốt")
    assert (found["ready"], found["readings"]) == (False, [])
    assert (found["plan"]["against"], len(found["moved"])) == (None, 56), "before a first version everything is new"
    assert {each["total_exact"]["from"] for each in found["moved"]} == {None}
    english = await house.get(f"{API}/score-runs/{run['run_id']}/readiness", "reader", **ENGLISH)
    assert english.json()["holds"][0]["title"].startswith("Tasks completed")


async def noticed(seeds: Seeds, period: str, snapshot: str, code: str, details: Sequence[dict[str, Any]]) -> None:
    """Written as ingest does, about the pull that the snapshot was frozen from."""
    database = Database(seeds.url, role="ingest")
    async with database.transaction() as connection:
        pull_id = await connection.scalar(select(table.c.pull_id).where(table.c.snapshot_id == snapshot))
        about = {"pull_id": pull_id, "source": "system57", "period": period, "code": code, "severity": "notice"}
        lines = [{**about, "message_vi": f"{code} {n}", "message_en": code, "detail": each} for n, each in enumerate(details)]
        await connection.execute(finding.insert(), lines)
        await audit.record(connection, "local:demo", "pull.complete", str(pull_id), reason="demo")
    await database.close()


async def test_findings_are_those_of_the_runs_snapshots_counted_with_their_bodies(house: House, seeds: Seeds) -> None:
    """Neither of a snapshot that another followed, nor of a look before the last one; a body named in any way counts once."""
    frozen = await seeds.freeze(period=NOTICED)
    await noticed(seeds, NOTICED, frozen, "OF-THE-FORMER", [{"agency": "G06"}])
    look: dict[str, Any] = {"snapshot": frozen, "as_of": datetime.now(UTC)}
    await seeds.looked(NOTICED, [], **look, unread=("G06",))
    later = await seeds.freeze(period=NOTICED, version=2, supersedes=frozen)
    run = await seeds.run(NOTICED, system57=later)
    await noticed(seeds, NOTICED, later, "BY-BODY", [{"agency": "G06"}, {"agency": "G06"}, {"agency": "H38"}])
    await noticed(
        seeds, NOTICED, later, "BY-COUNT", [{"agencies": {"G06": 1}, "tasks": [{"agency": "G06"}, {"agency": "H12"}]}]
    )
    await noticed(seeds, NOTICED, later, "BY-LIST", [{"agencies": ["G01", "G02"]}, {"agencies": ["G02", "G03", "G04"]}])
    counted = {each["code"]: (each["count"], each["bodies"]) for each in (await ready(house, run["run_id"]))["findings"]}
    own = {"demo": (1, None), "BY-BODY": (3, 2), "BY-COUNT": (1, 2), "BY-LIST": (2, 4)}
    assert counted == own
    for unread in (("G06", "H38"), ("H12",)):
        await seeds.looked(NOTICED, [], **look, unread=unread)
    found = (await ready(house, run["run_id"]))["findings"]
    assert {each["code"]: (each["count"], each["bodies"]) for each in found} == {**own, "ING-ROW-ASIDE": (1, 1)}
    assert [each["severity"] for each in found] == ["warning"] * 2 + ["notice"] * 3
    (by_body,) = [each for each in found if each["code"] == "BY-BODY"]
    assert (by_body["source"], by_body["message_vi"]) == ("system57", "BY-BODY 2")
    listed = (await house.get(by_body["listed_at"], "reader")).json()["items"]
    assert {each["code"] for each in listed} == {*own, "OF-THE-FORMER", "ING-ROW-ASIDE"}
    assert {each["period"] for each in listed} == {NOTICED}


async def test_a_run_that_is_not_there_is_not_found(house: House) -> None:
    answer = await house.get(f"{API}/score-runs/run_{'0' * 26}/readiness", "reader")
    assert answer.status_code == 404
