"""Extensions and late acceptances: who, why, until when, to which effect; never about one's own body (APR-10, G-12)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError

from shared.audit import record
from shared.database import Database
from shared.ids import new_id
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from shared.tables.control import extension, extension_approval
from tests.integration.gateway.conftest import API, NOW, House, make_key
from tests.integration.ingest.handing_in import HandingIn

FEBRUARY = Period(2026, 2)
LEGAL = legal_report_deadline(FEBRUARY)
WORDS = {"reason": "Mất điện diện rộng (minh họa)", "document": "Công văn 5/VPCP (minh họa)"}
AGREED = {"reason": "Đồng ý gia hạn (minh họa)"}
EXTENSION = {"agency": "G06", "period": "2026-02", "until": "2026-03-17T17:00:00+07:00", "effect": "in_time", **WORDS}


@pytest.fixture(scope="module")
async def hand(app_url: str) -> AsyncIterator[HandingIn]:
    database = Database(app_url, role="gateway", pool_size=1)
    yield HandingIn(database)
    await database.close()


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def second_publisher(house: House, *, holder: str = "người công bố thứ hai", **words: Any) -> dict[str, str]:
    _, key = await make_key(house.runtime, holder=holder, role="publisher", **words)
    return {"authorization": f"Bearer {key}"}


async def approve(house: House, extension_id: str) -> dict[str, Any]:
    headers = await second_publisher(house)
    answer = await house.client.post(f"{API}/extensions/{extension_id}/approvals", headers=headers, json=AGREED)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def own(house: House, agency: str) -> dict[str, Any]:
    answer = await house.get(f"{API}/agencies/{agency}/periods/2026-02/reporting", "reader")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_extension_is_a_fact_and_moves_that_bodys_deadline_alone(house: House) -> None:
    before = await own(house, "G06")
    assert (before["hard_at"], before["moved_by"]) == (LEGAL.isoformat(), None)
    answer = await house.post(f"{API}/extensions", "publisher", EXTENSION)
    assert answer.status_code == 201, answer.text
    proposed = answer.json()
    assert (proposed["state"], proposed["approved_by"], proposed["approved_at"]) == ("proposed", None, None)
    assert answer.headers["location"] == f"{API}/extensions/{proposed['extension_id']}"
    assert (await house.get(answer.headers["location"], "reader")).json() == proposed
    assert await own(house, "G06") | {"now": ""} == before | {"now": ""}, "nothing moves on one person's word"
    assert (await house.get(f"{API}/calendar?period=2026-02", "reader")).json()["extensions"] == []
    written = await approve(house, proposed["extension_id"])
    assert {**written, "state": "proposed", "approved_by": None, "approval_reason": None, "approved_at": None} == proposed
    assert (written["state"], written["approval_reason"]) == ("in_force", AGREED["reason"])
    assert written["approved_by"] not in (None, written["actor"])
    assert (await house.get(answer.headers["location"], "reader")).json() == written
    audit = await house.audit_of(written["extension_id"])
    said = [("extension.propose", WORDS["reason"]), ("extension.approve", AGREED["reason"])]
    assert [(row["action"], row["reason"]) for row in audit] == said
    after = await own(house, "G06")
    assert (after["hard_at"], after["moved_by"]) == (EXTENSION["until"], written["extension_id"])
    assert after["soft_at"] == "2026-03-17T00:00:00+07:00"
    assert (await own(house, "H38"))["hard_at"] == LEGAL.isoformat()
    calendar = (await house.get(f"{API}/calendar?period=2026-02", "reader")).json()
    assert [one["extension_id"] for one in calendar["extensions"]] == [written["extension_id"]]
    own_calendar = (await house.get(f"{API}/calendar?period=2026-02", "agency_drafter")).json()
    assert own_calendar["extensions"] == calendar["extensions"]
    another = await house.client.get(f"{API}/calendar?period=2026-02", headers=await house.bearer_of("H38", "agency_drafter"))
    assert (another.status_code, another.json()["extensions"]) == (200, [])
    later = {**EXTENSION, "until": "2026-03-18T17:00:00+07:00", "effect": "late_counts"}
    second = await approve(house, (await house.post(f"{API}/extensions", "publisher", later)).json()["extension_id"])
    again = await own(house, "G06")
    assert (again["hard_at"], again["moved_by"]) == (EXTENSION["until"], written["extension_id"]), "what was in time stays so"
    assert again["counts_until"] == later["until"]
    listed = (await house.get(f"{API}/extensions?period=2026-02&agency=G06", "reader")).json()["items"]
    assert [one["extension_id"] for one in listed] == [written["extension_id"], second["extension_id"]]


async def test_nobody_approves_the_extension_they_proposed(house: House) -> None:
    made = (await house.post(f"{API}/extensions", "publisher", {**EXTENSION, "agency": "G10"})).json()
    place, ask = f"{API}/extensions/{made['extension_id']}/approvals", house.client.post
    refused = [
        await house.post(place, "publisher", AGREED),
        # Another key of the same holder is the same person.
        await ask(place, headers=await second_publisher(house, holder="holder of publisher"), json=AGREED),
    ]
    assert [(each.status_code, slug(each)) for each in refused] == [(403, "same-person")] * 2
    ours = await ask(place, headers=await second_publisher(house, holder="người của G10", agency="G10"), json=AGREED)
    assert (ours.status_code, slug(ours)) == (403, "own-body")
    assert (await house.post(place, "operator", AGREED)).status_code == 403
    assert (await ask(place, headers=await second_publisher(house), json={"reason": " "})).status_code == 422
    assert (await own(house, "G10"))["hard_at"] == LEGAL.isoformat()
    await approve(house, made["extension_id"])
    again = await ask(place, headers=await second_publisher(house, holder="người thứ ba"), json=AGREED)
    assert (again.status_code, slug(again)) == (409, "already-approved")


async def test_the_database_lets_nobody_grant_alone(house: House) -> None:
    row = {**EXTENSION, "extension_id": new_id("ext"), "until": LEGAL + timedelta(days=1), "actor": "key:one"}
    with pytest.raises(DBAPIError, match="nobody grants one alone"):
        await insert(house, extension, {**row, "alone": True})
    await insert(house, extension, row)
    with pytest.raises(DBAPIError, match="approved by who proposed it"):
        await insert(house, extension_approval, {"extension_id": row["extension_id"], "actor": "key:one", "reason": "x"})


async def insert(house: House, table: Table, row: dict[str, Any]) -> None:
    async with house.runtime.database.transaction() as connection:
        await connection.execute(table.insert().values(**row))
        await record(connection, "key:one", "extension.propose", row["extension_id"])


async def test_of_two_proposals_the_later_until_holds_whichever_is_approved_last(house: House) -> None:
    asked = [{**EXTENSION, "agency": "G12", "until": f"2026-03-1{day}T17:00:00+07:00"} for day in (7, 8)]
    first, second = [(await house.post(f"{API}/extensions", "publisher", each)).json()["extension_id"] for each in asked]
    await approve(house, second)
    assert (await own(house, "G12"))["moved_by"] == second
    headers = await second_publisher(house)
    refused = await house.client.post(f"{API}/extensions/{first}/approvals", headers=headers, json=AGREED)
    assert (refused.status_code, slug(refused)) == (409, "extension-adds-nothing")
    assert asked[1]["until"] in refused.json()["detail"], "what holds now is said"
    assert ((await own(house, "G12"))["moved_by"], (await own(house, "G12"))["hard_at"]) == (second, asked[1]["until"])
    again = await house.post(f"{API}/extensions", "publisher", asked[1])
    assert [(each["pointer"], each["expected"]) for each in again.json()["errors"]] == [
        ("/until", f"muộn hơn {asked[1]['until']}")
    ]


async def test_two_approvals_at_once_leave_the_longer_one(house: House) -> None:
    """The second waits for the first, and is refused where it would lengthen nothing any more."""
    asked = [{**EXTENSION, "agency": "G15", "until": f"2026-03-1{day}T17:00:00+07:00"} for day in (8, 8, 8, 8)]
    made = [(await house.post(f"{API}/extensions", "publisher", each)).json()["extension_id"] for each in asked]
    headers = await second_publisher(house)
    answers = await asyncio.gather(
        *(house.client.post(f"{API}/extensions/{each}/approvals", headers=headers, json=AGREED) for each in made)
    )
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    assert {slug(each) for each in answers if each.status_code == 409} == {"extension-adds-nothing"}


async def test_an_extension_approved_after_it_ended_is_refused(house: House) -> None:
    """Proposed in time, approved too late."""
    row = {**EXTENSION, "extension_id": new_id("ext"), "agency": "G16", "until": NOW, "actor": "key:one"}
    await insert(house, extension, row)
    headers = await second_publisher(house)
    answer = await house.client.post(f"{API}/extensions/{row['extension_id']}/approvals", headers=headers, json=AGREED)
    assert (answer.status_code, slug(answer)) == (409, "extension-adds-nothing")


async def test_an_instant_at_the_end_of_time_is_refused_and_the_month_answers(house: House) -> None:
    far = "9999-12-31T23:59:59+00:00"
    entry = {"period": "2026-02", "source": "agency_report", "kind": "report_deadline", "falls_at": far, "reason": "x"}
    for path, body, pointer in (("/extensions", {**EXTENSION, "until": far}, "/until"), ("/calendar", entry, "/falls_at")):
        answer = await house.post(API + path, "publisher", body)
        assert answer.status_code == 422, answer.text
        (fault,) = answer.json()["errors"]
        assert (fault["pointer"], fault["expected"].rpartition(" đến ")[2]) == (pointer, "2200-01-01T00:00:00+07:00")
    assert (await house.get(f"{API}/periods/2026-02/reporting", "reader")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"until": LEGAL.isoformat()}, 422, "/until"),
        ({"until": NOW.isoformat()}, 422, "/until"),
        ({"until": "2026-03-17T17:00:00"}, 422, "/until"),
        ({"effect": "forgiven"}, 422, "/effect"),
        ({"reason": " "}, 422, "/reason"),
        ({"document": ""}, 422, "/document"),
        ({"period": "2025-12"}, 422, "/period"),
        ({"agency": "Z99"}, 404, None),
    ],
)
async def test_what_is_no_extension_is_refused(house: House, changes: dict[str, Any], status: int, pointer: str | None) -> None:
    before = await house.facts("SELECT count(*) AS n FROM control.extension")
    answer = await house.post(f"{API}/extensions", "publisher", {**EXTENSION, **changes})
    assert answer.status_code == status, answer.text
    assert [fault["pointer"] for fault in answer.json().get("errors", [])] == ([pointer] if pointer else [])
    assert await house.facts("SELECT count(*) AS n FROM control.extension") == before


async def test_a_microsecond_from_now_is_an_extension(house: House) -> None:
    until = (NOW + timedelta(microseconds=1)).isoformat()
    answer = await house.post(f"{API}/extensions", "publisher", {**EXTENSION, "agency": "G08", "until": until})
    assert answer.status_code == 201, answer.text


async def test_an_officer_of_the_body_neither_extends_nor_forgives(house: House, hand: HandingIn) -> None:
    late = await hand.report("G09", FEBRUARY, LEGAL)
    _, key = await make_key(house.runtime, holder="vụ trưởng", role="publisher", agency="G09")
    for path, body in (
        ("/extensions", {**EXTENSION, "agency": "G09"}),
        ("/late-acceptances", {"submission_id": late, **WORDS}),
    ):
        answer = await house.client.post(API + path, headers={"authorization": f"Bearer {key}"}, json=body)
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (403, "own-body"), answer.text
    assert await house.facts("SELECT * FROM control.late_acceptance WHERE agency = 'G09'") == []


async def test_only_a_late_report_is_accepted_late_and_once(house: House, hand: HandingIn) -> None:
    in_time = await hand.report("H38", FEBRUARY, LEGAL - timedelta(microseconds=1))
    late = await hand.report("H38", FEBRUARY, LEGAL, sequence=2)
    path = f"{API}/late-acceptances"
    refused = await house.post(path, "publisher", {"submission_id": in_time, **WORDS})
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (409, "not-late")
    assert (await house.post(path, "publisher", {"submission_id": "sub_" + "0" * 26, **WORDS})).status_code == 404
    assert (await house.post(path, "publisher", {"submission_id": late, **WORDS, "reason": ""})).status_code == 422
    made = await house.post(path, "publisher", {"submission_id": late, **WORDS})
    assert made.status_code == 201, made.text
    assert (await house.get(made.headers["location"], "reader")).json() == made.json()
    assert [row["action"] for row in await house.audit_of(late)] == ["submission.sign", "late_acceptance.record"]
    again = await house.post(path, "publisher", {"submission_id": late, **WORDS})
    assert (again.status_code, again.json()["type"].rsplit("/", 1)[1]) == (409, "already-accepted-late")
    listed = (await house.get(f"{path}?agency=H38", "reader")).json()["items"]
    assert [one["submission_id"] for one in listed] == [late]
