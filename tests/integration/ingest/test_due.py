"""The clock only nudges: what is due is asked of the database, at start and on every tick (SNP-05)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import select

from services import ingest
from services.ingest.due import installed_at, unfrozen
from services.ingest.jobs import CUTOFFS, QUEUE
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings, SourceSettings
from shared.database import Database, rows
from shared.law.scheme import legal_cutoff
from shared.period import Period
from shared.service import Platform
from shared.tables.queue import job_run
from tests.conftest import TestDatabase

# Nothing listens there: a freeze that is due is tried, refused, and asked again by the next tick.
NOWHERE = SourceSettings(base_url="http://127.0.0.1:9", attempts=1, wait_seconds=0, patience_seconds=0)
SETTINGS = IngestSettings(system57=NOWHERE, finance=NOWHERE)


class Clock:
    """A value in the runtime, set by the test."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    opened = Database(database.app_url, role="ingest", pool_size=4)
    yield opened
    await opened.close()


async def month_of(db: Database) -> Period:
    async with db.read() as connection:
        return Period.holding(await installed_at(connection))


async def test_nothing_is_due_before_the_cutoff_and_all_sources_with_an_address_after_it(db: Database) -> None:
    clock, month = Clock(), await month_of(db)
    runtime = Runtime(db, SETTINGS, clock)
    clock.at = legal_cutoff(month) - timedelta(microseconds=1)
    assert await unfrozen(runtime) == []
    clock.at = legal_cutoff(month)
    assert await unfrozen(runtime) == [("system57", month), ("finance", month)]


async def test_months_missed_while_nothing_ran_are_caught_up_oldest_first(db: Database) -> None:
    clock, month = Clock(), await month_of(db)
    clock.at = legal_cutoff(month.next.next)
    found = await unfrozen(Runtime(db, SETTINGS, clock))
    assert [period for source, period in found if source == "system57"] == [month, month.next, month.next.next]


async def test_months_before_the_installation_are_left_to_people(db: Database) -> None:
    clock, month = Clock(), await month_of(db)
    clock.at = legal_cutoff(month.next)
    assert min(period for _, period in await unfrozen(Runtime(db, SETTINGS, clock))) == month


async def test_a_tick_gives_each_due_source_a_job_of_its_own_once(db: Database, database: TestDatabase) -> None:
    clock, month = Clock(), await month_of(db)
    clock.at = legal_cutoff(month)
    service = ingest.create(Platform(database.app_url, clock=clock), SETTINGS)
    tick = legal_cutoff(month).astimezone(UTC)
    async with service.queue.opened():
        assert await service.queue.tick(CUTOFFS, tick)
        assert not await service.queue.tick(CUTOFFS, tick)
        await service.queue.drain([QUEUE])
    await service.database.close()
    async with db.read() as connection:
        found = await rows(connection, select(job_run.c.purpose, job_run.c.state, job_run.c.problem))
    states = {line["purpose"]: line["state"] for line in found}
    freezes = {f"freeze:{source}:{month}@{tick.isoformat()}" for source in ("system57", "finance")}
    assert states == {f"{CUTOFFS}@{tick.isoformat()}": "succeeded", **dict.fromkeys(freezes, "failed")}
    assert all(line["problem"]["type"] == "source-unavailable" for line in found if line["purpose"] in freezes)
    with psycopg.connect(database.owner_url) as owner:
        assert owner.execute("SELECT count(*) FROM ingest.snapshot").fetchone() == (0,)
        actors = owner.execute("SELECT DISTINCT actor FROM ingest.pull").fetchall()
    assert actors == [("service:clock",)]
