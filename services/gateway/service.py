"""The gateway as a service: an ASGI application with its database, queue and listener, and how it is kept running."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from fastapi import FastAPI

from services.gateway.access.auth import Access
from services.gateway.access.oidc import Issuers
from services.gateway.access.pepper import require_same_pepper
from services.gateway.application import build_app
from services.gateway.http.edge import Edge, Receive, Scope, Send
from services.gateway.http.idempotency import forgetting
from services.gateway.http.published_cache import PublishedCache
from services.gateway.http.runtime import Runtime
from services.gateway.notifications.webhooks.delivering import Deliverer
from services.gateway.notifications.webhooks.sending import Sender
from services.gateway.publication.asking_rate import WhatIfRate
from services.gateway.publication.listener import listen
from services.gateway.publication.proofs import Prover
from services.gateway.publication.worked_out import WorkedOut
from services.gateway.reports.keyring import Keyring
from services.gateway.reports.scanner import Scanner, scanner_of
from services.gateway.reports.signing_keys import record_keys
from services.gateway.reports.submissions import checking
from services.gateway.settings import GatewaySettings, sender_of, verifier_of
from shared.database import Database
from shared.ending import end
from shared.jobs import COMMANDS, Queue, Task
from shared.migrate import head
from shared.service import Platform, run_worker

ROLE = "gateway"
# Of their own: a receiver that is slow to answer holds none, but what is to be recorded of it must not wait for callers either.
TELLING_CONNECTIONS = 2
# Documents of up to a third of a megabyte and sheets of some: twelve months, what is compared of them, and what a report gave
# each of 56 bodies.
WORKED_OUT = 160


class Gateway:
    """ASGI callable. Opened by the ASGI lifespan, or by ``opened`` where no server does it; ``run`` serves it over HTTP."""

    name = "gateway"

    def __init__(self, settings: GatewaySettings, platform: Platform, bound: socket.socket | None = None) -> None:
        self._settings = settings
        self._platform = platform
        self._bound = bound
        self.app = build_app(lifespan=self._lifespan)
        self.published = PublishedCache(settings.shelf_bytes)
        self._access = Access(
            pepper=settings.key_pepper,
            issuers=Issuers(settings.issuers, platform.clock),
            trusted_proxies=settings.trusted_proxies,
            second_factor=settings.second_factor,
        )
        self._keyring = Keyring(issuer=settings.public_url, key=settings.receipt_key, folder=settings.receipt_keys)
        self._verifier = verifier_of(settings)
        self._sender = sender_of(settings)
        self._edge = Edge(self.app, self.published)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._edge(scope, receive, send)

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[Runtime]:
        """Everything it needs, closed again at the end."""
        database = Database(self._platform.database_url, role=ROLE, pool_size=self._settings.pool_size)
        # Deferring only: the owners' workers carry the commands out. An owner's queue has the name of its service.
        tasks = [Task(task, task.split(".")[0]) for task in (*COMMANDS.values(), checking.TASK)]
        queue = Queue(database, tasks, clock=self._platform.clock, worker=self._platform.worker)
        runtime = Runtime(
            database=database,
            queue=queue,
            published=self.published,
            clock=self._platform.clock,
            public_url=self._settings.public_url,
            max_body_bytes=self._settings.max_body_bytes,
            schema_head=head(),
            max_report_bytes=self._settings.max_report_bytes,
            check_at_once_bytes=self._settings.check_at_once_bytes,
            max_attachment_bytes=self._settings.max_attachment_bytes,
            verifier=self._verifier,
            parts={
                Access: self._access,
                Keyring: self._keyring,
                Sender: self._sender,
                Prover: Prover(),
                WorkedOut: WorkedOut(WORKED_OUT),
                WhatIfRate: WhatIfRate(self._settings.what_ifs_a_minute),
                Scanner: scanner_of(self._settings.attachment_scanner, seconds=self._settings.attachment_scanner_seconds),
            },
        )
        self.app.state.runtime = runtime
        listening = asyncio.create_task(listen(database, self.published), name="publication listener")
        nightly = [forgetting(database, self._platform.clock)]
        working = run_worker(self._worker(runtime), queues=[ROLE], ticks=nightly)
        checks = asyncio.create_task(working, name="checks of large reports")
        telling = Database(self._platform.database_url, role=ROLE, pool_size=TELLING_CONNECTIONS)
        deliverer = Deliverer(telling, self._settings.key_pepper, self._sender, self._platform.clock)
        sending = asyncio.create_task(deliverer.run(), name="events to webhooks")
        try:
            await record_keys(database, self._keyring)
            async with queue.opened():
                yield runtime
        finally:
            await end([listening, checks, sending])
            await telling.close()
            await database.close()

    def _worker(self, runtime: Runtime) -> Queue:
        """The gateway's own queue: checks of reports too large to be waited for (INT-13)."""
        task = Task(checking.TASK, ROLE, functools.partial(checking.work, runtime))
        return Queue(runtime.database, [task], clock=self._platform.clock, worker=self._platform.worker)

    async def run(self) -> None:
        """Serve the bound socket until cancelled; open connections are finished first. Raises KeyPepperDiffers."""
        if self._bound is None:
            raise RuntimeError("the gateway was made without a socket to serve")
        asked = Database(self._platform.database_url, role=ROLE, pool_size=1)
        try:
            await require_same_pepper(asked, self._settings.key_pepper, actor=f"service:{ROLE}")
        finally:
            await asked.close()
        # The address a request came from stays the socket's: which proxy is believed is a setting of ours, not the server's.
        config = uvicorn.Config(
            self,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[self._bound]), name="http server")
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = True
            await serving
            raise

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        del app
        async with self.opened():
            yield


class _Server(uvicorn.Server):
    """Signals belong to the process that runs the services, not to one of them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def create(settings: GatewaySettings, platform: Platform, *, bound: socket.socket | None = None) -> Gateway:
    """The gateway over the platform's database, to be run on a bound socket; nothing is opened yet."""
    return Gateway(settings, platform, bound)
