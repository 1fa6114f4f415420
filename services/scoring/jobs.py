"""What scoring does when asked through the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.scoring.compute import compute
from services.scoring.publish import publish
from shared.database import Database
from shared.jobs import Job, Task
from shared.period import Period

QUEUE = "scoring"


def tasks(database: Database, clock: Callable[[], datetime]) -> list[Task]:
    """Arguments: scoring.score {period}; scoring.publish {run_id}. Actor and reason come from the command."""

    async def score(job: Job) -> dict[str, Any]:
        period = Period.parse(job.arguments["period"])
        return await compute(database, period, actor=job.actor, reason=job.reason, command_id=job.purpose)

    async def publication(job: Job) -> dict[str, Any]:
        run_id = job.arguments["run_id"]
        return await publish(database, run_id, publisher=job.actor, reason=job.reason, clock=clock, command_id=job.purpose)

    return [Task("scoring.score", QUEUE, score), Task("scoring.publish", QUEUE, publication)]
