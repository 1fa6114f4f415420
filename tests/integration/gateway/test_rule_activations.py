"""Rules are put in force with their consequences said before (DQ-09), and whoever was under review notices (APR-09)."""

from __future__ import annotations

from typing import Any

from services.gateway.reports.rules.catalogue import catalogue_in_force
from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.reports import Body, accepted_task, report, task

PERIOD = "2026-02"
PLACE = f"{API}/rule-activations"


def stricter() -> dict[str, Any]:
    """The packaged rules, with every rule that asks for a confirmation made fatal."""
    content = dict(catalogue_in_force(PERIOD).content)
    rules = [{**rule, "severity": "fatal" if rule["severity"] == "confirm" else rule["severity"]} for rule in content["rules"]]
    return {**content, "id": "kiem-thu-chat", "first_period": PERIOD, "rules": rules}


async def signed_with_a_confirmation(body: Body) -> dict[str, Any]:
    """A report that drops a task of January's, confirmed as correct."""
    before = Body(body.house, body.agency, "2026-01")
    await before.signed(report(body.agency, "2026-01", tasks=[task(1), accepted_task(2, "2026-01-20")]))
    sequence = await body.begin()
    sent = await body.sent(sequence, report(body.agency, PERIOD, tasks=[accepted_task(2, "2026-01-20")]))
    for finding in sent["findings"]:
        if finding["severity"] == "confirm":
            asked = {"finding_key": finding["key"], "reason": "Nhiệm vụ đã hủy (minh họa)"}
            assert (await body.post(f"/{sequence}/confirmations", "drafter", asked)).status_code == 201
    await body.step(sequence, "handovers", "drafter")
    await body.step(sequence, "approvals", "approver")
    return await body.step(sequence, "signatures", "signer", {"digest": sent["digest"]})


async def test_what_an_activation_would_stop_is_said_before_and_kept_after(house: House) -> None:
    stopped = await signed_with_a_confirmation(Body(house, "G01", PERIOD))
    await Body(house, "G02", PERIOD).signed()
    waiting = Body(house, "G03", PERIOD)
    under_review, _ = await waiting.handed_over()
    asked = {"catalogue": stricter(), "reason": "Siết quy tắc từ tháng 2 (minh họa)"}
    first, before = [(await house.get(f"{API}/report-rules?period={month}")).json()["digest"] for month in ("2026-01", PERIOD)]
    foreseen = await house.client.post(f"{PLACE}?dry_run=true", headers=house.bearer("publisher"), json=asked)
    assert foreseen.status_code == 200, foreseen.text
    impact = foreseen.json()["impact"]
    assert [(each["agency"], each["submission_id"]) for each in impact["stopped"]] == [("G01", stopped["submission_id"])]
    assert "task-gone" in impact["stopped"][0]["fatal"]
    assert [(each["agency"], each["sequence"], each["state"]) for each in impact["lapsing"]] == [
        ("G03", under_review, "in_review")
    ]
    assert (await house.get(f"{API}/report-rules?period={PERIOD}")).json()["digest"] == before
    assert (await house.facts("SELECT count(*) AS count FROM control.rule_activation"))[0]["count"] == 0
    made = await house.post(PLACE, "publisher", asked)
    assert made.status_code == 201, made.text
    proposed = made.json()
    assert (proposed["impact"], proposed["state"]) == (impact, "proposed")
    assert (await house.get(made.headers["location"], "reader")).json() == proposed
    assert (await house.get(f"{API}/report-rules?period={PERIOD}")).json()["digest"] == before, "asked for by one person"
    assert (await house.approve(proposed["activation_id"])).status_code == 201
    written = (await house.get(made.headers["location"], "reader")).json()
    assert (written["state"], written["impact"]) == ("approved", impact)
    assert [each["activation_id"] for each in (await house.get(PLACE, "auditor")).json()["items"]] == [written["activation_id"]]
    audit = await house.audit_of(written["activation_id"])
    assert [(row["action"], row["reason"]) for row in audit] == [
        ("rule_activation.propose", asked["reason"]),
        ("decision.approve", "Đồng ý"),
    ]
    rules = (await house.get(f"{API}/report-rules?period={PERIOD}")).json()
    assert (rules["digest"], rules["id"]) == (written["catalogue_digest"], "kiem-thu-chat")
    assert (await house.get(f"{API}/report-rules?period=2026-01")).json()["digest"] == first
    refused = await waiting.post(f"/{under_review}/approvals", "approver")
    assert refused.json()["type"].endswith("/approval-lapsed")
    assert (await house.get(f"{API}/agencies/G01/periods/{PERIOD}/report", "reader")).json()["sequence"] == stopped["sequence"]
    again = await house.post(PLACE, "publisher", asked)
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "rules-already-in-force")


