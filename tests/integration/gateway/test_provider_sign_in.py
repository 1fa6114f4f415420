"""Signing in at the pages with an identity provider: what comes back counts only for the sign-in begun in this browser."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from services.gateway.access.oidc_discovery import IssuerUnavailable
from services.gateway.access.oidc_settings import IssuerSettings
from services.gateway.access.oidc_sign_in import Provider, SignInRefused
from services.gateway.pages.session import seal, unseal
from shared.errors import Unauthenticated
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import NOW, PEER, PEPPER, House, opened_house
from tests.integration.gateway.issuer import AUDIENCE, CLIENT, SECRET, Issuer
from tests.integration.gateway.people import grant_at_the_machine

BACK = "/e-form/oidc/vpcp/callback"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with Issuer() as running:
        running.clock = lambda: NOW
        yield running


@pytest.fixture(scope="module")
async def house(database: TestDatabase, issuer: Issuer) -> AsyncIterator[House]:
    common = {"url": issuer.url, "audience": AUDIENCE, "refetch_seconds": 0, "timeout_seconds": 2}
    issuers = {
        "vpcp": {**common, "client_id": CLIENT, "client_secret": SECRET, "keys_seconds": 0},
        "buttonless": {"url": "http://127.0.0.1:9/other", "audience": AUDIENCE},
        "away": {"url": "http://127.0.0.1:9", "audience": AUDIENCE, "client_id": CLIENT, "timeout_seconds": 1},
    }
    async with opened_house(database, issuers=issuers, second_factor=frozenset({"acr:loa3", "amr:mfa"})) as made:
        await grant_at_the_machine(made.owner, "an", ["reader"])
        yield made


@pytest.fixture(autouse=True)
def as_it_was(issuer: Issuer) -> Iterator[None]:
    kept = dict(issuer.discovery)
    yield
    issuer.discovery, issuer.status, issuer.desk_status, issuer.person = kept, 200, 200, "an"
    issuer.access_claims, issuer.identity_claims, issuer.secret = {}, {}, SECRET


@asynccontextmanager
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Cookies of its own."""
    transport = httpx.ASGITransport(app=house.gateway, client=(PEER, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as made:
        yield made


async def leaves(client: httpx.AsyncClient, query: str = "?next=/e-form/account") -> dict[str, str]:
    """What the provider is asked."""
    answer = await client.get(f"/e-form/oidc/vpcp{query}")
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


async def comes_back(client: httpx.AsyncClient, **sent: str) -> httpx.Response:
    return await client.get(BACK, params=sent)


async def code_for(client: httpx.AsyncClient, issuer: Issuer) -> dict[str, str]:
    """What the provider sends back after a sign-in begun just now."""
    wanted = await leaves(client)
    return {"code": issuer.code(wanted), "state": wanted["state"], "iss": issuer.url}


def refuses(answer: httpx.Response, status: int, slug: str) -> None:
    assert answer.status_code == status, answer.text
    assert f">{slug}</a>" in answer.text
    assert "bangdiem_session" not in answer.headers.get("set-cookie", "")
    assert "Đăng nhập" in answer.text


async def test_who_signed_in_there_is_signed_in_here(house: House, issuer: Issuer) -> None:
    async with browser(house) as client:
        back = await comes_back(client, **await code_for(client, issuer))
        assert (back.status_code, back.headers["location"]) == (303, "/e-form/account?done=signed-in")
        assert (await client.get("/e-form")).status_code == 200
        begun = await house.facts("SELECT * FROM control.page_session WHERE actor = 'oidc:vpcp:an'")
        assert len(await house.audit_of(begun[0]["session_id"])) == 1


async def test_the_provider_is_asked_with_pkce_state_and_nonce_each_time_new(house: House) -> None:
    async with browser(house) as client:
        first, second = await leaves(client), await leaves(client)
    assert first | {"state": "", "nonce": "", "code_challenge": ""} == {
        "realm": "demo",
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": f"http://127.0.0.1:8000{BACK}",
        "scope": "openid",
        "state": "",
        "nonce": "",
        "code_challenge": "",
        "code_challenge_method": "S256",
    }
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) == 43
        assert first[name] != second[name]


async def test_the_cookie_of_a_sign_in_is_sealed_short_lived_and_no_session(house: House, issuer: Issuer) -> None:
    async with browser(house) as client:
        answer = await client.get("/e-form/oidc/vpcp")
        cookie = answer.headers["set-cookie"]
        assert {"HttpOnly", "Path=/e-form/oidc", "SameSite=lax"} <= {each.strip() for each in cookie.split(";")}
        sealed = client.cookies["bangdiem_sign_in"]
        assert (await client.get("/e-form", headers={"cookie": f"bangdiem_session={sealed}"})).status_code == 303
        opened = unseal(PEPPER, sealed, NOW, purpose=b"bangdiem sign-in")
        challenge = urlsafe_b64encode(hashlib.sha256(opened["verifier"].encode()).digest()).rstrip(b"=").decode()
        assert challenge == dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code_challenge"]
        with pytest.raises(Unauthenticated):
            unseal(PEPPER, sealed, NOW + timedelta(minutes=11), ttl=timedelta(minutes=10), purpose=b"bangdiem sign-in")


async def test_a_sign_in_begun_too_long_ago_is_over(house: House, issuer: Issuer) -> None:
    async with browser(house) as client:
        sent = await code_for(client, issuer)
        opened = unseal(PEPPER, client.cookies["bangdiem_sign_in"], NOW, purpose=b"bangdiem sign-in")
        old = seal(PEPPER, opened, now=NOW - timedelta(minutes=10, seconds=1), purpose=b"bangdiem sign-in")
    async with browser(house) as client:
        client.cookies.set("bangdiem_sign_in", old)
        refuses(await comes_back(client, **sent), 403, "sign-in-stale")


async def test_an_answer_to_another_sign_in_is_refused(house: House, issuer: Issuer) -> None:
    async with browser(house) as mine, browser(house) as theirs, browser(house) as fresh:
        sent = await code_for(theirs, issuer)
        await leaves(mine)
        refuses(await comes_back(mine, **sent), 403, "sign-in-stale")
        refuses(await comes_back(fresh, **sent), 403, "sign-in-stale")
        await leaves(mine)
        refuses(await comes_back(mine, code=sent["code"]), 403, "sign-in-stale")


async def test_an_answer_counts_once(house: House, issuer: Issuer) -> None:
    async with browser(house) as client:
        sent = await code_for(client, issuer)
        kept = client.cookies["bangdiem_sign_in"]
        assert (await comes_back(client, **sent)).status_code == 303
        refuses(await comes_back(client, **sent), 403, "sign-in-stale")
    async with browser(house) as thief:
        thief.cookies.set("bangdiem_sign_in", kept)
        refuses(await comes_back(thief, **sent), 401, "sign-in-refused")


async def test_a_code_of_another_sign_in_is_refused_by_its_proof(house: House, issuer: Issuer) -> None:
    async with browser(house) as mine, browser(house) as theirs:
        stolen = await code_for(theirs, issuer)
        own = await code_for(mine, issuer)
        refuses(await comes_back(mine, **{**own, "code": stolen["code"]}), 401, "sign-in-refused")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"error": "access_denied", "error_description": "Gọi ngay 0123"}, "access_denied"),
        ({"error": "<b>Gọi ngay</b>"}, "unknown"),
        ({}, "unknown"),
        ({"code": ""}, "unknown"),
        ({"code": "x", "iss": "https://elsewhere.example"}, "của hệ thống định danh khác"),
    ],
)
async def test_what_the_provider_refuses_is_told(house: House, sent: dict[str, str], words: str) -> None:
    async with browser(house) as client:
        answer = await comes_back(client, state=(await leaves(client))["state"], **sent)
    refuses(answer, 401, "sign-in-refused")
    assert words in answer.text
    assert "Gọi ngay" not in answer.text


