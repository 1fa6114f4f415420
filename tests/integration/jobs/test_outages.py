"""A worker whose database goes away while it has a job, and comes back: both go on without anybody's hand (OPS-06, ADR 48)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from shared import jobs
from shared.database import Database
from shared.ending import end
from shared.ids import new_id
from shared.jobs import Job, Queue, Task
from shared.postgres import EmbeddedPostgres
from shared.service import WorkerLife, run_worker
from shared.timer import now
from shared.watch import Watch
from tests.conftest import TestDatabase
from tests.integration.jobs.test_queue import ask, eventually, state

TASK = "ingest.outage"


@dataclass
class Hand:
    """What the worker's job does: it waits to be let go on, and then asks the database."""

    database: Database
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    tries: int = 0

    async def work(self, job: Job) -> dict[str, Any]:
        self.tries += 1
        self.begun.set()
        await self.go_on.wait()
        async with self.database.read() as connection:
            return {"found": await connection.scalar(text("SELECT 1"))}


@pytest.fixture
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    opened = Database(database.app_url, role="ingest", pool_size=6)
    yield opened
    await opened.close()


@contextlib.contextmanager
def away(postgres: EmbeddedPostgres, database: TestDatabase) -> Iterator[None]:
    """Nobody but a superuser is let in, and who is in is thrown out."""
    with psycopg.connect(postgres.dsn("postgres", database="postgres").url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database.name])
        try:
            yield
        finally:
            admin.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS true")


@contextlib.asynccontextmanager
async def worker(database: Database, hand: Hand, watch: Watch) -> AsyncIterator[Queue]:
    queue = Queue(database, [Task(TASK, TASK, hand.work)], clock=now, worker="w")
    running = asyncio.create_task(run_worker(watch, "worker", WorkerLife(queue, [TASK])))
    yield queue
    assert not running.done()
    await end([running], again_after=10)


async def test_a_job_in_hand_and_its_worker_outlive_an_outage(
    database: TestDatabase, db: Database, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "QUEUE_PATIENCE", 0.5)
    monkeypatch.setattr(jobs, "STALLED_AFTER_SECONDS", 3)
    hand, watch, first, second = Hand(db), Watch(first_pause=0.05), new_id("cmd"), new_id("cmd")

    async def ended(purpose: str) -> bool:
        return ((await state(db, purpose)) or {}).get("state") == "succeeded"

    async with worker(db, hand, watch) as queue:
        await ask(database, queue, first, task=TASK)
        await hand.begun.wait()
        with away(postgres, database):
            hand.go_on.set()

            async def down() -> bool:
                return watch.down() == ["worker"]

            await eventually(down)
        await eventually(lambda: ended(first))
        assert hand.tries == 2, "the job was given back and done once more"
        assert watch.down() == []
        await ask(database, queue, second, task=TASK)
        await eventually(lambda: ended(second))
