"""Real things of one body, and what every write about a body is sent: good in itself. Every figure and name is invented."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from cryptography.hazmat.primitives.serialization import Encoding

from services.gateway.reports.attachment_policy import PDF
from tests.contract.signing import Signing
from tests.integration.gateway.conftest import API, HOME, NOW, House, make_key
from tests.integration.gateway.office import Office, summons
from tests.integration.gateway.reports import Body, report, task
from tests.integration.gateway.routes import Operation
from tests.integration.gateway.test_attachments import GOOD, attach, declared
from tests.rolled import insert_roll_up
from tests.unit.signature.authority import Wish, issue

MONTH = "2026-02"
MARK = "Dấu riêng của G06"
REASON = {"reason": "thử vượt quyền"}
LATER = (NOW + timedelta(days=30)).isoformat()
PERSON = {"person": {"issuer": "vpcp", "sub": "ai-do"}, "holder": "Người lạ", "roles": ["agency_drafter"], **REASON}
CREDENTIAL = {"holder": "Máy lạ", "roles": ["agency_drafter"], "expires_at": LATER, **REASON}
FIGURE = {"sequence": 1, "database": "csdl-minh-hoa", "new_records": 7}
MANDATE = {"holder": MARK, "valid_from": "2026-03-01", "document": "2/QĐ (minh họa)", **REASON}
DIGEST = "sha256:" + "0" * 64
UNIT: dict[str, Any] = {
    "unit": "don-vi", "name": MARK, **REASON,
    "contact": {"name": MARK, "position": "Minh họa", "email": "a@example.vn", "phone": "0000 000 000"},
}  # fmt: skip
INDICATORS = ("A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "C1", "C2", "D1", "D2", "E1", "E2", "E3")
# What each write is sent: good in itself, so that nothing but the body it is for can be the reason of a refusal.
BODIES: dict[str, Any] = {
    "post_submission": {"test": False},
    "put_submission_content": report(HOME, MONTH),
    "put_submission_section": [task(9)],
    "post_validation": {},
    "post_confirmation": {"finding_key": DIGEST, **REASON},
    "post_handover": {},
    "post_submission_approval": {},
    "post_rejection": REASON,
    "post_revert": REASON,
    "post_signature": {"digest": DIGEST},
    "post_attachment": GOOD[PDF][1],
    "post_member": PERSON,
    "post_member_approval": REASON,
    "post_member_revocation": REASON,
    "post_credential": CREDENTIAL,
    "post_rotation": REASON,
    "post_credential_approval": REASON,
    "post_credential_revocation": REASON,
    "post_initiative": {
        "period": MONTH,
        "title": MARK,
        "explanation": "Minh họa",
        "document": "1/TTr (minh họa)",
        "document_digest": DIGEST,
    },
    "post_initiative_approval": {},
    "post_initiative_withdrawal": REASON,
    "post_own_feedback": {"kind": "verification", "subject": MARK, "text": "Minh họa"},
    "post_own_feedback_reopening": {"text": "Minh họa"},
    "post_own_feedback_closure": {},
    "post_own_feedback_explanation": {"text": "Minh họa"},
    "post_records_review": {**FIGURE, "verdict": "confirmed", **REASON},
    "post_mandate": {
        "certificate": issue(Wish("Người ký minh họa", organisation="VN-G06")).certificate.public_bytes(Encoding.PEM).decode(),
        **MANDATE,
    },
    "post_mandate_approval": REASON,
    "post_mandate_withdrawal": REASON,
    "post_signature_demand": {"demand": "optional", "reason": MARK},
    "post_head": {"name": MARK, "valid_from": "2026-01-01", "document": MARK, **REASON},
    "post_head_approval": REASON,
    "post_head_withdrawal": {"document": MARK, **REASON},
    "post_head_withdrawal_approval": REASON,
    "post_unit": {**UNIT, "unit": "don-vi-khac"},
    "post_unit_version": {**{name: value for name, value in UNIT.items() if name != "unit"}, **REASON},
    "post_unit_member": {"subject": "oidc:vpcp:ai-do", **REASON},
    "post_unit_member_revocation": REASON,
    "post_unit_plan": {
        "first_period": MONTH,
        "document": MARK,
        "lead_unit": UNIT["unit"],
        "due_day": 3,
        "assignments": [{"indicator": code, "unit": UNIT["unit"]} for code in INDICATORS],
        **REASON,
    },
    "post_unit_plan_approval": REASON,
    "post_unit_section": {"indicator": "A3", "figures": {"period_tasks": 7}, "note": MARK},
    "post_unit_section_file": [],
    "post_unit_section_return": {"version": 1, **REASON},
    "post_unit_assembly": {"without": [{"indicator": code, **REASON} for code in ("C1", "D1")]},
    # Nobody listens there.
    "post_webhook": {"url": "https://127.0.0.1:9/su-kien", "types": ["scores.published"], "reason": MARK},
    "post_webhook_rotation": REASON,
    "post_webhook_replay": {"since": NOW.isoformat(), **REASON},
    "post_webhook_pause": REASON,
    "post_webhook_resumption": REASON,
    "post_webhook_end": REASON,
    # With a real snapshot and signature: Things.bodies.
    "post_countersignature": {},
    "post_self_score": {"points": {"A1": "12.5"}},
    "post_roll_up_check": {"verdict": "agrees"},
    "post_what_if": {"period": "2026-01", "measures": {"speeches": "1"}},
}
QUERIES = {"post_attachment": f"?section=registered_tasks&name={GOOD[PDF][0]}"}


@dataclass(frozen=True)
class Things:
    """Real things of the home body, by the name of the path parameter that finds them."""

    ids: dict[str, str]
    tag: str
    bodies: dict[str, Any]

    def paths(self, operation: Operation) -> list[str]:
        """With the accepted submission and with the draft."""
        values = [{**self.ids, "sequence": number} for number in ("1", "2")]
        made = [re.sub(r"\{(\w+)\}", lambda name, at=at: at[name[1]], operation.path) for at in values]  # type: ignore[misc]
        return [path + QUERIES.get(operation.name, "") for path in dict.fromkeys(made)]


async def everything(house: House, signing: Signing, snapshot: str, run: str, *, rolled_by: str) -> Things:
    """One of everything that a body has, each with the mark in it where it holds words."""
    body, agency = Body(house, HOME, MONTH), f"{API}/agencies/{HOME}"
    database = {"database": FIGURE["database"], "database_name": MARK, "new_records": FIGURE["new_records"]}
    await _signed(body, signing, report(HOME, MONTH, tasks=[task(1, title=MARK)], reported_databases=[database]))
    draft, confirmed = await _draft(body)
    made = {
        "confirmation": confirmed,
        "validation": await body.post("/2/validations", "drafter"),
        "attachment": await attach(body, 2, PDF, *GOOD[PDF]),
        "review": await house.post(f"{agency}/periods/{MONTH}/records-reviews", "records_reviewer",
                                   {**BODIES["post_records_review"], "reason": MARK}),
        "grant": await house.post(f"{agency}/members", "agency_admin", {**PERSON, "holder": MARK}),
        "credential": await house.post(f"{agency}/credentials", "agency_admin", {**CREDENTIAL, "holder": MARK}),
        "initiative": await house.post(f"{agency}/initiatives", "agency_drafter", BODIES["post_initiative"]),
        "self_score": await house.post(f"{agency}/periods/{MONTH}/self-scores", "agency_drafter", BODIES["post_self_score"]),
        "feedback": await house.post(f"{agency}/feedback", "agency_drafter", BODIES["post_own_feedback"]),
        "mandate": await house.post(f"{agency}/mandates", "agency_admin", BODIES["post_mandate"]),
        "demand": await house.post(f"{agency}/signature-demands", "system_administrator", BODIES["post_signature_demand"]),
        "webhook": await house.post(f"{agency}/webhooks", "agency_admin", BODIES["post_webhook"]),
        "head": await house.post(f"{agency}/heads", "publisher", BODIES["post_head"]),
    }  # fmt: skip
    words = (await house.get(f"{API}/snapshots/{snapshot}/signing-payload", "reader")).content
    countersigned = {"snapshot_id": snapshot, "jws": signing.sign(words, NOW)}
    made["countersignature"] = await house.client.post(
        f"{agency}/countersignatures", headers=await house.bearer_of(HOME, "agency_signer"), json=countersigned
    )
    made |= await _units(house, draft.headers["etag"])
    assert {name: answer.text for name, answer in made.items() if answer.status_code != 201} == {}
    await _summoned(house)
    ids = {name: answer.headers["location"].rsplit("/", 1)[1] for name, answer in made.items()}
    ids |= {"agency": HOME, "period": MONTH, "section": "registered_tasks", "step": "1", "run": run}
    ids["roll_up"] = insert_roll_up(rolled_by, "2026-Q1", published=False)
    ids |= {"unit": UNIT["unit"], "indicator": "A3", "version": "1", "code": "A3"}
    ids["event"] = (await house.get(f"{agency}/events", "agency_drafter")).json()["items"][0]["id"]
    tag = (await body.get("/2/content")).headers["etag"]
    return Things(ids, tag, {**BODIES, "post_countersignature": countersigned})


async def _summoned(house: House) -> None:
    """A meeting of the month that summoned the body, and a speech of its head."""
    office = Office(house)
    held = await office.meeting(f"{MONTH}-03", summons(HOME), topic=MARK)
    await office.attendance(held, HOME, ("head", "in_person"))
    await office.speech(held, HOME, note=MARK)


async def _units(house: House, tag: str) -> dict[str, httpx.Response]:
    """A unit of the body that answers for everything, what it sent, and an assembly into the draft."""
    agency, admin = f"{API}/agencies/{HOME}", "agency_admin"
    unit_id, drafter = f"key:{house.ids['agency_unit']}", f"key:{house.ids['agency_drafter']}"
    made = {"registered": await house.post(f"{agency}/units", admin, UNIT)}
    for subject in (unit_id, drafter):
        made["membership"] = await house.post(f"{agency}/units/{UNIT['unit']}/members", admin, {"subject": subject, **REASON})
    made["plan"] = await house.post(f"{agency}/unit-plans", admin, BODIES["post_unit_plan"])
    _, second = await make_key(house.runtime, holder="second administrator of units", role=admin, agency=HOME)
    bearer = {"authorization": f"Bearer {second}"}
    made["agreed"] = await house.client.post(f"{made['plan'].headers['location']}/approvals", headers=bearer, json=REASON)
    path = f"{agency}/periods/{MONTH}"
    made["sent"] = await house.post(f"{path}/sections", "agency_unit", BODIES["post_unit_section"])
    headers = {**house.bearer("agency_drafter"), "if-match": tag}
    asked = BODIES["post_unit_assembly"]
    made["assembly"] = await house.client.post(f"{path}/submissions/2/assemblies", headers=headers, json=asked)
    return made


async def _signed(body: Body, signing: Signing, content: dict[str, Any]) -> None:
    """The first submission, accepted with a certificate's signature."""
    mandates = f"{API}/agencies/{body.agency}/mandates"
    mandated = await body.house.post(mandates, "agency_admin", {"certificate": signing.certificate, **MANDATE})
    agreed = await body.house.post(f"{mandated.headers['location']}/approvals", "system_administrator", REASON)
    assert agreed.status_code == 201, agreed.text
    sequence, digest = await body.handed_over(content)
    await body.step(sequence, "approvals", "approver")
    payload = (await body.get(f"/{sequence}/signing-payload", "signer")).content
    await body.step(sequence, "signatures", "signer", {"digest": digest, "jws": signing.sign(payload, NOW)})