@pytest.mark.parametrize(
    ("access", "identity", "status", "slug"),
    [
        ({"aud": "another-service"}, {}, 401, "unauthenticated"),
        ({"exp": int((NOW - timedelta(minutes=5)).timestamp())}, {}, 401, "unauthenticated"),
        ({}, {"nonce": "of-another-one"}, 401, "sign-in-refused"),
        ({}, {"nonce": None}, 401, "sign-in-refused"),
        ({}, {"sub": "binh"}, 401, "sign-in-refused"),
        ({}, {"azp": "another-client"}, 401, "sign-in-refused"),
        ({}, {"aud": AUDIENCE}, 401, "unauthenticated"),
        ({}, {"exp": int((NOW - timedelta(minutes=5)).timestamp())}, 401, "unauthenticated"),
        ({"sub": "binh"}, {"sub": "binh"}, 403, "no-role-here"),
        ({"groups": "x" * 9000}, {}, 303, ""),
        ({"groups": "".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(200))}, {}, 422, "credential-too-long"),
    ],
)
async def test_tokens_are_proven_like_any_other_and_of_one_sign_in(
    house: House, issuer: Issuer, access: dict[str, Any], identity: dict[str, Any], status: int, slug: str
) -> None:
    issuer.access_claims, issuer.identity_claims = access, identity
    async with browser(house) as client:
        answer = await comes_back(client, **await code_for(client, issuer))
    if slug:
        refuses(answer, status, slug)
    assert answer.status_code == status


