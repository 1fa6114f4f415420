"""The statements of a report's transactions, taken from the gateway at work and written as a script for pgbench.

Every statement of every transaction that commits a change is there, in order, with the very bytes; what must differ from one
run to the next (ids, sequence number, body, idempotency key) is replaced by an expression of pgbench's variables.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine

from services.gateway import GatewaySettings, create
from shared.service import Platform
from tests.perf.place import Place
from tests.perf.reporting import PEPPER, Body
from tests.perf.rush import Rush

_KEY = "captured"

_ID = re.compile(r"(sub|step|val|conf|aud|job)_([0-9A-Za-z]{26})")
_RECEIPT = "INSERT INTO intake.receipt"
_CHANGES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


@dataclass
class Statements:
    """``transactions`` in the order they were committed: statement and parameters of each."""

    transactions: list[list[tuple[str, Mapping[str, Any]]]] = field(default_factory=list)


@dataclass(frozen=True)
class Script:
    """A file for pgbench, and how many transactions and statements a run of it has."""

    file: Path
    transactions: int
    statements: int


@dataclass(frozen=True)
class InProcess:
    """The gateway asked without a network."""

    client: httpx.AsyncClient

    async def ask(self, method: str, path: str, key: str, body: bytes = b"", *, idempotency: str = "") -> tuple[int, bytes]:
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        headers |= {"idempotency-key": idempotency} if idempotency else {}
        answer = await self.client.request(method, path, headers=headers, content=body)
        return answer.status_code, answer.content


async def captured_life(place: Place, body: Body, report: bytes, receipt_key: str) -> Script:
    """A report from its draft to its receipt."""
    name = f"life-{len(report)}"
    async with _gateway(place, receipt_key) as (link, engine):
        with captured(engine) as taken:
            await Rush(_KEY).send(link, body, report, name=name)
    return _written(place, taken, body, name)


async def captured_draft(place: Place, body: Body, receipt_key: str) -> Script:
    """One test draft."""
    async with _gateway(place, receipt_key) as (link, engine):
        with captured(engine) as taken:
            key = body.keys["agency_drafter"]
            await Rush(_KEY).done(link, "POST", body.path, key, b'{"test":true}', idempotency=f"{_KEY}-draft")
    return _written(place, taken, body, "draft")


@asynccontextmanager
async def _gateway(place: Place, receipt_key: str) -> AsyncIterator[tuple[InProcess, AsyncEngine]]:
    made = create(GatewaySettings(key_pepper=PEPPER, receipt_key=SecretStr(receipt_key)), Platform(place.url))
    transport = httpx.ASGITransport(app=made, client=("127.0.0.1", 40000))
    async with made.opened() as runtime, httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield InProcess(client), runtime.database.engine


def _written(place: Place, taken: Statements, body: Body, name: str) -> Script:
    file = place.home / f"{name}.sql"
    file.write_text(script(taken, agency=body.agency), "utf-8")
    return Script(file, len(taken.transactions), sum(len(each) for each in taken.transactions))


@contextmanager
def captured(engine: AsyncEngine) -> Iterator[Statements]:
    """What is committed through the engine meanwhile; reading transactions are left out."""
    taken, open_now = Statements(), dict[int, list[tuple[str, Mapping[str, Any]]]]()

    def begin(connection: Connection) -> None:
        open_now[id(connection)] = []

    def execute(connection: Connection, _cursor: Any, statement: str, given: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001 - the event's signature
        open_now.setdefault(id(connection), []).append((statement, dict(given or {})))

    def commit(connection: Connection) -> None:
        done = open_now.pop(id(connection), [])
        if any(_CHANGES.match(statement) for statement, _ in done):
            taken.transactions.append(done)

    def rollback(connection: Connection) -> None:
        open_now.pop(id(connection), None)

    listeners: dict[str, Callable[..., Any]] = {
        "begin": begin,
        "before_cursor_execute": execute,
        "commit": commit,
        "rollback": rollback,
    }
    for name, listener in listeners.items():
        event.listen(engine.sync_engine, name, listener)
    try:
        yield taken
    finally:
        for name, listener in listeners.items():
            event.remove(engine.sync_engine, name, listener)


def script(taken: Statements, *, agency: str) -> str:
    """For ``pgbench -D n=…``: each run is another submission of the client's own body."""
    lines = [r"\set n :n + 1", r"\set u :client_id * 1000000 + :n"]
    known = {agency: "concat('W', lpad((:client_id)::text, 2, '0'))"}
    for transaction in taken.transactions:
        lines.append("BEGIN;")
        for statement, given in transaction:
            shown = {name: _shown(name, value, known) for name, value in given.items()}
            if _RECEIPT in statement:
                shown["sequence"] = "currval('intake.receipt_sequence_seq')"
            lines.append((statement % shown if given else statement.replace("%%", "%")).strip() + ";")
        lines.append("COMMIT;")
    return "\n".join(lines) + "\n"


def _shown(name: str, value: Any, known: dict[str, str]) -> str:
    if name.startswith("sequence") and isinstance(value, int):
        return "(:u)"
    if isinstance(value, str):
        found = known.get(value) or _varying(value, len(known))
        if found is not None:
            known[value] = found
            return f"({found})"
    return _literal(value)


def _varying(value: str, number: int) -> str | None:
    """An expression for a text that must be another in each run."""
    if _ID.fullmatch(value):
        kind = value.partition("_")[0]
        return f"concat('{kind}_', lpad('{number:02}' || (:u)::text, 26, '0'))"
    if value.startswith(_KEY):
        return f"concat('{value}', (:u)::text)"
    if value.startswith("BN-"):
        return f"concat('{value.rpartition('-')[0]}-', lpad((:u)::text, 9, '0'))"
    return None


def _literal(value: Any) -> str:
    """A literal in which no colon stands, because pgbench takes what follows one for a variable."""
    written = sql.Literal(value).as_string(None).strip()
    start, end = written.find("'"), written.rfind("'")
    if start < 0 or ":" not in written[start:end]:
        return written
    inner = written[start + 1 : end].replace(":", r"\x3a")
    return f"E'{inner}'{written[end + 1 :]}"
