"""Delegation inside a body (seed 002 Art. 11, SEC-05): asked for by one, approved by another, taken back by one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from shared.period import in_vietnam
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, NOW, House, opened_house
from tests.integration.gateway.issuer import AUDIENCE, Issuer
from tests.integration.gateway.people import REASON, appoint, approved, asked, grant_office, second_administrator

BODY = "H38"
MEMBERS = f"{API}/agencies/{BODY}/members"
CREDENTIALS = f"{API}/agencies/{BODY}/credentials"
LATER = (NOW + timedelta(days=200)).isoformat()


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with Issuer() as running:
        yield running


@pytest.fixture(scope="module")
async def house(database: TestDatabase, issuer: Issuer) -> AsyncIterator[House]:
    async with opened_house(database, issuers={"vpcp": {"url": issuer.url, "audience": AUDIENCE}}) as made:
        yield made


@pytest.fixture(scope="module")
async def first(house: House, issuer: Issuer) -> dict[str, str]:
    """The header of the body's first administrator, appointed by the system administrators."""
    await appoint(house, "vpcp", "binh", BODY)
    return signed_in(issuer, "binh")


@pytest.fixture(scope="module")
async def second(house: House, issuer: Issuer) -> dict[str, str]:
    await appoint(house, "vpcp", "chi", BODY)
    return signed_in(issuer, "chi")


def signed_in(issuer: Issuer, sub: str) -> dict[str, str]:
    return {"authorization": f"Bearer {issuer.token(NOW, sub=sub)}"}


async def post(house: House, headers: dict[str, str], path: str, body: Any = REASON) -> tuple[int, Any]:
    answer = await house.client.post(path, headers=headers, json=body)
    content = answer.json()
    return answer.status_code, content["type"].rsplit("/", 1)[1] if answer.is_error else content


async def test_roles_are_in_force_once_another_administrator_agrees(
    house: House, issuer: Issuer, first: dict[str, str], second: dict[str, str]
) -> None:
    status, grant = await post(house, first, MEMBERS, asked("dung", ["agency_drafter"]))
    assert (status, grant["state"], grant["requested_by"]) == (201, "requested", "oidc:vpcp:binh")
    path = f"{MEMBERS}/{grant['grant_id']}"
    own = await house.client.get(f"{API}/agencies/{BODY}/credentials", headers=signed_in(issuer, "dung"))
    assert own.status_code == 403, "not in force yet"
    assert await post(house, first, f"{path}/approvals") == (403, "same-person")
    status, done = await post(house, second, f"{path}/approvals")
    assert (status, done["state"], done["approved_by"]) == (201, "in_force", "oidc:vpcp:chi")
    assert await post(house, second, f"{path}/approvals") == (409, "already-approved")
    logged = [(row["action"], row["actor"]) for row in await house.audit_of(grant["grant_id"])]
    assert logged == [("grant.request", "oidc:vpcp:binh"), ("grant.approve", "oidc:vpcp:chi")]


async def test_nobody_approves_roles_for_themselves(house: House, issuer: Issuer, first: dict[str, str]) -> None:
    """Neither by the account that gains them, nor with a key of the same holder."""
    made = await house.post(MEMBERS, "system_administrator", asked("em", ["agency_admin"]))
    await approved(house, made.headers["location"])
    _, grant = await post(house, first, MEMBERS, asked("em", ["agency_signer"]))
    assert await post(house, signed_in(issuer, "em"), f"{MEMBERS}/{grant['grant_id']}/approvals") == (403, "same-person")