async def test_nobody_without_a_role_is_told_the_account_to_name(house: House, issuer: Issuer) -> None:
    issuer.person = "chi"
    async with browser(house) as client:
        answer = await comes_back(client, **await code_for(client, issuer))
    assert "oidc:vpcp:chi" in answer.text


@pytest.mark.parametrize("status", [500, 503, 401, 200])
async def test_a_token_desk_that_is_away_is_told_as_that(house: House, issuer: Issuer, status: int) -> None:
    async with browser(house) as client:
        sent = await code_for(client, issuer)
        issuer.desk_status = status
        if status == 200:
            issuer.discovery = {**issuer.discovery, "token_endpoint": f"{issuer.url}/keys"}
        answer = await comes_back(client, **sent)
        refuses(answer, 503, "issuer-unavailable")


async def test_a_provider_that_is_away_or_describes_another_one_is_told_as_that(house: House, issuer: Issuer) -> None:
    async with browser(house) as client:
        refuses(await client.get("/e-form/oidc/away"), 503, "issuer-unavailable")
        for wrong in ({"issuer": "https://elsewhere.example"}, {"authorization_endpoint": "javascript:alert(1)"}):
            issuer.discovery = {**issuer.discovery, **wrong}
            refuses(await client.get("/e-form/oidc/vpcp"), 503, "issuer-unavailable")


async def test_only_providers_with_a_client_have_a_button(house: House) -> None:
    async with browser(house) as client:
        page = (await client.get("/e-form/login?next=/e-form/account")).text
        assert "/e-form/oidc/vpcp?next=/e-form/account" in page
        assert "buttonless" not in page
        for name in ("buttonless", "nobody"):
            assert (await client.get(f"/e-form/oidc/{name}")).status_code == 404
            assert (await client.get(f"/e-form/oidc/{name}/callback")).status_code == 404


async def test_the_second_factor_is_asked_for_when_wanted(house: House, issuer: Issuer) -> None:
    async with browser(house) as client:
        wanted = await leaves(client, "?next=/e-form&factor=second")
        assert (wanted["acr_values"], wanted["prompt"]) == ("loa3", "login")
        assert "/e-form/oidc/vpcp?next=/e-form&amp;factor=second" in (await client.get("/e-form/login?factor=second")).text
        assert "prompt" not in await leaves(client)


