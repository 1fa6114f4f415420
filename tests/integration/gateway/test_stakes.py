"""The points at stake in a body's report are what what-if answers with it less what it answers without (DSH-06, ADR 46).
Figures are demo data."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import psycopg
import pytest
from sqlalchemy import pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.gateway.access.auth import OFFICE_ROLES
from services.gateway.access.tenancy import WHOLE_BODY_ROLES
from services.ingest.freeze import freeze
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings
from services.ingest.sources import source_named
from services.scoring.compute import compute
from shared import audit
from shared.database import Database
from shared.ids import new_id
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from shared.tables.control import decision_approval, ruling
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, ENGLISH, HOME, NOW, House
from tests.integration.gateway.reports import Body, report
from tests.integration.gateway.test_late_scores import line_of
from tests.integration.gateway.test_what_if import kept
from tests.integration.ingest.handing_in import HandingIn, records, task
from tests.integration.scoring.test_runs import freeze_everything, looked_again
from tests.integration.second_engine.rows import Month, covered
from tests.publishing import publish

JANUARY, FEBRUARY = Period(2026, 1), Period(2026, 2)
IN_TIME = legal_report_deadline(JANUARY) - timedelta(hours=1)
TASKS = [task("t1", accepted_on="2026-01-20"), task("t2"), task("t3")]
MUTE, REPORTING, COUNTED = "G02", "H38", "H12"
"""Of January no report, and a ruling instead; of February a report in force, and databases that the source counts."""


@dataclass(frozen=True)
class Published:
    hand: HandingIn
    ingest: Database
    url: str
    sheet: dict[str, Any]


@pytest.fixture(scope="module")
async def january(database: TestDatabase, house: House) -> AsyncIterator[Published]:
    with psycopg.connect(database.owner_url) as owner:
        codes = [code for (code,) in owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code")]
    nothing = await stake(house, HOME, "2026-01")
    assert (nothing["unknown"], nothing["total_exact"], nothing["beside"]) == ("nothing_published", None, None)
    engine = create_async_engine(make_url(database.app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    async with engine.begin() as connection:
        month = Month(connection)
        await freeze_everything(month, codes, without="agency_report")
        await month.freeze("ndxp", version=2, exchange_volume=[{**row, "transactions": 10} for row in covered(*codes)])
        await month.freeze("records_review", reviewed_records=[])
    await engine.dispose()
    await looked_again(database, str(JANUARY))
    gateway = Database(database.app_url, role="gateway", pool_size=1)
    scoring = Database(database.app_url, role="scoring", pool_size=4)
    ingest = Runtime(Database(database.app_url, role="ingest", pool_size=4), IngestSettings(), lambda: NOW)
    hand = HandingIn(gateway)
    for code in codes:
        if code != MUTE:
            await hand.report(code, JANUARY, IN_TIME, tasks=TASKS)
    await freeze(ingest, source_named("agency_report"), JANUARY, actor="local:tests")
    await rule(gateway, "accepted_tasks")
    await rule(gateway, "registered_tasks")
    run = await compute(scoring, JANUARY, actor="key:one", reason="demo")
    await publish(scoring, run["run_id"], publisher="key:two", reason="demo", clock=lambda: NOW)
    sheet = (await house.get(f"{API}/periods/2026-01/scores")).json()
    yield Published(hand, ingest.database, database.app_url, sheet)
    for each in (gateway, scoring, ingest.database):
        await each.close()


def accepted(code: str) -> dict[str, Any]:
    """In February, by a document of its own."""
    return {**task(code, accepted_on="2026-02-10"), "acceptance_document": f"{code}/BB-DEMO"}


async def rule(gateway: Database, measure: str) -> None:
    """A decision of two people on a figure that no report gives: without one nobody could publish the month."""
    about = {"period": "2026-01", "agency": MUTE, "measure": measure, "value": "1", "ruling_id": new_id("rul")}
    async with gateway.transaction() as connection:
        await connection.execute(ruling.insert().values(**about, reason="demo", document="01/DEMO", actor="key:p"))
        await audit.record(connection, "key:p", "ruling.propose", about["ruling_id"], reason="demo")
        agreed = {"decision_id": about["ruling_id"], "actor": "key:q", "reason": "demo"}
        await connection.execute(decision_approval.insert().values(**agreed))
        await audit.record(connection, "key:q", "decision.approve", about["ruling_id"], reason="demo")


async def stake(house: House, agency: str, period: str = "2026-02", role: str = "agency_drafter") -> dict[str, Any]:
    path = f"{API}/agencies/{agency}/periods/{period}/stake"
    answer = await house.client.get(path, headers={**await house.bearer_of(agency, role), **ENGLISH})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def require_the_what_ifs(house: House, agency: str, found: dict[str, Any]) -> None:
    """Both ends, their difference and every indicator are what POST …/what-if answers to the same questions."""
    told = {}
    for side in ("measures_without", "measures_with"):
        asked = {**found["beside"], "measures": found[side]}
        answer = await house.post(f"{API}/agencies/{agency}/what-if", "reader", asked, **ENGLISH)
        assert answer.status_code == 200, answer.text
        told[side] = answer.json()
    before, after = told["measures_without"], told["measures_with"]
    assert found["total_exact"]["from"] == before["total_exact"]["to"]
    assert found["total_exact"]["to"] == after["total_exact"]["to"]
    change = Fraction(after["total_exact"]["to"]) - Fraction(before["total_exact"]["to"])
    assert found["total_exact"]["change"] == str(change)
    for each in found["indicators"]:
        ends = [next(one["to"] for one in side["indicators"] if one["code"] == each["code"]) for side in (before, after)]
        assert [each["from"], each["to"]] == ends
        assert Fraction(each["change"]) == Fraction(ends[1] or 0) - Fraction(ends[0] or 0)


async def test_before_a_report_is_written_it_is_what_the_last_one_gave(house: House, january: Published) -> None:
    for agency in (HOME, "G01", "G09", "H26", "H44"):
        found = await stake(house, agency)
        line = line_of(january.sheet, agency)
        assert (found["beside"], found["report"], found["unknown"]) == ({"period": "2026-01", "version": 1}, None, None)
        assert found["measures_with"] == {}
        assert (found["total_exact"]["to"], found["total_exact"]["change"]) == (line["total_exact"], "10/3")
        assert found["measures_without"]["registered_tasks"] is None, "missing, never zero"
        await require_the_what_ifs(house, agency, found)


async def test_it_is_of_the_report_that_is_being_made(house: House, january: Published) -> None:
    """With a draft, and after each correction of it, the stake is that of its figures; who approves and signs sees the same."""
    body = Body(house, HOME, "2026-02")
    sequence = await body.begin()
    assert (await stake(house, HOME))["report"] is None, "nothing is written yet"
    tasks = [TASKS[0], accepted("t2"), TASKS[2], task("t4")]
    sent = await body.sent(sequence, report(HOME, "2026-02", tasks=tasks))
    found = await stake(house, HOME)
    assert (found["report"], found["total_exact"]["change"]) == ({"sequence": sequence, "state": "draft"}, "5")
    assert found["measures_with"] == {"accepted_tasks": "2", "registered_tasks": "4"}
    assert {each["code"]: each["left_out"] for each in found["indicators"]} == {"C1": "not_frozen", "D1": None}
    await require_the_what_ifs(house, HOME, found)
    await body.sent(sequence, report(HOME, "2026-02", tasks=[*tasks[:2], accepted("t3")]), match=sent["etag"])
    await body.step(sequence, "handovers", "drafter")
    for role in WHOLE_BODY_ROLES:
        found = await stake(house, HOME, role=role)
        assert (found["report"], found["total_exact"]["change"]) == ({"sequence": sequence, "state": "in_review"}, "10")
    await require_the_what_ifs(house, HOME, found)


async def test_figures_that_await_a_word_stand_on_neither_side(house: House, january: Published) -> None:
    engine = create_async_engine(make_url(january.url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    async with engine.begin() as connection:
        growth = [{**row, "new_records": 40} for row in covered(COUNTED, REPORTING)]
        await Month(connection).freeze("national_database", period="2026-02", database_growth=growth)
    await engine.dispose()
    when: datetime = legal_report_deadline(FEBRUARY) - timedelta(hours=1)
    made = await january.hand.report(
        REPORTING, FEBRUARY, when, tasks=[task("t1", accepted_on="2026-02-20")], databases=[records("moi", 9)]
    )
    waiting = await stake(house, REPORTING)
    assert {each["code"]: each["left_out"] for each in waiting["indicators"]} == {"C1": "awaiting_word", "D1": None}
    assert "digitised_records" not in {**waiting["measures_with"], **waiting["measures_without"]}
    await require_the_what_ifs(house, REPORTING, waiting)
    await january.hand.review(made, REPORTING, FEBRUARY, "moi", when + timedelta(minutes=1))
    found = await stake(house, REPORTING)
    assert found["report"] == {"sequence": 1, "state": "accepted"}
    assert {each["left_out"] for each in found["indicators"]} == {None}
    figures = [found[side]["digitised_records"] for side in ("measures_without", "measures_with")]
    assert figures == ["40", "49"], "without the report the automatic figures stand"
    assert Fraction(found["total_exact"]["change"]) > Fraction(waiting["total_exact"]["change"])
    await require_the_what_ifs(house, REPORTING, found)


async def test_what_cannot_be_known_is_no_zero(house: House, january: Published) -> None:
    found = await stake(house, MUTE)
    assert (found["unknown"], found["total_exact"], found["indicators"]) == ("no_report", None, [])
    body = Body(house, MUTE, "2026-02")
    sequence = await body.begin()
    half = report(MUTE, "2026-02")
    del half["reported_databases"]
    await body.sent(sequence, half)
    assert (await stake(house, MUTE))["unknown"] == "no_report", "what cannot be read whole gives no figure"


async def test_it_is_the_bodys_own_and_is_kept_nowhere(house: House, january: Published) -> None:
    before = await kept(house)
    await stake(house, HOME)
    assert await kept(house) == before
    path = f"{API}/agencies/{HOME}/periods/2026-02/stake"
    other = await house.client.get(path, headers={**await house.bearer_of("G01", "agency_signer"), **ENGLISH})
    assert other.status_code == 404
    for role in OFFICE_ROLES:
        assert (await house.get(path, role)).status_code == 403, role
    assert (await house.get(path)).status_code == 401
