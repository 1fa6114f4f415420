"""Who may sign for a body: asked for by one, approved by another, withdrawn by one; every state by its days (APR-08)."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.gateway.access import tenancy
from shared.audit import Actor, record
from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.people import REASON, second_administrator
from tests.unit.signature.authority import Holder, Wish, issue, usage

BODY = "H38"
MANDATES = f"{API}/agencies/{BODY}/mandates"
DEMANDS = f"{API}/agencies/{BODY}/signature-demands"
ADMIN = "system_administrator"
PERSON = issue(Wish("Người ký minh họa", organisation="VN-H38"))


def pem(holder: Holder) -> str:
    return holder.certificate.public_bytes(Encoding.PEM).decode()


def asked(signer: Holder = PERSON, **changes: Any) -> dict[str, Any]:
    body = {"certificate": pem(signer), "holder": "Người ký minh họa", "valid_from": "2026-03-01", "valid_to": "2026-12-31"}
    return {**body, "document": "Quyết định 12/QĐ-UBND (minh họa)", **REASON, **changes}


def slug(answer: Any) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["type"]).rpartition("/")[2]


async def recorded(house: House, **changes: Any) -> str:
    """Where the mandate stands."""
    made = await house.post(MANDATES, ADMIN, asked(**changes))
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


async def approved(house: House, **changes: Any) -> str:
    path = await recorded(house, **changes)
    done = await house.client.post(f"{path}/approvals", headers=await second_administrator(house), json=REASON)
    assert done.status_code == 201, done.text
    return path


async def state(house: House, path: str) -> str:
    return str((await house.get(path, ADMIN)).json()["state"])


async def test_a_mandate_reads_the_certificate_and_holds_after_a_second_person(house: House) -> None:
    path = await recorded(house)
    shown = (await house.get(path, ADMIN)).json()
    assert (shown["state"], shown["organisation"], shown["key_digest"]) == ("requested", "VN-H38", PERSON.read.key_digest)
    assert shown["certificate_serial"] == f"{PERSON.certificate.serial_number:x}"
    assert slug(await house.post(f"{path}/approvals", ADMIN, REASON)) == (403, "same-person")
    second = await second_administrator(house)
    assert (await house.client.post(f"{path}/approvals", headers=second, json=REASON)).json()["state"] == "in_force"
    assert slug(await house.client.post(f"{path}/approvals", headers=second, json=REASON)) == (409, "already-approved")
    assert (await house.post(f"{path}/withdrawals", ADMIN, REASON)).json()["state"] == "withdrawn"
    assert slug(await house.post(f"{path}/withdrawals", ADMIN, REASON)) == (409, "mandate-over")
    actions = [each["action"] for each in await house.audit_of(path.rpartition("/")[2])]
    assert actions == ["mandate.request", "mandate.approve", "mandate.withdraw"]


async def test_the_bodys_administrators_may_do_it_between_them(house: House) -> None:
    first = await house.bearer_of(BODY, "agency_admin")
    made = await house.client.post(MANDATES, headers=first, json=asked())
    assert made.status_code == 201, made.text
    path = made.headers["location"]
    assert slug(await house.client.post(f"{path}/approvals", headers=first, json=REASON)) == (403, "same-person")
    done = await house.client.post(f"{path}/approvals", headers=await second_administrator(house), json=REASON)
    assert done.json()["state"] == "in_force"


async def test_nobody_approves_their_own_mandate(house: House) -> None:
    path = await recorded(house, holder="another system administrator")
    refused = await house.client.post(f"{path}/approvals", headers=await second_administrator(house), json=REASON)
    assert slug(refused) == (403, "same-person")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"valid_from": "2026-03-10", "valid_to": "2026-03-10"}, "in_force"),
        ({"valid_from": "2026-03-11"}, "to_come"),
        ({"valid_from": "2026-01-01", "valid_to": None}, "in_force"),
    ],
)
async def test_a_mandate_goes_by_its_days(house: House, days: dict[str, Any], expected: str) -> None:
    assert await state(house, await approved(house, **days)) == expected


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"certificate": "no certificate"}, "certificate-unusable"),
        ({"certificate": pem(issue(Wish("Không tên", organisation=None)))}, "certificate-unusable"),
        ({"certificate": pem(issue(Wish("Mã hóa", usage=usage(key_encipherment=True))))}, "certificate-usage-wrong"),
        ({"valid_to": "2026-02-28"}, "input-invalid"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-03-09"}, "input-invalid"),
        ({"document": " "}, "input-invalid"),
        ({"reason": " "}, "reason-missing"),
    ],
)
async def test_a_mandate_that_cannot_be_is_not_made(house: House, changes: dict[str, Any], problem: str) -> None:
    assert slug(await house.post(MANDATES, ADMIN, asked(**changes))) == (422, problem)


async def test_bodies_do_not_see_each_others_mandates(house: House) -> None:
    path = await recorded(house)
    other = await house.bearer_of("G06", "agency_admin")
    assert (await house.client.get(path, headers=other)).status_code == 404
    assert (await house.client.get(MANDATES, headers=other)).status_code == 404
    foreign = path.replace(BODY, "G06")
    assert (await house.client.get(foreign, headers=other)).status_code == 404
    actor = Actor("key:other", frozenset({"agency_admin"}), "G06")
    async with tenancy.read(house.runtime.database, actor) as connection:
        seen = await connection.scalar(text(f"SELECT count(*) FROM control.mandate WHERE agency = '{BODY}'"))
    assert seen == 0
    listed = (await house.client.get(MANDATES, headers=await house.bearer_of(BODY, "agency_signer"))).json()
    assert {each["agency"] for each in listed["items"]} == {BODY}


async def test_the_database_refuses_the_second_hand_of_the_first(house: House) -> None:
    path = await recorded(house)
    mandate_id = path.rpartition("/")[2]
    asker = f"key:{house.ids[ADMIN]}"
    actor = Actor(asker, frozenset({ADMIN}))
    with pytest.raises(DBAPIError, match="approved by"):
        await _approve_by_hand(house, actor, mandate_id)


async def _approve_by_hand(house: House, actor: Actor, mandate_id: str) -> None:
    insert = text("INSERT INTO control.mandate_approval (mandate_id, agency, actor, reason) VALUES (:id, :agency, :actor, 'x')")
    async with tenancy.administering(house.runtime.database, actor, BODY) as connection:
        await record(connection, actor.id, "mandate.approve", mandate_id)
        await connection.execute(insert, {"id": mandate_id, "agency": BODY, "actor": actor.id})


async def test_a_demand_holds_from_the_last_row_on(house: House) -> None:
    assert (await house.get(DEMANDS, ADMIN)).json()["items"] == []
    for demand in ("required", "optional"):
        made = await house.post(DEMANDS, ADMIN, {"demand": demand, **REASON})
        assert (made.status_code, made.json()["demand"]) == (201, demand)
    listed = (await house.client.get(DEMANDS, headers=await house.bearer_of(BODY, "agency_drafter"))).json()
    assert [each["demand"] for each in listed["items"]] == ["required", "optional"]
    own = await house.bearer_of(BODY, "agency_admin")
    refused = await house.client.post(DEMANDS, headers=own, json={"demand": "optional", **REASON})
    assert slug(refused) == (403, "not-allowed")
    assert slug(await house.post(DEMANDS, ADMIN, {"demand": "never", **REASON})) == (422, "input-invalid")
