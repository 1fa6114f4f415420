"""The pages without a browser: when a session ends, whose forms are taken, and that a page asks the API as its person."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import event

from services.gateway.access.auth import create_key, revoke_key
from services.gateway.access.keys_limits import Limits
from services.gateway.pages.session import COOKIE, IDLE, LONGEST, seal, unseal
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import HOME, NOW, PEER, PEPPER, ROOT, House, make_key, opened_house

PLACE = f"/e-form/agencies/{HOME}"
ELSEWHERE = "198.51.100.9"
PROXY = "192.0.2.1"


@dataclass
class Clock:
    now: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
async def house(database: TestDatabase, clock: Clock) -> AsyncIterator[House]:
    issuer = {"url": "https://id.example", "audience": "bangdiem"}
    async with opened_house(database, clock=clock, trusted_proxies=(ip_network(PROXY),), issuers={"vpcp": issuer}) as made:
        yield made


@pytest.fixture(autouse=True)
def on_time(clock: Clock) -> None:
    clock.now = NOW


@asynccontextmanager
async def browser(
    house: House, key: str | None = None, *, peer: str = PEER, **cookies: str
) -> AsyncIterator[httpx.AsyncClient]:
    """With cookies of its own; with a key somebody is signed in."""
    transport = httpx.ASGITransport(app=house.gateway, client=(peer, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway", cookies=cookies) as client:
        if key is not None:
            answer = await client.post("/e-form/login", data={"credential": key})
            assert answer.status_code == 303, answer.text
        yield client


async def limited(house: House, limits: Limits, *, role: str = "agency_admin") -> str:
    """A key for the home body with limits."""
    words = {"actor": ROOT, "holder": "hệ thống có giới hạn", "reason": "kiểm thử"}
    made = await create_key(
        house.runtime.database, pepper=PEPPER, roles=[role], agency=HOME, now=NOW, limits=limits, **words # type: ignore[arg-type]
    )  # fmt: skip
    return made[1]


async def form(client: httpx.AsyncClient, path: str) -> dict[str, str]:
    """What every form of a page carries."""
    page = (await client.get(path)).text
    return {name: re.search(f'name="{name}" value="([^"]*)"', page)[1] for name in ("csrf", "once")}  # type: ignore[index]


def is_led_to_sign_in(answer: httpx.Response) -> bool:
    return answer.status_code == 303 and answer.headers["location"].startswith("/e-form/login")


async def test_a_session_ends_after_an_hour_without_a_page(house: House, clock: Clock) -> None:
    async with browser(house, house.keys["agency_admin"]) as client:
        clock.now += IDLE - timedelta(seconds=1)
        assert (await client.get("/e-form")).status_code == 200
        # That page put the end off.
        clock.now += IDLE - timedelta(seconds=1)
        assert (await client.get("/e-form")).status_code == 200
        clock.now += IDLE + timedelta(seconds=1)
        assert is_led_to_sign_in(await client.get("/e-form"))


async def test_a_session_ends_after_eight_hours_whatever_is_done(house: House, clock: Clock) -> None:
    async with browser(house, house.keys["agency_admin"]) as client:
        while clock.now < NOW + LONGEST - timedelta(minutes=31):
            clock.now += timedelta(minutes=30)
            assert (await client.get("/e-form")).status_code == 200
        clock.now = NOW + LONGEST
        assert is_led_to_sign_in(await client.get("/e-form"))


async def test_a_page_reads_its_key_once_and_the_next_page_anew(house: House) -> None:
    """However often it asks the API; what is posted reads it for each act."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.extend(["key"] if "secret_hmac" in statement else [])

    engine = house.runtime.database.engine.sync_engine
    async with browser(house, house.keys["agency_admin"]) as client:
        event.listen(engine, "before_cursor_execute", note)
        try:
            for _ in range(2):
                assert (await client.get(f"{PLACE}/members")).status_code == 200
            assert asked == ["key", "key"]
            asked.clear()
            await client.post(f"{PLACE}/members", data=await form(client, f"{PLACE}/members"))
            assert len(asked) > len(("the form's page", "the session")), "an act proves the key by itself"
        finally:
            event.remove(engine, "before_cursor_execute", note)


async def test_a_session_ends_with_its_key(house: House) -> None:
    key_id, key = await make_key(house.runtime, holder="sắp bị thu hồi", role="agency_admin", agency=HOME)
    async with browser(house, key) as client:
        assert (await client.get(f"{PLACE}/members")).status_code == 200
        await revoke_key(house.runtime.database, actor=ROOT, key_id=key_id, reason="thử")
        assert is_led_to_sign_in(await client.get(f"{PLACE}/members"))


async def test_leaving_ends_every_copy_of_a_session_once(house: House) -> None:
    async with browser(house, house.keys["agency_admin"]) as client:
        kept = client.cookies[COOKIE]
        session = unseal(PEPPER, kept, NOW)["session"]
        assert (await client.post("/e-form/logout", data=await form(client, "/e-form"))).status_code == 303
        assert COOKIE not in client.cookies
    async with browser(house, **{COOKIE: kept}) as copy:
        assert is_led_to_sign_in(await copy.get("/e-form"))
    assert [each["action"] for each in await house.audit_of(session)] == ["session.begin", "session.end"]


