"""Registers of the Government Office: two people, an evidence digest, nobody's own body, corrections as versions (ING-11)."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest

from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, House, make_key
from tests.integration.gateway.office import REASON, Office, attendance, digest, meeting, speech, summons

G06 = summons("G06")


@pytest.fixture(scope="module")
async def office(house: House) -> Office:
    return Office(house)


async def test_a_meeting_counts_only_once_another_person_confirmed_it(office: Office, house: House) -> None:
    made = await office.entered("/meetings", meeting("2026-01-06", G06))
    assert (made["state"], made["version_in_force"], made["period"]) == ("awaiting_confirmation", None, "2026-01")
    assert made["allowed_actions"] == ["correct", "withdraw"], "who entered it does not confirm it"
    path = f"/meetings/{made['entry_id']}"
    refused = await office.post(f"{path}/attendances", "officer one", attendance("G06"))
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (409, "meeting-not-in-force")
    same = await office.post(f"{path}/confirmations", "officer one", {"version": 1})
    assert (same.status_code, same.json()["type"].rsplit("/", 1)[1]) == (403, "same-person")
    assert (await office.get(path, "officer two"))["allowed_actions"] == ["confirm", "correct", "withdraw"]
    await office.confirm("meetings", made)
    found = await office.get(path)
    assert (found["state"], found["version_in_force"], found["attendance_missing"]) == ("in_force", 1, ["G06"])
    again = await office.post(f"{path}/confirmations", "officer two", {"version": 1})
    assert (again.status_code, again.json()["type"].rsplit("/", 1)[1]) == (409, "entry-moved")
    actions = [line["action"] for line in await house.audit_of(made["entry_id"])]
    assert actions == ["register.enter", "register.confirm"]


async def test_two_keys_of_one_holder_are_one_person(office: Office, house: House) -> None:
    _, other = await make_key(house.runtime, holder="HOLDER officer ONE", role="publisher")
    made = await office.entered("/meetings", meeting("2026-01-07", G06))
    headers = {"authorization": f"Bearer {other}"}
    path = f"{API}/meetings/{made['entry_id']}/confirmations"
    answer = await house.client.post(path, headers=headers, json={"version": 1})
    assert answer.json()["type"].rsplit("/", 1)[1] == "same-person"


@pytest.mark.parametrize("missing", ["evidence_digest", "held_on", "summons", "summoned_by"])
async def test_an_entry_without_evidence_or_words_is_refused(office: Office, missing: str) -> None:
    body = meeting("2026-01-08", G06)
    del body[missing]
    answer = await office.post("/meetings", "officer one", body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [f"/{missing}"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (meeting("2026-03-11", G06), "/held_on"),
        (meeting("2025-12-31", G06), "/held_on"),
        (meeting("2026-01-08", summons("Z99")), "/summons/0/agency"),
        (meeting("2026-01-08", G06, G06), "/summons"),
    ],
)
async def test_a_meeting_that_cannot_be_is_refused(office: Office, body: dict[str, Any], pointer: str) -> None:
    answer = await office.post("/meetings", "officer one", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_nobody_enters_or_confirms_about_their_own_body(office: Office) -> None:
    await office.key("officer of G06", "officer", "G06")
    own = await office.post("/meetings", "officer of G06", meeting("2026-01-09", G06, summons("H38")))
    assert (own.status_code, own.json()["type"].rsplit("/", 1)[1]) == (403, "own-body")
    made = await office.entered("/meetings", meeting("2026-01-09", G06, summons("H38")))
    path = f"/meetings/{made['entry_id']}"
    refused = await office.post(f"{path}/confirmations", "officer of G06", {"version": 1})
    assert refused.json()["type"].rsplit("/", 1)[1] == "own-body"
    assert "confirm" not in (await office.get(path, "officer of G06"))["allowed_actions"]
    await office.confirm("meetings", made)
    for person in ("attendances", "speeches"):
        body = attendance("G06") if person == "attendances" else speech("G06")
        assert (await office.post(f"{path}/{person}", "officer of G06", body)).json()["type"].endswith("own-body")
    other = await office.entered(f"{path}/attendances", attendance("H38", ("head", "in_person")), "officer of G06")
    assert other["agency"] == "H38"
    # The words about others may change while those about one's own body stay.
    kept = meeting("2026-01-09", G06, summons("H38"), summons("H05"))
    corrected = await office.entered(f"{path}/corrections", {**kept, "reason": REASON}, "officer of G06")
    assert corrected["version"] == 2
    lighter = {**kept, "summons": [summons("G06", "deputy"), summons("H38")], "reason": REASON}
    assert (await office.post(f"{path}/corrections", "officer of G06", lighter)).json()["type"].endswith("own-body")


async def test_corrections_are_versions_and_the_confirmed_one_counts_meanwhile(office: Office) -> None:
    meeting_id = await office.meeting("2026-02-03", G06)
    entry = await office.attendance(meeting_id, "G06", ("deputy", "in_person"))
    path = f"/attendances/{entry}"
    change = {"attendees": [{"role": "head", "mode": "online"}], "evidence_digest": digest("đính chính")}
    blank = await office.post(f"{path}/corrections", "officer one", {**change, "reason": " "})
    assert blank.json()["type"].rsplit("/", 1)[1] == "reason-missing"
    second = await office.entered(f"{path}/corrections", {**change, "reason": REASON}, "officer two")
    assert (second["version"], second["version_in_force"], second["state"]) == (2, 1, "awaiting_confirmation")
    await office.confirm("attendances", second, "officer one")
    assert (await office.get(path))["version_in_force"] == 2
    third = await office.entered(f"{path}/withdrawals", {"evidence_digest": digest("rút"), "reason": REASON})
    assert (third["withdraws"], third["version_in_force"]) == (True, 2)
    await office.confirm("attendances", third)
    assert (await office.get(path))["state"] == "withdrawn"
    assert (await office.get(f"/meetings/{meeting_id}"))["attendance_missing"] == ["G06"]
    history = (await office.get(f"{path}/versions"))["items"]
    said = [(each["version"], each["withdraws"], [one["role"] for one in each["content"]["attendees"]]) for each in history]
    assert said == [(1, False, ["deputy"]), (2, False, ["head"]), (3, True, ["head"])]
    assert len({(each["entered_by"], each["confirmed_by"]) for each in history}) == 2
    again = await office.post(f"/meetings/{meeting_id}/attendances", "officer one", attendance("G06"))
    assert (again.status_code, again.json()["type"].rsplit("/", 1)[1]) == (409, "entered-already")


async def test_only_summoned_bodies_and_marks_with_notes_are_entered(office: Office) -> None:
    meeting_id = await office.meeting("2026-02-04", G06)
    stranger = await office.post(f"/meetings/{meeting_id}/attendances", "officer one", attendance("H05"))
    assert (stranger.status_code, stranger.json()["type"].rsplit("/", 1)[1]) == (422, "not-summoned")
    bare = {**speech("G06"), "note": None}
    assert (await office.post(f"/meetings/{meeting_id}/speeches", "officer one", bare)).json()["errors"][0][
        "pointer"
    ] == "/note"
    await office.speech(meeting_id, "G06", note=None)
    listed = await office.get(f"/meetings/{meeting_id}/speeches")
    assert [(each["agency"], each["content"]["qualifying"]) for each in listed["items"]] == [("G06", False)]


async def test_a_month_is_closed_when_all_of_it_is_entered_and_confirmed(office: Office, house: House) -> None:
    """February of this module has two meetings; its closing names everything that is missing."""
    body = {"period": "2026-02", "meetings": 3, "evidence_digest": digest("sổ tháng 2")}
    future = await office.post("/register-closings", "officer one", {**body, "period": "2026-03"})
    assert future.json()["errors"][0]["pointer"] == "/period"
    made = await office.entered("/register-closings", body)
    path = f"/register-closings/{made['entry_id']}"
    refused = await office.post(f"{path}/confirmations", "officer two", {"version": 1})
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (409, "register-incomplete")
    faults = refused.json()["errors"]
    assert [(each["pointer"].split("/")[1], each.get("seen")) for each in faults] == [
        ("meetings", "3"), ("meetings", "G06"), ("meetings", "G06"),
    ]  # fmt: skip
    february = (await office.get("/meetings?period=2026-02"))["items"]
    first, second = (each["entry_id"] for each in february)
    await office.attendance(second, "G06")
    gone = next(each for each in (await office.get(f"/meetings/{first}/attendances"))["items"])
    back = {"attendees": [], "evidence_digest": digest("nhập lại"), "reason": REASON}
    renewed = await office.entered(f"/attendances/{gone['entry_id']}/corrections", back)
    await office.confirm("attendances", renewed)
    counted = {"meetings": 2, "evidence_digest": digest("sổ tháng 2"), "reason": REASON}
    await office.confirm("register-closings", await office.entered(f"{path}/corrections", counted))
    assert (await office.get(path))["version_in_force"] == 2
    twice = await office.post("/register-closings", "officer one", body)
    assert twice.json()["type"].rsplit("/", 1)[1] == "entered-already"


async def test_lists_are_walked_by_cursor_and_roles_are_held(office: Office, house: House) -> None:
    whole = [each["entry_id"] for each in (await office.get("/meetings"))["items"]]
    assert len(whole) > 3
    seen: list[str] = []
    path: str | None = "/meetings?limit=2"
    while path is not None:
        answer = await office.get(path)
        seen += [each["entry_id"] for each in answer["items"]]
        path = None if answer["next"] is None else f"/meetings?limit=2&cursor={answer['next']}"
    assert seen == whole
    summoned = (await office.get("/meetings?agency=H38"))["items"]
    assert [each["content"]["held_on"] for each in summoned] == ["2026-01-09"]
    assert (await house.post(f"{API}/meetings", "reader", meeting("2026-01-10", G06))).status_code == 403
    for role in ("agency_drafter", "records_reviewer", "system_administrator"):
        assert (await house.get(f"{API}/meetings", role)).status_code == 403


async def test_people_who_act_at_once_do_so_one_after_the_other(office: Office) -> None:
    meeting_id = await office.meeting("2026-01-20", G06)
    place = f"/meetings/{meeting_id}/attendances"
    answers = await asyncio.gather(*(office.post(place, "officer one", attendance("G06")) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    entry = next(answer.json()["entry_id"] for answer in answers if answer.status_code == 201)
    change = {"attendees": [], "evidence_digest": digest("cùng lúc"), "reason": REASON}
    path = f"/attendances/{entry}"
    corrected = await asyncio.gather(*(office.post(f"{path}/corrections", "officer one", change) for _ in range(3)))
    assert sorted(answer.json()["version"] for answer in corrected) == [2, 3, 4]
    again = await asyncio.gather(*(office.post(f"{path}/confirmations", "officer two", {"version": 4}) for _ in range(3)))
    assert sorted(answer.status_code for answer in again) == [201, 409, 409]


def test_the_database_refuses_what_the_code_should_not_have_asked_for(database: TestDatabase) -> None:
    entry = (
        "INSERT INTO intake.register_entry (entry_id, version, kind, period, content, evidence_digest, withdrawn, reason,"
        " actor, actor_agency) VALUES (%s, %s, 'meeting', '2026-01', %s, %s, %s, 'vì sao', %s, %s)"
    )
    confirmation = (
        "INSERT INTO intake.register_confirmation (entry_id, version, actor, actor_agency, confirmed_at)"
        " VALUES (%s, 1, %s, %s, now())"
    )
    content = '{"summons": [{"agency": "G06", "required_role": "head"}]}'
    good = digest("bằng chứng")
    refusals = [
        (entry, ["m1", 1, content, "không phải mã băm", False, "key:a", "office"], "evidence"),
        (entry, ["m1", 2, content, good, False, "key:a", "office"], "has version"),
        (entry, ["m1", 1, content, good, False, "key:a", "G06"], "the body of who writes it"),
        (entry, ["m1", 1, content, good, True, "key:a", "office"], "withdrawn"),
    ]
    with psycopg.connect(database.app_url, options="-c role=gateway") as connection:
        for statement, values, words in refusals:
            connection.execute("SELECT set_config('bangdiem.reads', '*', true)")
            with pytest.raises(psycopg.Error, match=words):
                connection.execute(statement, values)
            connection.rollback()
        connection.execute("SELECT set_config('bangdiem.reads', '*', true)")
        connection.execute(entry, ["m1", 1, content, good, False, "key:a", "office"])
        for who, body, words in (("key:a", "office", "by who wrote it"), ("key:b", "G06", "the body of who writes it")):
            with connection.transaction(force_rollback=True), pytest.raises(psycopg.Error, match=words):
                connection.execute(confirmation, ["m1", who, body])
        connection.rollback()
        with pytest.raises(psycopg.Error, match="row-level security"):
            connection.execute(entry, ["m1", 1, content, good, False, "key:a", "office"])
