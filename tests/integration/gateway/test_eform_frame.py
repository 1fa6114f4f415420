"""What every page has in common, without a browser: fields that nobody typed, addresses, notices, sessions that ended."""

from __future__ import annotations

import html
import re
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


ASKED = {"issuer": "vpcp", "sub": "binh", "holder": "Bình", "roles": ["agency_drafter"], "reason": "Một lý do dài (minh họa)"}


def again(page: str) -> dict[str, list[str]]:
    """The fields of the form that sends again what was typed."""
    shown = page[page.index("<main") :]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', shown):
        found.setdefault(name, []).append(html.unescape(value))
    return found


async def test_what_was_typed_outlives_the_session(house: House) -> None:
    """Signed out in another tab: the text stays, is told why, and is sent once more after signing in again."""
    async with browser(house, house.keys["agency_admin"]) as client:
        own = await form(client, f"{PLACE}/members/new")
        await client.post("/e-form/logout", data=own)
        there = {"referer": f"http://gateway{PLACE}/members/new"}
        ended = await client.post(f"{PLACE}/members", data={**ASKED, **own}, headers=there)
        assert (ended.status_code, "Phiên đã hết, hãy đăng nhập lại" in ended.text) == (401, True)
        assert f'href="/e-form/login?next={PLACE}/members/new"' in ended.text
        assert str(ASKED["reason"]) in html.unescape(ended.text)
        await client.post("/e-form/login", data={"credential": house.keys["agency_admin"]})
        asked = await client.post(f"{PLACE}/members", data=again(ended.text))
        assert (asked.status_code, "Gửi lại" in asked.text) == (403, True)
        assert not await house.facts("SELECT 1 FROM control.member_grant WHERE subject = :it", "oidc:vpcp:binh")
        done = await client.post(f"{PLACE}/members", data=again(asked.text))
        assert done.status_code == 303, done.text
        made = await house.facts("SELECT reason FROM control.member_grant WHERE subject = :it", "oidc:vpcp:binh")
        assert [each["reason"] for each in made] == [ASKED["reason"]]


async def test_a_form_of_another_person_is_not_offered_again(house: House) -> None:
    async with browser(house, house.keys["agency_admin"]) as client:
        own = await form(client, f"{PLACE}/members/new")
        await client.post("/e-form/login", data={"credential": house.keys["agency_drafter"]})
        refused = await client.post(f"{PLACE}/members", data={**ASKED, **own})
        assert (refused.status_code, "Gửi lại" in refused.text, "Bình" in refused.text) == (403, False, False)


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}])
async def test_nothing_of_another_site_is_shown_to_be_sent(house: House, headers: dict[str, str]) -> None:
    async with browser(house) as client:
        answer = await client.post(f"{PLACE}/members", data=ASKED, headers=headers)
        assert (answer.status_code, answer.headers["location"]) == (303, "/e-form/login?next=/e-form")


async def test_who_comes_with_an_ended_session_is_told(house: House) -> None:
    async with browser(house, bangdiem_session="nonsense") as client:
        assert "Phiên đã hết" in (await client.get("/e-form", follow_redirects=True)).text
    async with browser(house) as client:
        assert "Phiên đã hết" not in (await client.get("/e-form", follow_redirects=True)).text
    async with browser(house, house.keys["officer"]) as client:
        assert "Bạn đang đăng nhập" in (await client.get("/e-form/login")).text


async def test_the_month_asked_for_outlives_signing_in_and_the_language(house: House) -> None:
    asked = "/e-form/meetings?period=2026-01&cursor="
    async with browser(house) as client:
        led = (await client.get(asked)).headers["location"]
        assert led == "/e-form/login?next=/e-form/meetings%3Fperiod%3D2026-01%26cursor%3D"
        page = html.unescape((await client.get(led)).text)
        then = re.search(r'name="next" value="([^"]*)"', page)
        assert then is not None
        begun = await client.post("/e-form/login", data={"credential": house.keys["officer"], "next": then[1]})
        assert begun.headers["location"] == f"{asked}&done=signed-in"
        shown = await client.get("/e-form/meetings?period=2026-01&done=signed-in")
        english = re.search(r'href="(/e-form/language[^"]*)"', html.unescape(shown.text))
        assert english is not None
        assert (await client.get(english[1])).headers["location"] == "/e-form/meetings?period=2026-01"


