"""Scoring's front door: runs, the second engine, publications."""

from __future__ import annotations

from services.scoring.compute import replay
from services.scoring.jobs import QUEUE, tasks
from services.scoring.publication_key import PublicationKey
from shared.database import Database
from shared.job_queue import Share
from shared.jobs import Queue
from shared.service import Platform, WorkerLife, run_worker

__all__ = ["ScoringService", "create", "replay"]


class ScoringService:
    """The worker of the queue ``scoring``; ``key`` signs what it publishes."""

    name = "scoring"

    def __init__(self, platform: Platform, key: PublicationKey | None = None, share: Share | None = None) -> None:
        self._watch = platform.watch
        self.database = Database(platform.database_url, role="scoring")
        self.queue = Queue(
            self.database,
            tasks(self.database, platform.clock, key),
            clock=platform.clock,
            worker=f"scoring@{platform.worker}",
            share=share,
        )

    async def run(self) -> None:
        try:
            await run_worker(self._watch, self.name, WorkerLife(self.queue, [QUEUE]))
        finally:
            await self.database.close()

    async def work(self) -> None:
        """Do jobs until cancelled, without looking for what is due; for single commands that may find no worker running."""
        try:
            await run_worker(self._watch, self.name, WorkerLife(self.queue, [QUEUE]))
        finally:
            await self.database.close()


def create(platform: Platform, key: PublicationKey | None = None, *, share: Share | None = None) -> ScoringService:
    """``key`` signs the document for the meeting; ``share`` is what it takes of its queue, everything where none is given."""
    return ScoringService(platform, key, share)
