"""What every service is given, and how a worker service lives: queue, sweeps and clock until it is cancelled."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from apscheduler.triggers.interval import IntervalTrigger

from shared.jobs import Queue
from shared.timer import Tick, now, ticking

SWEEP_EVERY_SECONDS = 5


@dataclass(frozen=True)
class Platform:
    """The runtime's values: where the database is, what time it is, and what this process is called."""

    database_url: str
    clock: Callable[[], datetime] = now
    worker: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")


class Service(Protocol):
    """Something `bangdiem run` keeps running; ``run`` returns only when cancelled, and then leaves nothing behind."""

    name: str

    async def run(self) -> None: ...


async def run_worker(queue: Queue, *, queues: Iterable[str], ticks: Sequence[Tick] = (), on_start: Iterable[str] = ()) -> None:
    """Work the queues until cancelled, giving dead workers' jobs back meanwhile.

    ``on_start`` are tasks nudged at once, so that missed ticks are caught up.
    """

    async def sweep(scheduled_at: datetime) -> None:
        del scheduled_at
        await queue.sweep()

    sweeping = Tick("sweep", IntervalTrigger(seconds=SWEEP_EVERY_SECONDS), sweep)
    async with queue.opened():
        await queue.sweep()
        for task in on_start:
            await queue.tick(task, now().replace(microsecond=0))
        async with ticking([*ticks, sweeping]):
            await queue.work(queues)
