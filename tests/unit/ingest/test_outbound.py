"""How patiently other systems are asked, and what comes of it. The transport is respx; no socket is opened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
import respx

from shared.outbound import (
    AnswerTooLarge,
    AnswerTruncated,
    ApiKey,
    Ask,
    ClientCredentials,
    CredentialsRefused,
    Endpoint,
    SourceUnavailable,
    outbound,
)

NOW = datetime(2026, 2, 2, 0, 5, tzinfo=UTC)
BASE = "https://source.example/x"
ASK = Ask("GET", "/api/v1/rows", (("period", "2026-01"),))
OAUTH = ClientCredentials(f"{BASE}/oauth2/token", "me", "secret+/")


def endpoint(**changes: object) -> Endpoint:
    values = {"name": "source", "base_url": BASE, "credentials": ApiKey("k"), "attempts": 3, "wait": 0.0, "patience": 2.0}
    return Endpoint(**{**values, **changes})  # type: ignore[arg-type]


async def send(at: Endpoint) -> object:
    async with outbound(at, lambda: NOW) as source:
        return await source.send(ASK)


@respx.mock
async def test_an_answer_comes_with_its_evidence() -> None:
    date = format_datetime(NOW, usegmt=True)
    route = respx.get(f"{BASE}/api/v1/rows").respond(200, content=b"{}", headers={"Date": date, "X-Source-Request-Id": "s1"})
    answer = await send(endpoint())
    assert (answer.body, answer.source_clock, answer.source_request_id, answer.attempts) == (b"{}", NOW, "s1", 1)  # type: ignore[attr-defined]
    assert answer.url == f"{BASE}/api/v1/rows?period=2026-01"  # type: ignore[attr-defined]
    sent = route.calls.last.request.headers
    assert sent["X-API-Key"] == "k"
    assert sent["X-Request-Id"].startswith("req_")
    assert sent["Accept-Encoding"] == "identity"


@respx.mock
@pytest.mark.parametrize("after", ["0", format_datetime(NOW - timedelta(seconds=5), usegmt=True), "soon", None])
async def test_what_passes_is_asked_again(after: str | None) -> None:
    headers = {} if after is None else {"Retry-After": after}
    respx.get(f"{BASE}/api/v1/rows").mock(
        side_effect=[httpx.Response(503, headers=headers), httpx.ConnectError("gone"), httpx.Response(200, content=b"ok")]
    )
    answer = await send(endpoint())
    assert answer.attempts == 3  # type: ignore[attr-defined]


@respx.mock
@pytest.mark.parametrize("after", ["3600", format_datetime(NOW + timedelta(hours=1), usegmt=True)])
async def test_a_source_that_wants_us_to_wait_too_long_is_unavailable_at_once(after: str) -> None:
    route = respx.get(f"{BASE}/api/v1/rows").respond(429, headers={"Retry-After": after})
    with pytest.raises(SourceUnavailable, match="429 after 1 attempts"):
        await send(endpoint())
    assert route.call_count == 1


@respx.mock
async def test_no_more_attempts_than_allowed() -> None:
    route = respx.get(f"{BASE}/api/v1/rows").mock(side_effect=httpx.ReadTimeout("slow"))
    with pytest.raises(SourceUnavailable, match=r"ReadTimeout.*after 3 attempts"):
        await send(endpoint())
    assert route.call_count == 3


@respx.mock
async def test_bytes_must_be_as_many_as_announced_and_not_too_many() -> None:
    respx.get(f"{BASE}/api/v1/rows").respond(200, content=b"12345", headers={"Content-Length": "6"})
    with pytest.raises(AnswerTruncated, match="5 bytes, 6 were announced"):
        await send(endpoint())
    with pytest.raises(AnswerTooLarge):
        await send(endpoint(max_bytes=4))


@respx.mock
async def test_one_new_token_on_401_and_then_the_answer_stands() -> None:
    desk = respx.post(OAUTH.token_url).mock(
        side_effect=[httpx.Response(200, json={"access_token": name}) for name in ("one", "two")]
    )
    route = respx.get(f"{BASE}/api/v1/rows").respond(401)
    answer = await send(endpoint(credentials=OAUTH))
    assert answer.status == 401  # type: ignore[attr-defined]
    assert [call.request.headers["Authorization"] for call in route.calls] == ["Bearer one", "Bearer two"]
    assert desk.calls[0].request.headers["Authorization"].startswith("Basic ")
    assert "secret" not in repr(OAUTH)


@respx.mock
@pytest.mark.parametrize("reply", [httpx.Response(401), httpx.Response(200, content=b"{}"), httpx.Response(200, content=b"no")])
async def test_a_token_desk_that_gives_none_refuses_us(reply: httpx.Response) -> None:
    respx.post(OAUTH.token_url).mock(return_value=reply)
    with pytest.raises(CredentialsRefused):
        await send(endpoint(credentials=OAUTH))