async def _draft(body: Body) -> tuple[httpx.Response, httpx.Response]:
    """The second submission with its content, and a confirmation of what was seen of an earlier revision."""
    assert await body.begin() == 2
    sent = await body.sent(2, report(HOME, MONTH, tasks=[]))
    (finding,) = [each for each in sent["findings"] if each["severity"] == "confirm"]
    confirmed = await body.post("/2/confirmations", "drafter", {"finding_key": finding["key"], "reason": MARK})
    tag = (await body.get("/2/content")).headers["etag"]
    draft = await body.put("/2", report(HOME, MONTH, tasks=[task(2, title=MARK)]), match=tag)
    assert draft.status_code == 200, draft.text
    return draft, confirmed


def sending(operation: Operation, things: Things) -> dict[str, Any]:
    """The request's words, headers apart from the caller's."""
    if not operation.writes:
        return {}
    content = things.bodies[operation.name]
    if isinstance(content, bytes):
        return {"content": content, "headers": {"content-type": PDF, "content-digest": declared(content)}}
    return {"json": content, "headers": {"if-match": things.tag} if operation.method == "PUT" else {}}


async def ask(house: House, operation: Operation, path: str, things: Things, *, agency: str, role: str) -> httpx.Response:
    words = sending(operation, things)
    headers = {**words.pop("headers", {}), **await house.bearer_of(agency, role)}
    return await house.client.request(operation.method, path, headers=headers, **words)