async def test_a_cookie_that_we_did_not_seal_is_nobodys(house: House) -> None:
    async with browser(house, house.keys["agency_admin"]) as client:
        good = client.cookies[COOKIE]
    content = unseal(PEPPER, good, NOW)
    other = SecretStr("another-pepper-of-the-tests-0123456789")
    reader = {**content, "credential": house.keys["reader"]}
    for cookie in (
        good[:-8] + ("A" * 8 if not good.endswith("A" * 8) else "B" * 8),
        "x" + good[1:],
        good[: len(good) // 2],
        "nonsense",
        seal(other, content, now=NOW),
        seal(PEPPER, content, now=NOW, purpose=b"bangdiem sign-in"),
        seal(PEPPER, {**content, "session": "ses_01h2xcejqtf2nbrexx3vqjhp41"}, now=NOW),
        # Our own seal, and another person's credential in it.
        seal(PEPPER, reader, now=NOW),
    ):
        async with browser(house, **{COOKIE: cookie}) as client:
            assert is_led_to_sign_in(await client.get("/e-form")), cookie


async def test_a_cookie_holds_no_readable_credential(house: House) -> None:
    async with browser(house) as client:
        answer = await client.post("/e-form/login", data={"credential": house.keys["agency_admin"]})
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {each.strip() for each in answer.headers["set-cookie"].split(";")}
        assert house.keys["agency_admin"] not in answer.headers["set-cookie"]
        kept = await house.facts("SELECT * FROM control.page_session ORDER BY recorded_at DESC LIMIT 1")
        assert house.keys["agency_admin"] not in str(kept)


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({}, ""),
        ({}, "csrf="),
        ({}, "csrf=" + "0" * 64),
        ({}, "csrf=%F0%9F%98%80"),
        ({"sec-fetch-site": "cross-site"}, None),
        ({"sec-fetch-site": "same-site"}, None),
        ({"origin": "https://elsewhere.example"}, None),
        ({"origin": "null"}, None),
        ({"origin": "http://gateway"}, None),
        ({"origin": "http://127.0.0.1:8000", "sec-fetch-site": "cross-site"}, None),
    ],
)
async def test_forms_of_other_sites_and_sessions_are_refused(
    house: House, headers: dict[str, str], content: str | None
) -> None:
    async with browser(house, house.keys["agency_admin"]) as client:
        own = await form(client, f"{PLACE}/members/new")
        body = f"csrf={own['csrf']}" if content is None else content
        sent = {"content-type": "application/x-www-form-urlencoded", **headers}
        answer = await client.post(f"{PLACE}/members", content=body, headers=sent)
        assert answer.status_code == 403
        assert "form-foreign" in answer.text


async def test_a_token_of_another_session_of_the_same_person_is_refused(house: House) -> None:
    async with browser(house, house.keys["agency_admin"]) as one, browser(house, house.keys["agency_admin"]) as other:
        assert (await one.post("/e-form/logout", data=await form(other, "/e-form"))).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "origin": "http://gateway"},
        {"origin": "http://127.0.0.1:8000"},
    ],
)
async def test_forms_of_our_own_pages_are_taken(house: House, headers: dict[str, str]) -> None:
    async with browser(house, house.keys["agency_admin"]) as client:
        answer = await client.post("/e-form/logout", data=await form(client, "/e-form"), headers=headers)
        assert answer.headers["location"] == "/e-form/login?done=signed-out"


