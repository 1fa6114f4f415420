"""Administrators' pages without a browser: long lists, and who only looks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, HOME, House, opened_house
from tests.integration.gateway.people import grant_at_the_machine
from tests.integration.gateway.test_eform import browser, form

NEAR = {"webhook_networks": "127.0.0.1/32"}
MEMBERS = f"/e-form/agencies/{HOME}/members"


@pytest.fixture(scope="module")
async def house(database: TestDatabase) -> AsyncIterator[House]:
    async with opened_house(database, issuers={"vpcp": {"url": "https://id.example", "audience": "bangdiem"}}, **NEAR) as made:
        yield made


async def test_a_long_list_is_paged_and_nobody_is_left_out(house: House) -> None:
    for number in range(105):
        await grant_at_the_machine(house.owner, f"so{number:03}", ["agency_drafter"], agency=HOME)
    async with browser(house, house.keys["agency_admin"]) as client:
        first = await client.get(MEMBERS)
        following = re.search(r'href="(/e-form/[^"]*cursor=[^"]*)"', first.text)
        assert following is not None
        second = await client.get(following[1])
        assert "cursor=" not in second.text
        shown = re.findall(r">Người (so\d{3})<", first.text + second.text)
        assert shown == [f"so{number:03}" for number in range(105)]
        home = (await client.get("/e-form/administration")).text
        assert ">105<" in home


async def test_an_auditor_looks_and_is_offered_nothing(house: House) -> None:
    asked = await _asked(house)
    async with browser(house, house.keys["auditor"]) as client:
        assert "Bộ Công an" in (await client.get("/e-form/administration")).text
        for path in (MEMBERS, f"{MEMBERS}/{asked}", f"/e-form/agencies/{HOME}/credentials", "/e-form/members"):
            page = await client.get(path)
            assert page.status_code == 200, page.text
            assert _forms(page) == ["/e-form/logout"]
            assert "/new" not in page.text


async def _asked(house: House) -> str:
    """A grant that awaits approval."""
    body = {"person": {"issuer": "vpcp", "sub": "an"}, "holder": "An", "roles": ["agency_drafter"], "reason": "thử"}
    made = await house.post(f"{API}/agencies/{HOME}/members", "agency_admin", body)
    assert made.status_code == 201, made.text
    return str(made.json()["grant_id"])


def _forms(page: httpx.Response) -> list[str]:
    return re.findall(r'<form method="post" action="([^"]*)"', page.text)


async def test_an_administrator_registers_where_events_go_and_ends_it(house: House) -> None:
    place = f"/e-form/agencies/{HOME}/webhooks"
    async with browser(house, house.keys["agency_admin"]) as client:
        assert place in (await client.get("/e-form/administration")).text
        typed = {"url": "http://10.0.0.8/su-kien", "types": "scores.published", "reason": "thử"}
        refused = await client.post(place, data={**typed, **await form(client, f"{place}/new")})
        assert refused.status_code == 422
        assert "phải dùng HTTPS" in refused.text
        assert 'value="scores.published" checked' in refused.text
        made = await client.post(place, data={**typed, "url": "https://127.0.0.1:9/x", **await form(client, f"{place}/new")})
        assert made.status_code == 201, made.text
        assert re.search(r"<code>whsec_[A-Za-z0-9+/]{43}=</code>", made.text)
        one = re.search(rf'href="({place}/wh_[0-9a-z]+)"', made.text)
        assert one is not None
        page = await client.get(one[1])
        assert "whsec_" not in page.text
        for act, beside in (("pauses", {}), ("resumptions", {}), ("replays", {"since": "01/03/2026"}), ("ends", {})):
            done = await client.post(f"{one[1]}/{act}", data={"reason": "thử", **beside, **await form(client, one[1])})
            assert done.status_code == 303, (act, done.text)
            page = await client.get(done.headers["location"])
        assert "Đã ngừng" in page.text
        assert _forms(page) == ["/e-form/logout"]
        assert one[1] in (await client.get(place)).text
