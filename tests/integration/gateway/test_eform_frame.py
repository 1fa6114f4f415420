"""What every page has in common, without a browser: fields that nobody typed, addresses, notices, sessions that ended."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import HOME, House, opened_house
from tests.integration.gateway.office import Office, digest, summons
from tests.integration.gateway.test_eform import browser, form

PLACE = f"/e-form/agencies/{HOME}"


@pytest.fixture(scope="module")
async def house(database: TestDatabase) -> AsyncIterator[House]:
    async with opened_house(database, issuers={"vpcp": {"url": "https://id.example", "audience": "bangdiem"}}) as made:
        yield made


@pytest.fixture(scope="module")
async def meeting(house: House) -> str:
    """Its page. It summons one body and is in force."""
    return f"/e-form/meetings/{await Office(house).meeting('2026-01-06', summons('G06'))}"


async def test_every_refusal_of_several_entries_is_shown(house: House, meeting: str) -> None:
    """A body that was never summoned: the API refuses it without a fault at a field."""
    async with browser(house, house.keys["officer"]) as client:
        own = await form(client, f"{meeting}/attendances")
        typed = {"body": ["G04", "G07"], "nobody@G04": "yes", "nobody@G07": "yes", "evidence_digest": digest("minh họa")}
        answer = await client.post(f"{meeting}/attendances", data={**typed, **own})
        assert (400 <= answer.status_code < 500, "Bị từ chối: 2" in answer.text) == (True, True), answer.text
        for wrong in ({"evidence_digest": "một"}, {"head-online@G06": "ba"}):
            answer = await client.post(f"{meeting}/attendances", data={"body": "G06", "nobody@G06": "yes", **wrong, **own})
            assert (answer.status_code, "Bị từ chối: 1" in answer.text) == (422, True), answer.text


@pytest.mark.parametrize("once", ["Việt", "é", "a\nb", "x" * 200])
async def test_a_key_that_no_page_wrote_is_refused_and_nothing_breaks(house: House, once: str) -> None:
    async with browser(house, house.keys["agency_admin"]) as client:
        own = await form(client, f"{PLACE}/members/new")
        asked = {"issuer": "vpcp", "sub": "la", "holder": "Lạ", "roles": "agency_drafter", "reason": "thử", **own}
        answer = await client.post(f"{PLACE}/members", data={**asked, "once": once})
        assert answer.status_code in (400, 422), answer.text
        assert answer.headers["content-type"].startswith("text/html")
    assert not await house.facts("SELECT 1 FROM control.member_grant WHERE subject = :it", "oidc:vpcp:la")


@pytest.mark.parametrize("version", ["9" * 5000, "٣", "²", "", "1.0", "-1"])
async def test_a_tick_that_no_page_offered_is_refused_and_nothing_breaks(house: House, meeting: str, version: str) -> None:
    async with browser(house, house.keys["officer"]) as client:
        own = await form(client, f"{meeting}/attendances")
        forged = {"confirm": f"att_01h2xcejqtf2nbrexx3vqjhp41:{version}:{HOME}", **own}
        answer = await client.post(f"{meeting}/attendances/confirmations", data=forged)
        assert (answer.status_code in (404, 422), "Bị từ chối: 1" in answer.text) == (True, True), answer.text
