"""Many bodies sending reports over so many connections at once, all the way to the receipt, and what became of each."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.perf.reporting import Body

# Refusals that ask the caller to come back; every other one ends the report.
PASSING = (409, 429, 503)
_PAUSE_SECONDS = 0.05
_PATIENCE_SECONDS = 300.0


@dataclass
class Told:
    """What the clients were answered: receipts' numbers, refusals by type, and what was answered without a type."""

    seconds: float = 0.0
    receipts: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    refused_for_good: int = 0


class Untyped(RuntimeError):
    """An answer that is neither what was asked for nor a problem with a type."""


class Refused(RuntimeError):
    """A typed refusal that asking again will not change."""


class Link:
    """One keep-alive connection to the gateway."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, method: str, path: str, key: str, body: bytes = b"", *, idempotency: str = "") -> tuple[int, bytes]:
        named = f"Idempotency-Key: {idempotency}\r\n" if idempotency else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n{named}"
        self._writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await self._writer.drain()
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        size = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
        return int(lines[0].split()[1]), await self._reader.readexactly(size)


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Link]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Link(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()


class Asking(Protocol):
    """What sends one request and gives status and body."""

    async def ask(self, method: str, path: str, key: str, body: bytes = b"", *, idempotency: str = "") -> tuple[int, bytes]: ...


@dataclass
class Rush:
    """``name`` tells this rush's idempotency keys from another's."""

    name: str
    told: Told = field(default_factory=Told)

    async def run(self, sending: Sequence[tuple[Body, bytes]], *, port: int, connections: int) -> Told:
        """All connections at once; each sends its share, one report after the other: every so-manieth of the list."""
        numbered = list(enumerate(sending))
        started = time.perf_counter()
        await asyncio.gather(*(self._share(port, numbered[first::connections]) for first in range(connections)))
        self.told.seconds = time.perf_counter() - started
        return self.told

    async def drafts(self, people: Sequence[Body], *, port: int, each: int) -> float:
        """So many test drafts of every body, each body over a connection of its own: drafts a second."""
        started = time.perf_counter()
        await asyncio.gather(*(self._drafts(port, body, each) for body in people))
        return len(people) * each / (time.perf_counter() - started)

    async def send(self, link: Asking, body: Body, report: bytes, *, name: str) -> str:
        """The receipt's number of one report: draft, content, hand-over, approval, signature, receipt."""
        drafter, key = body.keys["agency_drafter"], f"{self.name}-{name}"
        draft = await self.done(link, "POST", body.path, drafter, b'{"test":false}', idempotency=f"{key}-draft")
        path = f"{body.path}/{draft['sequence']}"
        taken = await self.done(link, "PUT", f"{path}/content", drafter, report)
        await self.done(link, "POST", f"{path}/handovers", drafter, b"{}", idempotency=f"{key}-handover")
        approver, signer = body.keys["agency_approver"], body.keys["agency_signer"]
        await self.done(link, "POST", f"{path}/approvals", approver, b"{}", idempotency=f"{key}-approval")
        signed = json.dumps({"digest": taken["digest"]}).encode()
        await self.done(link, "POST", f"{path}/signatures", signer, signed, idempotency=f"{key}-signature")
        receipt = await self.done(link, "GET", f"{path}/receipt", drafter)
        return str(receipt["receipt_number"])

    async def done(
        self, link: Asking, method: str, path: str, key: str, body: bytes = b"", *, idempotency: str = ""
    ) -> dict[str, Any]:
        """The answer's JSON; a passing refusal is counted and the same request sent again. Raises Untyped or Refused."""
        until = time.perf_counter() + _PATIENCE_SECONDS
        while True:
            status, answer = await link.ask(method, path, key, body, idempotency=idempotency)
            found: dict[str, Any] = json.loads(answer)
            if status in (200, 201):
                return found
            if "type" not in found:
                raise Untyped(f"{method} {path}: {status} {answer[:200]!r}")
            kind = f"{status} {str(found['type']).rpartition('/')[2]}"
            self.told.refusals[kind] += 1
            if status not in PASSING or time.perf_counter() > until:
                raise Refused(f"{method} {path}: {kind}")
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _share(self, port: int, share: list[tuple[int, tuple[Body, bytes]]]) -> None:
        async with connected(port) as link:
            for number, (body, report) in share:
                try:
                    self.told.receipts.append(await self.send(link, body, report, name=str(number)))
                except Refused:
                    self.told.refused_for_good += 1

    async def _drafts(self, port: int, body: Body, each: int) -> None:
        async with connected(port) as link:
            for number in range(each):
                key = f"{self.name}-{number}-test"
                await self.done(link, "POST", body.path, body.keys["agency_drafter"], b'{"test":true}', idempotency=key)
