"""Findings can be read, and a list is not asked for what cannot be."""

from __future__ import annotations

import pytest

from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.seeds import Seeds
from tests.integration.gateway.test_lists import walk


async def test_findings_are_read_in_the_order_they_came(house: House, seeds: Seeds) -> None:
    before = await walk(house, f"{API}/findings?period=2026-03&limit=1", lambda: seeds.run("2026-01"))
    assert before == []
    for source in ("system57", "ndxp", "finance"):
        await seeds.freeze(source, "2026-03")
    found = await walk(house, f"{API}/findings?period=2026-03&limit=1", lambda: seeds.run("2026-01"))
    assert [line["source"] for line in found] == ["system57", "ndxp", "finance"]
    assert [line["finding_id"] for line in found] == sorted(line["finding_id"] for line in found)
    (only,) = (await house.get(f"{API}/findings?period=2026-03&source=ndxp", "auditor")).json()["items"]
    assert only == found[1]
    assert (only["code"], only["severity"], only["message_en"], only["detail"]) == ("demo", "warning", "demo data", {})
    assert only["pull_id"].startswith("pull_")
    assert only["recorded_at"]


async def test_what_a_later_snapshot_settled_says_so_and_is_counted_no_more(house: House, seeds: Seeds) -> None:
    """Of a superseded snapshot a finding asked for supersession still."""
    first = await seeds.freeze("finance", "2026-02")
    second = await seeds.freeze("finance", "2026-02", version=2, supersedes=first)
    found = (await house.get(f"{API}/findings?period=2026-02&source=finance", "operator")).json()["items"]
    assert [each["settled_by"] for each in found] == [second, None]
    board = (await house.get(f"{API}/operator-board?period=2026-02", "operator")).json()
    (line,) = [each for each in board["sources"] if each["source"] == "finance"]
    assert line["findings"] == {"fatal": 0, "warning": 1, "notice": 0}


@pytest.mark.parametrize("path", ["snapshots", "findings"])
async def test_a_list_of_nothing_there_could_be_is_refused(house: House, path: str) -> None:
    answer = await house.get(f"{API}/{path}?source=foo", "reader")
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["seen"]) == ("?source", "foo")
    assert {"system57", "ndxp"} <= set(fault["expected"].split(", "))
    for period in ("1999-01", "2025-12", "2026-04"):
        refused = await house.get(f"{API}/{path}?period={period}", "reader")
        assert refused.status_code == 404
        assert refused.json()["type"].endswith("/problems/period-unknown")
        assert period in refused.json()["detail"]
