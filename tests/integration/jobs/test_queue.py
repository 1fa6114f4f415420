"""Commands as jobs: one transaction, one winner, nothing lost (SNP-05, architecture §3)."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import select

from shared import audit
from shared.database import Database, rows
from shared.errors import Conflict
from shared.ids import new_id
from shared.jobs import Job, Queue, Task, find_run
from shared.tables.control import command
from shared.tables.queue import job_run
from shared.timer import Tick, now, ticking
from tests.conftest import TestDatabase

PATIENCE = 20.0


async def eventually(true: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not await true():
        assert time.monotonic() < end, "not in time"
        await asyncio.sleep(0.02)


class Site:
    """A queue whose handler notes what it did."""

    def __init__(self, database: Database, name: str, *, task: str = "ingest.try") -> None:
        self.done: list[Job] = []
        self.fail: Exception | None = None
        self.task = task
        self.queue = Queue(database, [Task(task, task, self.handle)], clock=now, worker=name)

    async def handle(self, job: Job) -> dict[str, Any]:
        self.done.append(job)
        if self.fail:
            raise self.fail
        return {"seen": dict(job.arguments)}


@pytest.fixture
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    opened = Database(database.app_url, role="ingest", pool_size=6)
    yield opened
    await opened.close()


@contextlib.asynccontextmanager
async def working(site: Site) -> AsyncIterator[None]:
    task = asyncio.create_task(site.queue.work([site.task]))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def ask(database: TestDatabase, queue: Queue, purpose: str, *, task: str) -> bool:
    """A command with its job, as the gateway writes it."""
    gateway = Database(database.app_url, role="gateway", pool_size=1)
    async with gateway.transaction() as connection:
        given = {"command_id": purpose, "kind": "pull", "arguments": {}, "actor": "key:a", "reason": "vì"}
        await connection.execute(command.insert().values(**given))
        await audit.record(connection, "key:a", "command.pull", purpose, reason="vì")
        first = await queue.defer(connection, task, purpose=purpose, arguments={"n": 1}, command_id=purpose)
        again = await queue.defer(connection, task, purpose=purpose, arguments={"n": 1}, command_id=purpose)
    await gateway.close()
    assert not again
    return first


async def state(db: Database, purpose: str) -> dict[str, Any] | None:
    async with db.read() as connection:
        return await find_run(connection, purpose)


async def test_a_command_is_done_once_and_its_result_kept(database: TestDatabase, db: Database) -> None:
    site, purpose = Site(db, "w1", task="t.once"), new_id("cmd")
    async with site.queue.opened(), working(site):
        assert await ask(database, site.queue, purpose, task="t.once")

        async def ended() -> bool:
            return ((await state(db, purpose)) or {}).get("state") == "succeeded"

        await eventually(ended)
    run = await state(db, purpose)
    assert run is not None
    assert (run["result"], run["attempts"], len(site.done)) == ({"seen": {"n": 1}}, 1, 1)
    assert site.done[0].actor == "key:a"
    assert site.done[0].reason == "vì"


async def test_a_rolled_back_command_leaves_no_job(db: Database) -> None:
    site = Site(db, "w1", task="t.rollback")
    async with site.queue.opened():
        async with db.transaction() as connection:
            await site.queue.defer(connection, "t.rollback", purpose="gone", arguments={})
            await connection.rollback()
        await site.queue.drain(["t.rollback"])
    assert not site.done


async def test_a_refusal_is_the_result_and_is_not_retried(database: TestDatabase, db: Database) -> None:
    site, purpose = Site(db, "w1", task="t.refuse"), new_id("cmd")
    site.fail = Conflict("khoá", hint="đợi")
    async with site.queue.opened():
        await ask(database, site.queue, purpose, task="t.refuse")
        await site.queue.drain(["t.refuse"])
    run = await state(db, purpose)
    assert run is not None
    assert run["state"] == "failed"
    assert run["problem"] == {"type": "conflict", "title": Conflict.title_vi, "detail": "khoá", "hint": "đợi"}
    assert len(site.done) == 1


async def test_an_unexpected_failure_tells_people_nothing_of_its_message(database: TestDatabase, db: Database) -> None:
    site, purpose = Site(db, "w1", task="t.crash"), new_id("cmd")
    site.fail = ValueError("password=secret")
    async with site.queue.opened():
        await ask(database, site.queue, purpose, task="t.crash")
        await site.queue.drain(["t.crash"])
    run = await state(db, purpose)
    assert run is not None
    assert run["state"] == "failed"
    assert "secret" not in str(run["problem"])


async def test_of_three_replicas_one_wins_a_tick_and_an_old_tick_is_not_done_again(db: Database) -> None:
    at = now().replace(microsecond=0)
    sites = [Site(db, f"w{n}", task="t.tick") for n in range(3)]
    async with contextlib.AsyncExitStack() as stack:
        for site in sites:
            await stack.enter_async_context(site.queue.opened())
        won = await asyncio.gather(*(site.queue.tick("t.tick", at) for site in sites))
        assert sorted(won) == [False, False, True]
        await sites[0].queue.drain(["t.tick"])
        later = await sites[1].queue.tick("t.tick", at + timedelta(minutes=10))
        assert later
        # procrastinate forgets ticks older than the last; our own row does not.
        await sites[2].queue.tick("t.tick", at)
        await sites[2].queue.drain(["t.tick"])
    done = [job.purpose for site in sites for job in site.done]
    assert sorted(done) == sorted({f"t.tick@{at.isoformat()}", f"t.tick@{(at + timedelta(minutes=10)).isoformat()}"})


async def test_a_dead_workers_job_is_given_back(database: TestDatabase, db: Database) -> None:
    site, purpose = Site(db, "w1", task="t.dead"), new_id("cmd")
    async with site.queue.opened():
        await ask(database, site.queue, purpose, task="t.dead")
        # A worker that took the job and died: its row says doing, its heartbeat is old.
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute("SET search_path = queue")
            owner.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')")
            owner.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"
                " WHERE task_name = 't.dead'"
            )
        await site.queue.drain(["t.dead"])
        assert not site.done
        assert await site.queue.sweep() == 1
        assert await site.queue.sweep() == 0

        # The retry is due after procrastinate's own short delay.
        async def ended() -> bool:
            await site.queue.drain(["t.dead"])
            return bool(site.done)

        await eventually(ended)
    run = await state(db, purpose)
    assert run is not None
    assert run["state"] == "succeeded"


async def test_the_clock_hands_over_the_scheduled_instant() -> None:
    seen: list[datetime] = []

    async def fire(scheduled_at: datetime) -> None:
        seen.append(scheduled_at)

    start = now().replace(microsecond=0) + timedelta(seconds=1)

    async def twice() -> bool:
        return len(seen) >= 2

    async with ticking([Tick("t", IntervalTrigger(seconds=1, start_date=start), fire)]):
        await eventually(twice)
    assert [at.astimezone(UTC) for at in seen[:2]] == [start, start + timedelta(seconds=1)]


async def test_a_tick_that_has_begun_ends_before_its_connections_go(caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def fire(scheduled_at: datetime) -> None:
        begun.set()
        await asyncio.sleep(0.1)
        ended.set()

    async with ticking([Tick("t", IntervalTrigger(seconds=1, start_date=now() + timedelta(milliseconds=50)), fire)]):
        await begun.wait()
    assert ended.is_set()
    assert not caplog.records, "an orderly end is no error"


async def test_job_runs_are_unique_by_purpose(db: Database) -> None:
    async with db.read() as connection:
        found = await rows(connection, select(job_run.c.purpose))
    assert len(found) == len({line["purpose"] for line in found})
