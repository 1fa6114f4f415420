"""Initiatives over HTTP: who proposes, assesses and decides, and what nobody does for their own body (F-1 to F-3, RUL-15)."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from services.gateway.registers.initiative_machine import MOVES
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, House, make_key
from tests.integration.gateway.office import REASON, Office, digest


@pytest.fixture(scope="module")
async def office(house: House) -> Office:
    made = Office(house)
    await made.key("assessor", "assessor", "G01")
    await made.key("assessor of G06", "assessor", "G06")
    await made.key("publisher", "publisher")
    return made


def proposal(**words: Any) -> dict[str, Any]:
    return {
        "period": "2026-01", "title": "Sáng kiến minh họa", "explanation": "Rút ngắn quy trình (minh họa)",
        "document": "1/TTr (minh họa)", "document_digest": digest("thuyết minh"), **words,
    }  # fmt: skip


def decision(points: int, **words: Any) -> dict[str, Any]:
    return {
        "points": points, "decision_number": "7/QĐ-TTg (minh họa)", "decided_on": "2026-02-20",
        "decision_digest": digest("quyết định"), "reason": REASON, **words,
    }  # fmt: skip


async def as_body(house: House, role: str, method: str, path: str, body: Any = None, agency: str = "G06") -> Any:
    headers = await house.bearer_of(agency, f"agency_{role}")
    words = {} if body is None else {"json": body}
    return await house.client.request(method, f"{API}/agencies/G06/initiatives{path}", headers=headers, **words)


async def submitted(house: House) -> str:
    made = await as_body(house, "drafter", "POST", "", proposal())
    assert made.status_code == 201, made.text
    name = str(made.json()["initiative_id"])
    answer = await as_body(house, "approver", "POST", f"/{name}/approvals", {})
    assert answer.status_code == 201, answer.text
    return name


def slug(answer: Any) -> str:
    return str(answer.json()["type"].rsplit("/", 1)[1])


async def test_the_whole_way_of_an_initiative(office: Office, house: House) -> None:
    made = (await as_body(house, "drafter", "POST", "", proposal())).json()
    name = made["initiative_id"]
    assert (made["state"], made["allowed_actions"]) == ("proposed", ["withdraw"])
    hidden = await office.ask("GET", f"/initiatives/{name}", "assessor")
    assert hidden.status_code == 404, "what a body has not approved is its own"
    assert [each["initiative_id"] for each in (await office.get("/initiatives", "assessor"))["items"]] == []
    approved = await as_body(house, "approver", "POST", f"/{name}/approvals", {"reason": REASON})
    assert approved.json()["state"] == "submitted"
    seen = await office.get(f"/initiatives/{name}", "assessor")
    assert seen["allowed_actions"] == ["assess"]
    early = await office.post(f"/initiatives/{name}/decisions", "publisher", decision(3))
    assert (early.status_code, slug(early)) == (409, "initiative-step-refused")
    assessed = await office.post(f"/initiatives/{name}/assessments", "assessor", {"points": 4, "reason": REASON})
    assert (assessed.json()["state"], assessed.json()["proposed_points"]) == ("assessed", 4)
    decided = await office.post(f"/initiatives/{name}/decisions", "publisher", decision(3))
    assert decided.status_code == 201, decided.text
    found = decided.json()
    assert (found["state"], found["points"], found["needs_version_after"]) == ("decided", 3, None)
    assert [(each["action"], each["points"]) for each in found["steps"]] == [
        ("propose", None), ("approve", None), ("assess", 4), ("decide", 3),
    ]  # fmt: skip
    again = await office.post(f"/initiatives/{name}/decisions", "publisher", decision(0))
    assert (again.json()["state"], again.json()["points"]) == ("decided", 0)
    late = await as_body(house, "drafter", "POST", f"/{name}/withdrawals", {"reason": REASON})
    assert (late.status_code, slug(late)) == (409, "initiative-step-refused")
    own = (await as_body(house, "drafter", "GET", f"/{name}")).json()
    assert own["points"] == 0
    actions = [line["action"] for line in await house.audit_of(name)]
    assert actions == [f"initiative.{each}" for each in ("propose", "approve", "assess", "decide", "decide")]


async def test_nobody_assesses_or_decides_for_their_own_body(office: Office, house: House) -> None:
    name = await submitted(house)
    refused = await office.post(f"/initiatives/{name}/assessments", "assessor of G06", {"points": 5, "reason": REASON})
    assert (refused.status_code, slug(refused)) == (403, "own-body")
    assert (await office.get(f"/initiatives/{name}", "assessor of G06"))["allowed_actions"] == []
    await office.post(f"/initiatives/{name}/assessments", "assessor", {"points": 5, "reason": REASON})
    await office.key("publisher of G06", "publisher", "G06")
    refused = await office.post(f"/initiatives/{name}/decisions", "publisher of G06", decision(5))
    assert (refused.status_code, slug(refused)) == (403, "own-body")


async def test_every_step_and_the_one_it_rests_on_are_of_two_people(office: Office, house: House) -> None:
    both = await office.key("both", "assessor")
    office.keys["decider"] = await _second_key(house, "holder both", "publisher")
    name = await submitted(house)
    assert both
    await office.post(f"/initiatives/{name}/assessments", "both", {"points": 2, "reason": REASON})
    refused = await office.post(f"/initiatives/{name}/decisions", "decider", decision(2))
    assert (refused.status_code, slug(refused)) == (403, "same-person")
    assert "decide" not in (await office.get(f"/initiatives/{name}", "decider"))["allowed_actions"]


async def _second_key(house: House, holder: str, role: str) -> tuple[str, str]:
    return await make_key(house.runtime, holder=holder, role=role)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (decision(6), "/points"),
        (decision(-1), "/points"),
        ({**decision(3), "points": 2.5}, "/points"),
        (decision(3, decision_digest="sha256:0"), "/decision_digest"),
        (decision(3, decided_on="2026-03-11"), "/decided_on"),
        (decision(3, decided_on="2026-02-30"), "/decided_on"),
    ],
)
async def test_a_decision_that_cannot_be_is_refused(office: Office, house: House, body: dict[str, Any], pointer: str) -> None:
    name = await submitted(house)
    await office.post(f"/initiatives/{name}/assessments", "assessor", {"points": 2, "reason": REASON})
    answer = await office.post(f"/initiatives/{name}/decisions", "publisher", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_decision_without_document_or_digest_is_refused(office: Office, house: House) -> None:
    name = await submitted(house)
    await office.post(f"/initiatives/{name}/assessments", "assessor", {"points": 2, "reason": REASON})
    for missing in ("decision_number", "decision_digest", "decided_on"):
        body = decision(2)
        del body[missing]
        answer = await office.post(f"/initiatives/{name}/decisions", "publisher", body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{missing}")


async def test_bodies_are_kept_apart(office: Office, house: House) -> None:
    name = await submitted(house)
    headers = await house.bearer_of("H38", "agency_drafter")
    for path in (f"/agencies/G06/initiatives/{name}", f"/agencies/H38/initiatives/{name}", "/agencies/G06/initiatives"):
        assert (await house.client.get(API + path, headers=headers)).status_code == 404
    mine = await house.client.get(f"{API}/agencies/H38/initiatives", headers=headers)
    assert mine.json()["items"] == []
    assert (await house.client.get(f"{API}/initiatives/{name}", headers=headers)).status_code == 403


async def test_a_proposal_of_a_month_to_come_is_refused(house: House) -> None:
    answer = await as_body(house, "drafter", "POST", "", proposal(period="2026-04"))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/period")


def test_the_database_holds_the_same_machine(database: TestDatabase) -> None:
    with psycopg.connect(database.owner_url) as connection:
        found = connection.execute(
            "SELECT action, from_state, to_state, national, reason_required FROM intake.initiative_move"
        ).fetchall()
    assert set(found) == {(each.action, each.from_state, each.to_state, each.national, each.reason_required) for each in MOVES}


def test_the_database_refuses_steps_that_are_no_moves(database: TestDatabase) -> None:
    """What stands in the trigger and in row security, with the code out of the way."""
    proposed = (
        "INSERT INTO intake.initiative_proposal (initiative_id, agency, period, title, explanation, document,"
        " document_digest, created_by) VALUES ('i1', 'H05', '2026-01', 't', 'e', 'd', %s, 'key:a')"
    )
    taken = (
        "INSERT INTO intake.initiative_step (initiative_id, number, agency, period, action, from_state, to_state, actor,"
        " actor_agency, reason, points, taken_at) VALUES ('i1', %s, 'H05', '2026-01', %s, %s, %s, %s, %s, 'vì sao', %s, now())"
    )
    reach = "SELECT set_config('bangdiem.reads', %s, true), set_config('bangdiem.acts', %s, true)"
    with psycopg.connect(database.app_url, options="-c role=gateway") as connection:
        connection.execute(reach, ["H05", "H05"])
        connection.execute(proposed, [digest("đề xuất")])
        connection.execute(taken, [1, "propose", "none", "proposed", "key:a", "H05", None])
        bad = [
            ((2, "approve", "proposed", "submitted", "key:a", "H05", None), "had a hand"),
            ((2, "approve", "submitted", "assessed", "key:b", "H05", None), "no move"),
            ((3, "approve", "proposed", "submitted", "key:b", "H05", None), "no move"),
            ((2, "approve", "proposed", "submitted", "key:b", "H38", None), "by somebody of"),
            ((2, "withdraw", "proposed", "withdrawn", "key:b", "H05", 3), "points"),
        ]
        for values, words in bad:
            with connection.transaction(force_rollback=True), pytest.raises(psycopg.Error, match=words):
                connection.execute(taken, list(values))
        connection.execute(taken, [2, "approve", "proposed", "submitted", "key:b", "H05", None])
        with connection.transaction(force_rollback=True), pytest.raises(psycopg.Error, match="by somebody of"):
            connection.execute(taken, [3, "assess", "submitted", "assessed", "key:c", "H05", 3])
        connection.execute(reach, ["*", ""])
        connection.execute(taken, [3, "assess", "submitted", "assessed", "key:c", "office", 3])
        connection.rollback()
