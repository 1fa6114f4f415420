"""The outermost ASGI layer: request ids, security headers, HEAD, and published bytes straight from the cache.

It stands in front of the web framework because what is ready as bytes needs nothing of it (measured in tests/perf).
"""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from services.gateway.http.negotiation import matches
from services.gateway.http.published_cache import PublishedCache, accepted_of

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = structlog.get_logger(__name__)

REQUEST_ID = "bangdiem.request_id"
JSON, CSV = "application/json", "text/csv"
# Below here an address has several formats; elsewhere it has one, whatever is accepted.
API = "/api/"
ONLY = ""
# Accept headers that need no weighing; any other one is weighed by the ordinary route.
PLAIN_ACCEPTS = {None: JSON, b"*/*": JSON, b"application/json": JSON, b"text/csv": CSV}
# On every answer. Each header costs a ready sheet about 2 % of its speed, so what only pages need stands on pages alone.
SECURITY: tuple[tuple[bytes, bytes], ...] = ((b"x-content-type-options", b"nosniff"),)
# Whether pages of any other origin may read the answer: said in the scope by services.gateway.access.permits.Public alone, so
# never of what a key is asked for. On every such answer, whether or not an Origin was told: caches give one to all.
EVERY_ORIGIN = "bangdiem.every_origin"
CROSS_ORIGIN: tuple[tuple[bytes, bytes], ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, X-Request-Id, Retry-After, Content-Disposition"),
)
_NOTHING: Message = {"type": "http.response.body", "body": b""}
READING = ("GET", "HEAD")
_SANE_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}")
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


class Edge:
    """ASGI in front of ASGI."""

    def __init__(self, app: App, published: PublishedCache) -> None:
        self._app = app
        self._find = published.find
        self._prefix = b"req_" + secrets.token_hex(6).encode()
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        accept = if_none_match = coding = given = None
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = value if accept is None else accept + b"," + value
            elif name == b"if-none-match":
                if_none_match = value if if_none_match is None else if_none_match + b"," + value
            elif name == b"accept-encoding":
                coding = value if coding is None else coding + b"," + value
            elif name == b"x-request-id":
                given = value
        request_id = given if given and _SANE_ID.fullmatch(given) else b"%b-%x" % (self._prefix, next(self._numbers))
        method = scope["method"]
        path = scope["path"]
        kind = PLAIN_ACCEPTS.get(accept) if path.startswith(API) else ONLY
        if kind is not None and method in READING:
            prepared = self._find((path, scope["query_string"], kind))
            if prepared is not None:
                prepared = prepared if coding is None else accepted_of(prepared, coding)
                if if_none_match is not None and _has(if_none_match, prepared.etag):
                    headers, status, body = prepared.unchanged, 304, _NOTHING
                else:
                    headers, status, body = prepared.headers, 200, prepared.message if method == "GET" else _NOTHING
                start = {"type": "http.response.start", "status": status, "headers": [*headers, (b"x-request-id", request_id)]}
                await send(start)
                await send(body)
                return
        await self._pass_on(scope, receive, send, request_id)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, request_id: bytes) -> None:
        # A copy: the server holds on to its own scope, and sends a HEAD's answer without a body only while that says HEAD.
        bodiless = scope["method"] == "HEAD"
        scope = {**scope, REQUEST_ID: request_id.decode("ascii"), "method": "GET" if bodiless else scope["method"]}
        outgoing = _Outgoing(send, request_id, scope, bodiless=bodiless)
        with structlog.contextvars.bound_contextvars(request_id=scope[REQUEST_ID], **_trace(scope)):
            try:
                await self._app(scope, receive, outgoing)
            except Exception:
                # The framework has answered with the problem `internal` and raised again, for this log.
                log.exception("request failed", method=scope["method"], path=scope["path"])
                if not outgoing.started:
                    raise


class _Outgoing:
    """Puts our headers on every answer of the framework and takes the body off the answer to a HEAD."""

    def __init__(self, send: Send, request_id: bytes, scope: Scope, *, bodiless: bool) -> None:
        self._send = send
        self._extra = ((b"x-request-id", request_id), *SECURITY)
        self._scope = scope
        self._bodiless = bodiless
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            present = {name for name, _ in message["headers"]}
            wanted = (*self._extra, *CROSS_ORIGIN) if EVERY_ORIGIN in self._scope else self._extra
            extra = [pair for pair in wanted if pair[0] not in present]
            message = {**message, "headers": [*message["headers"], *extra]}
        elif self._bodiless and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def _has(if_none_match: bytes, etag: bytes) -> bool:
    return if_none_match == etag or matches(if_none_match.decode("latin-1"), etag.removeprefix(b"W/").decode("latin-1"))


def _trace(scope: Scope) -> dict[str, str]:
    """The caller's W3C trace, when it is one: log lines carry it."""
    given = next((value for name, value in scope["headers"] if name == b"traceparent"), b"")
    found = _TRACEPARENT.fullmatch(given)
    return {"trace_id": found[1].decode("ascii")} if found else {}
