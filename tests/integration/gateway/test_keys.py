"""The life of an API key: shown once, kept as an HMAC, closed by expiry or by a revocation row, at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import SecretStr

from services.gateway.access.auth import authenticate_token, create_key, list_keys, revoke_key
from services.gateway.http.errors import AgencyUnknown, AlreadyRevoked, ReasonMissing, RoleUnknown
from shared.audit import Actor
from shared.errors import InputInvalid, NotFound, Unauthenticated
from tests.integration.gateway.conftest import API, NOW, PEPPER, ROOT, House


async def make(house: House, **changes: object) -> tuple[str, str]:
    given = {"holder": "Phòng Tổng hợp", "roles": ["reader"], "reason": "cấp khóa đọc", "now": NOW, **changes}
    return await create_key(house.runtime.database, pepper=PEPPER, actor=ROOT, **given)  # type: ignore[arg-type]


async def test_a_key_opens_what_its_roles_open_and_its_secret_is_nowhere(house: House) -> None:
    key_id, key = await make(house, roles=["reader", "operator", "reader"], agency="G06")
    actor = await authenticate_token(house.runtime.database, pepper=PEPPER, token=key, now=NOW)
    assert actor == Actor(f"key:{key_id}", frozenset({"reader", "operator"}), "G06")
    secret = key.rsplit("_", 1)[1]
    stored = (await house.facts("SELECT k::text AS row FROM control.api_key AS k WHERE key_id = :it", key_id))[0]["row"]
    assert secret not in stored
    logged = await house.audit_of(key_id)
    assert [(row["action"], row["actor"], row["reason"]) for row in logged] == [("key.create", ROOT.id, "cấp khóa đọc")]
    assert secret not in str(logged)
    listed = next(row for row in await list_keys(house.runtime.database) if row.key_id == key_id)
    assert (listed.holder, listed.roles, listed.revoked_at) == ("Phòng Tổng hợp", ["operator", "reader"], None)
    assert "secret_hmac" not in vars(listed)


async def test_a_revoked_key_opens_nothing_from_the_commit_on(house: House) -> None:
    key_id, key = await make(house)
    headers = {"authorization": f"Bearer {key}"}
    assert (await house.client.get(f"{API}/rulings", headers=headers)).status_code == 200
    await revoke_key(house.runtime.database, actor=ROOT, key_id=key_id, reason="người giữ khóa chuyển công tác")
    answer = await house.client.get(f"{API}/rulings", headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (401, "khóa truy cập đã bị thu hồi")
    assert [row["action"] for row in await house.audit_of(key_id)] == ["key.create", "key.revoke"]
    with pytest.raises(AlreadyRevoked):
        await revoke_key(house.runtime.database, actor=ROOT, key_id=key_id, reason="lần nữa")


async def test_an_expired_key_opens_nothing(house: House) -> None:
    expires = NOW + timedelta(hours=1)
    _, key = await make(house, expires_at=expires)
    before = expires - timedelta(microseconds=1)
    assert (await authenticate_token(house.runtime.database, pepper=PEPPER, token=key, now=before)).roles == {"reader"}
    with pytest.raises(Unauthenticated, match="expired"):
        await authenticate_token(house.runtime.database, pepper=PEPPER, token=key, now=expires)


async def test_another_pepper_proves_nothing(house: House) -> None:
    _, key = await make(house)
    with pytest.raises(Unauthenticated, match="not valid"):
        await authenticate_token(house.runtime.database, pepper=SecretStr("p" * 40), token=key, now=NOW)


async def test_a_foreign_secret_under_a_known_id_and_an_unknown_id_read_the_same(house: House) -> None:
    key_id, _ = await make(house)
    for token in (f"bd_{key_id}_{'0' * 64}", f"bd_{'0' * 12}_{'0' * 64}", "bd_x_y", "", "\x00"):
        with pytest.raises(Unauthenticated, match=r"^the API key is not valid$"):
            await authenticate_token(house.runtime.database, pepper=PEPPER, token=token, now=NOW)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": " \t"}, ReasonMissing),
        ({"reason": "a\x00b"}, ReasonMissing),
        ({"roles": []}, RoleUnknown),
        ({"roles": ["reader", "root"]}, RoleUnknown),
        ({"holder": " "}, InputInvalid),
        ({"holder": "a\nb"}, InputInvalid),
        ({"expires_at": NOW}, InputInvalid),
        ({"agency": "Z99"}, AgencyUnknown),
        ({"roles": ["agency_drafter"]}, InputInvalid),
        ({"roles": ["agency_drafter", "reader"], "agency": "G06"}, InputInvalid),
        ({"roles": ["agency_admin", "operator"], "agency": "G06"}, InputInvalid),
    ],
)
async def test_a_key_that_cannot_be_is_not_made(house: House, changes: dict[str, object], refusal: type[Exception]) -> None:
    before = len(await list_keys(house.runtime.database))
    with pytest.raises(refusal):
        await make(house, **changes)
    assert len(await list_keys(house.runtime.database)) == before


async def test_an_unknown_key_cannot_be_revoked(house: House) -> None:
    with pytest.raises(NotFound):
        await revoke_key(house.runtime.database, actor=ROOT, key_id="0" * 12, reason="không có")


async def test_keys_made_at_the_terminal_stand_among_a_bodys_and_are_taken_back_where_they_were_made(house: House) -> None:
    admin = await house.bearer_of("H21", "agency_admin")
    place = f"{API}/agencies/H21/credentials"
    until = (NOW + timedelta(days=9)).isoformat()
    wanted = {"holder": "Phần mềm (minh họa)", "roles": ["agency_drafter"], "expires_at": until, "reason": "theo đề nghị"}
    asked = (await house.client.post(place, json=wanted, headers=admin)).json()["credential"]["key_id"]
    drafter, _ = await make(house, roles=["agency_drafter"], agency="H21")
    office, _ = await make(house, roles=["reader"], agency="H21")
    listed = {each["key_id"]: each for each in (await house.client.get(place, headers=admin)).json()["items"]}
    assert office not in listed, "of a national office"
    assert (listed[drafter]["at_terminal"], listed[drafter]["state"], listed[drafter]["requested_by"]) == (
        True,
        "in_force",
        ROOT.id,
    )
    assert (listed[asked]["at_terminal"], listed[asked]["state"]) == (False, "requested")
    assert list(listed)[-1] == asked, "those of the terminal stand first"
    walked, cursor = [], {}
    while cursor is not None:
        part = (await house.client.get(place, params={"limit": 1, **cursor}, headers=admin)).json()
        walked += [each["key_id"] for each in part["items"]]
        cursor = {"cursor": part["next"]} if part["next"] else None
    assert walked == list(listed)
    assert (await house.client.get(f"{place}/{drafter}", headers=admin)).json() == listed[drafter]
    assert (await house.client.get(f"{place}/{office}", headers=admin)).status_code == 404
    for act in ("approvals", "revocations", "rotations"):
        assert (await house.client.post(f"{place}/{drafter}/{act}", json={"reason": "thử"}, headers=admin)).status_code == 404
    await revoke_key(house.runtime.database, actor=ROOT, key_id=drafter, reason="chuyển công tác")
    assert (await house.client.get(f"{place}/{drafter}", headers=admin)).json()["state"] == "revoked"