async def test_the_database_itself_refuses_an_own_approval(house: House, database: TestDatabase, first: dict[str, str]) -> None:
    _, grant = await post(house, first, MEMBERS, asked("giang", ["agency_drafter"]))
    columns = "grant_id, agency, subject, actor, reason"
    insert = f"INSERT INTO control.grant_approval ({columns}) VALUES (%s, %s, 'oidc:vpcp:giang', %s, 'x')"
    for actor in ("oidc:vpcp:binh", "oidc:vpcp:giang"):
        with psycopg.connect(
            database.app_url, options=f"-c role=gateway -c bangdiem.reads={BODY} -c bangdiem.acts={BODY}"
        ) as at:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is approved by"):
                at.execute(insert, [grant["grant_id"], BODY, actor])
            at.rollback()


async def test_revoked_roles_open_nothing_from_the_commit_on(
    house: House, issuer: Issuer, first: dict[str, str], second: dict[str, str]
) -> None:
    _, grant = await post(house, first, MEMBERS, asked("hoa", ["agency_admin"]))
    path = f"{MEMBERS}/{grant['grant_id']}"
    await post(house, second, f"{path}/approvals")
    hoa = signed_in(issuer, "hoa")
    assert (await house.client.get(MEMBERS, headers=hoa)).status_code == 200
    status, done = await post(house, first, f"{path}/revocations")
    assert (status, done["state"]) == (201, "revoked")
    assert (await house.client.get(MEMBERS, headers=hoa)).status_code == 403
    assert await post(house, first, f"{path}/revocations") == (409, "grant-ended")
    assert await post(house, second, f"{path}/approvals") == (409, "grant-ended")


async def test_a_grant_ends_when_it_says(house: House, issuer: Issuer, first: dict[str, str], second: dict[str, str]) -> None:
    """The house's clock stands still, so the end lies just after it, and a second one is refused as past."""
    ends = (NOW + timedelta(microseconds=1)).isoformat()
    status, grant = await post(house, first, MEMBERS, asked("khanh", ["agency_admin"], ends_at=ends))
    assert (status, grant["state"]) == (201, "requested")
    await post(house, second, f"{MEMBERS}/{grant['grant_id']}/approvals")
    assert (await house.client.get(MEMBERS, headers=signed_in(issuer, "khanh"))).status_code == 200
    assert await post(house, first, MEMBERS, asked("khanh", ["agency_admin"], ends_at=NOW.isoformat())) == (
        422,
        "input-invalid",
    )


async def test_an_administrator_reaches_no_further_than_the_body(house: House, first: dict[str, str]) -> None:
    for path in (f"{API}/agencies/H39/members", f"{API}/agencies/H39/credentials"):
        assert (await house.client.get(path, headers=first)).status_code == 404
        assert (await post(house, first, path, asked("x", ["agency_drafter"])))[0] == 404
    assert (await post(house, first, f"{API}/members", asked("x", ["reader"])))[0] == 403


async def test_a_system_administrator_appoints_administrators_and_nobody_else(house: House) -> None:
    for roles in (["agency_drafter"], ["agency_admin", "agency_signer"]):
        refused = await house.post(MEMBERS, "system_administrator", asked("lan", roles))
        assert refused.status_code == 403, roles
    made = await house.post(MEMBERS, "system_administrator", asked("lan", ["agency_admin"]))
    own = await house.post(f"{made.headers['location']}/approvals", "system_administrator", REASON)
    assert own.status_code == 403, "the second person is another one"


async def test_whoever_comes_from_a_body_decides_nothing_there(house: House, issuer: Issuer) -> None:
    await grant_office(house, "vpcp", "minh", ["system_administrator"], belongs_to="H36")
    minh = signed_in(issuer, "minh")
    at_home = f"{API}/agencies/H36/members"
    assert await post(house, minh, at_home, asked("ngoc", ["agency_admin"])) == (403, "own-body")
    assert (await post(house, minh, f"{API}/agencies/H41/members", asked("ngoc", ["agency_admin"])))[0] == 201


