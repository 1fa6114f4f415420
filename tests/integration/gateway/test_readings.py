"""Readings of a published version over HTTP: what scoring kept, by reading and by alternative; what is not there (RUL-08)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.database import Database
from shared.law.readings import Readings
from shared.law.scheme import scheme_for
from shared.period import Period
from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.seeds import Published, Seeds, Under

PLACE = f"{API}/periods/2026-01/readings"
SCHEME = scheme_for(Period.parse("2026-01"))


def under_of(published: Published) -> Under:
    """The first alternative of E-1 gives every body a point more, B-1 nothing else, no other is had."""
    sheet = json.loads(published.json)

    async def under(readings: Readings) -> dict[str, Any] | None:
        if readings.takes("E-1", "head-only"):
            return {"agencies": [{**line, "total": line["total"] + 1} for line in sheet["agencies"]]}
        return sheet if readings.takes("B-1", "table") else None

    return under


@pytest.fixture(scope="module")
async def published(seeds: Seeds) -> Published:
    made = await seeds.publish(version=1)
    await seeds.keep_readings(made, under_of(made))
    return made


async def test_the_register_with_what_each_alternative_moves(house: House, published: Published) -> None:
    answer = await house.get(PLACE)
    content = answer.json()
    assert (content["period"], content["version"]) == ("2026-01", 1)
    entries = {each["id"]: each for each in content["readings"]}
    assert list(entries) == list(SCHEME.readings)
    b1 = entries["B-1"]
    assert b1["words"] == SCHEME.passages["b-formula"].text
    assert b1["in_force"]["vi"].startswith("B = tổng điểm năm nhóm")
    assert b1["because"]["en"].startswith("The text names five groups")
    (table,) = b1["alternatives"]
    assert {name: table[name] for name in ("id", "from", "computed", "agencies_moved", "grades_moved", "ranks_moved")} == {
        "id": "table",
        "from": "measures",
        "computed": True,
        "agencies_moved": 0,
        "grades_moved": 0,
        "ranks_moved": 0,
    }
    head = entries["E-1"]["alternatives"][0]
    assert (head["from"], head["agencies_moved"], head["grades_moved"]) == ("rows", 56, 0)
    series = entries["A-5"]["alternatives"][0]
    assert (series["computed"], series["agencies_moved"]) == (False, None)
    assert series["not_computed"]["vi"].startswith("Số liệu đã chốt")
    assert entries["E-10"]["not_yet"]["en"]
    assert entries["G-17"]["not_yet"] is None
    assert entries["G-12"]["words"] is None


async def test_every_body_under_both_and_under_all(house: House, published: Published) -> None:
    answer = (await house.get(f"{PLACE}/E-1/head-only")).json()
    official = {line["agency"]: line for line in json.loads(published.json)["agencies"]}
    assert {name: answer[name] for name in ("period", "version", "reading", "alternative")} == {
        "period": "2026-01",
        "version": 1,
        "reading": "E-1",
        "alternative": "head-only",
    }
    assert [line["agency"] for line in answer["agencies"]] == list(official)
    for line in answer["agencies"]:
        mine = {name: official[line["agency"]][name] for name in ("total", "total_exact", "grade", "rank", "shown_total")}
        assert line["in_force"] == mine
        assert line["alternative"] == {**mine, "total": mine["total"] + 1}
    both = (await house.get(f"{PLACE}/E-1")).json()
    assert both["reading"]["id"] == "E-1"
    assert {tuple(line["alternatives"]) for line in both["agencies"]} == {("head-only",)}
    none = (await house.get(f"{PLACE}/A-2")).json()
    assert (none["reading"]["alternatives"], none["agencies"]) == ([], [])


@pytest.mark.parametrize(
    ("path", "slug", "said"),
    [
        ("/Z-9", "reading-unknown", "Z-9"),
        ("/Z-9/table", "reading-unknown", "Z-9"),
        ("/B-1/tables", "reading-unknown", "it has: table"),
        ("/A-2/zero", "reading-unknown", "it has: none"),
        ("/A-5/capped-recurring", "reading-not-computed", "capped-recurring"),
        ("/D-3/full", "reading-not-computed", "full"),
        ("?version=9", "version-unknown", "2026-01 has the versions 1 to 1"),
    ],
)
async def test_what_is_not_there_is_named(house: House, published: Published, path: str, slug: str, said: str) -> None:
    answer = await house.get(PLACE + path, **{"accept-language": "en"})
    assert answer.status_code == 404
    assert answer.json()["type"].endswith(slug)
    assert said in answer.json()["detail"]


async def test_a_pinned_version_never_changes_and_the_latest_may(house: House, published: Published) -> None:
    pinned = await house.get(f"{PLACE}/B-1/table?version=1")
    latest = await house.get(f"{PLACE}/B-1/table")
    assert "immutable" in pinned.headers["cache-control"]
    assert latest.headers["cache-control"] == "public, no-cache"
    again = await house.get(f"{PLACE}/B-1/table", **{"if-none-match": latest.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_version_without_readings_says_so(house: House, published: Published, seeds: Seeds) -> None:
    await seeds.publish("2026-02", version=1)
    answer = await house.get(f"{API}/periods/2026-02/readings", **{"accept-language": "en"})
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (404, "reading-not-computed")


async def test_what_was_kept_is_never_changed(published: Published, app_url: str) -> None:
    for role in ("scoring", "gateway"):
        database = Database(app_url, role=role, pool_size=1)
        for change in ("UPDATE scoring.run_reading SET digest = ''", "DELETE FROM scoring.run_reading"):
            with pytest.raises(DBAPIError, match=r"permission denied|holds facts"):
                async with database.transaction() as connection:
                    await connection.execute(text(change))
        await database.close()
