"""Who learns the name behind an actor's id: inside a body, among national offices, and never of another body (SEC-01)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from services.gateway.access.auth import revoke_key
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, HOME, ROOT, House
from tests.integration.gateway.people import grant_at_the_machine

OTHER = "H38"


async def known(house: House, headers: dict[str, str], *ids: str) -> dict[str, Any]:
    asked = ",".join(quote(each, safe=":") for each in ids)
    answer = await house.client.get(f"{API}/people", params={"ids": asked}, headers=headers)
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json()["items"]}


async def test_a_body_knows_its_own_by_name_the_offices_by_role_and_nobody_of_another_body(house: House) -> None:
    own, officer = f"key:{house.ids['agency_approver']}", f"key:{house.ids['officer']}"
    foreign = f"key:{(await house.keys_of(OTHER, 'agency_signer'))[0]}"
    for role in ("agency_drafter", "agency_unit"):
        found = await known(house, house.bearer(role), own, officer, foreign, "key:000000000000", "service:ingest")
        assert list(found) == [own, officer, "service:ingest"]
        assert found[own] == {
            "id": own, "kind": "key", "agency": HOME, "roles": ["agency_approver"], "name": f"agency_approver of {HOME}"
        }  # fmt: skip
        assert (found[officer]["roles"], found[officer]["name"], found[officer]["agency"]) == (["officer"], None, None)
        assert found["service:ingest"]["kind"] == "service"


@pytest.mark.parametrize(
    ("role", "name"),
    [
        *[(role, None) for role in ("officer", "operator", "reader")],
        *[(role, f"agency_drafter of {HOME}") for role in ("auditor", "system_administrator")],
    ],
)
async def test_national_roles_know_one_another_and_of_bodies_who_reads_their_people_anyway(
    house: House, role: str, name: str | None
) -> None:
    drafter, assessor = f"key:{house.ids['agency_drafter']}", f"key:{house.ids['assessor']}"
    found = await known(house, house.bearer(role), drafter, assessor)
    assert (found[assessor]["name"], found[assessor]["roles"]) == ("holder of assessor", ["assessor"])
    assert (found[drafter]["agency"], found[drafter]["roles"]) == (HOME, ["agency_drafter"])
    assert found[drafter]["name"] == name


async def test_everybody_knows_themself_and_nobody_learns_more_with_no_role_of_theirs(house: House) -> None:
    answer = await house.get(f"{API}/people", "public")
    assert [each["name"] for each in answer.json()["items"]] == ["holder of public"]
    assert await known(house, house.bearer("public"), f"key:{house.ids['officer']}") == {}


async def test_who_left_keeps_their_name_in_history(house: House) -> None:
    key_id, _ = await house.keys_of(HOME, "agency_signer")
    await revoke_key(house.runtime.database, actor=ROOT, key_id=key_id, reason="đã chuyển công tác")
    found = await known(house, house.bearer("agency_drafter"), f"key:{key_id}")
    assert found[f"key:{key_id}"]["name"] == f"agency_signer of {HOME}"


async def test_a_person_of_a_provider_is_named_on_the_side_that_the_asker_knows(house: House) -> None:
    """Once of this body, later of a national office: the body goes on knowing its own, with a comma in the account too."""
    await grant_at_the_machine(house.owner, "lan,một", ["agency_drafter", "agency_approver"], agency=HOME)
    lan = "oidc:vpcp:lan,một"
    assert (await known(house, house.bearer("agency_admin"), lan))[lan] == {
        "id": lan, "kind": "person", "agency": HOME, "roles": ["agency_approver", "agency_drafter"], "name": "Người lan,một"
    }  # fmt: skip
    assert await known(house, await house.bearer_of(OTHER, "agency_admin"), lan) == {}
    await grant_at_the_machine(house.owner, "cuc", ["publisher"])
    assert (await known(house, house.bearer("agency_admin"), "oidc:vpcp:cuc"))["oidc:vpcp:cuc"]["name"] is None
    assert (await known(house, house.bearer("reader"), "oidc:vpcp:cuc"))["oidc:vpcp:cuc"]["name"] == "Người cuc"


@pytest.mark.parametrize("ids", [",".join(["key:000000000000"] * 101), "key:%00", "key:x%E2%80%AE", "key:x%0A"])
async def test_what_cannot_be_ids_is_told(house: House, ids: str) -> None:
    answer = await house.client.get(f"{API}/people", params={"ids": ids}, headers=house.bearer("reader"))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?ids"), answer.text


async def test_the_database_alone_keeps_bodies_apart(house: House, database: TestDatabase) -> None:
    foreign = f"key:{(await house.keys_of(OTHER, 'agency_drafter'))[0]}"
    ask = "SELECT name FROM control.people_known(ARRAY[%s, %s])"
    for reads, names in ((HOME, [None]), (OTHER, [None, f"agency_drafter of {OTHER}"]), ("", [])):
        with psycopg.connect(database.app_url, options=f"-c role=gateway -c bangdiem.reads={reads}") as at:
            found = [name for (name,) in at.execute(ask, (foreign, f"key:{house.ids['officer']}"))]
            assert sorted(found, key=str) == sorted(names, key=str), reads
            assert at.execute("SELECT current_setting('bangdiem.reads')").fetchone() == (reads,)
            at.rollback()
