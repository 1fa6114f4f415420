"""A report's way from an empty draft to what counts, over HTTP: states, turns, deadlines, what is in force."""

from __future__ import annotations

from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.reports import Body, report, task


async def test_the_whole_life_of_a_report(house: House) -> None:
    body = Body(house, "G06", "2026-02")
    answer = await body.post("", "drafter", {"test": False})
    assert answer.status_code == 201, answer.text
    begun = answer.json()
    assert answer.headers["location"] == f"{body.path}/1"
    assert (begun["sequence"], begun["state"], begun["form"], begun["holder"]) == (
        1,
        "draft",
        "monthly-report/1",
        "agency_drafter",
    )
    assert begun["allowed_actions"] == ["edit", "validate", "confirm", "attach", "hand_over", "revert"]
    sent = await body.sent(1, report("G06", "2026-02"))
    assert sent["summary"]["total"] == sum(rule["count"] for rule in sent["summary"]["rules"])
    assert sent["digest"].startswith("sha256:")
    after = await body.step(1, "handovers", "drafter")
    assert (after["state"], after["holder"]) == ("in_review", "agency_approver")
    after = await body.step(1, "approvals", "approver")
    assert (after["state"], after["holder"]) == ("approved", "agency_signer")
    after = await body.step(1, "signatures", "signer", {"digest": sent["digest"], "statement": "Số liệu đúng"})
    assert (after["state"], after["holder"], after["allowed_actions"]) == ("accepted", None, [])
    assert after["acceptance"]["digest"] == sent["digest"]
    assert after["acceptance"]["late"] is True
    in_force = (await house.client.get(f"{API}/agencies/G06/periods/2026-02/report", headers=house.bearer("operator"))).json()
    assert (in_force["sequence"], in_force["digest"], in_force["late"]) == (1, sent["digest"], True)
    assert in_force["receipt_number"].startswith("BN-2026-02-G06-")
    steps = (await body.get("/1/transitions")).json()["items"]
    assert [each["action"] for each in steps] == ["create", "hand_over", "approve", "sign"]
    assert steps[-1]["reason"] == "Số liệu đúng"
    actions = [row["action"] for row in await house.audit_of(after["submission_id"])]
    assert actions == ["submission.create", "submission.edit", "submission.hand_over", "submission.approve", "submission.sign"]


async def test_a_month_has_one_submission_under_way_and_any_number_of_tests(house: House) -> None:
    body = Body(house, "H01", "2026-02")
    assert await body.begin() == 1
    refused = await body.post("", "drafter", {})
    assert refused.status_code == 409
    assert refused.json()["context"]["location"] == f"{body.path}/1"
    assert [await body.begin(test=True), await body.begin(test=True)] == [2, 3]
    await body.step(1, "reverts", "drafter", {"reason": "Soạn lại từ đầu"})
    assert await body.begin() == 4
    listed = (await body.get("?limit=3")).json()
    assert [(each["sequence"], each["state"], each["test"]) for each in listed["items"]] == [
        (1, "reverted", False), (2, "draft", True), (3, "draft", True)]  # fmt: skip
    rest = (await body.get(f"?limit=3&cursor={listed['next']}")).json()
    assert [each["sequence"] for each in rest["items"]] == [4]
    assert rest["next"] is None


async def test_bad_cells_stand_in_the_way_but_lose_nothing(house: House) -> None:
    body = Body(house, "H12", "2026-02")
    sequence = await body.begin()
    sent = await body.sent(sequence, report("H12", "2026-02", tasks=[task(1, registered_on="không rõ")]))
    assert sent["digest"] is None
    assert sent["summary"]["fatal"] == 1
    assert sent["findings"][0]["pointer"] == "/registered_tasks/0/registered_on"
    refused = await body.post(f"/{sequence}/handovers", "drafter")
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/findings-open")
    assert refused.json()["context"] == {"fatal": "1", "confirm": "0"}
    kept = (await body.get(f"/{sequence}/content")).json()
    assert kept["registered_tasks"][0]["registered_on"] == "không rõ"
