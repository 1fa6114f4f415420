"""The clock: APScheduler in Vietnam time, in worker processes only. It merely nudges; what is due is a database fact.

Every replica ticks. A tick is deferred under procrastinate's periodic key (task, id, timestamp), so that one replica wins.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
LAST_TICK_SECONDS = 5.0


def now() -> datetime:
    """The runtime's clock: aware, UTC. Passed as a value; nothing else in the product asks for the time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Tick:
    """``name`` is the periodic id; ``trigger`` says when; ``fire`` is called with the scheduled instant."""

    name: str
    trigger: CronTrigger | IntervalTrigger
    fire: Any


class _ScheduledTime(AsyncIOExecutor):  # type: ignore[misc]
    """Hands a job the instant it was scheduled for, and lets a tick that has begun end: it is a few statements long."""

    def _do_submit_job(self, job: Any, run_times: Sequence[datetime]) -> None:
        job.kwargs = {"scheduled_at": run_times[-1]}
        super()._do_submit_job(job, run_times)

    def shutdown(self, wait: bool = True) -> None:  # noqa: FBT001 - APScheduler's own signature
        """Nothing is cancelled here; `ticking` waits for what runs."""

    async def finished(self) -> None:
        if self._pending_futures:
            await asyncio.wait(self._pending_futures, timeout=LAST_TICK_SECONDS)


@asynccontextmanager
async def ticking(ticks: Sequence[Tick]) -> AsyncIterator[None]:
    """The ticks fire inside the block. Missed ticks within the hour run once; longer ones are found by the catch-up at start.

    On leaving no new tick begins and the running ones end, at most after ``LAST_TICK_SECONDS``, before their connections go.
    """
    executor = _ScheduledTime()
    clock = AsyncIOScheduler(
        timezone=VIETNAM,
        executors={"default": executor},
        job_defaults={"coalesce": True, "misfire_grace_time": 3600, "max_instances": 1},
    )
    for tick in ticks:
        clock.add_job(tick.fire, tick.trigger, id=tick.name, kwargs={"scheduled_at": None})
    clock.start()
    try:
        yield
    finally:
        clock.shutdown(wait=False)
        await asyncio.sleep(0)  # the scheduler ends at the loop's next turn
        await executor.finished()
