"""`Idempotency-Key`: a POST that is sent again does nothing again, and is answered as it was the first time (INT-09).

The answer is kept in the transaction of the write it tells of (ADR 11), so a process that dies at any instant leaves both
or neither. Refusals are not kept: nothing happened, and the caller may try again under the same key.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from apscheduler.triggers.cron import CronTrigger
from fastapi import Request

from services.gateway.http.edge import App, Message, Receive, Scope, Send
from services.gateway.http.exception_handlers import problem
from services.gateway.http.one_transaction import OneTransaction
from services.gateway.http.periods import known_periods
from services.gateway.http.runtime import OWN_DATABASE, Runtime
from services.gateway.http.store import idempotency as stored
from services.gateway.http.store.idempotency import KeptAnswer
from shared.audit import Actor
from shared.calendar import REPORTS, cutoff_of
from shared.canonical import canonical_bytes, sha256_hex
from shared.database import DATABASE_LOST, Connection, Database
from shared.errors import Conflict, DomainError, Fault, InputInvalid, Unavailable
from shared.period import VIETNAM
from shared.problems import ContentTooLarge
from shared.timer import Tick

log = structlog.get_logger(__name__)

HEADER = "idempotency-key"
PATTERN = "^[!-~]{1,128}$"
REPLAYED = (b"idempotent-replayed", b"true")
FORGET_AT_HOUR = 3
_ASKED = "bangdiem.idempotent"
_SUCCESS = range(200, 300)
_OUR_FAULT = 500


class IdempotencyMismatch(InputInvalid):
    """The key was used before for another request; a new request needs a new key."""

    slug = "idempotency-mismatch"
    title_vi = "Khóa chống gửi trùng đã dùng cho một yêu cầu khác"
    title_en = "Idempotency key used for another request"


class TwinInFlight(Conflict):
    """The same key is being worked on at this moment; asked again a little later, the first answer is replayed."""

    slug = "twin-in-flight"
    title_vi = "Một yêu cầu cùng khóa chống gửi trùng đang được xử lý"
    title_en = "A request with this idempotency key is in flight"


class _AnsweredBefore(Exception):
    """Carries the kept answer from wherever it is found to the outside."""

    def __init__(self, kept: stored.KeptAnswer) -> None:
        super().__init__("answered before")
        self.kept = kept


class IdempotentRequest:
    """One request that carries a key: whose it is, what it asks, and the transaction that its answer must join."""

    def __init__(self, keys: list[str], lender: Database) -> None:
        self.database = OneTransaction(lender, on_begin=self._begin)
        self._keys = keys
        self._lender = lender
        self._identity: dict[str, str] = {}
        self._fingerprint = ""
        self._kept_instead: bytes | None = None

    async def recall(self, request: Request, actor: Actor) -> None:
        """Now that the caller is known. Raises InputInvalid, IdempotencyMismatch, or ends the request with the kept answer."""
        if len(self._keys) != 1 or not re.fullmatch(PATTERN, self._keys[0]):
            fault = Fault("Idempotency-Key", "is no key, or given twice", expected="1 to 128 visible ASCII characters")
            raise InputInvalid("the idempotency key cannot be used", faults=[fault])
        self._fingerprint = fingerprint(request, actor, await request.body())
        self._identity = {"actor": actor.id, "key": self._keys[0]}
        async with self._lender.read() as connection:
            await self._look(connection)

    async def settle(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Ends the write: kept with its answer, as a refusal that left a fact, or undone by a fault of ours."""
        held = self.database.held
        if held is None:
            return
        if status >= _OUR_FAULT:
            await self.database.forget()
            return
        if status in _SUCCESS and self._identity:
            await stored.insert_answer(held, self._identity | self._answer(status, headers, body))
        await self.database.commit()

    def keep_instead(self, body: bytes) -> None:
        """What a replay says where the answer itself holds a secret that is shown once."""
        self._kept_instead = body

    def _answer(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> dict[str, Any]:
        kept = body if self._kept_instead is None else self._kept_instead
        named = [
            [name.decode("latin-1"), value.decode("latin-1")] for name, value in headers if name.lower() != b"content-length"
        ]
        return {"fingerprint": self._fingerprint, "status": status, "headers": named, "body": kept}

    async def _begin(self, connection: Connection) -> None:
        if not self._identity:
            return  # everybody's route: no caller, no key
        if not await stored.hold_key(connection, **self._identity):
            raise TwinInFlight("a request with this key is being worked on", hint="Ask again with the same key in a moment.")
        await self._look(connection)

    async def _look(self, connection: Connection) -> None:
        kept = await stored.find_answer(connection, **self._identity)
        if kept is None:
            return
        if kept.fingerprint != self._fingerprint:
            hint = "Use a new key for a new request; send the same request to have its answer again."
            raise IdempotencyMismatch("this key was used for another request", hint=hint)
        raise _AnsweredBefore(kept)


class IdempotencyMiddleware:
    """ASGI around the application: a POST with a key is followed, and its answer leaves only after it was kept."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        keys = _keys_of(scope)
        if not keys:
            await self._app(scope, receive, send)
            return
        runtime: Runtime = scope["app"].state.runtime
        asked = IdempotentRequest(keys, runtime.database)
        scope[_ASKED], scope[OWN_DATABASE] = asked, asked.database
        try:
            answer = await self._answer(asked, scope, _limited(receive, runtime.largest_body_bytes))
        finally:
            await asked.database.forget()
        for message in answer:
            await send(message)

    async def _answer(self, asked: IdempotentRequest, scope: Scope, receive: Receive) -> list[Message]:
        answer: list[Message] = []

        async def collect(message: Message) -> None:
            answer.append(message)

        try:
            await self._app(scope, receive, collect)
            body = b"".join(message.get("body", b"") for message in answer[1:])
            await asked.settle(answer[0]["status"], answer[0]["headers"], body)
        except _AnsweredBefore as known:
            return _replay(known.kept)
        except DATABASE_LOST as error:
            # Whether it was committed is not known; the same key will tell.
            log.warning("database lost", error=type(error).__name__)
            answer.clear()
            lost: DomainError = Unavailable("the database does not answer")
            await problem(Request(dict(scope)), lost)(dict(scope), receive, collect)
        return answer


async def recall(request: Request, actor: Actor) -> None:
    """For permits: a request with a known key is answered as before, and goes no further."""
    asked: IdempotentRequest | None = request.scope.get(_ASKED)
    if asked is not None:
        await asked.recall(request, actor)


def keep_instead(request: Request, body: bytes) -> None:
    """For routes whose answer holds a secret shown once: ``body`` is kept and replayed in its place."""
    asked: IdempotentRequest | None = request.scope.get(_ASKED)
    if asked is not None:
        asked.keep_instead(body)


def fingerprint(request: Request, actor: Actor, body: bytes) -> str:
    """What makes two requests the same: caller, method, path, query, type and bytes of the body."""
    return sha256_hex(
        canonical_bytes(
            {
                "actor": actor.id,
                "method": request.method,
                "path": request.scope["path"],
                "query": request.scope["query_string"].decode("latin-1"),
                "content_type": request.headers.get("content-type", ""),
                "body": sha256_hex(body),
            }
        )
    )


async def forget_closed(database: Database, *, now: datetime) -> int:
    """Deletes answers given before the first month whose reports are still open; returns how many."""
    async with database.transaction() as connection:
        extended = await stored.extended_periods(connection, now=now)
        for period in known_periods(now):
            if str(period) in extended or await cutoff_of(connection, period, REPORTS) > now:
                return await stored.delete_answers(connection, before=period.start)
    return 0


def forgetting(database: Database, clock: Callable[[], datetime]) -> Tick:
    """Every night; any number of replicas may do it."""

    async def forget(scheduled_at: datetime) -> None:
        del scheduled_at
        log.info("answers of closed months are forgotten", count=await forget_closed(database, now=clock()))

    return Tick("kept answers", CronTrigger(hour=FORGET_AT_HOUR, timezone=VIETNAM), forget)


def _keys_of(scope: Scope) -> list[str]:
    if scope["type"] != "http" or scope["method"] != "POST":
        return []
    return [value.decode("latin-1") for name, value in scope["headers"] if name == HEADER.encode()]


def _limited(receive: Receive, limit: int) -> Callable[[], Awaitable[Message]]:
    """The whole body is read before anything is asked of it, so no body longer than any route reads."""
    left = limit

    async def next_message() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise ContentTooLarge(f"bodies are at most {limit} bytes")
        return message

    return next_message


def _replay(kept: KeptAnswer) -> list[Message]:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept.headers]
    headers += [(b"content-length", str(len(kept.body)).encode()), REPLAYED]
    start = {"type": "http.response.start", "status": kept.status, "headers": headers}
    return [start, {"type": "http.response.body", "body": kept.body}]