async def test_rules_asked_for_twice_are_put_in_force_once(house: House) -> None:
    """An approval judges anew; what was asked for later but approved first does not hold."""
    rules = {**stricter(), "id": "kiem-thu-hai-lan"}
    asked = [(await house.post(PLACE, "publisher", {"catalogue": rules, "reason": "thử"})).json() for _ in range(2)]
    other = {**rules, "id": "kiem-thu-sau"}
    later = (await house.post(PLACE, "publisher", {"catalogue": other, "reason": "thử"})).json()
    assert (await house.approve(later["activation_id"])).status_code == 201
    assert (await house.approve(asked[0]["activation_id"])).status_code == 201
    found = await house.get(f"{API}/report-rules?period={PERIOD}")
    assert found.json().get("id") == "kiem-thu-hai-lan", found.text
    again = await house.approve(asked[1]["activation_id"])
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "rules-already-in-force")
    ended = await house.post(f"{API}/decisions/{asked[1]['activation_id']}/refusals", "publisher", {"reason": "Đã có"})
    assert (ended.status_code, ended.json()["state"]) == (201, "taken_back")


async def test_rules_are_not_approved_that_would_stop_other_reports_by_now(house: House) -> None:
    """A report signed since the asking stands in no impact that two people agreed to; asked again, it does."""
    # Every rule of the release: what was put in force before is milder, so that this one stops something.
    mild = {**dict(catalogue_in_force(PERIOD).content), "id": "kiem-thu-goc", "first_period": PERIOD}
    first = (await house.post(PLACE, "publisher", {"catalogue": mild, "reason": "thử"})).json()
    assert (await house.approve(first["activation_id"])).status_code == 201
    asked = {"catalogue": {**stricter(), "id": "kiem-thu-moi"}, "reason": "thử"}
    proposed = (await house.post(PLACE, "publisher", asked)).json()
    stopped = await signed_with_a_confirmation(Body(house, "G06", PERIOD))
    refused = await house.approve(proposed["activation_id"])
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "conflict"), refused.text
    digest = (await house.get(f"{API}/report-rules?period={PERIOD}")).json()["digest"]
    assert digest == first["catalogue_digest"]
    again = (await house.post(PLACE, "publisher", asked)).json()
    assert stopped["submission_id"] in {each["submission_id"] for each in again["impact"]["stopped"]}
    assert (await house.approve(again["activation_id"])).status_code == 201


async def test_rules_that_cannot_be_are_refused_by_place(house: House) -> None:
    broken = {**stricter(), "rules": [{**stricter()["rules"][0], "severity": "mild"}]}
    answer = await house.post(PLACE, "publisher", {"catalogue": broken, "reason": "thử"})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "rule-catalogue-invalid")
    assert answer.json()["errors"][0]["pointer"] == "/rules/0/severity"
    early = {**stricter(), "first_period": "2025-01"}
    assert (await house.post(PLACE, "publisher", {"catalogue": early, "reason": "thử"})).status_code == 422
    assert (await house.post(PLACE, "publisher", {"catalogue": stricter(), "reason": " "})).status_code == 422
    assert (await house.post(PLACE, "operator", {"catalogue": stricter(), "reason": "thử"})).status_code == 403
