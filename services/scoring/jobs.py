"""What scoring does when asked through the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.scoring.compute import compute
from services.scoring.plan import plan
from services.scoring.publication_key import PublicationKey
from services.scoring.publish import publish
from services.scoring.restore import restore
from services.scoring.shadow import shadow
from shared.database import Database
from shared.jobs import Job, Task
from shared.period import Period

QUEUE = "scoring"


def tasks(database: Database, clock: Callable[[], datetime], key: PublicationKey | None = None) -> list[Task]:
    """Arguments: scoring.score {period, plan?}; scoring.plan {period}; scoring.publish {run_id, plan, release_at?};
    scoring.restore {publication_id, requested_by, approver, reason}; scoring.shadow {revision_id, periods}. Actor and reason
    come from the command. ``key`` signs what is published."""

    async def score(job: Job) -> dict[str, Any]:
        period = Period.parse(job.arguments["period"])
        return await compute(database, period, **_asked(job), plan_id=job.arguments.get("plan"))

    async def score_plan(job: Job) -> dict[str, Any]:
        return await plan(database, Period.parse(job.arguments["period"]), **_asked(job))

    async def publication(job: Job) -> dict[str, Any]:
        run_id = job.arguments["run_id"]
        told: dict[str, Any] = {"publisher": job.actor, "reason": job.reason, "clock": clock, "command_id": job.purpose}
        release_at = job.arguments.get("release_at")
        told |= {"release_at": None if release_at is None else datetime.fromisoformat(release_at), "key": key}
        return await publish(database, run_id, **told, plan=job.arguments.get("plan"))

    async def restoration(job: Job) -> dict[str, Any]:
        people = {name: job.arguments[name] for name in ("requested_by", "approver")}
        told = {**people, "reason": job.arguments["reason"], "clock": clock, "command_id": job.purpose}
        return await restore(database, job.arguments["publication_id"], **told, key=key)

    async def shadow_run(job: Job) -> dict[str, Any]:
        return await shadow(database, job.arguments["revision_id"], job.arguments["periods"], **_asked(job))

    handlers = {"score": score, "plan": score_plan, "publish": publication, "shadow": shadow_run, "restore": restoration}
    return [Task(f"scoring.{name}", QUEUE, handler) for name, handler in handlers.items()]


def _asked(job: Job) -> dict[str, str]:
    """Who asked, why, and by which command."""
    return {"actor": job.actor, "reason": job.reason, "command_id": job.purpose}
