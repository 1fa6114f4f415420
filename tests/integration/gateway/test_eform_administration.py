"""Administrators' pages without a browser: long lists, and who only looks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, HOME, House, opened_house
from tests.integration.gateway.people import grant_at_the_machine
from tests.integration.gateway.test_eform import browser

MEMBERS = f"/e-form/agencies/{HOME}/members"


@pytest.fixture(scope="module")
async def house(database: TestDatabase) -> AsyncIterator[House]:
    async with opened_house(database, issuers={"vpcp": {"url": "https://id.example", "audience": "bangdiem"}}) as made:
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
