"""Heads of bodies: entered, corrected and withdrawn by two people, told with their history; nobody is named by one (G-16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from services.gateway.operations.heads import HeadWanted, request_head
from shared.audit import Actor, record
from shared.database import Database
from shared.errors import InputInvalid
from shared.registry import Head
from shared.registry_store import load_heads
from shared.tables.registry import head, head_approval
from tests.integration.gateway.conftest import API, House, make_key

NAME, NEXT = "Người đứng đầu thứ nhất (minh họa)", "Người đứng đầu thứ hai (minh họa)"
WORDS = {"reason": "Ghi nhận người đứng đầu (minh họa)", "document": "01/QĐ-MẪU (minh họa)"}
AGREED = {"reason": "Đã đối chiếu văn bản (minh họa)"}
OFFICE = "Bộ trưởng Bộ Khoa học và Công nghệ"
ACTING = {"title_vi": "Quyền Bộ trưởng", "title_en": "Acting Minister"}


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


def at(agency: str) -> str:
    return f"{API}/agencies/{agency}/heads"


async def another(house: House, **words: Any) -> dict[str, str]:
    _, key = await make_key(house.runtime, holder="người công bố khác", role="publisher", **words)
    return {"authorization": f"Bearer {key}"}


async def asked(house: House, agency: str, name: str = NAME, first: str = "2025-11-03", **said: Any) -> dict[str, Any]:
    answer = await house.post(at(agency), "publisher", {"name": name, "valid_from": first, **WORDS, **said})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def approved(house: House, agency: str, *given: Any, **said: Any) -> dict[str, Any]:
    entry = await asked(house, agency, *given, **said)
    where = f"{at(agency)}/{entry['head_id']}/approvals"
    answer = await house.client.post(where, headers=await another(house), json=AGREED)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def states(house: House, agency: str) -> list[tuple[str, str, str | None]]:
    items = (await house.get(at(agency), "reader")).json()["items"]
    return [(each["name"], each["state"], each["counts_to"]) for each in items]


async def named(house: House, agency: str, on: str) -> tuple[str | None, str]:
    body = (await house.client.get(f"{API}/agencies/{agency}?on={on}")).json()
    return body["head"]["name"], body["head"]["title_vi"]


async def test_the_terminal_gives_what_was_typed_and_a_title_of_nothing_is_none(house: House) -> None:
    """Over REST a blank is refused at the door; the use case is the terminal's too."""
    actor = Actor(f"key:{house.ids['publisher']}", frozenset({"publisher"}))
    wanted = HeadWanted("G12", f" {NAME} ", "  ", "", date(2025, 11, 3), None, WORDS["document"], WORDS["reason"])
    made = await request_head(house.runtime.database, actor=actor, wanted=wanted)
    assert (made.name, made.title_vi, made.title_en) == (NAME, None, None)
    for blank in ("name", "document"):
        with pytest.raises(InputInvalid):
            await request_head(house.runtime.database, actor=actor, wanted=replace(wanted, **{blank: "  "}))


async def test_one_person_names_nobody_and_two_do(house: House) -> None:
    assert await named(house, "G06", "2026-01-31") == (None, OFFICE)
    entry = await asked(house, "G06", **ACTING)
    assert (entry["state"], entry["approved_by"], entry["counts_to"]) == ("requested", None, None)
    assert await named(house, "G06", "2026-01-31") == (None, OFFICE)
    where = f"{at('G06')}/{entry['head_id']}"
    alone = await house.post(f"{where}/approvals", "publisher", AGREED)
    assert (alone.status_code, slug(alone)) == (403, "same-person")
    agreed = await house.client.post(f"{where}/approvals", headers=await another(house), json=AGREED)
    assert (agreed.status_code, agreed.headers["location"]) == (201, where)
    assert (await house.get(where, "reader")).json() == agreed.json()
    assert agreed.json()["state"] == "in_force"
    assert await named(house, "G06", "2026-01-31") == (NAME, "Quyền Bộ trưởng")
    assert await named(house, "G06", "2025-11-02") == (None, OFFICE)
    again = await house.client.post(f"{where}/approvals", headers=await another(house), json=AGREED)
    assert (again.status_code, slug(again)) == (409, "already-approved")


async def test_a_term_ends_the_day_before_the_next_begins(house: House) -> None:
    await approved(house, "G16")
    await approved(house, "G16", NEXT, "2026-01-15")
    assert await states(house, "G16") == [(NAME, "ended", "2026-01-14"), (NEXT, "in_force", None)]
    assert (await named(house, "G16", "2026-01-14"))[0] == NAME
    assert (await named(house, "G16", "2026-01-15"))[0] == NEXT


async def test_a_correction_begins_on_the_same_day_and_both_stay_on_record(house: House) -> None:
    await approved(house, "G08", "Tên viết sai (minh họa)")
    await approved(house, "G08", NAME, valid_to="2026-01-20")
    assert await states(house, "G08") == [
        ("Tên viết sai (minh họa)", "replaced", None),
        (NAME, "ended", "2026-01-20"),
    ]
    assert (await named(house, "G08", "2026-01-21"))[0] is None


