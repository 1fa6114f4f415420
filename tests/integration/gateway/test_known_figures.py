"""What is known before a body says anything, and what it is asked when it says something else (INT-17, DQ-03)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.integration.gateway.conftest import PEER, House
from tests.integration.gateway.reports import Body, accepted_task, report, task
from tests.integration.gateway.seeds import Seeds

PERIOD = "2026-02"
# The one invented database of a seeded month.
DATABASE = {"database": "CSDL-MH", "database_name": "Cơ sở dữ liệu minh họa"}


def counted(agency: str, new_records: int) -> dict[str, Any]:
    return report(agency, PERIOD, reported_databases=[{**DATABASE, "new_records": new_records}])


def findings(sent: dict[str, Any], severity: str) -> list[dict[str, Any]]:
    return [each for each in sent["findings"] if each["severity"] == severity]


async def test_a_draft_shows_the_figure_a_source_counted_and_another_one_asks_for_a_reason(house: House, seeds: Seeds) -> None:
    snapshot = await seeds.counted({"G21": 5_000, "G28": 7}, PERIOD, version=1)
    body = Body(house, "G21", PERIOD)
    place = f"/{await body.begin()}"
    draft = (await body.get(place)).json()
    prefill = (await body.get(draft["links"]["prefill"].removeprefix(body.path))).json()
    known = {**DATABASE, "new_records": 5_000, "source": "national_database", "snapshot_id": snapshot}
    assert prefill["automatic"] == [known], "of another body nothing is shown"
    assert prefill["basis"]["automatic_snapshot"] == snapshot
    same = await body.sent(1, counted("G21", 5_000))
    assert [each["rule"] for each in same["findings"]] == ["database-automatic"], "as it was counted, nothing is asked"
    for other, rule in ((5_001, "database-automatic-near"), (5_501, "database-automatic-gap")):
        sent = await body.sent(1, counted("G21", other), match=(await body.get(place)).json()["content"]["etag"])
        (asked,) = findings(sent, "confirm")
        assert (asked["rule"], asked["pointer"]) == (rule, "/reported_databases/0/new_records")
        assert (asked["seen"], asked["expected"]) == (str(other), "5000")
        for words in (asked["message_vi"], asked["message_en"]):
            assert all(each in words for each in (str(other), "5000", snapshot))
        refused = await body.post(f"{place}/handovers", "drafter")
        assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "findings-open")
    await _is_shown(house, body, snapshot)
    silent = {"finding_key": asked["key"], "reason": " "}
    assert (await body.post(f"{place}/confirmations", "drafter", silent)).status_code == 422
    told = {**silent, "reason": "Nguồn chưa tính 501 bản ghi ngày cuối tháng (minh họa)"}
    assert (await body.post(f"{place}/confirmations", "drafter", told)).status_code == 201
    await body.step(1, "handovers", "drafter")


async def _is_shown(house: House, body: Body, snapshot: str) -> None:
    """At the page: both figures with the snapshot, and that nothing of the months before could be compared with."""
    transport = httpx.ASGITransport(app=house.gateway, client=(PEER, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        key = (await house.keys_of(body.agency, "agency_drafter"))[1]
        assert (await client.post("/e-form/login", data={"credential": key})).status_code == 303
        page = await client.get(f"/e-form/agencies/{body.agency}/periods/{PERIOD}/submissions/1/findings")
    assert page.status_code == 200, page.text
    for words in ("báo cáo ghi 5501", "đếm 5000", snapshot, "Không áp dụng cho 1 cơ sở dữ liệu", "2025-02…2026-01", "CSDL-MH"):
        assert words in page.text


@pytest.fixture(scope="module")
async def remembering(house: House) -> Body:
    """A body whose January is signed: one open task, one accepted."""
    tasks = [task(1), accepted_task(2, "2026-01-20")]
    await Body(house, "H26", "2026-01").signed(report("H26", "2026-01", tasks=tasks))
    body = Body(house, "H26", PERIOD)
    await body.begin()
    return body


# Every cell that is shown beforehand, with another value in its place; the open task's acceptance is news, not a change.
@pytest.mark.parametrize(
    ("row", "cell", "value"),
    [
        (1, "title", "Nhiệm vụ minh họa đổi hẳn tên"),
        (1, "registered_on", "2026-01-13"),
        (1, "accepted_on", "2026-01-21"),
        (1, "accepted_on", None),
        (1, "acceptance_document", "Biên bản khác (minh họa)"),
        (0, "title", "Nhiệm vụ minh họa khác hẳn"),
        (0, "registered_on", "2026-01-11"),
    ],
)
async def test_a_changed_cell_of_a_known_task_asks_for_a_reason(
    remembering: Body, row: int, cell: str, value: str | None
) -> None:
    prefill = (await remembering.get("/1/prefill")).json()["registered_tasks"]
    assert {(each["source"], each["period"]) for each in prefill} == {("agency_report", "2026-01")}
    names = ("task_code", "title", "registered_on", "accepted_on", "acceptance_document")
    rows = [{name: each[name] for name in names} for each in prefill]
    unchanged = await remembering.sent(1, report("H26", PERIOD, tasks=rows), query="?dry_run=true")
    assert unchanged["findings"] == []
    rows[row] = {**rows[row], cell: value}
    if (cell, value) == ("accepted_on", None):
        rows[row]["acceptance_document"] = None
    sent = await remembering.sent(1, report("H26", PERIOD, tasks=rows), query="?dry_run=true")
    assert f"/registered_tasks/{row}/{cell}" in [each["pointer"] for each in findings(sent, "confirm")], sent["findings"]


async def test_what_happened_since_is_no_change(remembering: Body) -> None:
    rows = [accepted_task(1, "2026-02-10"), accepted_task(2, "2026-01-20")]
    sent = await remembering.sent(1, report("H26", PERIOD, tasks=rows), query="?dry_run=true")
    assert sent["findings"] == []
