"""A key is good for what it was made for and from where it was made for; every other use is refused and logged (SEC-02)."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import httpx
import pytest

from services.gateway.access.auth import KeyNotInForce, authenticate_token, create_key, revoke_key, rotate_key
from services.gateway.access.keys_limits import (
    AddressNotAllowed,
    Limits,
    OutsideScope,
    Use,
    client_address,
    limits_of,
    refusal_of,
    require_known,
)
from shared.errors import InputInvalid, NotFound, Unauthenticated
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, NOW, PEER, PEPPER, ROOT, House, opened_house

PULL = {"source": "ndxp", "period": "2026-01", "reason": "kiểm thử phạm vi"}


async def limited(house: House, **limits: Any) -> tuple[str, dict[str, str]]:
    """A key with every national reading and writing role, limited."""
    key_id, key = await create_key(
        house.runtime.database,
        pepper=PEPPER,
        actor=ROOT,
        holder="hệ thống lấy số liệu",
        roles=["operator", "reader"],
        reason="kiểm thử",
        now=NOW,
        limits=limits_of(**limits),
    )
    return key_id, {"authorization": f"Bearer {key}"}


async def test_another_network_is_403_and_logged(house: House) -> None:
    key_id, headers = await limited(house, networks=["198.51.100.0/24"])
    answer = await house.client.get(f"{API}/rulings", headers=headers)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (403, "address-not-allowed")
    logged = [(row["action"], row["reason"], row["detail"]) for row in await house.audit_of(key_id)]
    assert logged[-1] == ("key.refuse", "address-not-allowed", {"address": PEER, "writes": False, "resource": "rulings"})
    _, at_home = await limited(house, networks=["198.51.100.0/24", "203.0.113.0/29"])
    assert (await house.client.get(f"{API}/rulings", headers=at_home)).status_code == 200


async def test_another_method_or_resource_is_403_and_logged(house: House) -> None:
    key_id, reads = await limited(house, read_only=True)
    assert (await house.client.get(f"{API}/rulings", headers=reads)).status_code == 200
    answer = await house.client.post(f"{API}/pulls", headers=reads, json=PULL)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (403, "outside-scope")
    assert (await house.audit_of(key_id))[-1]["detail"] == {"address": PEER, "writes": True, "resource": "pulls"}
    key_id, pulls = await limited(house, resources=["pulls"])
    assert (await house.client.post(f"{API}/pulls", headers=pulls, json=PULL)).status_code == 202
    assert (await house.client.get(f"{API}/rulings", headers=pulls)).status_code == 403
    assert (await house.client.post(f"{API}/freezes", headers=pulls, json=PULL)).status_code == 403
    assert [row["action"] for row in await house.audit_of(key_id)] == ["key.create", "key.refuse", "key.refuse"]


async def test_a_forwarded_address_is_believed_of_nobody_by_default(house: House) -> None:
    _, headers = await limited(house, networks=["198.51.100.0/24"])
    answer = await house.client.get(f"{API}/rulings", headers={**headers, "x-forwarded-for": "198.51.100.9"})
    assert answer.status_code == 403


async def test_a_forwarded_address_is_believed_of_a_trusted_proxy(database: TestDatabase) -> None:
    async with opened_house(database, trusted_proxies=["203.0.113.0/24"]) as house:
        _, headers = await limited(house, networks=["198.51.100.0/24"])
        for forwarded, status in (
            ("198.51.100.9", 200),
            ("198.51.100.9, 203.0.113.8", 200),
            ("198.51.100.9, 192.0.2.1", 403),
            ("192.0.2.1, 198.51.100.9", 200),
            ("198.51.100.9, nonsense", 403),
        ):
            answer = await house.client.get(f"{API}/rulings", headers={**headers, "x-forwarded-for": forwarded})
            assert answer.status_code == status, forwarded
        assert (await house.client.get(f"{API}/rulings", headers=headers)).status_code == 403, "the proxy itself is not within"
        elsewhere = httpx.ASGITransport(app=house.gateway, client=("192.0.2.77", 1))
        async with httpx.AsyncClient(transport=elsewhere, base_url="http://gateway") as client:
            told = {**headers, "x-forwarded-for": "198.51.100.9"}
            assert (await client.get(f"{API}/rulings", headers=told)).status_code == 403, "no proxy of ours"


async def test_a_limited_key_at_the_terminal(house: House) -> None:
    """The terminal is the machine itself: neither another network nor a resource of the API."""
    for limits, opens in (({"networks": ["127.0.0.0/8"]}, True), ({"networks": ["10.0.0.0/8"]}, False),
                          ({"resources": ["pulls"]}, False), ({"read_only": True}, False)):  # fmt: skip
        _, headers = await limited(house, **limits)
        token = headers["authorization"].removeprefix("Bearer ")
        try:
            await authenticate_token(house.runtime.database, pepper=PEPPER, token=token, now=NOW)
        except (AddressNotAllowed, OutsideScope):
            assert not opens, limits
        else:
            assert opens, limits


async def test_a_successor_takes_over_after_the_overlap(house: House) -> None:
    key_id, headers = await limited(house, read_only=True, networks=["203.0.113.0/24"])
    database, old = house.runtime.database, headers["authorization"].removeprefix("Bearer ")
    overlap = timedelta(hours=2)
    words = {"pepper": PEPPER, "actor": ROOT, "reason": "đổi khóa định kỳ"}
    new_id, new = await rotate_key(database, key_id=key_id, overlap=overlap, now=NOW, **words)  # type: ignore[arg-type]
    use = Use(ip_address(PEER), writes=False, resource="rulings")
    before, after = NOW + overlap - timedelta(microseconds=1), NOW + overlap
    for token, at in ((old, before), (new, before), (new, after)):
        found = await authenticate_token(database, pepper=PEPPER, token=token, now=at, use=use)
        assert found.roles == {"operator", "reader"}
    with pytest.raises(Unauthenticated, match="replaced"):
        await authenticate_token(database, pepper=PEPPER, token=old, now=after, use=use)
    with pytest.raises(OutsideScope):
        await authenticate_token(database, pepper=PEPPER, token=new, now=NOW, use=Use(ip_address(PEER), True, "pulls"))
    with pytest.raises(KeyNotInForce):
        await rotate_key(database, key_id=key_id, overlap=overlap, now=NOW, **words)  # type: ignore[arg-type]
    logged = [(row["action"], row["detail"].get("successor")) for row in await house.audit_of(key_id)]
    assert logged == [("key.create", None), ("key.rotate", new_id)]


async def test_what_has_ended_gets_no_successor(house: House) -> None:
    database = house.runtime.database
    words = {"pepper": PEPPER, "actor": ROOT, "reason": "đổi khóa", "now": NOW}
    key_id, _ = await limited(house)
    await revoke_key(database, actor=ROOT, key_id=key_id, reason="thôi dùng")
    with pytest.raises(KeyNotInForce):
        await rotate_key(database, key_id=key_id, overlap=timedelta(0), **words)  # type: ignore[arg-type]
    key_id, _ = await limited(house)
    for overlap in (timedelta(seconds=-1), timedelta(days=31)):
        with pytest.raises(InputInvalid):
            await rotate_key(database, key_id=key_id, overlap=overlap, **words)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        await rotate_key(database, key_id="0" * 12, overlap=timedelta(0), **words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "limits",
    [{"networks": ["10.0.0.1/8"]}, {"networks": ["here"]}, {"networks": []}, {"resources": []}, {"resources": ["A b"]}],
)
def test_limits_that_cannot_be_are_refused(limits: dict[str, Any]) -> None:
    with pytest.raises(InputInvalid):
        limits_of(**limits)


def test_limits_are_kept_in_one_spelling() -> None:
    made = limits_of(resources=["pulls", "freezes", "pulls"], networks=["2001:DB8::/32", "10.0.0.0/8", "10.0.0.0/8"])
    assert made == Limits(False, ("freezes", "pulls"), ("10.0.0.0/8", "2001:db8::/32"))
    require_known(made, ["pulls", "freezes"])
    with pytest.raises(InputInvalid):
        require_known(made, ["pulls"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("::ffff:10.0.0.1", ["192.0.2.9"], "192.0.2.9"),
        ("10.0.0.1", ["192.0.2.9", "10.0.0.2"], "192.0.2.9"),
        ("10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("10.0.0.1", ["10.0.0.3"], "10.0.0.3"),
        ("10.0.0.1", ["192.0.2.9:80"], None),
        ("192.0.2.1", ["10.0.0.1"], "192.0.2.1"),
        (None, ["10.0.0.1"], None),
    ],
)
def test_the_address_of_a_caller(peer: str | None, forwarded: list[str], address: str | None) -> None:
    found = client_address(peer, forwarded, [ip_network("10.0.0.0/8")])
    assert found == (None if address is None else ip_address(address))


def test_an_address_that_cannot_be_told_is_within_no_network() -> None:
    assert isinstance(refusal_of(limits_of(networks=["0.0.0.0/0", "::/0"]), Use(None, False, "x")), AddressNotAllowed)
