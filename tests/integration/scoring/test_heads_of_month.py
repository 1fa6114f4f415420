"""The sheet names who headed a body in the month, as known when it was scored, and keeps it (G-16)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.gateway.access.tenancy import transaction
from services.scoring import store
from services.scoring.compute import compute, compute_from, replay
from services.scoring.exports.program_csv import program_csv
from shared import audit
from shared.canonical import sha256_hex
from shared.database import Database
from shared.ids import new_id
from shared.law.scheme import scheme_for
from shared.law.sheet import ENGINE_VERSION
from shared.period import Period
from shared.tables.registry import head, head_approval, head_withdrawal, head_withdrawal_approval
from shared.tables.scoring import run
from tests.conftest import TestDatabase
from tests.integration.scoring.test_runs import freeze_everything
from tests.integration.second_engine.rows import Month

JANUARY = Period.parse("2026-01")
BODY, QUIET = "H38", "H61"
OFFICE = "Chủ tịch Ủy ban nhân dân tỉnh Lào Cai"
ACTING = {"title_vi": "Quyền Chủ tịch (minh họa)", "title_en": "Acting chairman (demo)"}
FIRST, SECOND = "Người đứng đầu thứ nhất (minh họa)", "Người đứng đầu thứ hai (minh họa)"


@pytest.fixture(scope="module")
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    with psycopg.connect(database.owner_url) as owner:
        found = owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code").fetchall()
    engine = create_async_engine(make_url(database.app_url).set(drivername="postgresql+psycopg"))
    async with engine.begin() as connection:
        await freeze_everything(Month(connection), [code for (code,) in found])
    await engine.dispose()
    opened = Database(database.app_url, role="scoring", pool_size=2)
    yield opened
    await opened.close()


OFFICER = audit.Actor("key:one", frozenset({"publisher"}))


@pytest.fixture
async def office(database: TestDatabase) -> AsyncIterator[Database]:
    opened = Database(database.app_url, role="gateway", pool_size=1)
    yield opened
    await opened.close()


async def enter(office: Database, name: str, first: date, **said: Any) -> str:
    """As two people enter it at the gateway."""
    head_id = new_id("head")
    async with transaction(office, OFFICER) as connection:
        asked = {"head_id": head_id, "agency": BODY, "name": name, "valid_from": first, "document": "01/QĐ-MẪU", **said}
        await connection.execute(head.insert().values(**asked, requested_by="key:one", reason="demo"))
        await connection.execute(head_approval.insert().values(head_id=head_id, actor="key:two", reason="demo"))
        await audit.record(connection, "key:two", "head.approve", head_id, reason="demo")
    return head_id


async def withdraw(office: Database, head_id: str) -> None:
    async with office.transaction() as connection:
        fact = {"head_id": head_id, "reason": "demo"}
        await connection.execute(head_withdrawal.insert().values(**fact, document="02/QĐ-MẪU", actor="key:one"))
        await connection.execute(head_withdrawal_approval.insert().values(**fact, actor="key:two"))
        await audit.record(connection, "key:two", "head.withdrawal.approve", head_id, reason="demo")


async def scored(db: Database) -> str:
    run_id: str = (await compute(db, JANUARY, actor="key:o", reason="demo"))["run_id"]
    return run_id


async def sheet_of(db: Database, run_id: str) -> dict[str, Any]:
    async with db.read() as connection:
        stored = await connection.scalar(select(run.c.sheet).where(run.c.run_id == run_id))
    document: dict[str, Any] = json.loads(stored or b"{}")
    return document


async def head_of(db: Database, run_id: str, agency: str = BODY) -> dict[str, Any]:
    found = next(line["head"] for line in (await sheet_of(db, run_id))["agencies"] if line["agency"] == agency)
    return dict(found)


async def test_a_sheet_names_the_head_at_the_months_end_and_who_was_before(db: Database, office: Database) -> None:
    nobody = await scored(db)
    titles = {"title_vi": OFFICE, "title_en": "Chairman of the People's Committee of Lao Cai Province"}
    assert await head_of(db, nobody) == {**titles, "name": None, "valid_from": None, "others": []}

    await enter(office, FIRST, date(2024, 6, 1), **ACTING)
    second = await enter(office, SECOND, date(2026, 1, 15))
    changed = await scored(db)
    assert changed != nobody, "who heads a body is an input of the run"
    former = {"name": FIRST, **ACTING, "valid_from": "2024-06-01", "valid_to": "2026-01-14"}
    assert await head_of(db, changed) == {**titles, "name": SECOND, "valid_from": "2026-01-15", "others": [former]}
    assert (await head_of(db, changed, QUIET))["name"] is None

    await withdraw(office, second)
    after = await scored(db)
    assert await head_of(db, after) == {**ACTING, "name": FIRST, "valid_from": "2024-06-01", "others": []}

    await enter(office, FIRST, date(2024, 6, 1), valid_to=date(2026, 1, 20), **ACTING)
    vacant = await scored(db)
    former = {**former, "valid_to": "2026-01-20"}
    assert await head_of(db, vacant) == {**titles, "name": None, "valid_from": None, "others": [former]}

    for run_id in (nobody, changed, after, vacant):
        again = await replay(db, run_id)
        assert (again["same"], again["agrees"]) == (True, True), run_id


async def test_whoever_takes_office_after_the_month_is_not_on_its_sheet(db: Database, office: Database) -> None:
    before = await scored(db)
    await enter(office, SECOND, JANUARY.next_first_day)
    assert await scored(db) == before


async def test_the_table_names_them_too(db: Database, office: Database) -> None:
    await enter(office, SECOND, date(2026, 1, 31))
    named = {"version": 1, "run": "run_demo", "publication": "pub_demo", "result_digest": "sha256:demo"}
    document = await sheet_of(db, await scored(db)) | named
    cells = {line["agency"]: line for line in csv.DictReader(io.StringIO(program_csv(document).decode("utf-8-sig")))}
    shown = {name: cells[BODY][name] for name in ("head_name", "head_title_vi", "head_valid_from", "other_heads")}
    assert shown == {
        "head_name": SECOND, "head_title_vi": OFFICE, "head_valid_from": "2026-01-31",
        "other_heads": f"{FIRST}, {ACTING['title_vi']} (2024-06-01/2026-01-20)",
    }  # fmt: skip
    assert (cells[QUIET]["head_name"], cells[QUIET]["other_heads"]) == ("", "")


async def test_a_run_from_before_heads_were_dated_replays_to_its_bytes(db: Database) -> None:
    """Its inputs name no terms, and so its sheet does not."""
    async with db.read() as connection:
        inputs = replace(await store.load_inputs(connection, JANUARY), heads=None)
        done = await compute_from(connection, inputs, scheme_for(JANUARY))
    old = {
        "run_id": "run_old", "period": str(JANUARY), "actor": "key:o", "reason": "demo", "inputs": inputs.bytes(),
        "inputs_digest": inputs.digest(), "scheme": done.scheme.id, "scheme_digest": done.scheme.digest,
        "engine_version": ENGINE_VERSION, "sheet": done.sheet, "result_digest": sha256_hex(done.sheet), "provisional": True,
        "agrees": True, "recorded_at": datetime(2026, 2, 6, tzinfo=UTC),
    }  # fmt: skip
    async with db.transaction() as connection:
        await connection.execute(run.insert().values(**old))
        await audit.record(connection, "key:o", "score.compute", "run_old", reason="demo")
    assert set(await head_of(db, "run_old")) == {"title_vi", "title_en", "name"}
    assert (await replay(db, "run_old"))["same"] is True