async def test_a_new_sign_in_ends_the_session_before_it(house: House, issuer: Issuer) -> None:
    async with browser(house) as client:
        await comes_back(client, **await code_for(client, issuer))
        former = client.cookies["bangdiem_session"]
        await comes_back(client, **await code_for(client, issuer))
        assert (await client.get("/e-form")).status_code == 200
    async with browser(house) as thief:
        thief.cookies.set("bangdiem_session", former)
        assert (await thief.get("/e-form")).status_code == 303


async def test_nobody_is_led_elsewhere_by_a_sign_in(house: House, issuer: Issuer) -> None:
    async with browser(house) as client:
        wanted = await leaves(client, "?next=//elsewhere.example")
        back = await comes_back(client, state=wanted["state"], code=issuer.code(wanted))
        assert back.headers["location"] == "/e-form?done=signed-in"


@pytest.mark.parametrize(
    ("methods", "secret", "way"),
    [
        (None, SECRET, "header"),
        (["client_secret_post", "client_secret_basic"], SECRET, "header"),
        (["client_secret_post"], SECRET, "form"),
        (["none"], None, "form"),
    ],
)
async def test_the_client_proves_itself_as_the_provider_takes_it(
    issuer: Issuer, methods: list[str] | None, secret: str | None, way: str
) -> None:
    issuer.secret = secret
    issuer.discovery = {**issuer.discovery, "token_endpoint_auth_methods_supported": methods}
    settings = IssuerSettings(
        url=issuer.url, audience=AUDIENCE, client_id=CLIENT, client_secret=None if secret is None else SecretStr(secret)
    )
    provider = Provider("vpcp", settings, CLIENT, lambda: NOW)
    attempt = provider.begin("/e-form")
    back = "https://diem.example/e-form/oidc/vpcp/callback"
    wanted = dict(parse_qsl(urlsplit(await provider.address(attempt, redirect_uri=back)).query))
    tokens = await provider.exchange(issuer.code(wanted), attempt, redirect_uri=back)
    assert (issuer.proved_by, tokens.access_token.count(".")) == (way, 2)
    with pytest.raises(SignInRefused):
        await provider.exchange(issuer.code(wanted), attempt, redirect_uri=back + "/elsewhere")


async def test_a_provider_that_is_away_is_not_asked_by_every_visitor(issuer: Issuer) -> None:
    settings = IssuerSettings(url=issuer.url, audience=AUDIENCE, client_id=CLIENT, refetch_seconds=60)
    provider = Provider("vpcp", settings, CLIENT, lambda: NOW)
    issuer.status = 404
    asked = issuer.asked["/realm/.well-known/openid-configuration"]
    for _ in range(5):
        with pytest.raises(IssuerUnavailable):
            await provider.address(provider.begin("/e-form"), redirect_uri="https://diem.example/")
    assert issuer.asked["/realm/.well-known/openid-configuration"] == asked + 1


async def test_a_providers_addresses_are_kept(issuer: Issuer) -> None:
    settings = IssuerSettings(url=issuer.url, audience=AUDIENCE, client_id=CLIENT, refetch_seconds=0)
    provider = Provider("vpcp", settings, CLIENT, lambda: NOW)
    asked = issuer.asked["/realm/.well-known/openid-configuration"]
    for _ in range(3):
        await provider.address(provider.begin("/e-form"), redirect_uri="https://diem.example/")
    assert issuer.asked["/realm/.well-known/openid-configuration"] == asked + 1


@pytest.mark.parametrize("wrong", [{"client_secret": "x"}, {"client_id": "x", "scopes": "profile"}, {"scopes": "openid,a b"}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        IssuerSettings.model_validate({"url": "https://id.example", "audience": AUDIENCE, **wrong})


def test_a_secret_is_never_shown() -> None:
    given = IssuerSettings(url="https://id.example", audience=AUDIENCE, client_id=CLIENT, client_secret=SecretStr(SECRET))
    assert SECRET not in repr(given)
