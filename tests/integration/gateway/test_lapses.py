"""Agreements that lapse are seen to have lapsed at once, with what did it and what is to be done now (APR-09)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from services.gateway.reports.rules.catalogue import catalogue_in_force
from tests.integration.gateway.conftest import API, House, make_key
from tests.integration.gateway.reports import Body, accepted_task, report, task
from tests.integration.gateway.seeds import Seeds
from tests.integration.gateway.test_submissions_machine import PLACES, ROLES, wanted

PERIOD = "2026-02"
SYSTEM = "service:gateway"
DRAFTS = {
    "drafter": ["edit", "validate", "confirm", "attach", "hand_over", "revert"],
    "approver": ["validate"], "signer": ["validate"], "admin": [],
}  # fmt: skip


async def approved(body: Body, content: Any = None) -> tuple[int, str]:
    sequence, digest = await body.handed_over(content)
    await body.step(sequence, "approvals", "approver")
    return sequence, digest


async def seen(body: Body, sequence: int) -> dict[str, Any]:
    """The submission; what everybody of the body may do follows from the state it says."""
    found: dict[str, Any] = (await body.get(f"/{sequence}")).json()
    told = {role: (await body.get(f"/{sequence}", role)).json()["allowed_actions"] for role in ROLES}
    if found["state"] == "draft":
        assert (found["holder"], told) == ("agency_drafter", DRAFTS)
    listed = (await body.get("")).json()["items"]
    assert next(each for each in listed if each["sequence"] == sequence)["lapse"] == found["lapse"]
    return found


async def another_key(house: House, agency: str) -> dict[str, str]:
    """A key of the approver's that may sign: the same person."""
    _, key = await make_key(house.runtime, holder=f"agency_approver of {agency}", role="agency_signer", agency=agency)
    return {"authorization": f"Bearer {key}"}


async def no_cell_leaves_the_body(house: House, body: Body, sequence: int, cells: tuple[str, ...]) -> None:
    """Not in an event of the body, and not in the history that auditors and the operator read once the report is signed."""
    headers = await house.bearer_of(body.agency, "agency_admin")
    listed = await house.client.get(f"{API}/agencies/{body.agency}/events?types=submission.lapsed", headers=headers)
    assert listed.json()["items"][-1]["data"]["reason"], listed.text
    answers = [listed.text]
    for role in ("auditor", "operator"):
        history = await house.get(f"{body.path}/{sequence}/transitions", role)
        (lapse,) = [each for each in history.json()["items"] if each["action"] == "lapse"]
        assert (lapse["reason"], lapse["changes"]) == (listed.json()["items"][-1]["data"]["reason"], None)
        answers.append(json.dumps(lapse))
    assert [cell for cell in cells if any(cell in each for each in answers)] == []


async def steps_of(body: Body, sequence: int) -> list[str]:
    return [each["action"] for each in (await body.get(f"/{sequence}/transitions")).json()["items"]]


async def activate(house: House, name: str, period: str = PERIOD) -> dict[str, Any]:
    rules = {**catalogue_in_force(period).content, "id": name, "first_period": period}
    return await house.decide("/rule-activations", {"catalogue": rules, "reason": "Đổi quy tắc (minh họa)"})


async def test_one_changed_value_takes_the_approval_back_and_is_named(house: House) -> None:
    body = Body(house, "G01", PERIOD)
    sequence, _ = await approved(body)
    found = await seen(body, sequence)
    assert (found["state"], found["lapse"]) == ("approved", None)
    assert found["allowed_actions"] == ["edit", "validate", "revert"]
    changed = report("G01", PERIOD, tasks=[task(1), accepted_task(2, "2026-01-21")])
    await body.sent(sequence, changed, match=found["content"]["etag"])
    found = await seen(body, sequence)
    assert found["state"] == "draft"
    at = found["lapse"]["at"]
    assert found["lapse"] == {
        "from_state": "approved", "step": 4, "at": at,
        "reason": "nội dung đã sửa ở phần registered_tasks",
        "changes": [{"what": "content", "place": "/registered_tasks/NV-0002/accepted_on", "was": "2026-01-20",
                     "now": "2026-01-21", "cause": None, "at": at}],
    }  # fmt: skip
    assert (found["moved_by"], found["state_since"]) == (SYSTEM, at)
    assert (await body.post(f"/{sequence}/signatures", "signer", {"digest": found["content"]["digest"]})).status_code == 409
    await body.step(sequence, "handovers", "drafter")
    assert (await seen(body, sequence))["lapse"] is None
    # Whoever approved what lapsed looks at it again; whoever wrote it still does not, and whoever approves does not sign.
    assert "approve" in (await body.get(f"/{sequence}", "approver")).json()["allowed_actions"]
    again = await body.step(sequence, "approvals", "approver")
    both = await house.client.get(f"{body.path}/{sequence}", headers=await another_key(house, "G01"))
    assert both.json()["allowed_actions"] == ["validate", "reject"]
    signing = {"digest": again["content"]["digest"]}
    refused = await house.client.post(
        f"{body.path}/{sequence}/signatures", headers=await another_key(house, "G01"), json=signing
    )
    assert refused.json()["type"].endswith("/same-person")
    assert (await body.step(sequence, "signatures", "signer", signing))["state"] == "accepted"
    step = (await body.get(f"/{sequence}/transitions/4")).json()
    assert (step["action"], step["actor"], step["lapsed_at"]) == ("lapse", SYSTEM, at)
    assert step["met_by"] == (await body.ids())["drafter"]
    assert step["changes"] == found["lapse"]["changes"]
    await no_cell_leaves_the_body(house, body, sequence, ("2026-01-20", "2026-01-21", "NV-0002"))


