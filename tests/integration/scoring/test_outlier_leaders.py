"""A leader whose figure stands out holds the version until two people confirmed that figure (EXP-09). Figures are demo data."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.scoring.compute import compute
from shared import audit
from shared.database import Database
from shared.holds.declaration import Hold
from shared.holds.register import PublicationHeld, open_holds
from shared.ids import new_id
from shared.period import Period
from shared.tables.control import omission, omission_approval
from tests.conftest import TestDatabase
from tests.integration.scoring.test_runs import freeze_everything, looked_again, published_bytes
from tests.integration.second_engine.rows import Month, covered
from tests.publishing import publish

JANUARY = Period(2026, 1)
LEADER, OTHER = "G06", "H38"
# Everybody else exchanges so much; what is three times as much stands out.
EVERYBODY, LEADS = 10, 30


@pytest.fixture(scope="module")
async def engine(database: TestDatabase) -> AsyncIterator[AsyncEngine]:
    made = create_async_engine(make_url(database.app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    async with made.begin() as connection:
        await freeze_everything(Month(connection), codes_of(database))
        await Month(connection).freeze("records_review", reviewed_records=[])
    await looked_again(database, str(JANUARY))
    yield made
    await made.dispose()


@pytest.fixture(scope="module")
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    opened = Database(database.app_url, role="scoring", pool_size=4)
    yield opened
    await opened.close()


def codes_of(database: TestDatabase) -> list[str]:
    with psycopg.connect(database.owner_url) as owner:
        return [code for (code,) in owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code")]


async def exchanged(engine: AsyncEngine, database: TestDatabase, version: int, **figures: int) -> None:
    """The platform's next version, with other figures of some."""
    rows = [{**row, "transactions": figures.get(row["agency_code"], EVERYBODY)} for row in covered(*codes_of(database))]
    async with engine.begin() as connection:
        await Month(connection).freeze("ndxp", version=version, exchange_volume=rows)


async def scored(db: Database) -> str:
    run = await compute(db, JANUARY, actor="key:one", reason="demo")
    assert (run["agrees"], run["provisional"]) == (True, False)
    return str(run["run_id"])


async def published(db: Database, run_id: str) -> dict[str, Any]:
    return await publish(db, run_id, publisher="key:two", reason="demo", clock=lambda: datetime(2026, 2, 12, tzinfo=UTC))


async def confirm(database: TestDatabase, hold: Hold, *, approved: bool = True) -> None:
    """As the gateway writes it: one asks, another agrees."""
    gateway = Database(database.app_url, role="gateway", pool_size=1)
    values = {"omission_id": new_id("omit"), "period": str(JANUARY), "kind": hold.kind, "hold_id": hold.hold_id}
    words = {"hold": hold.as_document(), "document": "Công văn 7 (minh họa)", "reason": "đã đối chiếu (minh họa)"}
    async with gateway.transaction() as connection:
        await connection.execute(omission.insert().values(**values, **words, actor="key:o"))
        if approved:
            agreed = {"omission_id": values["omission_id"], "actor": "key:p", "reason": "demo"}
            await connection.execute(omission_approval.insert().values(**agreed))
        await audit.record(connection, "key:p", "omission.approve", values["omission_id"], reason="demo")
    await gateway.close()


async def test_less_than_three_times_the_next_figure_holds_nothing(
    engine: AsyncEngine, db: Database, database: TestDatabase
) -> None:
    await exchanged(engine, database, 2, **{LEADER: LEADS - 1})
    await scored(db)
    async with db.read() as connection:
        assert await open_holds(connection, JANUARY) == []


async def test_three_times_holds_the_first_version_until_two_people_confirm(
    engine: AsyncEngine, db: Database, database: TestDatabase
) -> None:
    await exchanged(engine, database, 3, **{LEADER: LEADS})
    run = await scored(db)
    async with db.read() as connection:
        (hold,) = await open_holds(connection, JANUARY)
    assert (hold.kind, hold.source, hold.scored, hold.evidence) == ("outlier_leader", "ndxp", True, {"run": run})
    (body,) = hold.bodies
    assert (body.agency, body.points, [each.key for each in body.items]) == (LEADER, None, [f"C2/{LEADER}/{LEADS}"])
    told = {"indicator": "C2", "measure": "exchange_transactions", "value": LEADS, "next_value": EVERYBODY, "moved": 55}
    assert body.items[0].facts == told
    with pytest.raises(PublicationHeld, match="ndxp outlier_leader 1") as refused:
        await published(db, run)
    assert refused.value.faults[0].place == f"outlier_leader/{LEADER}"
    await confirm(database, hold, approved=False)
    with pytest.raises(PublicationHeld):
        await published(db, run)
    await confirm(database, hold)
    assert (await published(db, run))["version"] == 1
    sheet = json.loads((await published_bytes(db, 1))["", "application/json"])
    assert sheet["omissions"] == []
    (said,) = sheet["confirmed"]
    assert (said["kind"], said["actor"], said["approved_by"]) == ("outlier_leader", "key:o", "key:p")
    figure = {name: told[name] for name in ("indicator", "measure", "value", "next_value")}
    assert said["bodies"] == [{"agency": LEADER, "figures": [figure]}]
    own = json.loads((await published_bytes(db, 1))[OTHER, "application/json"])
    assert own["confirmed"] == [], "of whom nothing was confirmed"


async def test_a_later_version_is_held_by_a_new_leader_alone(engine: AsyncEngine, db: Database, database: TestDatabase) -> None:
    await exchanged(engine, database, 4, **{LEADER: LEADS, OTHER: EVERYBODY - 1})
    assert (await published(db, await scored(db)))["version"] == 2, "the same leader by the same figure"
    await exchanged(engine, database, 5, **{LEADER: LEADS, OTHER: LEADS * 3})
    run = await scored(db)
    with pytest.raises(PublicationHeld, match="figures to be confirmed hold the version: ndxp outlier_leader 1"):
        await published(db, run)
    async with db.read() as connection:
        (hold,) = await open_holds(connection, JANUARY, published=True)
    await confirm(database, hold)
    assert (await published(db, run))["version"] == 3


async def test_a_version_published_before_anybody_asked_is_not_asked_about_again(
    engine: AsyncEngine, db: Database, database: TestDatabase
) -> None:
    """What stood out in the latest version by the same figure is no new fact, with or without a decision on it."""
    await exchanged(engine, database, 6, **{LEADER: LEADS - 1, OTHER: LEADS * 3})
    run = await scored(db)
    async with db.read() as connection:
        assert await open_holds(connection, JANUARY, run_id=run, published=True) == []
