"""The nation over the months over HTTP, on months made by hand (DSH-03), and bodies near a bound of a published version."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.gateway.http.edge import JSON
from shared.canonical import canonical_bytes, sha256_hex
from tests.integration.gateway.conftest import API, ENGLISH, NOW, House
from tests.integration.gateway.seeds import NOTICE, Seeds

PLACE = f"{API}/trends"


def line(agency: str, kind: str, total: str, grade: str, a: str | None, bonus: str, state: str = "scored") -> dict[str, Any]:
    """As sheets have it: what does not apply to a body is 0.00 points, in its group too."""
    worth = {"points": bonus, "exact": bonus, "state": "scored"}
    return {
        "agency": agency, "kind": kind, "total_exact": total, "grade": grade, "groups": {"A": a},
        "indicators": {"A1": {"points": a, "exact": a, "state": state}, "bonus": worth},
    }  # fmt: skip


FIRST = [
    line("G01", "ministry", "80", "B", "30.00", "0.00"),
    line("G02", "ministry", "601/10", "C", "20.01", "1.00"),
    line("H01", "province", "90", "A", "0.00", "0.00", "not_applicable"),
]
CORRECTED = [
    line("G01", "ministry", "80", "B", "30.00", "0.00"),
    line("G02", "ministry", "70", "B", "20.01", "1.00"),
    line("H01", "province", "90", "A", "0.00", "0.00", "not_applicable"),
    line("H02", "province", "40", "D", "10.00", "0.00"),
]


async def publish_by_hand(seeds: Seeds, period: str, version: int, lines: list[dict[str, Any]]) -> None:
    run_id = (await seeds.run("2026-02"))["run_id"]
    body = canonical_bytes({"period": period, "version": version, "agencies": lines})
    named = {"publication_id": f"pub_{period}v{version}", "digest": sha256_hex(body)}
    header = {"period": period, "version": version, "run_id": run_id, "publisher": "local:second", "reason": NOTICE}
    await seeds.insert_publication(
        {**header, **named, "published_at": NOW}, [{**named, "agency": "", "media_type": JSON, "body": body}]
    )


async def test_before_anything_is_published_it_says_so(house: House) -> None:
    answer = await house.get(PLACE, **ENGLISH)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "not-yet-published")


@pytest.fixture(scope="module")
async def months(seeds: Seeds) -> None:
    """January in one version, then corrected; February not at all; March in one version."""
    await publish_by_hand(seeds, "2026-01", 1, FIRST)
    await publish_by_hand(seeds, "2026-03", 1, FIRST)


async def test_the_latest_versions_a_corrected_one_marked_and_a_gap_left_out(house: House, seeds: Seeds, months: None) -> None:
    first = (await house.get(PLACE)).json()
    assert (first["from"], first["to"]) == ("2025-04", "2026-03")
    told = [(each["period"], each["version"], each["corrected"]) for each in first["months"]]
    assert told == [("2026-01", 1, False), ("2026-03", 1, False)]
    await publish_by_hand(seeds, "2026-01", 2, CORRECTED)
    answer = await house.get(PLACE)
    second = answer.json()
    told = [(each["period"], each["version"], each["corrected"]) for each in second["months"]]
    assert told == [("2026-01", 2, True), ("2026-03", 1, False)]
    assert second["months"][1] == first["months"][1]
    again = await house.get(PLACE, **{"if-none-match": answer.headers["etag"]})
    assert (again.status_code, answer.headers["cache-control"]) == (304, "public, no-cache")


async def test_mean_median_and_grades_are_exact_by_kind_and_by_group(house: House, months: None) -> None:
    march = (await house.get(f"{PLACE}?months=1")).json()["months"][0]
    # (80 + 60.1 + 90) / 3 = 76.7 and a third of a tenth; the middle one is 80.
    assert {name: march["all"][name] for name in ("bodies", "mean", "median", "highest", "lowest", "totals", "grades")} == {
        "bodies": 3,
        "mean": {"points": "76.70", "exact": "767/10"},
        "median": {"points": "80.00", "exact": "80"},
        "highest": {"points": "90.00", "exact": "90"},
        "lowest": {"points": "60.10", "exact": "601/10"},
        "totals": ["90", "80", "601/10"],
        "grades": {"A": 1, "B": 1, "C": 1},
    }
    ministry, province = march["kinds"]["ministry"], march["kinds"]["province"]
    assert list(march["kinds"]) == ["ministry", "province"]
    assert ministry["median"] == ministry["mean"] == {"points": "70.05", "exact": "1401/20"}
    half = {"points": "25.01", "exact": "5001/200"}
    assert ministry["groups"]["A"] == {"bodies": 2, "mean": half, "median": half}
    # A body that a group does not apply to counts nothing in it, and is no zero.
    assert march["all"]["groups"]["A"] == ministry["groups"]["A"]
    assert province["groups"]["A"] == {"bodies": 0, "mean": None, "median": None}
    assert march["all"]["groups"]["bonus"]["mean"] == {"points": "0.33", "exact": "1/3"}


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("?to=2026-02&months=1", 404, "from 2026-02 to 2026-02"),
        ("?to=2027-01", 404, "2027-01"),
        ("?months=13", 422, "12"),
        ("?months=0", 422, "1"),
    ],
)
async def test_what_cannot_be_told_is_refused(house: House, months: None, query: str, status: int, said: str) -> None:
    answer = await house.get(PLACE + query, **ENGLISH)
    assert answer.status_code == status
    assert said in answer.text


async def test_edges_of_a_version_are_those_of_its_run(house: House, seeds: Seeds) -> None:
    made = await seeds.publish("2026-02", version=1)
    place = f"{API}/periods/2026-02/edges"
    found = (await house.get(place, "reader")).json()
    ready = (await house.get(f"{API}/score-runs/{made.run_id}/readiness", "reader")).json()
    assert found == {"period": "2026-02", "version": 1, "near_a_bound": ready["near_a_bound"]}
    totals = {each["agency"]: each["total_exact"] for each in json.loads(made.json)["agencies"]}
    assert all(each["total_exact"] == totals[each["agency"]] for each in found["near_a_bound"])
    assert (await house.get(f"{place}?version=2", "reader")).status_code == 404
    assert (await house.get(place)).status_code == 401