async def test_private_words_are_named_by_their_place_alone(house: House) -> None:
    body = Body(house, "G02", PERIOD)
    words = {"section": "C1", "visibility": "private", "text": "Lời riêng của cơ quan (minh họa)"}
    sequence, _ = await approved(body, report("G02", PERIOD, narratives=[words]))
    tag = (await body.get(f"/{sequence}")).json()["content"]["etag"]
    again = [{**words, "text": "Lời riêng khác (minh họa)"}]
    await body.sent(sequence, report("G02", PERIOD, narratives=again), match=tag)
    lapse = (await seen(body, sequence))["lapse"]
    assert lapse["reason"] == "nội dung đã sửa ở phần narratives"
    assert lapse["changes"][0]["place"] == "/narratives/C1/private/text"
    assert "riêng" not in str(lapse["changes"])


async def test_other_rules_take_every_agreement_back_at_once(house: House) -> None:
    """No step is taken in between, and none is needed: everybody sees it, and everybody may do what a draft allows."""
    body, waiting = Body(house, "G03", PERIOD), Body(house, "G06", PERIOD)
    sequence, digest = await approved(body)
    other, _ = await waiting.handed_over()
    before = (await house.get(f"{API}/report-rules?period={PERIOD}")).json()["digest"]
    made = await activate(house, "kiem-thu-lapse")
    for each, number, state in ((body, sequence, "approved"), (waiting, other, "in_review")):
        found = await seen(each, number)
        assert (found["state"], found["lapse"]["from_state"], found["lapse"]["step"]) == ("draft", state, None)
        assert found["lapse"]["changes"] == [
            {"what": "rules", "place": "kiem-thu-lapse", "was": before, "now": made["catalogue_digest"],
             "cause": made["activation_id"], "at": found["lapse"]["at"]}
        ]  # fmt: skip
        assert datetime.fromisoformat(found["lapse"]["at"]) == datetime.fromisoformat(made["approved_at"])
        assert (found["moved_by"], found["state_since"]) == (SYSTEM, found["lapse"]["at"])
        assert "lapse" not in await steps_of(each, number)
    # What an answer offers is what can be done: no more, and no less, as for any draft.
    for action, role in (("approve", "approver"), ("reject", "approver"), ("reject", "signer"), ("sign", "signer")):
        refused = await body.post(f"/{sequence}/{PLACES[action]}", role, wanted(action, digest))
        assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) in (
            (409, "approval-lapsed"),
            (409, "step-refused"),
        )
    assert (await steps_of(body, sequence))[-1:] == ["lapse"]
    found = await seen(body, sequence)
    assert (found["state"], found["lapse"]["step"]) == ("draft", 4)
    # On record it is the system's still, since the activation; who ran into it stands beside it.
    step = (await body.get(f"/{sequence}/transitions/4")).json()
    assert (found["moved_by"], found["state_since"], step["actor"]) == (SYSTEM, found["lapse"]["at"], SYSTEM)
    assert (step["lapsed_at"], step["met_by"]) == (found["lapse"]["at"], (await body.ids())["approver"])
    told = (await body.post(f"/{sequence}/approvals", "approver")).json()
    assert told["context"]["by"] == SYSTEM
    # A draft is edited straight away; the lapse stands on record before the edit.
    tag = (await waiting.get(f"/{other}")).json()["content"]["etag"]
    await waiting.sent(other, report("G06", PERIOD, tasks=[task(1)]), match=tag)
    assert (await steps_of(waiting, other))[-1] == "lapse"
    await waiting.step(other, "handovers", "drafter")
    await waiting.step(other, "approvals", "approver")
    assert (await seen(waiting, other))["state"] == "approved"


async def test_another_figure_of_the_source_takes_it_back_and_one_of_another_body_does_not(house: House, seeds: Seeds) -> None:
    body, other = Body(house, "G08", "2026-01"), Body(house, "G09", "2026-01")
    first = await seeds.counted({"G08": 100, "G09": 7}, version=1)
    sequence, digest = await approved(body)
    unmoved, _ = await approved(other)
    snapshot = await seeds.counted({"G08": 101, "G09": 7}, version=2, supersedes=first)
    found = await seen(body, sequence)
    assert found["state"] == "draft"
    (change,) = found["lapse"]["changes"]
    assert change == {"what": "figure", "place": "CSDL-MH", "was": "100", "now": "101", "cause": snapshot, "at": change["at"]}
    assert found["lapse"]["reason"] == f"số liệu tự động của CSDL-MH đã khác ({snapshot})"
    (frozen,) = await house.facts(f"SELECT recorded_at FROM ingest.snapshot WHERE snapshot_id = '{snapshot}'")
    assert datetime.fromisoformat(change["at"]) == frozen["recorded_at"]
    assert (await seen(other, unmoved))["state"] == "approved"
    refused = await body.post(f"/{sequence}/signatures", "signer", {"digest": digest})
    assert refused.json()["type"].endswith("/approval-lapsed"), refused.text
    assert (await steps_of(body, sequence))[-1] == "lapse"


async def test_another_report_in_force_of_an_earlier_month_takes_it_back(house: House) -> None:
    before, body = Body(house, "G10", "2026-01"), Body(house, "G10", PERIOD)
    await before.signed()
    sequence, _ = await approved(body)
    assert (await seen(body, sequence))["state"] == "approved"
    replaced = await before.signed(report("G10", "2026-01", tasks=[task(1), accepted_task(2, "2026-01-22")]))
    change = (await seen(body, sequence))["lapse"]["changes"][0]
    assert (change["what"], change["place"]) == ("earlier_report", "2026-01")
    assert (change["now"], change["cause"]) == (replaced["content"]["digest"], replaced["submission_id"])