@pytest.mark.parametrize(
    ("media_type", "content", "status"),
    [
        ("application/json", b"{}", 415),
        ("", b"", 415),
        ("multipart/form-data", b"no boundary", 400),
        ("multipart/form-data; boundary=x", b"--y\r\nnothing", 400),
        ("application/x-www-form-urlencoded", b"a&" * 3000, 400),
        ("application/x-www-form-urlencoded", b"credential=" + b"x" * 70_000, 413),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused(house: House, media_type: str, content: bytes, status: int) -> None:
    async with browser(house) as client:
        answer = await client.post("/e-form/login", content=content, headers={"content-type": media_type})
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")


async def test_a_key_limited_to_a_network_works_at_pages_from_there_alone(house: House) -> None:
    key = await limited(house, Limits(networks=(f"{PEER}/32",)))
    async with browser(house, key) as client:
        assert (await client.get(f"{PLACE}/members")).status_code == 200
        taken = client.cookies[COOKIE]
    async with browser(house, peer=ELSEWHERE) as client:
        refused = await client.post("/e-form/login", data={"credential": key})
        assert (refused.status_code, "address-not-allowed" in refused.text) == (403, True)
    async with browser(house, peer=ELSEWHERE, **{COOKIE: taken}) as thief:
        refused = await thief.get(f"{PLACE}/members")
        assert (refused.status_code, "address-not-allowed" in refused.text) == (403, True)


async def test_behind_a_trusted_proxy_the_address_is_the_browsers(house: House) -> None:
    key = await limited(house, Limits(networks=(f"{PEER}/32",)))
    async with browser(house, peer=PROXY) as client:
        client.headers["x-forwarded-for"] = PEER
        assert (await client.post("/e-form/login", data={"credential": key})).status_code == 303
        assert (await client.get(f"{PLACE}/members")).status_code == 200
        client.headers["x-forwarded-for"] = ELSEWHERE
        assert (await client.get(f"{PLACE}/members")).status_code == 403


async def test_limits_to_reading_and_to_resources_hold_at_pages(house: House) -> None:
    async with browser(house) as client:
        key = await limited(house, Limits(resources=("mandates",)))
        refused = await client.post("/e-form/login", data={"credential": key})
        assert (refused.status_code, "outside-scope" in refused.text) == (403, True)
    async with browser(house, await limited(house, Limits(read_only=True))) as client:
        own = await form(client, f"{PLACE}/members/new")
        asked = {"issuer": "vpcp", "sub": "an", "holder": "An", "roles": "agency_drafter", "reason": "thử", **own}
        refused = await client.post(f"{PLACE}/members", data=asked)
        assert (refused.status_code, "outside-scope" in refused.text) == (403, True)


async def test_one_request_has_one_id_at_the_page_and_behind_it(house: House) -> None:
    async with browser(house, house.keys["agency_drafter"]) as client:
        answer = await client.get(f"{PLACE}/members", headers={"x-request-id": "from-the-proxy-17"})
        assert answer.status_code == 403
        assert answer.headers["x-request-id"] == "from-the-proxy-17"
        assert "<code>from-the-proxy-17</code>" in answer.text


async def test_a_form_sent_twice_does_one_thing(house: House) -> None:
    async with browser(house, house.keys["agency_admin"]) as client:
        own = await form(client, f"{PLACE}/members/new")
        asked = {"issuer": "vpcp", "sub": "hai-lan", "holder": "Hai Lần", "roles": "agency_drafter", "reason": "thử", **own}
        first, again = [await client.post(f"{PLACE}/members", data=asked) for _ in range(2)]
        assert first.status_code == 303
        assert first.headers["location"] == again.headers["location"]
    found = await house.facts("SELECT 1 FROM control.member_grant WHERE subject = :it", "oidc:vpcp:hai-lan")
    assert len(found) == 1


async def test_what_was_typed_is_text_and_never_markup(house: House) -> None:
    async with browser(house, house.keys["agency_admin"]) as client:
        own = await form(client, f"{PLACE}/members/new")
        typed = '"><script>alert(1)</script>'
        asked = {"issuer": typed, "sub": typed, "holder": typed, "roles": "agency_drafter", "reason": typed, **own}
        answer = await client.post(f"{PLACE}/members", data=asked)
        assert answer.status_code == 422
        assert "<script" not in answer.text
        assert answer.text.count("&#34;&gt;&lt;script&gt;") >= 3


async def test_a_fault_of_ours_says_nothing_but_the_requests_id(house: House) -> None:
    async with browser(house, house.keys["agency_admin"]) as client:
        async with house.owner.transaction() as connection:
            await connection.exec_driver_sql("REVOKE SELECT ON control.signature_demand FROM gateway")
        try:
            answer = await client.get(f"{PLACE}/mandates", headers={"x-request-id": "broken-1"})
        finally:
            async with house.owner.transaction() as connection:
                await connection.exec_driver_sql("GRANT SELECT ON control.signature_demand TO gateway")
        assert answer.status_code == 500
        assert "<code>broken-1</code>" in answer.text
        for word in ("signature_demand", "permission", "Traceback", "psycopg", "sqlalchemy"):
            assert word not in answer.text
        assert (await client.get(f"{PLACE}/mandates")).status_code == 200


async def test_a_page_speaks_the_language_that_was_chosen_and_is_kept_nowhere(house: House) -> None:
    async with browser(house, house.keys["agency_drafter"]) as client:
        assert 'lang="vi"' in (await client.get("/e-form", headers={"accept-language": "en"})).text
        back = await client.get("/e-form/language?to=en&back=/e-form/agencies")
        assert back.headers["location"] == "/e-form/agencies"
        answer = await client.get(f"{PLACE}/members")
        assert answer.headers["content-language"] == "en"
        assert "this needs the role" in answer.text.lower()
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_who_is_signed_out_comes_back_to_the_page_wanted(house: House) -> None:
    async with browser(house) as client:
        wanted = await client.get(f"{PLACE}/members")
        assert wanted.headers["location"] == f"/e-form/login?next={PLACE}/members"
        posted = await client.post(f"{PLACE}/members", data={"csrf": "x"})
        assert posted.headers["location"] == "/e-form/login?next=/e-form"
        there = {"referer": f"http://gateway{PLACE}/members/new"}
        posted = await client.post(f"{PLACE}/members", data={"csrf": "x"}, headers=there)
        assert posted.headers["location"] == f"/e-form/login?next={PLACE}/members/new"
        begun = await client.post("/e-form/login", data={"credential": house.keys["agency_admin"], "next": f"{PLACE}/members"})
        assert begun.headers["location"] == f"{PLACE}/members?done=signed-in"
