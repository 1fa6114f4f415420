"""What every service is given, and how a worker service lives: queue, sweeps and clock until it is cancelled."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog
from apscheduler.triggers.interval import IntervalTrigger

from shared.ending import GRACE_SECONDS, first_of
from shared.jobs import LOST, Queue
from shared.timer import Tick, now, ticking
from shared.watch import Up, Watch

SWEEP_EVERY_SECONDS = 5
# A tick that waits for a lost database holds the next one up, for the length of its connection's own patience and no longer.
SILENT_SECONDS = 90
# Jobs that run when it is told to end may end; somewhat less than what the process gives its services.
WORKER_GRACE_SECONDS = GRACE_SECONDS - 1

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Platform:
    """The runtime's values: where the database is, what time it is, and what this process is called."""

    database_url: str
    clock: Callable[[], datetime] = now
    worker: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    watch: Watch = field(default_factory=Watch)


class Service(Protocol):
    """Something `bangdiem run` keeps running; ``run`` returns only when cancelled, and then leaves nothing behind."""

    name: str

    async def run(self) -> None: ...


@dataclass(frozen=True)
class WorkerLife:
    """A worker of these queues with its clock. ``on_start`` are tasks nudged at every beginning, so that missed ticks are
    caught up."""

    queue: Queue
    queues: Sequence[str]
    ticks: Sequence[Tick] = ()
    on_start: Sequence[str] = ()

    async def live(self, up: Up) -> None:
        """Gives dead workers' jobs back meanwhile. Ends when the queue's worker does, or the clock."""
        clock = _Heartbeat()

        async def sweep(scheduled_at: datetime) -> None:
            del scheduled_at
            clock.beat()
            try:
                await self.queue.sweep()
            except LOST as error:
                log.warning("dead workers' jobs were not looked for", error=type(error).__name__)

        sweeping = Tick("sweep", IntervalTrigger(seconds=SWEEP_EVERY_SECONDS), sweep)
        await self.queue.reach()
        async with self.queue.opened():
            await self.queue.sweep()
            for task in self.on_start:
                await self.queue.tick(task, now().replace(microsecond=0))
            async with ticking([*self.ticks, sweeping]):
                up()
                await first_of(self.queue.work(self.queues), clock.silence())


async def run_worker(watch: Watch, name: str, worker: WorkerLife) -> None:
    """Until cancelled. A worker that loses the database, or its clock, is begun again for as long as it takes."""
    await watch.keep(name, worker.live, grace=WORKER_GRACE_SECONDS)


class _Heartbeat:
    """The clock's: a scheduler that no longer ticks raises nothing."""

    def __init__(self) -> None:
        self._beat = asyncio.Event()

    def beat(self) -> None:
        self._beat.set()

    async def silence(self) -> None:
        """Raises ClockStopped once nothing has ticked for so long."""
        while True:
            try:
                async with asyncio.timeout(SILENT_SECONDS):
                    await self._beat.wait()
            except TimeoutError as error:
                raise ClockStopped(f"no tick for {SILENT_SECONDS} s") from error
            self._beat.clear()


class ClockStopped(RuntimeError):
    """The scheduler of this process does not tick any more."""
