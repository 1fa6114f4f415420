"""Asking other systems over HTTP; only this and shared.outbound_posts know httpx. Gives bytes and the evidence of their way.

Passing failures (connection, 429, 5xx) are asked again, as ``Retry-After`` says where it is given; what does not pass is a
SourceUnavailable. Answers with any other status are handed back: what they mean is the caller's business.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote_plus

import httpx
import msgspec
import stamina

from shared.errors import SourceProblem
from shared.ids import new_id

SIGNATURE_HEADER = "X-Payload-Signature"
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_TOKEN_LIMIT = 64 * 1024


class SourceUnavailable(SourceProblem):
    """The source did not answer, or kept failing, for as long as we were ready to ask."""

    slug = "source-unavailable"
    title_vi = "Không kết nối được nguồn dữ liệu"
    title_en = "Source not available"


class AnswerTruncated(SourceProblem):
    """The connection ended before the bytes the source had announced."""

    slug = "answer-truncated"
    title_vi = "Dữ liệu nguồn gửi bị cắt giữa chừng"
    title_en = "Answer cut short"


class AnswerTooLarge(SourceProblem):
    """More bytes than one page may have."""

    slug = "answer-too-large"
    title_vi = "Trang dữ liệu vượt kích thước cho phép"
    title_en = "Answer too large"


class CredentialsRefused(SourceProblem):
    """The source's token desk does not know our credentials."""

    slug = "credentials-refused"
    title_vi = "Nguồn không chấp nhận thông tin xác thực"
    title_en = "Credentials refused"


@dataclass(frozen=True)
class ClientCredentials:
    """OAuth2 client credentials (RFC 6749 §4.4), sent to ``token_url`` by HTTP Basic."""

    token_url: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"ClientCredentials({self.client_id})"


@dataclass(frozen=True)
class BasicPair:
    """A client's id and secret on every request, as HTTP Basic of their form-encoded spelling (RFC 6749 §2.3.1)."""

    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"BasicPair({self.client_id})"

    @property
    def header(self) -> str:
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
        return "Basic " + b64encode(pair.encode()).decode()


@dataclass(frozen=True)
class ApiKey:
    """A key sent as ``X-API-Key``."""

    key: str

    def __repr__(self) -> str:
        return "ApiKey()"


@dataclass(frozen=True)
class Bearer:
    """A token that its holder was given, such as a key of a gateway of ours."""

    token: str

    def __repr__(self) -> str:
        return "Bearer()"


@dataclass(frozen=True)
class Endpoint:
    """One system we ask: where, as whom, and how patiently. Times in seconds."""

    name: str
    base_url: str
    credentials: ClientCredentials | ApiKey | BasicPair | Bearer | None = None
    timeout: float = 30.0
    attempts: int = 5
    wait: float = 0.5
    patience: float = 60.0
    max_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True)
