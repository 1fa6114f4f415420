"""A page asks our own API, in this process: the very routes, permits, limits and keys of idempotency that programs meet.

Nothing goes over a network: httpx hands the call to the application itself, under the address and the id of the page's own
request, because keys are limited to networks and the log tells one story.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import msgspec
import structlog
from fastapi import Request

from services.gateway.access.auth import KEYS_READ
from services.gateway.http.answers import API
from services.gateway.http.edge import REQUEST_ID, Receive, Scope, Send
from services.gateway.pages.named import PEOPLE, learn, unknown_in
from shared.problems import Malformed

log = structlog.get_logger(__name__)

_REFUSED = 400
_READING = ("GET", "HEAD")
_PASSED_ON = ("x-forwarded-for", "traceparent")
_JSON = "application/json"
_OWN_URL = httpx.URL("http://gateway")


@dataclass(frozen=True)
class Answer:
    """What the API answered. Header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body) if self.body else None


class Refused(Exception):
    """The API's refusal, with its problem document."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"refused: {answer.status}")
        self.answer = answer
        self.problem: dict[str, Any] = answer.json() or {"status": answer.status, "title": ""}

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def slug(self) -> str:
        """The last part of the problem's type."""
        return str(self.problem.get("type", "")).rpartition("/")[2]


class Switched(Refused):
    """In place of an answer where a form was sent for another language only (switching.py): it is shown again, not done."""

    def __init__(self) -> None:
        super().__init__(Answer(200, {}, b'{"type": "", "status": 200, "title": ""}'))


@dataclass(frozen=True)
class Body:
    """What is sent: bytes of a media type."""

    content: bytes
    media_type: str


def as_json(content: Any) -> Body:
    return Body(json.dumps(content, ensure_ascii=False).encode(), _JSON)


class OwnApi:
    """Calls for one page's request, with its person's credential and language."""

    def __init__(self, request: Request, *, credential: str | None, language: str) -> None:
        self._request = request
        self._credential = credential
        self._language = language

    async def get(self, path: str, **query: object) -> Any:
        """The document at a path below the API. Raises Refused."""
        return (await self.ask("GET", path, query=query)).json()

    async def get_or_none(self, path: str, **query: object) -> Any:
        """None where there is no such thing (yet). Raises Refused for any other refusal."""
        try:
            return await self.get(path, **query)
        except Refused as refused:
            if refused.status == 404:  # HTTP's own word
                return None
            raise

    async def post(self, path: str, content: Any, *, once: str, headers: Mapping[str, str] | None = None) -> Answer:
        """``once`` is the form's key: a form that is sent twice does nothing twice. Raises Refused."""
        return await self.ask("POST", path, body=as_json(content), headers={"idempotency-key": once, **(headers or {})})

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Any call. Raises Refused from 400 up, and Malformed for a field of a form that no header can hold."""
        if method not in _READING and getattr(self._request.state, "wished_language", None):
            raise Switched
        _require_plain(headers or {})
        asked = {name: str(value) for name, value in (query or {}).items() if value is not None}
        answer = await self._call(method, API + path, urlencode(asked), body, headers or {})
        if answer.status >= _REFUSED:
            raise Refused(answer)
        if self._credential is not None:
            for ids in unknown_in(self._request, answer.headers, answer.body):
                learn(self._request, await self.get(PEOPLE, ids=ids))
        return answer

    async def _call(self, method: str, path: str, query: str, body: Body | None, headers: Mapping[str, str]) -> Answer:
        own = self._request
        sent = {"accept-language": self._language, **{name: own.headers[name] for name in _PASSED_ON if name in own.headers}}
        if self._credential is not None:
            sent["authorization"] = f"Bearer {self._credential}"
        if body is not None:
            sent["content-type"] = body.media_type
        # The address stands here and not in the request's URL, of which httpx would resolve ".." and refuse a long one.
        ours = {name: own.scope.get(name) for name in ("scheme", "server", "client", REQUEST_ID, KEYS_READ)}
        ours |= {"path": path, "raw_path": quote(path).encode("ascii"), "query_string": query.encode("ascii")}

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await own.app({**scope, **ours}, receive, send)
            except Exception:
                # Answered as the problem `internal`, and raised again for the log, which is here.
                log.exception("request failed", method=method, path=path)
                raise

        asking = httpx.Request(
            method, _OWN_URL, headers=httpx.Headers({**sent, **headers}, "latin-1"), content=body.content if body else None
        )
        answer = await httpx.ASGITransport(app, raise_app_exceptions=False).handle_async_request(asking)
        return Answer(answer.status_code, answer.headers, await answer.aread())


def _require_plain(headers: Mapping[str, str]) -> None:
    """Keys and entity tags come back from forms: what our pages never wrote there is no header."""
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        hint = "Open the page again and send it once more."
        raise Malformed("a hidden field does not hold what the page wrote there", hint=hint)
