"""Plans over REST: what would move is read before it does, and nothing is run or published that was not looked at (OPS-01)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from shared.canonical import canonical_bytes, sha256_hex
from tests.integration.gateway.conftest import API, ENGLISH, House
from tests.integration.gateway.seeds import Published, Seeds

REASON = {"reason": "đính chính"}


def slug(answer: httpx.Response) -> str:
    name: str = answer.json()["type"].rsplit("/", 1)[1]
    return name


@pytest.fixture(scope="module")
async def published(seeds: Seeds) -> Published:
    return await seeds.publish(version=1)


async def test_a_plan_says_who_would_move_and_its_digest_is_that_of_what_it_says(
    house: House, seeds: Seeds, published: Published
) -> None:
    plan_id = await seeds.score_plan()
    answer = await house.get(f"{API}/score-plans/{plan_id}", "reader")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert sha256_hex(canonical_bytes(found["difference"])) == found["digest"]
    assert found["difference"]["against"]["publication"] == published.publication_id
    before = {line["agency"]: line["total_exact"] for line in json.loads(published.json)["agencies"]}
    for each in found["difference"]["agencies"]:
        assert each["total_exact"]["from"] == before[each["agency"]]
        assert set(each["causes"]) == {"own", "pool", "scheme", "ruling"}
    assert [each["version"] for each in found["stale"]] == [1]
    assert (await house.get(f"{API}/score-plans/splan_{'0' * 26}", "reader")).status_code == 404
    assert (await house.get(f"{API}/score-plans/{plan_id}", "agency_drafter")).status_code == 403


async def test_a_run_by_a_stale_plan_is_409_at_once_and_names_what_changed(
    house: House, seeds: Seeds, published: Published
) -> None:
    """The seeds' plan rests on a snapshot that is none of the month's."""
    plan_id = await seeds.score_plan()
    frozen = await seeds.freeze(period="2026-01")
    plan = (await house.get(f"{API}/score-plans/{plan_id}", "reader")).json()
    (snapshot,) = (each for each in plan["changed"] if each["part"] == "snapshots")
    assert (snapshot["name"], snapshot["after"]) == ("system57", frozen)
    before = await house.facts("SELECT count(*) AS n FROM control.command")
    refused = await house.post(f"{API}/score-runs", "operator", {"plan": plan_id, **REASON}, **ENGLISH)
    assert (refused.status_code, slug(refused)) == (409, "plan-stale")
    assert await house.facts("SELECT count(*) AS n FROM control.command") == before
    told = {each["pointer"]: (each["expected"], each["seen"]) for each in refused.json()["errors"]}
    assert told["snapshots/system57"] == (snapshot["before"], frozen)
    vietnamese = await house.post(f"{API}/score-runs", "operator", {"plan": plan_id, **REASON})
    assert vietnamese.json()["errors"][0]["detail"] == "khác với khi lập kế hoạch"
    for body in ({"plan": plan_id, "period": "2026-01"}, {}):
        both = await house.post(f"{API}/score-runs", "operator", {**body, **REASON})
        assert (both.status_code, [each["pointer"] for each in both.json()["errors"]]) == (422, ["/period"])
    unknown = await house.post(f"{API}/score-runs", "operator", {"plan": f"splan_{'0' * 26}", **REASON})
    assert unknown.status_code == 404


async def test_a_run_says_which_of_its_inputs_are_otherwise_now(house: House, seeds: Seeds, published: Published) -> None:
    frozen = await seeds.freeze("ndxp", period="2026-01")
    run = await seeds.run()
    one = (await house.get(f"{API}/score-runs/{run['run_id']}", "reader")).json()
    listed = (await house.get(f"{API}/score-runs?period=2026-01", "reader")).json()["items"]
    told: dict[str, Any] = {each["run_id"]: each["stale"] for each in listed}
    assert told[run["run_id"]] == one["stale"]
    assert {"part": "snapshots", "name": "ndxp", "before": None, "after": frozen} in one["stale"]
    assert {each["part"] for each in one["stale"]} == {"snapshots", "calendar"}, "the seeds move the cutoff a little"


async def test_nothing_is_published_that_was_not_looked_at(house: House, seeds: Seeds, published: Published) -> None:
    run = await seeds.run(actor="local:operator")
    place, about = f"{API}/publications", {"run_id": run["run_id"], **REASON}
    blind = await house.post(place, "publisher", about)
    assert (blind.status_code, [each["pointer"] for each in blind.json()["errors"]]) == (422, ["/plan"])
    seen = await house.seen(run["run_id"])
    other = await house.post(place, "publisher", {**about, "plan": published.digest}, **ENGLISH)
    assert (other.status_code, slug(other)) == (409, "plan-stale")
    assert [(each["seen"], each["expected"]) for each in other.json()["errors"]] == [(published.digest, seen)]
    await seeds.publish(version=2)
    late = await house.post(place, "publisher", {**about, "plan": seen})
    assert (late.status_code, slug(late)) == (409, "plan-stale"), "another version came between"
    assert (await house.publish(run["run_id"])).status_code == 202
    (asked,) = await house.facts("SELECT arguments FROM control.command WHERE kind = 'publish'")
    assert asked["arguments"] == {"run_id": run["run_id"], "plan": await house.seen(run["run_id"])}
