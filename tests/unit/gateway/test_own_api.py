"""A page's call of our own API: what the API sees of it, and what comes back, without any network."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.requests import Request
from structlog.testing import capture_logs

from services.gateway.http.edge import REQUEST_ID, Receive, Scope, Send
from services.gateway.pages.own_api import Body, OwnApi, Refused


class Api:
    """Keeps what it was asked and answers with one document, or fails after or before it began to answer."""

    def __init__(self, *, fault: str = "") -> None:
        self.scope: Scope = {}
        self.body = b""
        self.fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        message: Mapping[str, Any] = {"more_body": True}
        while message["more_body"]:
            message = await receive()
            self.body += message["body"]
        if self.fault == "before":
            raise LookupError(self.fault)
        status = 500 if self.fault else 200
        await send({"type": "http.response.start", "status": status, "headers": [(b"ETag", b'"1"')]})
        await send({"type": "http.response.body", "body": b'{"status": %d}' % status})
        if self.fault:
            raise LookupError(self.fault)

    @property
    def headers(self) -> dict[str, bytes]:
        return {name.decode(): value for name, value in self.scope["headers"]}


def own_api(api: Api, *, credential: str | None = "secret") -> OwnApi:
    """For a page that a browser asked for through a proxy which wrote Latin letters."""
    headers = [(b"x-forwarded-for", b"203.0.113.7, \xe9"), (b"cookie", b"session=1"), (b"accept-language", b"fr")]
    scope = {
        "type": "http", "method": "GET", "path": "/e-form", "query_string": b"page=1", "headers": headers, "app": api,
        "scheme": "https", "server": ("10.0.0.1", 8443), "client": ("203.0.113.9", 40000), REQUEST_ID: "req_17",
    }  # fmt: skip
    return OwnApi(Request(scope), credential=credential, language="vi")


def test_the_api_sees_the_pages_own_client_address_and_id() -> None:
    api = Api()
    asyncio.run(own_api(api).ask("GET", "/periods"))
    seen = {name: api.scope[name] for name in ("scheme", "server", "client", "path", "query_string", REQUEST_ID)}
    assert seen == {
        "scheme": "https", "server": ("10.0.0.1", 8443), "client": ("203.0.113.9", 40000),
        "path": "/api/v1/periods", "query_string": b"", REQUEST_ID: "req_17",
    }  # fmt: skip


@pytest.mark.parametrize("credential", ["secret", None])
def test_of_the_browsers_headers_only_the_callers_address_and_trace_go_on(credential: str | None) -> None:
    api = Api()
    asyncio.run(own_api(api, credential=credential).ask("GET", "/periods"))
    proof = {"authorization": b"Bearer secret"} if credential else {}
    ours = {"host": b"gateway", "accept-language": b"vi", "x-forwarded-for": b"203.0.113.7, \xe9", **proof}
    assert api.headers == ours


def test_a_body_goes_with_its_media_type_and_length() -> None:
    api = Api()
    answer = asyncio.run(own_api(api).ask("POST", "/pulls", body=Body(b"a,b", "text/csv"), headers={"If-Match": '"1"'}))
    sent = {name: api.headers[name] for name in ("content-type", "content-length", "if-match")}
    assert sent == {"content-type": b"text/csv", "content-length": b"3", "if-match": b'"1"'}
    assert (api.scope["method"], api.body) == ("POST", b"a,b")
    assert (answer.status, answer.headers["etag"], answer.json()) == (200, '"1"', {"status": 200})


@pytest.mark.parametrize("path", ["/agencies/../keys", "/agencies/./%2e%2e", "/agencies/a?b#c", "/agencies/Bộ Nội vụ\n"])
def test_a_part_of_an_address_stays_a_part_whatever_it_holds(path: str) -> None:
    api = Api()
    asyncio.run(own_api(api).ask("GET", path))
    assert (api.scope["path"], api.scope["query_string"]) == (f"/api/v1{path}", b"")


def test_a_question_may_be_long() -> None:
    api = Api()
    asyncio.run(own_api(api).ask("GET", "/people", query={"ids": "ấ" * 30_000, "cursor": None}))
    assert len(api.scope["query_string"]) == len("ids=") + 30_000 * 9


@pytest.mark.parametrize(("fault", "problem"), [("after", {"status": 500}), ("before", {"status": 500, "title": ""})])
def test_a_fault_of_the_api_is_a_refusal_and_stands_in_the_log(fault: str, problem: dict[str, Any]) -> None:
    with capture_logs() as lines, pytest.raises(Refused) as refused:
        asyncio.run(own_api(Api(fault=fault)).get("/periods"))
    assert (refused.value.status, refused.value.problem) == (500, problem)
    assert [(line["log_level"], line["path"]) for line in lines] == [("error", "/api/v1/periods")]
