"""Feedback about data over HTTP: who sends, answers, explains and reopens, and who sees what (Art. 17.2, 18.1). Invented."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest

from services.gateway.feedback.machine import MACHINE, MOVES, STATES, About, Caller, allowed_actions
from shared.period import VIETNAM
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, NOW, House
from tests.integration.gateway.office import Office, digest

EVIDENCE = [{"title": "Biên bản đối chiếu (minh họa)", "digest": digest("đối chiếu"), "link": None}]
WORDS = {"text": "Đã đối chiếu với nguồn (minh họa)", "evidence": EVIDENCE}
PERSON = {"name": "Người gửi minh họa", "address": "1 phố Minh Họa", "phone": "0000 000 000", "mail": "minh-hoa@vidu.vn"}


def feedback(**words: Any) -> dict[str, Any]:
    return {
        "kind": "verification", "subject": "Số hồ sơ chưa khớp (minh họa)", "text": "Dòng một\nDòng hai (minh họa)",
        "about_agency": "G06", "period": "2026-01", "indicator": "C2", "evidence": EVIDENCE, **words,
    }  # fmt: skip


def outside(**words: Any) -> dict[str, Any]:
    return {**feedback(), "sender": "individual", "channel": "letter", **PERSON, **words}


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["type"]).rpartition("/")[2]


@pytest.fixture(scope="module")
async def office(house: House) -> Office:
    made = Office(house)
    await made.key("officer of G06", "officer", "G06")
    await made.key("officer of H38", "officer", "H38")
    await made.key("assessor", "assessor")
    await made.key("reader", "reader")
    return made


async def as_body(house: House, agency: str, role: str, method: str, path: str = "", body: Any = None) -> httpx.Response:
    headers = await house.bearer_of(agency, f"agency_{role}")
    words = {} if body is None else {"json": body}
    return await house.client.request(method, f"{API}/agencies/{agency}/feedback{path}", headers=headers, **words)


async def sent(house: House, agency: str = "H38", **words: Any) -> str:
    made = await as_body(house, agency, "drafter", "POST", "", feedback(**words))
    assert made.status_code == 201, made.text
    return str(made.json()["feedback_id"])


async def step(office: Office, name: str, place: str, body: Any = None, who: str = "officer one") -> dict[str, Any]:
    return await office.entered(f"/feedback/{name}/{place}", WORDS if body is None else body, who)


async def test_the_whole_way_of_a_bodys_feedback(office: Office, house: House) -> None:
    made = (await as_body(house, "H38", "drafter", "POST", "", feedback())).json()
    name, number = made["feedback_id"], made["number"]
    assert number.startswith("PA-2026-")
    assert (made["state"], made["agency"], made["channel"], made["contact"]) == ("received", "H38", "system", None)
    term = (NOW.astimezone(VIETNAM) + timedelta(days=15)).date().isoformat()
    assert (made["due_on"], made["overdue"], made["allowed_actions"]) == (term, False, [])
    early = await office.post(f"/feedback/{name}/answers", "officer one", WORDS)
    assert slug(early) == (409, "feedback-step-refused")
    assert (await office.get(f"/feedback/{name}"))["allowed_actions"] == ["accept", "decline"]
    assert (await office.get(f"/feedback/{name}", "reader"))["allowed_actions"] == []
    accepted = await step(office, name, "acceptances", {})
    assert (accepted["state"], accepted["allowed_actions"]) == ("in_progress", ["answer", "decline", "forward"])
    await step(office, name, "forwardings", {**WORDS, "agency": "G06"})
    asked = (await as_body(house, "G06", "approver", "GET", f"/{name}")).json()
    assert (asked["forwarded_to"], asked["allowed_actions"]) == ("G06", ["explain"])
    explained = await as_body(house, "G06", "approver", "POST", f"/{name}/explanations", WORDS)
    assert (explained.status_code, explained.json()["state"]) == (201, "in_progress")
    answered = await step(office, name, "answers", who="assessor")
    assert (answered["state"], answered["steps"][-1]["text"]) == ("answered", WORDS["text"])
    reopened = await as_body(house, "H38", "approver", "POST", f"/{name}/reopenings", {"text": "Chưa rõ (minh họa)"})
    assert (reopened.json()["state"], reopened.json()["due_on"]) == ("reopened", term)
    await step(office, name, "acceptances", {})
    await step(office, name, "declines")
    closed = await as_body(house, "H38", "drafter", "POST", f"/{name}/closures", {})
    found = closed.json()
    assert (found["state"], found["allowed_actions"]) == ("closed", [])
    actions = ["receive", "accept", "forward", "explain", "answer", "reopen", "accept", "decline", "close"]
    assert [each["action"] for each in found["steps"]] == actions
    assert all(each["actor"].startswith("key:") and each["taken_at"] for each in found["steps"])
    assert [each["actor_agency"] for each in found["steps"]][:4] == ["H38", "office", "office", "G06"]
    assert [line["action"] for line in await house.audit_of(name)] == [f"feedback.{each}" for each in actions]


async def test_numbers_follow_one_another(house: House) -> None:
    names = [await sent(house) for _ in range(2)]
    numbers = [(await as_body(house, "H38", "drafter", "GET", f"/{each}")).json()["number"] for each in names]
    first, second = (int(each.rsplit("-", 1)[1]) for each in numbers)
    assert second == first + 1


async def test_nobody_answers_about_the_body_they_belong_to(office: Office, house: House) -> None:
    name = await sent(house)
    for who in ("officer of G06", "officer of H38"):
        for place in ("acceptances", "declines"):
            assert slug(await office.post(f"/feedback/{name}/{place}", who, WORDS)) == (403, "own-body")
        assert (await office.get(f"/feedback/{name}", who))["allowed_actions"] == []
    await step(office, name, "acceptances", {})
    for who in ("officer of G06", "officer of H38"):
        assert slug(await office.post(f"/feedback/{name}/answers", who, WORDS)) == (403, "own-body")
    assert (await step(office, name, "answers"))["state"] == "answered"


async def test_a_step_is_its_sides_alone(office: Office, house: House) -> None:
    name = await sent(house)
    await step(office, name, "acceptances", {})
    await step(office, name, "forwardings", {**WORDS, "agency": "G06"})
    await step(office, name, "forwardings", {**WORDS, "agency": "H05"})
    earlier = await as_body(house, "G06", "approver", "POST", f"/{name}/explanations", WORDS)
    assert slug(earlier) == (403, "anothers-step"), "it lies with the body it was last forwarded to"
    assert slug(await as_body(house, "H38", "approver", "POST", f"/{name}/explanations", WORDS)) == (403, "anothers-step")
    assert slug(await as_body(house, "H05", "drafter", "POST", f"/{name}/explanations", WORDS)) == (403, "not-allowed")
    await step(office, name, "answers")
    assert slug(await as_body(house, "H05", "approver", "POST", f"/{name}/reopenings", WORDS)) == (403, "anothers-step")
    assert slug(await as_body(house, "G06", "drafter", "POST", f"/{name}/closures", {})) == (403, "anothers-step")
    assert slug(await office.post(f"/feedback/{name}/reopenings", "officer one", WORDS)) == (403, "anothers-step")
    assert (await step(office, name, "closures", {}))["state"] == "closed"


async def test_what_somebody_else_wrote_is_entered_for_them_and_reopened_for_them(office: Office, house: House) -> None:
    made = await office.entered("/feedback", outside())
    name = made["feedback_id"]
    assert (made["sender"], made["channel"], made["agency"]) == ("individual", "letter", None)
    assert made["contact"] == PERSON
    assert (await office.get(f"/feedback/{name}", "assessor"))["contact"] == PERSON
    assert (await office.get(f"/feedback/{name}", "reader"))["contact"] is None
    await step(office, name, "declines")
    assert (await step(office, name, "reopenings", WORDS))["state"] == "reopened"
    await step(office, name, "acceptances", {})
    await step(office, name, "forwardings", {**WORDS, "agency": "G06"})
    seen = await as_body(house, "G06", "approver", "GET", f"/{name}")
    assert seen.json()["contact"] is None
    audited = json.dumps([line["detail"] for line in await house.audit_of(name)])
    for each in PERSON.values():
        assert each not in seen.text + audited


async def test_bodies_see_theirs_and_what_was_forwarded_to_them(office: Office, house: House) -> None:
    name = await sent(house, "H05")
    before = (await as_body(house, "G15", "drafter", "GET")).json()["items"]
    for agency, path in itertools.product(("G15",), (f"/{name}", f"/{name}/closures", f"/{name}/reopenings")):
        method = "GET" if path == f"/{name}" else "POST"
        answer = await as_body(house, agency, "drafter", method, path, None if method == "GET" else WORDS)
        assert slug(answer) == (404, "not-found")
    assert before == []
    assert name in {each["feedback_id"] for each in (await as_body(house, "H05", "signer", "GET")).json()["items"]}
    await step(office, name, "acceptances", {})
    await step(office, name, "forwardings", {**WORDS, "agency": "G15"})
    listed = (await as_body(house, "G15", "drafter", "GET")).json()["items"]
    assert [each["feedback_id"] for each in listed] == [name]
    headers = await house.bearer_of("G15", "agency_drafter")
    assert (await house.client.get(f"{API}/agencies/H05/feedback/{name}", headers=headers)).status_code == 404
    assert (await house.client.get(f"{API}/feedback/{name}", headers=headers)).status_code == 403


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"indicator": "Z9"}, "/indicator"),
        ({"indicator": "E9"}, "/indicator"),
        ({"about_agency": "Z99"}, "/about_agency"),
        ({"period": "2025-01"}, "/period"),
        ({"subject": " "}, "/subject"),
        ({"text": "\n \n"}, "/text"),
        ({"text": "a\x00b"}, "/text"),
        ({"evidence": [{"title": "không có gì"}]}, "/evidence/0"),
        ({"evidence": [{"title": "địa chỉ", "link": "javascript:alert(1)"}]}, "/evidence/0/link"),
        ({"kind": "complaint"}, "/kind"),
    ],
)
async def test_a_feedback_that_cannot_be_is_refused(house: House, words: dict[str, Any], expected: str) -> None:
    answer = await as_body(house, "H38", "drafter", "POST", "", feedback(**words))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, expected)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ({"subject": "Tài liệu TUYỆT MẬT"}, "/subject"),
        ({"text": "Dòng một\nĐộ mật: Tối mật"}, "/text"),
        ({"evidence": [{"title": "TỐI MẬT", "digest": digest("x")}]}, "/evidence/0/title"),
    ],
)
async def test_words_that_bear_a_classification_marker_are_refused_and_not_kept(
    office: Office, house: House, words: dict[str, Any], place: str
) -> None:
    before = await house.facts("SELECT count(*) AS n FROM intake.feedback")
    answer = await as_body(house, "H38", "drafter", "POST", "", feedback(**words))
    assert slug(answer) == (422, "classified-content")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [place]
    assert await house.facts("SELECT count(*) AS n FROM intake.feedback") == before
    assert slug(await office.post("/feedback", "officer one", outside(**words))) == (422, "classified-content")
    name = await sent(house)
    step_words = {"text": words.get("text", "TUYỆT MẬT"), "evidence": words.get("evidence", EVIDENCE)}
    assert slug(await office.post(f"/feedback/{name}/declines", "officer one", step_words)) == (422, "classified-content")


async def test_it_is_forwarded_to_another_body_there_is(office: Office, house: House) -> None:
    name = await sent(house)
    await step(office, name, "acceptances", {})
    for agency in ("Z99", "H38"):
        answer = await office.post(f"/feedback/{name}/forwardings", "officer one", {**WORDS, "agency": agency})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/agency")


async def test_counts_by_state_and_overdue_are_those_of_the_list(office: Office, house: House) -> None:
    await sent(house)
    found = await office.get("/feedback-statistics")
    listed = (await office.get("/feedback?limit=500"))["items"]
    assert found["total"] == len(listed) > 0
    assert found["by_state"] == {state: sum(each["state"] == state for each in listed) for state in STATES}
    assert found["by_kind"] == {
        kind: sum(each["kind"] == kind for each in listed) for kind in ("feedback", "proposal", "verification")
    }
    assert (found["overdue"], [each for each in listed if each["overdue"]]) == (0, [])


async def test_what_nobody_answered_in_time_is_overdue(office: Office, house: House) -> None:
    """The clock of the tests stands still, so this one came in earlier."""
    late = await sent(house, subject="Cũ (minh họa)")
    answered = await sent(house, subject="Cũ, đã trả lời (minh họa)")
    await step(office, answered, "acceptances", {})
    await step(office, answered, "answers")
    async with house.owner.transaction() as connection:
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        await connection.exec_driver_sql(
            "UPDATE intake.feedback_step SET due_on = '2026-03-09' WHERE due_on IS NOT NULL AND feedback_id = ANY(%s)",
            ([late, answered],),
        )
    found = await office.get("/feedback-statistics")
    assert (found["overdue"], found["first_due_on"]) == (1, "2026-03-09")
    assert (await office.get(f"/feedback/{late}"))["overdue"] is True
    assert (await office.get(f"/feedback/{answered}"))["overdue"] is False


async def test_the_list_is_walked_and_filtered(office: Office, house: House) -> None:
    await sent(house, kind="proposal", about_agency="G16", indicator=None, period=None)
    first = await office.get("/feedback?limit=1")
    second = await office.get(f"/feedback?limit=1&cursor={first['next']}")
    assert first["items"][0]["number"] < second["items"][0]["number"]
    (only,) = (await office.get("/feedback?about=G16"))["items"]
    assert (only["kind"], only["indicator"]) == ("proposal", None)
    assert {each["state"] for each in (await office.get("/feedback?state=closed"))["items"]} == {"closed"}
    assert (await office.get("/feedback?kind=feedback"))["items"] == []


def test_the_database_holds_the_same_machine(database: TestDatabase) -> None:
    with psycopg.connect(database.owner_url) as connection:
        found = connection.execute(
            "SELECT action, from_state, to_state, side, text_required FROM intake.feedback_move"
        ).fetchall()
    assert set(found) == {(each.action, each.from_state, each.to_state, each.side, each.text_required) for each in MOVES}


def test_the_database_refuses_steps_that_are_no_moves_and_answers_about_ones_own_body(database: TestDatabase) -> None:
    """What stands in the trigger and in row security, with the code out of the way."""
    came = (
        "INSERT INTO intake.feedback (feedback_id, sequence, number, kind, sender, channel, agency, about_agency, subject,"
        " text, evidence, created_by, received_at) VALUES ('f1', 900001, 'PA-2026-900001', 'feedback', 'agency', 'system',"
        " 'H05', 'G06', 's', 't', '[]', 'key:a', now())"
    )
    taken = (
        "INSERT INTO intake.feedback_step (feedback_id, number, agency, action, from_state, to_state, actor, actor_agency,"
        " text, evidence, due_on, taken_at) VALUES ('f1', %s, 'H05', %s, %s, %s, 'key:b', %s, %s, '[]', %s, now())"
    )
    reach = "SELECT set_config('bangdiem.reads', %s, true), set_config('bangdiem.acts', %s, true)"
    with psycopg.connect(database.app_url, options="-c role=gateway") as at:
        at.execute(reach, ["H05", "H05"])
        at.execute(came)
        at.execute(taken, [1, "receive", "none", "received", "H05", None, "2026-04-01"])
        with at.transaction(force_rollback=True), pytest.raises(psycopg.Error, match="by somebody of"):
            at.execute(taken, [2, "accept", "received", "in_progress", "H05", None, None])
        at.execute(reach, ["*", ""])
        bad = [
            ((2, "answer", "received", "answered", "office", "x", None), "no move"),
            ((2, "decline", "received", "declined", "office", None, None), "no move"),
            ((2, "accept", "received", "answered", "office", None, None), "no move"),
            ((3, "accept", "received", "in_progress", "office", None, None), "no move"),
            ((2, "accept", "received", "in_progress", "G06", None, None), "by somebody of"),
            ((2, "accept", "received", "in_progress", "H05", None, None), "by somebody of"),
        ]
        for values, words in bad:
            with at.transaction(force_rollback=True), pytest.raises(psycopg.Error, match=words):
                at.execute(taken, list(values))
        at.execute(taken, [2, "accept", "received", "in_progress", "office", None, None])
        at.execute(taken, [3, "answer", "in_progress", "answered", "H38", "x", None])
        with at.transaction(force_rollback=True), pytest.raises(psycopg.Error, match="by somebody of"):
            at.execute(taken, [4, "reopen", "answered", "reopened", "office", "x", "2026-04-01"])
        at.execute(reach, ["G15", "G15"])
        with at.transaction(force_rollback=True), pytest.raises(psycopg.Error, match="another sender"):
            at.execute(taken, [4, "close", "answered", "closed", "G15", None, None])
        at.rollback()


def test_offices_and_bodies_may_what_the_machine_says() -> None:
    about = About("H05", "G06", "G15")
    office = Caller(frozenset({"officer"}), None, inside=False)
    sender = Caller(frozenset({"agency_drafter"}), "H05", inside=True)
    addressee = Caller(frozenset({"agency_approver"}), "G15", inside=True)
    expected = {
        "received": (["accept", "decline"], [], []), "in_progress": (["answer", "decline", "forward"], [], []),
        "forwarded": (["answer", "decline", "forward"], [], ["explain"]), "answered": (["close"], ["reopen", "close"], []),
        "declined": (["close"], ["reopen", "close"], []), "reopened": (["accept"], [], []), "closed": ([], [], []),
    }  # fmt: skip
    assert set(expected) == set(STATES)
    for state, lists in expected.items():
        assert tuple(allowed_actions(state, caller, about) for caller in (office, sender, addressee)) == lists
    assert allowed_actions("answered", office, About(None, "G06", None)) == ["reopen", "close"]
    assert MACHINE.move("answer", "received") is None
