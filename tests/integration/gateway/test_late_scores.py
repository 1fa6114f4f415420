"""What a late report would have scored: told to its body alone, marked as not counted, and equal to what a decision that lets
it count gives later to the last digit (SNP-12). Figures are demo data."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.gateway.access.auth import OFFICE_ROLES
from services.gateway.access.tenancy import AGENCY_ROLES, WHOLE_BODY_ROLES
from services.ingest.freeze import freeze
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from services.scoring.compute import compute
from shared.database import Database
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, ENGLISH, HOME, NOW, House
from tests.integration.gateway.routes import operations
from tests.integration.gateway.test_self_scores import everything_said
from tests.integration.gateway.test_what_if import kept
from tests.integration.ingest.handing_in import HandingIn, records, task
from tests.integration.scoring.test_runs import freeze_everything, looked_again
from tests.integration.second_engine.rows import Month, covered
from tests.publishing import publish

JANUARY = Period(2026, 1)
LEGAL = legal_report_deadline(JANUARY)
HOUR = timedelta(hours=1)
WAITING = "H38"
# Seven of thirteen: a share that no other figure of the month has.
TASKS = [task(f"t{n}", accepted_on="2026-01-20" if n < 7 else None) for n in range(13)]
PLACE = f"{API}/agencies/{HOME}/periods/2026-01/submissions/2/score"


@dataclass(frozen=True)
class Late:
    """A published month; ``HOME`` and ``WAITING`` handed in a second report after the deadline, the latter with a C1 figure
    that nobody has said a word on."""

    scoring: Database
    ingest: Runtime
    hand: HandingIn
    submission: str
    sheet: dict[str, Any]


@pytest.fixture(scope="module")
async def late(database: TestDatabase, house: House) -> AsyncIterator[Late]:
    with psycopg.connect(database.owner_url) as owner:
        codes = [code for (code,) in owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code")]
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
        await hand.report(code, JANUARY, LEGAL - HOUR, tasks=TASKS[6:8])
    await freeze(ingest, source_named("agency_report"), JANUARY, actor="local:tests")
    made = await hand.report(HOME, JANUARY, LEGAL + HOUR, tasks=TASKS, databases=[records("csdl-muon", 7)], sequence=2)
    await hand.review(made, HOME, JANUARY, "csdl-muon", LEGAL + 2 * HOUR)
    await hand.report(WAITING, JANUARY, LEGAL + HOUR, tasks=TASKS, databases=[records("csdl-muon", 7)], sequence=2)
    run = await compute(scoring, JANUARY, actor="key:one", reason="demo")
    with_nothing = await ask(house)
    assert (with_nothing.status_code, with_nothing.json()["type"].rpartition("/")[2]) == (409, "month-not-published")
    assert "2026-01" in with_nothing.json()["detail"]
    await publish(scoring, run["run_id"], publisher="key:two", reason="demo", clock=lambda: NOW)
    sheet = (await house.get(f"{API}/periods/2026-01/scores")).json()
    yield Late(scoring, ingest, hand, made, sheet)
    for each in (gateway, scoring, ingest.database):
        await each.close()


async def ask(house: House, place: str = PLACE, *, agency: str = HOME, role: str = "agency_drafter") -> httpx.Response:
    return await house.client.get(place, headers={**await house.bearer_of(agency, role), **ENGLISH})


def line_of(sheet: dict[str, Any], agency: str) -> dict[str, Any]:
    return next(line for line in sheet["agencies"] if line["agency"] == agency)


async def test_the_body_sees_what_its_late_report_would_have_scored(house: House, late: Late) -> None:
    for role in WHOLE_BODY_ROLES:
        answer = await ask(house, role=role)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
    found, line = answer.json(), line_of(late.sheet, HOME)
    assert (found["counted"], found["notice"]) == (False, {"vi": "không được tính", "en": "not counted"})
    assert (found["submission_id"], found["sequence"], found["version"]) == (late.submission, 2, 1)
    own = int(line["measures"]["digitised_records"])
    assert found["measures"] == {"digitised_records": str(own + 7), "accepted_tasks": "7", "registered_tasks": "13"}
    assert found["total_exact"]["from"] == line["total_exact"]
    indicators = {each["code"]: each for each in found["indicators"]}
    assert {code for code, each in indicators.items() if each["change"] != "0"} == {"C1", "D1"}
    assert (indicators["D1"]["from"], indicators["D1"]["to"]) == (line["indicators"]["D1"]["exact"], "70/13")


async def test_a_figure_without_a_word_is_missing_and_never_zero(house: House, late: Late) -> None:
    place = PLACE.replace(HOME, WAITING)
    found = (await ask(house, place, agency=WAITING)).json()
    assert (found["measures"]["digitised_records"], found["awaiting_word"]) == (None, ["csdl-muon"])
    states = {each["code"]: each["state"]["to"] for each in found["indicators"]}
    assert states["C1"] == "missing"


async def test_nobody_else_is_told(house: House, late: Late) -> None:
    for role in AGENCY_ROLES:
        answer = await ask(house, agency=WAITING, role=role)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "not-found")
    for role in OFFICE_ROLES:
        assert (await house.get(PLACE, role)).status_code == 403, role
    assert (await ask(house, role="agency_unit")).status_code == 403
    assert (await house.get(PLACE)).status_code == 401


async def test_it_is_kept_nowhere_and_stands_in_no_other_answer(house: House, late: Late) -> None:
    """Every answer of a GET, public or of a national reader, is searched for the figures that only the late report gives."""
    before = await kept(house)
    found = (await ask(house)).json()
    assert await kept(house) == before
    secret = {found["total_exact"]["to"], "70/13", found["total_exact"]["change"]}
    values = {"period": "2026-01", "agency": HOME, "code": "D1", "version": "1", "sequence": "2"}
    tried = 0
    for operation in operations(house.gateway.app):
        names = {part[1:-1] for part in operation.path.split("/") if part.startswith("{")}
        if operation.method != "GET" or not names <= values.keys() or operation.path.endswith("/score"):
            continue
        for role in (None, "reader", "auditor"):
            text = (await house.get(operation.path.format(**values), role)).text
            tried += 1
            assert not [each for each in secret if f'"{each}"' in text], operation.path
    assert tried > 100
    for page in ("/", "/periods/2026-01", f"/periods/2026-01/agencies/{HOME}"):
        answer = await house.get(page, accept="text/html")
        assert answer.status_code == 200, answer.text
        assert not [each for each in secret if each in answer.text], page
    for place, rows in (await everything_said(house)).items():
        assert len(rows) > 100, place
        assert not [each for each in secret if each in rows], place


@pytest.mark.parametrize(("sequence", "slug"), [(1, "no-late-report"), (3, "no-late-report")])
async def test_of_a_report_in_time_or_none_nothing_is_said(house: House, late: Late, sequence: int, slug: str) -> None:
    answer = await ask(house, PLACE.replace("/2/score", f"/{sequence}/score"))
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, slug)


async def test_a_decision_that_lets_it_count_gives_the_very_same_score(house: House, late: Late) -> None:
    """Last: from then on the report counts, and its score is the published one."""
    said = (await ask(house)).json()
    await late.hand.accept_late(late.submission, HOME, JANUARY)
    await supersede(
        late.ingest, source_named("agency_report"), JANUARY, requested_by="key:one", approver="key:two", reason="demo"
    )
    run = await compute(late.scoring, JANUARY, actor="key:one", reason="demo")
    assert run["agrees"]
    await publish(late.scoring, run["run_id"], publisher="key:two", reason="demo", clock=lambda: NOW)
    line = line_of((await house.get(f"{API}/periods/2026-01/scores")).json(), HOME)
    assert {name: line["measures"][name] for name in said["measures"]} == said["measures"]
    for name in ("total_exact", "total", "shown_total", "grade", "rank"):
        assert said[name]["to"] == line[name], name
    for each in said["indicators"]:
        assert each["to"] == line["indicators"][each["code"]]["exact"]
    answer = await ask(house)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "no-late-report")
    assert "version 2" in answer.json()["detail"]
