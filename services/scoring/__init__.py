"""Scoring's front door: runs, the second engine, publications."""

from __future__ import annotations

from services.scoring.compute import replay
from services.scoring.jobs import QUEUE, tasks
from shared.database import Database
from shared.jobs import Queue
from shared.service import Platform, run_worker

__all__ = ["ScoringService", "create", "replay"]


class ScoringService:
    """The worker of the queue ``scoring``."""

    name = "scoring"

    def __init__(self, platform: Platform) -> None:
        self.database = Database(platform.database_url, role="scoring")
        self.queue = Queue(
            self.database, tasks(self.database, platform.clock), clock=platform.clock, worker=f"scoring@{platform.worker}"
        )

    async def run(self) -> None:
        try:
            await run_worker(self.queue, queues=[QUEUE], ticks=[])
        finally:
            await self.database.close()

    async def drain(self) -> None:
        """Do the jobs that wait now, then return; for single commands that find no worker running."""
        async with self.queue.opened():
            await self.queue.drain([QUEUE])


def create(platform: Platform) -> ScoringService:
    return ScoringService(platform)