async def test_a_person_acts_for_one_side_only(house: House, issuer: Issuer, first: dict[str, str]) -> None:
    await grant_office(house, "vpcp", "oanh", ["reader"])
    made = await house.post(MEMBERS, "system_administrator", asked("oanh", ["agency_admin"]))
    headers = await second_administrator(house)
    assert await post(house, headers, f"{made.headers['location']}/approvals") == (409, "member-elsewhere")
    assert (await house.client.get(f"{API}/rulings", headers=signed_in(issuer, "oanh"))).status_code == 200
    del first


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (asked("x", ["reader"]), "input-invalid"),
        (asked("x", []), "input-invalid"),
        (asked("x", ["agency_drafter"], issuer="nobody"), "input-invalid"),
        (asked("x\u0000", ["agency_drafter"]), "input-invalid"),
        ({**asked("x", ["agency_drafter"]), "reason": " "}, "reason-missing"),
    ],
)
async def test_a_grant_that_cannot_be_is_not_made(house: House, first: dict[str, str], body: Any, problem: str) -> None:
    assert await post(house, first, MEMBERS, body) == (422, problem)


async def test_a_list_is_walked_and_shows_no_other_body(house: House, first: dict[str, str]) -> None:
    await appoint(house, "vpcp", "phuc", "H42")
    seen: list[str] = []
    path: str | None = f"{MEMBERS}?limit=2"
    while path:
        answer = await house.client.get(path, headers=first)
        assert answer.status_code == 200
        seen += [item["agency"] for item in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert len(seen) > 2
    assert set(seen) == {BODY}


def wanted(**changes: Any) -> dict[str, Any]:
    return {"holder": "Phần mềm báo cáo", "roles": ["agency_drafter"], "expires_at": LATER, **REASON, **changes}


async def test_a_credential_opens_nothing_before_a_second_person_agrees(
    house: House, first: dict[str, str], second: dict[str, str]
) -> None:
    status, made = await post(house, first, CREDENTIALS, wanted())
    assert (status, made["credential"]["state"]) == (201, "requested")
    key, path = {"authorization": f"Bearer {made['key']}"}, f"{CREDENTIALS}/{made['credential']['key_id']}"
    refused = await house.client.get(f"{API}/agencies/{BODY}/periods/2026-01/submissions", headers=key)
    assert (refused.status_code, "phê duyệt" in refused.json()["detail"]) == (401, True)
    assert await post(house, first, f"{path}/approvals") == (403, "same-person")
    status, done = await post(house, second, f"{path}/approvals")
    assert (status, done["state"]) == (201, "in_force")
    opened = await house.client.get(f"{API}/agencies/{BODY}/periods/2026-01/submissions", headers=key)
    assert opened.status_code == 200, opened.text
    assert made["key"] not in (await house.client.get(path, headers=first)).text
    assert await post(house, second, f"{path}/approvals") == (409, "already-approved")
    assert (await post(house, first, f"{path}/revocations"))[1]["state"] == "revoked"
    assert (await house.client.get(path, headers=key)).status_code == 401


async def test_a_credential_is_no_administrator_and_lasts_no_longer_than_a_year(house: House, first: dict[str, str]) -> None:
    too_long = (NOW + timedelta(days=367)).isoformat()
    for body in (wanted(roles=["agency_admin"]), wanted(expires_at=too_long), wanted(networks=["10.0.0.1/8"]),
                 wanted(resources=["nothing-here"]), wanted(networks=[])):  # fmt: skip
        assert await post(house, first, CREDENTIALS, body) == (422, "input-invalid"), body


async def test_a_secret_is_not_kept_for_a_second_asking(house: House, first: dict[str, str]) -> None:
    headers = {**first, "idempotency-key": "once-1"}
    status, made = await post(house, headers, CREDENTIALS, wanted())
    again, repeated = await post(house, headers, CREDENTIALS, wanted())
    assert (status, again) == (201, 201)
    assert (repeated["credential"], repeated["key"]) == (made["credential"], None)
    kept = await house.facts("SELECT body FROM control.idempotency WHERE key = 'once-1'")
    assert made["key"].encode() not in bytes(kept[0]["body"])


async def test_a_key_rotates_itself_and_ends_after_the_overlap(
    house: House, first: dict[str, str], second: dict[str, str]
) -> None:
    _, made = await post(house, first, CREDENTIALS, wanted(networks=["203.0.113.0/24"]))
    path = f"{CREDENTIALS}/{made['credential']['key_id']}"
    await post(house, second, f"{path}/approvals")
    own = {"authorization": f"Bearer {made['key']}"}
    status, successor = await post(house, own, f"{path}/rotations", {"overlap_hours": 0, **REASON})
    assert (status, successor["credential"]["state"]) == (201, "in_force")
    assert successor["credential"]["networks"] == ["203.0.113.0/24"]
    read = f"{API}/agencies/{BODY}/periods/2026-01/submissions"
    assert (await house.client.get(read, headers=own)).status_code == 401, "no overlap was asked for"
    assert (await house.client.get(read, headers={"authorization": f"Bearer {successor['key']}"})).status_code == 200
    assert await post(house, first, f"{path}/rotations", REASON) == (409, "key-not-in-force")


async def test_an_administrators_rotation_waits_for_a_second_person(
    house: House, first: dict[str, str], second: dict[str, str]
) -> None:
    """Else one administrator alone would come into a secret that opens the approver's door."""
    _, made = await post(house, first, CREDENTIALS, wanted(roles=["agency_approver"]))
    path = f"{CREDENTIALS}/{made['credential']['key_id']}"
    await post(house, second, f"{path}/approvals")
    status, successor = await post(house, first, f"{path}/rotations", {"overlap_hours": 5, **REASON})
    assert (status, successor["credential"]["state"]) == (201, "requested")
    read, new = f"{API}/agencies/{BODY}/periods/2026-01/submissions", {"authorization": f"Bearer {successor['key']}"}
    assert (await house.client.get(read, headers=new)).status_code == 401
    _, done = await post(house, second, f"{CREDENTIALS}/{successor['credential']['key_id']}/approvals")
    assert (done["state"], done["rotates"]) == ("in_force", made["credential"]["key_id"])
    assert (await house.client.get(read, headers=new)).status_code == 200
    former = (await house.client.get(path, headers=first)).json()
    assert former["replaced_by"] == successor["credential"]["key_id"]
    assert former["replaced_at"] == in_vietnam(NOW + timedelta(hours=5))
    assert (await house.client.get(read, headers={"authorization": f"Bearer {made['key']}"})).status_code == 200


async def test_a_drafter_rotates_no_other_key(house: House, first: dict[str, str], second: dict[str, str]) -> None:
    _, made = await post(house, first, CREDENTIALS, wanted())
    path = f"{CREDENTIALS}/{made['credential']['key_id']}"
    await post(house, second, f"{path}/approvals")
    other = await house.bearer_of(BODY, "agency_drafter")
    assert await post(house, other, f"{path}/rotations") == (403, "not-allowed")


async def test_administrators_see_the_keys_that_the_terminal_made(house: House) -> None:
    """Who acts for a national office is seen by who answers for it, whichever way they came."""
    assert (await house.get(f"{API}/keys", "publisher")).status_code == 403
    found: list[dict[str, Any]] = []
    place = f"{API}/keys?limit=2"
    while place:
        answer = await house.get(place, "system_administrator")
        found += answer.json()["items"]
        cursor = answer.json()["next"]
        place = f"{API}/keys?limit=2&cursor={cursor}" if cursor else ""
    kept = await house.facts("SELECT key_id, roles, created_by FROM control.api_key ORDER BY recorded_at, key_id")
    office = [each for each in kept if not any(role.startswith("agency_") for role in each["roles"])]
    assert [(each["key_id"], each["made_by"]) for each in found] == [(each["key_id"], each["created_by"]) for each in office]
    assert {each["state"] for each in found} == {"in_force"}
    assert not any("secret" in name for name in found[0])
