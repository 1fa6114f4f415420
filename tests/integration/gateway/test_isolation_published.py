"""What a published month tells a body of its rows, late report and self-score it tells nobody else, by row security alone too.

In test_isolation no month is published, so that these operations have nothing to show; here every one of them answers its body
first (SEC-01, SEC-09). Figures are demo data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.scoring.compute import compute
from shared.database import Database
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, HOME, NOW, House
from tests.integration.gateway.test_isolation import OTHER, unlocked
from tests.integration.ingest.handing_in import HandingIn, task
from tests.integration.scoring.test_runs import freeze_everything, looked_again
from tests.integration.second_engine.rows import Month, Row, covered
from tests.publishing import publish

JANUARY = Period.parse("2026-01")
MARK = "Dấu riêng của G06"
POINTS = {"A1": "15.4321"}
SCORES = f"{API}/periods/2026-01/scores/{HOME}/indicators/A1"
OWN = f"{API}/agencies/{HOME}/periods/2026-01"


@dataclass(frozen=True)
class Asked:
    """A request about ``HOME``, and what its answer has of that body alone; ``kept`` by row security, apart from the path."""

    path: str
    tells: str
    body: dict[str, Any] | None = None
    kept: bool = True

    async def by(self, house: House, agency: str, role: str = "agency_drafter") -> httpx.Response:
        headers, method = await house.bearer_of(agency, role), "GET" if self.body is None else "POST"
        return await house.client.request(method, self.path, headers=headers, json=self.body)


ASKED = {
    "list_indicator_rows": Asked(f"{SCORES}/rows", MARK),
    "list_indicator_rows as a table": Asked(f"{SCORES}/rows?format=csv", MARK),
    "list_row_changes": Asked(f"{SCORES}/row-changes?from=1&to=2", MARK),
    "list_row_changes as a table": Asked(f"{SCORES}/row-changes?from=1&to=2&format=csv", MARK),
    "get_own_task_annex": Asked(f"{OWN}/task-annex", '"tasks":1,'),
    "get_late_score": Asked(f"{OWN}/submissions/2/score", '"submission_id"'),
    "get_stake": Asked(f"{OWN}/stake", '"sequence"'),
    "get_self_score_comparison": Asked(f"{OWN}/self-scores/comparison", '"self_score"'),
    # Computed from the published sheet, which everybody reads: no row security keeps it, a second check beside the path does.
    "post_what_if": Asked(
        f"{API}/agencies/{HOME}/what-if", '"agency"', {"period": "2026-01", "measures": {"speeches": "1"}}, False
    ),
}


@pytest.fixture(scope="module")
async def month(database: TestDatabase, house: House) -> None:
    """Two versions of January, between them a task of every body completed; of ``HOME`` a late report and its own points."""
    with psycopg.connect(database.owner_url) as owner:
        codes = [code for (code,) in owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code")]
    engine = create_async_engine(make_url(database.app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    scoring = Database(database.app_url, role="scoring", pool_size=4)
    gateway = Database(database.app_url, role="gateway", pool_size=1)
    stated = await house.post(f"{OWN}/self-scores", "agency_drafter", {"points": POINTS})
    assert stated.status_code == 201, stated.text
    async with engine.begin() as connection:
        await freeze_everything(Month(connection), codes)
        exchange = [{**row, "transactions": 10} for row in covered(*codes)]
        await Month(connection).freeze("ndxp", version=2, exchange_volume=exchange)
    for version, done in ((2, None), (3, date(2026, 1, 10))):
        async with engine.begin() as connection:
            tasks: list[Row] = [
                {"agency_code": code, "task_id": "t1", "completed_on": done, "title": f"Dấu riêng của {code}"} for code in codes
            ]
            frozen: dict[str, Any] = {
                "system57_coverage": covered(*codes),
                "kpi_entry": covered(*codes),
                "task_assignment": tasks,
            }
            await Month(connection).freeze("system57", version=version, **frozen)
        if version == 2:
            await looked_again(database, str(JANUARY))
        run = await compute(scoring, JANUARY, actor="key:one", reason="demo")
        await publish(scoring, run["run_id"], publisher="key:two", reason="demo", clock=lambda: NOW)
    hand, due = HandingIn(gateway), legal_report_deadline(JANUARY)
    await hand.report(HOME, JANUARY, due - timedelta(hours=1), tasks=[task("r1", accepted_on=None)])
    await hand.report(HOME, JANUARY, due + timedelta(hours=1), tasks=[task("r1", accepted_on="2026-01-20")], sequence=2)
    for each in (scoring, gateway):
        await each.close()
    await engine.dispose()


def shows_nothing(answer: httpx.Response) -> bool:
    """Not found, or a list or table without a row of it, or a table by document with no line, or a stake of no report."""
    if answer.status_code == 404:
        return True
    if answer.headers["content-type"].startswith("text/csv"):
        return len(answer.text.splitlines()) == 1
    content = answer.json()
    if "measures_with" in content:
        return bool(content["unknown"] == "no_report" and not content["measures_with"] and not content["measures_without"])
    return bool(content.get("items", content.get("by_document")) == [])


@pytest.mark.parametrize("name", ASKED)
async def test_the_body_is_told_and_another_is_not(house: House, month: None, name: str) -> None:
    asked = ASKED[name]
    own = await asked.by(house, HOME)
    assert own.status_code == 200, own.text
    assert asked.tells in own.text
    other = await asked.by(house, OTHER)
    assert (other.status_code, other.json()["type"].rpartition("/")[2]) == (404, "not-found")
    assert asked.tells not in other.text


@pytest.mark.parametrize("name", ASKED)
async def test_row_security_alone_keeps_it(house: House, month: None, name: str) -> None:
    asked = ASKED[name]
    with unlocked():
        answer = await asked.by(house, OTHER)
    assert shows_nothing(answer), answer.text
    assert asked.tells not in answer.text


async def test_without_row_security_the_unlocked_paths_would_tell_it(house: House, month: None, database: TestDatabase) -> None:
    """The test above is a test."""
    with psycopg.connect(database.superuser_url, autocommit=True) as at:
        tables = [name for (name,) in at.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relrowsecurity AND c.relforcerowsecurity")]  # fmt: skip
        for table in tables:
            at.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY".encode())
        try:
            with unlocked():
                kept = {name: asked for name, asked in ASKED.items() if asked.kept}
                told = {name for name, asked in kept.items() if asked.tells in (await asked.by(house, OTHER)).text}
        finally:
            for table in tables:
                at.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY".encode())
    assert told == set(kept)