class Ask:
    """One request, described: ``path`` below the endpoint's base, ``body`` of the media type or None."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    media_type: str = "application/json"


@dataclass(frozen=True)
class Answer:
    """Bytes as received, and the evidence of their way (ING-06). ``source_clock`` is the Date header."""

    status: int
    body: bytes
    method: str
    url: str
    source_request_id: str | None
    source_clock: datetime | None
    signature: str | None
    sent_at: datetime
    received_at: datetime
    attempts: int


class _Passing(Exception):
    """A failure that may be gone in a moment; ``after`` is what the source asked us to wait, in seconds."""

    def __init__(self, words: str, *, after: float | None = None, kind: type[SourceProblem] = SourceUnavailable) -> None:
        super().__init__(words)
        self.after = after
        self.kind = kind


class Outbound:
    """Asks one endpoint; made by ``outbound``. Not for concurrent use by several pulls: the token is shared state."""

    def __init__(self, endpoint: Endpoint, client: httpx.AsyncClient, clock: Callable[[], datetime]) -> None:
        self._endpoint = endpoint
        self._client = client
        self._clock = clock
        self._token: str | None = None

    async def send(self, ask: Ask) -> Answer:
        """Ask until an answer comes. Raises SourceUnavailable, AnswerTruncated, AnswerTooLarge, CredentialsRefused."""
        number = 0
        try:
            async for attempt in self._attempts():
                with attempt:
                    number = attempt.num
                    return await self._admitted(ask, number)
        except _Passing as failure:
            hint = "Run the pull again later; a period that stays without its source can be closed by an official file."
            raise failure.kind(f"{self._endpoint.name}: {failure} after {number} attempts", hint=hint) from failure
        raise AssertionError("unreachable: an attempt returns or raises")

    def _attempts(self) -> AsyncIterator[stamina.Attempt]:
        end = self._endpoint
        return stamina.retry_context(
            on=self._worth_waiting, attempts=end.attempts, timeout=None, wait_initial=end.wait, wait_max=end.patience
        ).__aiter__()

    def _worth_waiting(self, failure: Exception) -> bool | float:
        if not isinstance(failure, _Passing):
            return False
        if failure.after is None:
            return True
        return failure.after if failure.after <= self._endpoint.patience else False

    async def _admitted(self, ask: Ask, number: int) -> Answer:
        """With credentials; a token the source no longer knows is fetched anew once."""
        answer = await self._once(ask, number)
        if answer.status == HTTPStatus.UNAUTHORIZED and isinstance(self._endpoint.credentials, ClientCredentials):
            self._token = None
            answer = await self._once(ask, number)
        return answer

    async def _once(self, ask: Ask, number: int) -> Answer:
        headers = {**await self._authorization(), "X-Request-Id": new_id("req")}
        if ask.body is not None:
            headers["Content-Type"] = ask.media_type
        request = self._client.build_request(
            ask.method, self._endpoint.base_url + ask.path, params=ask.query or None, content=ask.body, headers=headers
        )
        sent_at = self._clock()
        response, body = await self._exchange(request, self._endpoint.max_bytes)
        return Answer(
            status=response.status_code,
            body=body,
            method=ask.method,
            url=str(request.url.copy_with(userinfo=b"")),
            source_request_id=response.headers.get("X-Source-Request-Id"),
            source_clock=_date(response.headers.get("Date")),
            signature=response.headers.get(SIGNATURE_HEADER),
            sent_at=sent_at,
            received_at=self._clock(),
            attempts=number,
        )

    async def _authorization(self) -> dict[str, str]:
        credentials = self._endpoint.credentials
        if isinstance(credentials, ApiKey):
            return {"X-API-Key": credentials.key}
        if isinstance(credentials, Bearer):
            return {"Authorization": f"Bearer {credentials.token}"}
        if isinstance(credentials, BasicPair):
            return {"Authorization": credentials.header}
        if credentials is None:
            return {}
        if self._token is None:
            self._token = await self._fetch_token(credentials)
        return {"Authorization": f"Bearer {self._token}"}

    async def _fetch_token(self, credentials: ClientCredentials) -> str:
        request = self._client.build_request(
            "POST",
            credentials.token_url,
            data={"grant_type": "client_credentials"},
            headers={"Authorization": BasicPair(credentials.client_id, credentials.client_secret).header},
        )
        response, body = await self._exchange(request, _TOKEN_LIMIT)
        if response.status_code != HTTPStatus.OK:
            raise CredentialsRefused(f"{self._endpoint.name}: token desk answered {response.status_code}")
        try:
            return msgspec.json.decode(body, type=_Token).access_token
        except msgspec.MsgspecError as error:
            raise CredentialsRefused(f"{self._endpoint.name}: token desk sent no access_token") from error

    async def _exchange(self, request: httpx.Request, limit: int) -> tuple[httpx.Response, bytes]:
        """One request and its whole body. Raises _Passing for what may pass."""
        try:
            response = await self._client.send(request, stream=True)
        except httpx.TransportError as error:
            raise _Passing(f"no answer ({type(error).__name__})") from error
        try:
            body = await self._read(response, limit)
        finally:
            await response.aclose()
        if response.status_code in _PASSING:
            raise _Passing(f"answered {response.status_code}", after=self._retry_after(response))
        return response, body

    async def _read(self, response: httpx.Response, limit: int) -> bytes:
        parts, size = [], 0
        try:
            async for part in response.aiter_raw():
                size += len(part)
                if size > limit:
                    raise AnswerTooLarge(f"{self._endpoint.name}: more than {limit} bytes", hint="Ask for smaller pages.")
                parts.append(part)
        except httpx.TimeoutException as error:
            raise _Passing(f"no answer ({type(error).__name__})") from error
        except httpx.TransportError as error:
            raise _Passing(f"answer ended after {size} bytes", kind=AnswerTruncated) from error
        stated = response.headers.get("Content-Length")
        if stated is not None and stated != str(size):
            raise _Passing(f"answer has {size} bytes, {stated} were announced", kind=AnswerTruncated)
        return b"".join(parts)

    def _retry_after(self, response: httpx.Response) -> float | None:
        """Seconds, from a number or an HTTP date (RFC 9110 §10.2.3)."""
        given = response.headers.get("Retry-After", "").strip()
        if given.isdecimal():
            return float(given)
        until = _date(given)
        return None if until is None else max(0.0, (until - self._clock()).total_seconds())


class _Token(msgspec.Struct):
    access_token: str


@asynccontextmanager
async def outbound(endpoint: Endpoint, clock: Callable[[], datetime]) -> AsyncIterator[Outbound]:
    """A connection pool to one endpoint. Bytes are asked for unencoded, so that what is kept is what was sent."""
    async with httpx.AsyncClient(
        timeout=endpoint.timeout, headers={"Accept-Encoding": "identity", "Accept": "application/json"}, trust_env=False
    ) as client:
        yield Outbound(endpoint, client, clock)


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
