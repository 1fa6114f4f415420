"""The ingest service: the worker of its queue with its clock, official files of this machine, and snapshots proven again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from apscheduler.triggers.cron import CronTrigger

from services.ingest.jobs import CUTOFFS, QUEUE, VERIFICATIONS, header, tasks
from services.ingest.official_files.import_file import GivenFile, import_file
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings
from services.ingest.snapshot import verifications
from services.ingest.sources import source_named
from services.ingest.verify import Verdict, record_verification
from shared.database import Database
from shared.jobs import Queue
from shared.period import VIETNAM, Period
from shared.service import Platform, run_worker
from shared.timer import Tick

# Nudges only: every ten minutes, so that a source that was down at the cutoff is asked again.
EVERY_TEN_MINUTES = CronTrigger(minute="*/10", timezone=VIETNAM)
# Proving snapshots again reads every row and byte of them: at night, when nobody waits for the database.
EVERY_NIGHT = CronTrigger(hour=2, minute=35, timezone=VIETNAM)


class IngestService:
    """The worker of the queue ``ingest`` with its clock."""

    name = "ingest"

    def __init__(self, platform: Platform, settings: IngestSettings) -> None:
        self.database = Database(platform.database_url, role="ingest", pool_size=8)
        self.runtime = Runtime(self.database, settings, platform.clock)
        self.queue: Queue = Queue(
            self.database,
            tasks(self.runtime, lambda: self.queue),
            clock=platform.clock,
            worker=f"ingest@{platform.worker}",
        )

    async def run(self) -> None:
        async def look(scheduled_at: datetime) -> None:
            await self.queue.tick(CUTOFFS, scheduled_at)

        async def choose(scheduled_at: datetime) -> None:
            await self.queue.tick(VERIFICATIONS, scheduled_at)

        try:
            ticks = [Tick(CUTOFFS, EVERY_TEN_MINUTES, look), Tick(VERIFICATIONS, EVERY_NIGHT, choose)]
            await run_worker(self.queue, queues=[QUEUE], ticks=ticks, on_start=[CUTOFFS])
        finally:
            await self.database.close()

    async def work(self) -> None:
        """Do jobs until cancelled, without looking for what is due; for single commands that may find no worker running."""
        try:
            await run_worker(self.queue, queues=[QUEUE])
        finally:
            await self.database.close()

    async def take_file(
        self,
        source: str,
        period: Period,
        files: Sequence[GivenFile],
        *,
        document_number: str,
        author: str,
        reason: str,
        actor: str,
        command_id: str,
        signatures: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        """Freeze a source's period from official files of this machine, with what was found of their signatures."""
        made = await import_file(
            self.runtime,
            source_named(source),
            period,
            files=files,
            document_number=document_number,
            reason=reason,
            author=author,
            actor=actor,
            command_id=command_id,
            signatures=signatures,
        )
        return header(made)

    async def snapshots(self) -> list[str]:
        """The ids of all snapshots, in the order in which they were frozen."""
        async with self.database.read() as connection:
            return await verifications.snapshots(connection)

    async def verify(self, snapshot_id: str, *, actor: str) -> Verdict:
        """Prove a snapshot again, and put on record what came of it. Raises NotFound."""
        return await record_verification(self.runtime, snapshot_id, actor=actor)


def create(platform: Platform, settings: IngestSettings) -> IngestService:
    return IngestService(platform, settings)
