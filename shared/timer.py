"""The clock: APScheduler in Vietnam time, in worker processes only. It merely nudges; what is due is a database fact.

Every replica ticks. A tick is deferred under procrastinate's periodic key (task, id, timestamp), so that one replica wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


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
    """Hands a job the instant it was scheduled for, not the instant it happens to run at."""

    def _do_submit_job(self, job: Any, run_times: Sequence[datetime]) -> None:
        job.kwargs = {"scheduled_at": run_times[-1]}
        super()._do_submit_job(job, run_times)


def scheduler(ticks: Sequence[Tick]) -> AsyncIOScheduler:
    """Not yet started. Missed ticks within the hour run once; longer ones are found by the catch-up at start."""
    made = AsyncIOScheduler(
        timezone=VIETNAM,
        executors={"default": _ScheduledTime()},
        job_defaults={"coalesce": True, "misfire_grace_time": 3600, "max_instances": 1},
    )
    for tick in ticks:
        made.add_job(tick.fire, tick.trigger, id=tick.name, kwargs={"scheduled_at": None})
    return made