async def test_a_withdrawal_of_an_approved_entry_takes_two(house: House) -> None:
    entry = await approved(house, "G09")
    where, words = f"{at('G09')}/{entry['head_id']}", WORDS
    nothing = await house.client.post(f"{where}/withdrawal-approvals", headers=await another(house), json=AGREED)
    assert (nothing.status_code, slug(nothing)) == (409, "no-withdrawal")
    wanted = await house.post(f"{where}/withdrawals", "operator", words)
    assert (wanted.status_code, wanted.json()["state"]) == (201, "in_force")
    assert (await named(house, "G09", "2026-01-31"))[0] == NAME
    twice = await house.post(f"{where}/withdrawals", "publisher", words)
    assert (twice.status_code, slug(twice)) == (409, "head-withdrawn")
    done = await house.post(f"{where}/withdrawal-approvals", "publisher", AGREED)
    assert (done.status_code, done.json()["state"]) == (201, "withdrawn")
    assert (await named(house, "G09", "2026-01-31"))[0] is None


async def test_a_request_is_withdrawn_by_one_and_approved_by_nobody_then(house: House) -> None:
    entry = await asked(house, "G10")
    where = f"{at('G10')}/{entry['head_id']}"
    over = await house.post(f"{where}/withdrawals", "publisher", WORDS)
    assert (over.status_code, over.json()["state"]) == (201, "withdrawn")
    late = await house.client.post(f"{where}/approvals", headers=await another(house), json=AGREED)
    assert (late.status_code, slug(late)) == (409, "head-withdrawn")


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"valid_to": "2025-11-02"}, "/valid_to"),
        ({"title_vi": "Quyền Bộ trưởng"}, "/title_en"),
        ({"name": "  "}, "/name"),
        ({"valid_from": "03/11/2025"}, "/valid_from"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_place(house: House, said: dict[str, str], place: str) -> None:
    answer = await house.post(at("G11"), "publisher", {"name": NAME, "valid_from": "2025-11-03", **WORDS, **said})
    assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, [place])
    assert await states(house, "G11") == []


async def test_an_unknown_body_and_ones_own_are_refused(house: House) -> None:
    body = {"name": NAME, "valid_from": "2025-11-03", **WORDS}
    unknown = await house.post(at("Z99"), "publisher", body)
    assert (unknown.status_code, slug(unknown)) == (404, "agency-unknown")
    own = await house.client.post(at("G12"), headers=await another(house, agency="G12"), json=body)
    assert (own.status_code, slug(own)) == (403, "own-body")
    entry = await asked(house, "G12")
    theirs = f"{at('G12')}/{entry['head_id']}/approvals"
    refused = await house.client.post(theirs, headers=await another(house, agency="G12"), json=AGREED)
    assert (refused.status_code, slug(refused)) == (403, "own-body")
    assert (await house.client.post(theirs.replace("G12", "G18"), headers=await another(house), json=AGREED)).status_code == 404


async def test_heads_of_a_month_are_known_as_of_an_instant(house: House, app_url: str) -> None:
    """Who was approved later was not yet known then, and the term of who came before had no end."""
    await approved(house, "G17")
    second = await approved(house, "G17", NEXT, "2026-01-15")
    known_before = datetime.fromisoformat(second["approved_at"]) - timedelta(microseconds=1)
    month = (date(2026, 1, 1), date(2026, 1, 31))
    database = Database(app_url, role="gateway", pool_size=1)
    async with database.read() as connection:
        now = (await load_heads(connection, *month))["G17"]
        then = (await load_heads(connection, *month, known_at=known_before))["G17"]
    await database.close()
    first = Head(name=NAME, title_vi="Bộ trưởng Bộ Xây dựng", title_en="Minister of Construction",
                 valid_from=date(2025, 11, 3), valid_to=None)  # fmt: skip
    assert then == (first,)
    assert now == (
        replace(first, valid_to=date(2026, 1, 14)),
        replace(first, name=NEXT, valid_from=date(2026, 1, 15)),
    )


async def test_the_database_refuses_an_approval_of_what_was_withdrawn(house: House, app_url: str) -> None:
    entry = await asked(house, "G15")
    await house.post(f"{at('G15')}/{entry['head_id']}/withdrawals", "publisher", WORDS)
    approval = head_approval.insert().values(head_id=entry["head_id"], actor="key:somebody", reason="demo")
    database = Database(app_url, role="gateway", pool_size=1)
    with pytest.raises(DBAPIError, match="was withdrawn"):
        await write(database, approval)
    with pytest.raises(DBAPIError, match="permission denied"):
        await write(database, head.update().values(name="Ai khác"))
    await database.close()


async def write(database: Database, statement: Any) -> None:
    async with database.transaction() as connection:
        await connection.execute(statement)
        await record(connection, "key:somebody", "head.approve", "head")