@pytest.mark.parametrize(
    ("address", "led"),
    [
        ("/e-form/logout", "/e-form"),
        ("/e-form/", "/e-form"),
        ("/e-form/meetings/", "/e-form/meetings"),
        (f"{PLACE}/members/grt_1/approvals", f"{PLACE}/members/grt_1"),
        ("/e-form/meetings/met_1/confirmations", "/e-form/meetings/met_1"),
        (f"{PLACE}/periods/2026-01/submissions/1/content/narratives/rows", None),
    ],
)
async def test_an_acts_address_leads_to_the_thing_itself(house: House, address: str, led: str | None) -> None:
    async with browser(house, house.keys["agency_drafter"]) as client:
        answer = await client.get(address)
        assert (answer.status_code, answer.headers["location"]) == (303, led or address.removesuffix("/rows"))


@pytest.mark.parametrize("address", ["/e-form/nowhere", "/e-form/%00", "/e-form/meetings/%00", "/e-form/a/b/c/d", "/e-form//"])
@pytest.mark.parametrize("who", [None, "officer"])
async def test_an_address_of_nothing_is_a_page(house: House, address: str, who: str | None) -> None:
    async with browser(house, house.keys[who] if who else None) as client:
        answer = await client.get(address, follow_redirects=True)
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.status_code in (404, 422) or "Đăng nhập" in answer.text or address.endswith("//")
        assert (await client.put("/e-form")).headers["content-type"].startswith("text/html")
        refused = await client.delete("/e-form")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        assert 'lang="vi"' in refused.text
        assert (await client.get("/elsewhere")).headers["content-type"].startswith("application/problem+json")


async def test_a_fault_of_the_pages_own_is_a_page(house: House) -> None:
    async with browser(house, house.keys["officer"]) as client:
        async with house.owner.transaction() as connection:
            await connection.exec_driver_sql("REVOKE SELECT ON control.page_session FROM gateway")
        try:
            answer = await client.get("/e-form/meetings", headers={"x-request-id": "broken-2"})
        finally:
            async with house.owner.transaction() as connection:
                await connection.exec_driver_sql("GRANT SELECT ON control.page_session TO gateway")
        assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
        assert "<code>broken-2</code>" in answer.text
        assert "page_session" not in answer.text


async def test_a_notice_is_shown_once_and_by_no_address_alone(house: House) -> None:
    async with browser(house) as client:
        begun = await client.post("/e-form/login", data={"credential": house.keys["officer"], "next": "/e-form/meetings"})
        assert begun.headers["location"] == "/e-form/meetings?done=signed-in"
        for address, told in (
            ("/e-form/meetings?done=signed", False),
            ("/e-form?done=signed-in", False),
            ("/e-form/meetings?done=signed-in", True),
            ("/e-form/meetings?done=signed-in", False),
        ):
            assert ('<p class="notice" role="status">' in (await client.get(address)).text) is told, address


@pytest.mark.parametrize(
    ("who", "place", "status"),
    [
        ("agency_drafter", f"{PLACE}/members/new", 403),
        ("agency_drafter", f"{PLACE}/credentials/new", 403),
        ("agency_drafter", f"{PLACE}/mandates/new", 403),
        ("auditor", f"{PLACE}/members/new", 403),
        ("auditor", f"{PLACE}/mandates/new", 403),
        ("system_administrator", f"{PLACE}/credentials/new", 403),
        ("agency_admin", "/e-form/members/new", 403),
        ("agency_admin", "/e-form/agencies/H38/members/new", 404),
        ("agency_drafter", "/e-form/agencies/H38/initiatives/new", 404),
        ("auditor", f"{PLACE}/initiatives/new", 403),
        ("agency_admin", f"{PLACE}/members/new", 200),
        ("agency_admin", f"{PLACE}/credentials/new", 200),
        ("system_administrator", f"{PLACE}/mandates/new", 200),
        ("system_administrator", "/e-form/members/new", 200),
        ("agency_drafter", f"{PLACE}/initiatives/new", 200),
    ],
)
async def test_a_form_is_for_those_who_may_send_it(house: House, who: str, place: str, status: int) -> None:
    async with browser(house, house.keys[who]) as client:
        shown = await client.get(place)
        assert (shown.status_code, 'name="once"' in shown.text[shown.text.index("<main") :]) == (status, status == 200)
        if status != 200:
            sent = await client.post(place.removesuffix("/new"), data=await form(client, "/e-form"))
            assert (sent.status_code, 'name="once"' in sent.text[sent.text.index("<main") :]) == (status, False)


@pytest.mark.parametrize("act", ["members/grt_1/approvals", "credentials/000000000000/approvals", "mandates/man_1/withdrawals"])
async def test_an_act_is_refused_with_its_own_words(house: House, act: str) -> None:
    """And not with those of the page that would be shown again."""
    async with browser(house, house.keys["agency_drafter"]) as client:
        refused = await client.post(f"{PLACE}/{act}", data=await form(client, "/e-form"))
        assert (refused.status_code, "auditor" in refused.text, "agency_admin" in refused.text) == (403, False, True)
