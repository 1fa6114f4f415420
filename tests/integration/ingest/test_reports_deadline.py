"""The deadline of one body's report: the law's, moved by calendar rows, put off by an extension (SNP-04, APR-10, ALR-06)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.audit import record
from shared.calendar import Deadline, close_gate, deadline_of, enter_gate
from shared.database import Database
from shared.ids import new_id
from shared.period import VIETNAM, Period
from shared.tables.control import calendar_day, extension, extension_approval
from tests.conftest import TestDatabase
from tests.decided_before import moved_alone

Move = Callable[..., Awaitable[str]]
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    opened = Database(database.app_url, role="gateway", pool_size=4)
    yield opened
    await opened.close()


async def due(db: Database, period: Period, agency: str = "G06") -> Deadline:
    async with db.read() as connection:
        return await deadline_of(connection, period, agency)


@pytest.fixture(scope="module")
def move(database: TestDatabase) -> Move:
    async def moved(period: Period, falls_at: datetime, *, source: str = "*") -> str:
        return await asyncio.to_thread(moved_alone, database.superuser_url, period, source=source, to=falls_at)

    return moved


async def extend(
    db: Database, period: Period, until: datetime, *, agency: str = "G06", effect: str = "in_time", **agreed: Any
) -> str:
    extension_id = new_id("ext")
    row = {"extension_id": extension_id, "agency": agency, "period": str(period), "until": until, "effect": effect}
    async with db.transaction() as connection:
        await connection.execute(text("SELECT set_config('bangdiem.reads', '*', true)"))
        await connection.execute(extension.insert().values(**row, document="1/QĐ", reason="test", actor="local:tests"))
        agreed = {
            "extension_id": extension_id,
            "actor": "local:second",
            "reason": "test",
            "decided_at": until - MICROSECOND,
            **agreed,
        }
        await connection.execute(extension_approval.insert().values(**agreed))
        await record(connection, "local:tests", "extension.propose", extension_id)
    return extension_id


async def test_the_law_says_strictly_before_day_05(db: Database) -> None:
    found = await due(db, Period(2026, 1))
    assert found.falls_at == datetime(2026, 2, 5, tzinfo=VIETNAM)
    assert found.falls_at - MICROSECOND == datetime(2026, 2, 4, 23, 59, 59, 999999, tzinfo=VIETNAM)
    assert (found.moved_by, found.counts_until, found.soft_at) == (None, found.falls_at, found.falls_at)
    assert found.falls_at.tzinfo is UTC


async def test_a_day_off_moves_nothing_and_is_reminded_of_on_the_last_working_day_before(db: Database) -> None:
    sunday = await due(db, Period(2026, 3))
    assert sunday.falls_at == datetime(2026, 4, 5, tzinfo=VIETNAM)
    assert sunday.soft_at == datetime(2026, 4, 4, tzinfo=VIETNAM)


async def test_the_registry_of_days_is_obeyed_and_its_latest_revision_holds(db: Database) -> None:
    eve = date(2026, 6, 4)
    assert (await due(db, Period(2026, 5))).soft_at == datetime(2026, 6, 5, tzinfo=VIETNAM)
    for revision, kind, soft_day in ((1, "off", 4), (2, "working", 5)):
        async with db.transaction() as connection:
            values = {"day": eve, "revision": revision, "kind": kind, "reason": "test"}
            await connection.execute(calendar_day.insert().values(**values))
            await record(connection, "local:tests", "calendar.day", str(eve))
        assert (await due(db, Period(2026, 5))).soft_at == datetime(2026, 6, soft_day, tzinfo=VIETNAM)


async def test_a_calendar_row_moves_it_for_all_and_one_for_reports_wins(db: Database, move: Move) -> None:
    period = Period(2026, 6)
    first = datetime(2026, 7, 7, 17, 30, 0, 1, tzinfo=VIETNAM)
    entry = await move(period, first)
    assert ((await due(db, period)).falls_at, (await due(db, period)).moved_by) == (first, entry)
    assert (await due(db, period)).soft_at == datetime(2026, 7, 7, tzinfo=VIETNAM)
    own = await move(period, first - MICROSECOND, source="agency_report")
    await move(period, first + MICROSECOND)
    assert ((await due(db, period)).falls_at, (await due(db, period)).moved_by) == (first - MICROSECOND, own)


async def test_an_extension_is_one_bodys_the_latest_holds_and_never_shortens(db: Database, move: Move) -> None:
    period = Period(2026, 7)
    legal = datetime(2026, 8, 5, tzinfo=VIETNAM)
    first = await extend(db, period, legal + timedelta(days=2))
    assert ((await due(db, period)).falls_at, (await due(db, period)).moved_by) == (legal + timedelta(days=2), first)
    assert (await due(db, period, "G07")).falls_at == legal
    for until, effect in (
        (legal + timedelta(days=2), "in_time"),
        (legal + timedelta(days=2), "late_counts"),
        (legal, "in_time"),
    ):
        with pytest.raises(DBAPIError, match="lengthens nothing"):
            await extend(db, period, until, effect=effect)
    await extend(db, period, legal + timedelta(days=5), effect="late_counts")
    found = await due(db, period)
    assert (found.falls_at, found.moved_by, found.counts_until) == (legal + timedelta(days=2), first, legal + timedelta(days=5))
    longer = await extend(db, period, legal + timedelta(days=3))
    found = await due(db, period)
    assert (found.falls_at, found.moved_by, found.counts_until) == (
        legal + timedelta(days=3),
        longer,
        legal + timedelta(days=5),
    )
    entry = await move(period, legal + timedelta(days=4))
    assert ((await due(db, period)).falls_at, (await due(db, period)).moved_by) == (legal + timedelta(days=4), entry)
    with pytest.raises(DBAPIError, match="lengthens nothing"):
        await extend(db, period, legal + timedelta(days=4))


async def test_the_database_approves_none_that_ends_in_the_past(db: Database) -> None:
    until = datetime(2026, 10, 6, tzinfo=VIETNAM)
    with pytest.raises(DBAPIError, match="lengthens nothing"):
        await extend(db, Period(2026, 8), until, decided_at=until)


async def test_a_freeze_waits_for_whoever_is_handing_in_a_report_of_that_month_only(db: Database) -> None:
    period = Period(2026, 8)
    async with db.transaction() as inside, db.transaction() as freezing:
        await enter_gate(inside, period)
        await close_gate(freezing, period.next)
        await freezing.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
        with pytest.raises(Exception, match="lock timeout"):
            await close_gate(freezing, period)
    async with db.transaction() as freezing:
        await close_gate(freezing, period)
