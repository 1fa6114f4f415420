"""Scoring's front door: runs, the second engine, publications."""

from __future__ import annotations

from services.scoring.compute import replay
from services.scoring.jobs import QUEUE, tasks
from services.scoring.publication_key import PublicationKey
from shared.database import Database
from shared.jobs import Queue
from shared.service import Platform, run_worker

__all__ = ["ScoringService", "create", "replay"]


class ScoringService:
    """The worker of the queue ``scoring``; ``key`` signs what it publishes."""

    name = "scoring"

    def __init__(self, platform: Platform, key: PublicationKey | None = None) -> None:
        self.database = Database(platform.database_url, role="scoring")
        self.queue = Queue(
            self.database,
            tasks(self.database, platform.clock, key),
            clock=platform.clock,
            worker=f"scoring@{platform.worker}",
        )

    async def run(self) -> None:
        try:
            await run_worker(self.queue, queues=[QUEUE])
        finally:
            await self.database.close()

    async def work(self) -> None:
        """Do jobs until cancelled, without looking for what is due; for single commands that may find no worker running."""
        try:
            await run_worker(self.queue, queues=[QUEUE])
        finally:
            await self.database.close()


def create(platform: Platform, key: PublicationKey | None = None) -> ScoringService:
    """``key`` signs the document for the meeting."""
    return ScoringService(platform, key)
