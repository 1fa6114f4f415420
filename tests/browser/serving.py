"""The gateway behind a real socket, in a thread with an event loop of its own, and what the tests do to it from outside."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from services.gateway import GatewaySettings, create
from services.gateway.access.auth import create_key
from services.gateway.reports.keyring import new_key
from shared.audit import Actor
from shared.database import Database
from shared.service import Platform
from tests.conftest import TestDatabase

PEPPER = SecretStr("pepper-of-the-tests-0123456789-abcdef")
ROOT = Actor("local:tests")
# A day on which a month's reports are being made: January's are due on 5 February.
WORKING = datetime(2026, 2, 2, 2, 0, tzinfo=UTC)

Found = TypeVar("Found")


@dataclass
class Clock:
    """What time it is for the gateway."""

    now: datetime = WORKING

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Served:
    """``run`` carries a coroutine out on the gateway's loop: the browser's driver holds this thread's."""

    url: str
    database: TestDatabase
    clock: Clock
    loop: asyncio.AbstractEventLoop
    keys: dict[tuple[str, tuple[str, ...], str | None], str] = field(default_factory=dict)

    def key(self, holder: str, *roles: str, agency: str | None = None) -> str:
        """An API key, made when first asked for."""
        wanted = (holder, roles, agency)
        if wanted not in self.keys:
            self.keys[wanted] = self.run(lambda database: self._make(database, holder, roles, agency))
        return self.keys[wanted]

    def call(self, method: str, path: str, key: str, **sent: Any) -> httpx.Response:
        """The API as a program calls it, for what a test needs beforehand."""
        headers = {"authorization": f"Bearer {key}", **sent.pop("headers", {})}
        answer = httpx.request(method, f"{self.url}/api/v1{path}", headers=headers, timeout=30, **sent)
        assert answer.is_success, answer.text
        return answer

    def run(self, use: Callable[[Database], Awaitable[Found]]) -> Found:
        """Something done to the database from outside, as the gateway's role."""

        async def whole() -> Found:
            database = Database(self.database.app_url, role="gateway", pool_size=1)
            try:
                return await use(database)
            finally:
                await database.close()

        return asyncio.run_coroutine_threadsafe(whole(), self.loop).result(60)

    async def _make(self, database: Database, holder: str, roles: tuple[str, ...], agency: str | None) -> str:
        words = {"actor": ROOT, "holder": holder, "reason": "kiểm thử"}
        made = await create_key(database, pepper=PEPPER, roles=roles, agency=agency, now=self.clock(), **words)  # type: ignore[arg-type]
        return made[1]


@contextmanager
def served_on(database: TestDatabase, *, trust: Path | None = None, **settings: Any) -> Iterator[Served]:
    """``trust`` is a folder of root certificates; ``settings`` are further ones of the gateway."""
    clock = Clock()
    with socket.create_server(("127.0.0.1", 0)) as bound:
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        given = GatewaySettings(
            key_pepper=PEPPER, receipt_key=SecretStr(new_key()), public_url=url, signature_roots=trust, **settings
        )
        gateway = create(given, Platform(database.app_url, clock=clock), bound=bound)
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="gateway", daemon=True)
        thread.start()
        running = asyncio.run_coroutine_threadsafe(_run(gateway.run), loop)
        try:
            _await_life(url, running)
            yield Served(url, database, clock, loop)
        finally:
            running.cancel()
            _end(loop, thread)


async def _run(run: Callable[[], Awaitable[None]]) -> None:
    await run()


def _await_life(url: str, running: Any) -> None:
    # The socket is listening before the gateway is: connections wait in its backlog, so one request is enough.
    answer = httpx.get(f"{url}/api/v1/periods", timeout=30)
    assert answer.is_success, answer.text
    assert not running.done()


def _end(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    async def others() -> None:
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.wait_for(asyncio.gather(*left, return_exceptions=True), 20)

    asyncio.run_coroutine_threadsafe(others(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
