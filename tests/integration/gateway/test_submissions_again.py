"""A step that is sent again under its key does nothing again, whatever became of it (INT-09)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from tests.integration.gateway.conftest import House
from tests.integration.gateway.reports import Body, report
from tests.integration.gateway.test_submissions_steps import activate

PERIOD = "2026-02"


async def keyed(body: Body, place: str, role: str, key: str, content: Any) -> httpx.Response:
    return await body.ask("POST", place, role, json=content, headers={"idempotency-key": key})


async def test_a_whole_life_sent_twice_is_lived_once(house: House) -> None:
    body = Body(house, "G01", PERIOD)
    begun = [await keyed(body, "", "drafter", "begin", {"test": False}) for _ in range(2)]
    assert [answer.status_code for answer in begun] == [201, 201], begun[1].text
    assert begun[0].json() == begun[1].json()
    digest = (await body.sent(1, report("G01", PERIOD)))["digest"]
    for place, role, content in (
        ("/1/validations", "drafter", {}),
        ("/1/handovers", "drafter", {}),
        ("/1/approvals", "approver", {}),
        ("/1/signatures", "signer", {"digest": digest}),
    ):
        first, second = [await keyed(body, place, role, f"key {place}".replace(" ", "-"), content) for _ in range(2)]
        assert (first.status_code, second.status_code) == (201, 201), second.text
        assert first.content == second.content
        assert second.headers["idempotent-replayed"] == "true"
        assert first.headers["location"] == second.headers["location"]
    steps = (await body.get("/1/transitions")).json()["items"]
    assert [each["action"] for each in steps] == ["create", "hand_over", "approve", "sign"]
    (count,) = await house.facts("SELECT count(*) AS count FROM intake.receipt WHERE agency = 'G01'")
    assert count["count"] == 1


async def test_twins_at_once_leave_one_submission(house: House) -> None:
    body = Body(house, "G02", PERIOD)
    await house.bearer_of("G02", "agency_drafter")
    answers = await asyncio.gather(*(keyed(body, "", "drafter", "twin", {"test": True}) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert any(answer.status_code == 201 for answer in answers)
    assert len((await body.get("")).json()["items"]) == 1


async def test_a_refused_step_may_be_tried_again_under_its_key(house: House) -> None:
    body = Body(house, "G03", PERIOD)
    await body.begin()
    refused = await keyed(body, "/1/handovers", "drafter", "k1", {})
    assert refused.status_code == 404
    await body.sent(1, report("G03", PERIOD))
    assert (await keyed(body, "/1/handovers", "drafter", "k1", {})).status_code == 201


async def test_a_lapse_is_kept_also_when_it_came_under_a_key(house: House) -> None:
    body = Body(house, "G06", "2026-03")
    sequence, _ = await body.handed_over()
    await activate(house, "2026-03", "kiem-thu-c")
    refused = await keyed(body, f"/{sequence}/approvals", "approver", "lapses", {})
    assert refused.json()["type"].endswith("/approval-lapsed")
    assert (await body.get(f"/{sequence}")).json()["state"] == "draft"
