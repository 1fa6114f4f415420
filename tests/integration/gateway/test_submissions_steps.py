"""Who may take which step, on what, and what happens when two come at once (APR-03, 04, 05, 09, INT-03, 08, 11, 12)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from services.gateway.access import tenancy
from services.gateway.access.auth import create_key
from services.gateway.reports.keyring import Keyring
from services.gateway.reports.rules.catalogue import catalogue_in_force
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.signing import sign
from shared.audit import Actor, record
from shared.errors import SamePerson
from shared.ids import new_id
from shared.period import Period
from shared.tables.control import decision_approval, rule_activation
from shared.tables.intake import acceptance, transition
from tests.integration.gateway.conftest import API, NOW, PEPPER, ROOT, House
from tests.integration.gateway.reports import Body, accepted_task, report, task

PERIOD = "2026-02"


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def key_of(house: House, agency: str, holder: str, *roles: str) -> dict[str, str]:
    """A further key, given to a holder by name."""
    _, key = await create_key(
        house.runtime.database, pepper=PEPPER, actor=ROOT, holder=holder, roles=roles, agency=agency, reason="kiểm thử", now=NOW
    )
    return {"authorization": f"Bearer {key}"}


async def test_nobody_approves_or_signs_what_they_had_a_hand_in(house: House) -> None:
    body = Body(house, "G01", PERIOD)
    sequence, digest = await body.handed_over()
    place = f"{body.path}/{sequence}"
    post = house.client.post
    both = await key_of(house, "G01", "Agency_Drafter of G01", "agency_approver", "agency_signer")
    refused = await post(f"{place}/approvals", headers=both, json={})
    assert (refused.status_code, slug(refused)) == (403, "same-person"), refused.text
    shown = (await house.client.get(place, headers=both)).json()
    assert shown["allowed_actions"] == ["validate", "reject"]
    other = await key_of(house, "G01", "người thứ hai", "agency_approver", "agency_signer")
    assert (await post(f"{place}/approvals", headers=other, json={})).status_code == 201
    refused = await post(f"{place}/signatures", headers=other, json={"digest": digest})
    assert (refused.status_code, slug(refused)) == (403, "same-person")
    refused = await post(f"{place}/signatures", headers=both, json={"digest": digest})
    assert (refused.status_code, slug(refused)) == (403, "same-person")
    assert (await body.step(sequence, "signatures", "signer", {"digest": digest}))["state"] == "accepted"


async def test_the_database_refuses_the_same_person_by_itself(house: House) -> None:
    body = Body(house, "G02", PERIOD)
    sequence, _ = await body.handed_over()
    found = (await body.get(f"/{sequence}")).json()
    drafter = Actor(found["created_by"], frozenset({"agency_drafter"}), "G02")
    values = {"transition_id": new_id("step"), "submission_id": found["submission_id"], "number": 3, "agency": "G02"}
    values |= {"action": "approve", "from_state": "in_review", "to_state": "approved", "actor": drafter.id}
    with pytest.raises(SamePerson, match="had a hand"):
        await _step_by_hand(house, drafter, values)
    with pytest.raises(stored.StepRefused):
        await _step_by_hand(house, drafter, {**values, "action": "sign", "to_state": "accepted"})


async def _step_by_hand(house: House, actor: Actor, values: dict[str, Any]) -> None:
    async with tenancy.transaction(house.runtime.database, actor) as connection:
        await stored.insert_step(connection, values)


async def test_content_is_locked_while_others_look_at_it(house: House) -> None:
    body = Body(house, "G03", PERIOD)
    sequence, digest = await body.handed_over()
    for query in ("", "?dry_run=true"):
        refused = await body.put(f"/{sequence}", report("G03", PERIOD), match='"x"', query=query)
        assert (refused.status_code, slug(refused)) == (409, "content-locked")
        assert (refused.json()["context"]["state"], refused.json()["context"]["holder"]) == ("in_review", "agency_approver")
    confirmation = {"finding_key": digest, "reason": "vì sao không"}
    for step in ("approvals", None):
        assert slug(await body.post(f"/{sequence}/confirmations", "drafter", confirmation)) == "content-locked"
        if step:
            await body.step(sequence, step, "approver")
    signed = await body.step(sequence, "signatures", "signer", {"digest": digest})
    refused = await body.put(f"/{sequence}", report("G03", PERIOD), match=signed["content"]["etag"])
    assert (refused.status_code, slug(refused)) == (409, "content-locked")


async def test_a_rejection_says_why_and_the_words_stay(house: House) -> None:
    body = Body(house, "G06", PERIOD)
    sequence, digest = await body.handed_over()
    for silent in ({}, {"reason": " "}, {"reason": ""}):
        assert (await body.post(f"/{sequence}/rejections", "approver", silent)).status_code == 422
    await body.step(sequence, "rejections", "approver", {"reason": "Thiếu văn bản nghiệm thu"})
    await body.step(sequence, "handovers", "drafter")
    await body.step(sequence, "approvals", "approver")
    refused = await body.post(f"/{sequence}/rejections", "approver", {"reason": "đã phê duyệt rồi"})
    assert refused.status_code == 403
    answer = await body.post(f"/{sequence}/rejections", "signer", {"reason": "Chưa đúng mẫu"})
    assert (answer.status_code, answer.json()["state"]) == (201, "draft")
    step = (await house.client.get(answer.headers["location"], headers=await house.bearer_of("G06", "agency_drafter"))).json()
    assert (step["action"], step["reason"], step["actor"]) == ("reject", "Chưa đúng mẫu", (await body.ids())["signer"])
    steps = (await body.get(f"/{sequence}/transitions")).json()["items"]
    assert [each["reason"] for each in steps if each["action"] == "reject"] == ["Thiếu văn bản nghiệm thu", "Chưa đúng mẫu"]
    assert {each["digest"] for each in steps if each["action"] in ("hand_over", "approve")} == {digest}


async def test_a_signature_names_the_digest_it_agrees_to(house: House) -> None:
    body = Body(house, "G08", PERIOD)
    sequence, digest = await body.handed_over()
    await body.step(sequence, "approvals", "approver")
    refused = await body.post(f"/{sequence}/signatures", "signer", {"digest": "sha256:" + "0" * 64})
    assert (refused.status_code, slug(refused), refused.json()["context"]["digest"]) == (409, "digest-differs", digest)
    assert (await body.post(f"/{sequence}/signatures", "signer", {})).status_code == 422
    assert (await house.get(f"{API}/agencies/G08/periods/{PERIOD}/report", "operator")).status_code == 404


async def test_of_two_signers_at_once_one_signs(house: House) -> None:
    body = Body(house, "G09", PERIOD)
    sequence, digest = await body.handed_over()
    await body.step(sequence, "approvals", "approver")
    keys = [await key_of(house, "G09", f"người ký {number}", "agency_signer") for number in range(6)]
    place = f"{body.path}/{sequence}/signatures"
    answers = await asyncio.gather(*(house.client.post(place, headers=key, json={"digest": digest}) for key in keys))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert {slug(answer) for answer in answers if answer.status_code == 409} == {"step-refused"}
    for table in ("acceptance", "receipt"):
        assert (await house.facts(f"SELECT count(*) AS count FROM intake.{table} WHERE agency = 'G09'"))[0]["count"] == 1


async def test_a_test_is_never_signed_and_the_database_holds_it(house: House) -> None:
    body = Body(house, "G10", PERIOD)
    sequence = await body.begin(test=True)
    digest = (await body.sent(sequence, report("G10", PERIOD)))["digest"]
    await body.step(sequence, "handovers", "drafter")
    await body.step(sequence, "approvals", "approver")
    assert "sign" not in (await body.get(f"/{sequence}", "signer")).json()["allowed_actions"]
    refused = await body.post(f"/{sequence}/signatures", "signer", {"digest": digest})
    assert (refused.status_code, slug(refused)) == (409, "test-submission")
    found = (await body.get(f"/{sequence}", "signer")).json()
    people = await body.ids()
    actor = Actor(people["signer"], frozenset({"agency_signer"}), "G10")
    step = {"transition_id": new_id("step"), "submission_id": found["submission_id"], "number": 4, "agency": "G10"}
    step |= {"action": "sign", "from_state": "approved", "to_state": "accepted", "actor": actor.id}
    step |= {"revision": 1, "digest": digest}
    values = {name: found[name] for name in ("submission_id", "agency", "period", "sequence")}
    values |= {"revision": 1, "digest": digest, "file_digest": digest, "content": b"{}", "submitted_at": NOW}
    values |= {"deadline": datetime(2026, 3, 4, 17, tzinfo=UTC), "late": True}
    values |= {"approved_by": people["approver"], "signed_by": actor.id}
    for claimed, constraint in ((True, "ck_acceptance_never_a_test"), (False, "fk_acceptance_whole")):
        with pytest.raises(DBAPIError, match=constraint):
            await _accept_by_hand(house, actor, step, {**values, "test": claimed})


async def _accept_by_hand(house: House, actor: Actor, step: dict[str, Any], values: dict[str, Any]) -> None:
    async with tenancy.transaction(house.runtime.database, actor) as connection:
        await stored.insert(connection, transition, step)
        await stored.insert(connection, acceptance, values)
        await record(connection, actor.id, "test.sign", str(values["submission_id"]))


async def test_the_report_in_force_stays_until_its_replacement_is_signed(house: House) -> None:
    body = Body(house, "G11", PERIOD)
    place = f"{API}/agencies/G11/periods/{PERIOD}/report"
    first = await body.signed(report("G11", PERIOD, tasks=[task(1)]))
    second, digest = await body.handed_over(report("G11", PERIOD, tasks=[accepted_task(1, "2026-02-10")]))
    await body.step(second, "approvals", "approver")
    assert (await house.get(place, "reader")).json()["digest"] == first["content"]["digest"]
    await body.step(second, "signatures", "signer", {"digest": digest})
    in_force = (await house.get(place, "reader")).json()
    assert (in_force["sequence"], in_force["digest"]) == (2, digest)


async def test_a_revert_restores_the_last_signed_report_and_is_audited(house: House) -> None:
    body = Body(house, "G12", PERIOD)
    first = await body.signed()
    sequence, _ = await body.handed_over(report("G12", PERIOD, tasks=[task(9)]))
    assert (await body.post(f"/{sequence}/reverts", "drafter", {})).status_code == 422
    after = await body.step(sequence, "reverts", "drafter", {"reason": "Gửi nhầm số liệu"})
    assert (after["state"], after["allowed_actions"], after["holder"]) == ("reverted", [], None)
    audit = await house.audit_of(after["submission_id"])
    assert [(row["action"], row["reason"]) for row in audit][-1] == ("submission.revert", "Gửi nhầm số liệu")
    in_force = (await house.get(f"{API}/agencies/G12/periods/{PERIOD}/report", "operator")).json()
    assert (in_force["sequence"], in_force["digest"]) == (1, first["content"]["digest"])


async def test_what_needs_confirming_is_confirmed_for_its_value_only(house: House) -> None:
    before = Body(house, "G15", "2026-01")
    await before.signed(report("G15", "2026-01", tasks=[task(1), task(2)]))
    body = Body(house, "G15", PERIOD)
    sequence = await body.begin()
    sent = await body.sent(sequence, report("G15", PERIOD, tasks=[task(1, registered_on="2026-01-10"), task(2)]))
    to_confirm = [finding for finding in sent["findings"] if finding["severity"] == "confirm"]
    assert to_confirm
    assert sent["summary"]["fatal"] == 0
    refused = await body.post(f"/{sequence}/handovers", "drafter")
    assert (refused.status_code, slug(refused)) == (409, "findings-open")
    assert refused.json()["context"]["confirm"] == str(len(to_confirm))
    unknown = {"finding_key": "sha256:" + "0" * 64, "reason": "đúng thế"}
    assert slug(await body.post(f"/{sequence}/confirmations", "drafter", unknown)) == "finding-unknown"
    for finding in to_confirm:
        asked = {"finding_key": finding["key"], "reason": "Sửa ngày theo quyết định (minh họa)"}
        answer = await body.post(f"/{sequence}/confirmations", "drafter", asked)
        assert answer.status_code == 201, answer.text
        assert (await body.get(answer.headers["location"].removeprefix(body.path))).json() == answer.json()
        assert slug(await body.post(f"/{sequence}/confirmations", "drafter", asked)) == "already-confirmed"
    listed = (await body.get(f"/{sequence}/findings")).json()["items"]
    assert {each["key"] for each in listed if each["confirmed"]} == {finding["key"] for finding in to_confirm}
    tag = (await body.get(f"/{sequence}")).json()["content"]["etag"]
    changed = report("G15", PERIOD, tasks=[task(1, registered_on="2026-01-11"), task(2)])
    assert (await body.put(f"/{sequence}", changed, match=tag)).status_code == 200
    assert slug(await body.post(f"/{sequence}/handovers", "drafter")) == "findings-open"
    tag = (await body.get(f"/{sequence}")).json()["content"]["etag"]
    restored = report("G15", PERIOD, tasks=[task(1, registered_on="2026-01-10"), task(2)])
    assert (await body.put(f"/{sequence}", restored, match=tag)).status_code == 200
    await body.step(sequence, "handovers", "drafter")
    kept = (await body.get(f"/{sequence}/confirmations")).json()["items"]
    assert [each["finding_key"] for each in kept] == [finding["key"] for finding in to_confirm]


async def activate(house: House, first_period: str, name: str) -> str:
    """Another catalogue holds from this month on; the digest of it."""
    document = dict(catalogue_in_force(PERIOD).content) | {"id": name, "first_period": first_period}
    values: dict[str, Any] = {"activation_id": new_id("act"), "first_period": first_period, "catalogue": document, "impact": {}}
    values |= {"catalogue_digest": "sha256:" + "0" * 64, "reason": "kiểm thử", "actor": ROOT.id}
    async with house.runtime.database.transaction() as connection:
        await stored.insert(connection, rule_activation, values)
        agreed = {"decision_id": values["activation_id"], "actor": "local:another", "reason": "kiểm thử"}
        await stored.insert(connection, decision_approval, agreed)
        await record(connection, ROOT.id, "rule_activation.propose", values["activation_id"])
    return str((await house.get(f"{API}/report-rules?period={first_period}")).json()["digest"])


async def test_an_approval_lapses_when_the_rules_change(house: House) -> None:
    body = Body(house, "G16", "2026-03")
    sequence, digest = await body.handed_over()
    first = (await body.get(f"/{sequence}/transitions")).json()["items"][-1]["catalogue_digest"]
    second = await activate(house, "2026-03", "kiem-thu-a")
    assert second != first
    refused = await body.post(f"/{sequence}/approvals", "approver")
    assert (refused.status_code, slug(refused)) == (409, "approval-lapsed")
    lapse = (await body.get(f"/{sequence}/transitions")).json()["items"][-1]
    assert (lapse["action"], lapse["to_state"]) == ("lapse", "draft")
    assert first in lapse["reason"]
    assert second in lapse["reason"]
    outdated = await body.post(f"/{sequence}/handovers", "drafter")
    assert (outdated.status_code, slug(outdated)) == (409, "validation-outdated")
    assert (await body.post(f"/{sequence}/validations", "drafter")).status_code == 201
    await body.step(sequence, "handovers", "drafter")
    await body.step(sequence, "approvals", "approver")
    await activate(house, "2026-03", "kiem-thu-b")
    refused = await body.post(f"/{sequence}/signatures", "signer", {"digest": digest})
    assert (refused.status_code, slug(refused)) == (409, "approval-lapsed")
    assert (await body.get(f"/{sequence}")).json()["state"] == "draft"
    assert (await house.facts("SELECT count(*) AS count FROM intake.acceptance WHERE agency = 'G16'"))[0]["count"] == 0


async def test_a_month_still_running_is_not_signed_for(house: House) -> None:
    """By the clock of these tests March is not over: what the report says of its last days cannot have happened."""
    body = Body(house, "G17", "2026-03")
    sequence, digest = await body.handed_over()
    await body.step(sequence, "approvals", "approver")
    refused = await body.post(f"/{sequence}/signatures", "signer", {"digest": digest})
    assert (refused.status_code, slug(refused)) == (409, "period-not-over")
    assert (await body.get(f"/{sequence}")).json()["state"] == "approved"


async def test_what_is_signed_is_all_or_nothing(house: House) -> None:
    """The receipt is the last of it; without a key to sign one, nothing counts and the report can be signed later."""
    body = Body(house, "G17", PERIOD)
    sequence, digest = await body.handed_over()
    await body.step(sequence, "approvals", "approver")
    actor = Actor((await body.ids())["signer"], frozenset({"agency_signer"}), "G17")

    class Lost(Exception):
        pass

    class NoKeys:
        issuer = "http://nobody"

        def __getattr__(self, name: str) -> Any:
            raise Lost(name)

    desk = Desk(_with_keyring(house, NoKeys()), actor, "G17", Period.parse(PERIOD))
    with pytest.raises(Lost):
        await sign(desk, sequence, digest=digest, statement=None)
    assert (await body.get(f"/{sequence}")).json()["state"] == "approved"
    assert (await house.facts("SELECT count(*) AS count FROM intake.acceptance WHERE agency = 'G17'"))[0]["count"] == 0
    await body.step(sequence, "signatures", "signer", {"digest": digest})


def _with_keyring(house: House, keyring: Any) -> Any:
    return replace(house.runtime, parts={**house.runtime.parts, Keyring: keyring})


async def test_how_much_time_is_left_is_said_with_its_offset(house: House) -> None:
    body = Body(house, "G18", "2026-03")
    await body.begin()
    deadline = (await body.get("/1")).json()["deadline"]
    assert (deadline["hard_at"], deadline["now"]) == ("2026-04-05T00:00:00+07:00", "2026-03-10T10:00:00+07:00")
    assert deadline["soft_at"] == "2026-04-04T00:00:00+07:00"
    assert deadline["seconds_left"] == 25 * 86400 + 14 * 3600
    late = Body(house, "G18", PERIOD)
    await late.begin()
    assert (await late.get("/1")).json()["deadline"]["seconds_left"] == 0
