"""Lists: opaque cursors, stable while rows arrive; the registry, schemes and periods; the operator's board."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.seeds import Seeds

RULING = {"period": "2026-02", "agency": "G01", "reason": "thiếu số liệu", "document": "Công văn 2 (minh họa)"}


async def walk(house: House, path: str, between: Callable[[], Awaitable[Any]]) -> list[dict[str, Any]]:
    """All pages, with something new arriving between any two."""
    found: list[dict[str, Any]] = []
    address = path
    for _ in range(50):
        answer = await house.get(address, "reader")
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next"] is None:
            assert "link" not in answer.headers
            return found
        link = answer.headers["link"]
        assert link.endswith('>; rel="next"')
        address = link[1 : link.index(">")]
        assert answer.json()["next"] in address
        await between()
    raise AssertionError("the list never ends")


async def test_walking_rulings_misses_and_repeats_none(house: House) -> None:
    measures = ["period_tasks", "on_time_tasks", "late_tasks", "speeches", "thematic_reports", "kpis_updated", "kpis_required"]
    for measure in measures:
        await house.post(f"{API}/rulings", "publisher", {**RULING, "measure": measure, "value": "1"})
    arriving = iter(range(3))

    async def another() -> None:
        if next(arriving, None) is not None:
            await house.post(f"{API}/rulings", "publisher", {**RULING, "measure": "accepted_tasks", "value": "1"})

    found = await walk(house, f"{API}/rulings?period=2026-02&limit=2", another)
    assert [line["measure"] for line in found] == [*measures, *["accepted_tasks"] * 3]
    assert len({line["ruling_id"] for line in found}) == len(found)


async def test_walking_runs_and_snapshots(house: House, seeds: Seeds) -> None:
    runs = [(await seeds.run("2026-02"))["run_id"] for _ in range(3)]
    found = await walk(house, f"{API}/score-runs?period=2026-02&limit=1", lambda: seeds.run("2026-01"))
    assert [line["run_id"] for line in found] == sorted(runs)
    frozen = [await seeds.freeze(source, "2026-02") for source in ("system57", "ndxp", "finance")]
    found = await walk(house, f"{API}/snapshots?period=2026-02&limit=1", lambda: seeds.run("2026-01"))
    assert [line["snapshot_id"] for line in found] == frozen
    only = (await house.get(f"{API}/snapshots?source=ndxp", "reader")).json()["items"]
    assert [line["snapshot_id"] for line in only] == [frozen[1]]
    assert (only[0]["origin"], only[0]["clock_skew_seconds"]) == ("official_file", "0.25")
    one = (await house.get(f"{API}/snapshots/{frozen[1]}", "reader")).json()
    assert {**only[0]}.items() <= one.items()
    assert (one["manifest"]["source"], "notices" in one["evidence"]) == ("ndxp", True)


async def test_walking_applicability_and_calendar(house: House) -> None:
    async def nothing() -> None:
        return None

    paper = {"document": "Công văn 4 (minh họa)", "reason": "không có thủ tục"}
    for agency, indicator in (("G01", "B1"), ("G01", "B2"), ("G02", "B1")):
        body = {"agency": agency, "indicator": indicator, "valid_from": "2026-01", **paper}
        assert (await house.post(f"{API}/applicability", "publisher", body)).status_code == 201
    found = await walk(house, f"{API}/applicability?agency=G01&limit=1", nothing)
    assert [(line["agency"], line["indicator"]) for line in found] == [("G01", "B1"), ("G01", "B2")]
    for source in ("finance", "*", "ndxp"):
        entry = {"period": "2026-03", "source": source, "kind": "cutoff", "reason": "gia hạn"}
        await house.post(f"{API}/calendar", "publisher", {**entry, "falls_at": "2099-04-05T00:00:00+07:00"})
    found = await walk(house, f"{API}/calendar?period=2026-03&limit=1", nothing)
    assert [line["source"] for line in found] == ["finance", "*", "ndxp"]


@pytest.mark.parametrize("cursor", ["zzz", "bm9uZQ", "IngKCiI", "LTk5OTk5OTk5OTk5OTk5OTk", "MS41", "e30"])
@pytest.mark.parametrize("path", ["/rulings", "/snapshots", "/score-runs", "/applicability", "/calendar"])
async def test_a_foreign_cursor_is_refused(house: House, path: str, cursor: str) -> None:
    answer = await house.get(f"{API}{path}?cursor={cursor}", "reader")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "?cursor"


async def test_a_document_has_one_etag_for_all_callers(house: House) -> None:
    answers = [await house.get(f"{API}/rulings", role) for role in ("reader", "auditor")]
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert answers[0].headers["cache-control"] == "private, no-cache"
    again = await house.get(f"{API}/rulings", "operator", **{"if-none-match": answers[0].headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_registry_as_of_a_day(house: House) -> None:
    found = (await house.get(f"{API}/agencies")).json()
    assert (len(found["items"]), found["next"]) == (56, None)
    assert found["items"] == sorted(found["items"], key=lambda body: body["code"])
    body = (await house.get(f"{API}/agencies/G06")).json()
    assert body == next(each for each in found["items"] if each["code"] == "G06")
    assert body["head"]["name"] is None
    assert (await house.get(f"{API}/agencies?on=2020-01-01")).json()["items"] == []
    assert (await house.get(f"{API}/agencies/G06?on=2020-01-01")).status_code == 404
    for day in ("2026-02-30", "1700000000", "2026-1-1", "x"):
        assert (await house.get(f"{API}/agencies?on={day}")).status_code == 422


async def test_the_law_is_served_with_its_passages(house: House) -> None:
    listed = (await house.get(f"{API}/schemes")).json()["items"]
    scheme = (await house.get(f"{API}/schemes/{listed[0]['id']}")).json()
    assert scheme["digest"] == listed[0]["digest"]
    content = scheme["content"]
    formulas = [indicator["formula"] for indicator in content["indicators"].values()]
    cited = [formula["worth"]["cite"] for formula in formulas if "worth" in formula]
    assert cited
    assert all(content["passages"][name]["sha256"].startswith("sha256:") for name in cited)
    assert (await house.get(f"{API}/schemes/none")).status_code == 404


async def test_periods_run_from_the_first_scheme_to_now(house: House, seeds: Seeds) -> None:
    await seeds.publish("2026-01", version=1)
    found = (await house.get(f"{API}/periods")).json()["items"]
    assert [line["period"] for line in found] == ["2026-01", "2026-02", "2026-03"]
    assert found[0]["published"]["version"] == 1
    one = (await house.get(f"{API}/periods/2026-01")).json()
    assert (one["begins_at"], one["ends_at"]) == ("2026-01-01T00:00:00+07:00", "2026-02-01T00:00:00+07:00")
    assert (one["cutoff_at"], one["report_deadline_at"]) == ("2026-02-02T00:00:00+07:00", "2026-02-05T00:00:00+07:00")
    assert (await house.get(f"{API}/periods/2026-04")).status_code == 404


async def test_the_board_shows_what_is_late(house: House, seeds: Seeds) -> None:
    await seeds.freeze("system57", "2026-03")
    body = {"source": "ndxp", "period": "2026-03", "reason": "thử"}
    await house.post(f"{API}/pulls", "operator", body)
    board = (await house.get(f"{API}/status?period=2026-03", "operator")).json()
    lines = {line["source"]: line for line in board["sources"]}
    assert len(lines) == 8
    frozen = lines["system57"]
    assert (frozen["state"], frozen["snapshot"]["version"], frozen["snapshot"]["origin"]) == ("frozen", 1, "official_file")
    assert (frozen["last_pull"]["state"], frozen["findings"]) == ("complete", {"fatal": 0, "warning": 1, "notice": 0})
    waiting = {"state": "waiting", "snapshot": None, "last_pull": None}
    assert {name: lines["ndxp"][name] for name in waiting} == waiting
    assert board["jobs"] == [{"kind": "pull", "state": "waiting", "count": 1}]
    late = {line["source"]: line["state"] for line in (await house.get(f"{API}/status", "operator")).json()["sources"]}
    assert late["agency_report"] == "overdue"
    assert (await house.get(f"{API}/status?period=2026-09", "operator")).status_code == 404


async def test_a_moved_cutoff_shows_on_the_board(house: House) -> None:
    entry = {"period": "2026-02", "source": "public_service_portal", "kind": "cutoff", "reason": "gia hạn"}
    await house.decide("/calendar", {**entry, "falls_at": "2099-03-20T00:00:00+07:00"})
    board = (await house.get(f"{API}/status?period=2026-02", "reader")).json()
    line = next(line for line in board["sources"] if line["source"] == "public_service_portal")
    assert (line["cutoff_at"], line["state"]) == ("2099-03-20T00:00:00+07:00", "waiting")
