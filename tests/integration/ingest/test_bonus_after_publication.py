"""A bonus decided after publication makes one new version, which changes one body's points and the ranks that follow (F-3).

The decision is taken over HTTP; the frozen registers are followed by another version of two people; the month is scored and
published again. Every other source is frozen with invented figures.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from fractions import Fraction
from typing import Any

import psycopg
import pytest
from sqlalchemy import pool, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.ingest.freeze import freeze
from services.ingest.settings import IngestSettings
from services.ingest.snapshot.commit import Unchanged
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from services.scoring.compute import compute
from services.scoring.store import find_run
from shared.database import Database
from shared.period import Period
from tests.conftest import TestDatabase
from tests.contract.stand_ins import Bench, bench
from tests.integration.gateway.conftest import API, NOW, House, opened_house
from tests.integration.gateway.office import REASON, Office, digest
from tests.integration.scoring.test_runs import looked_again
from tests.integration.second_engine.rows import Month, Row, covered
from tests.publishing import publish

JANUARY = Period(2026, 1)
REGISTERS = source_named("government_office")
PEOPLE: dict[str, Any] = {"requested_by": "key:one", "approver": "key:two", "reason": "Điểm khuyến khích được quyết định sau"}


async def freeze_others(month: Month, codes: list[str]) -> None:
    """Bodies differ by their online services, so that a bonus point can overtake."""
    each = covered(*codes)
    await month.freeze("system57", system57_coverage=each, task_assignment=[], kpi_entry=each)
    groups = {"ckmb": "9", "tdgq": "10", "clgq": "5", "tttt": "5", "mdhl": "9", "total": "48"}
    scores: list[Row] = [{**row, **groups, "mdsh": str(n % 7)} for n, row in enumerate(each)]
    await month.freeze("public_service_portal", service_score=scores)
    await month.freeze("ndxp", exchange_volume=[{**row, "transactions": 10} for row in each])
    await month.freeze("national_database", database_growth=[{**row, "new_records": 7} for row in each])
    money = [{**row, "allocated_vnd": 10**12, "disbursed_vnd": 10**11} for row in each]
    await month.freeze("finance", investment=money)
    await month.freeze("agency_report", report=each, registered_task=each, reported_records=[])


@pytest.fixture(scope="module")
async def house(database: TestDatabase) -> AsyncIterator[House]:
    with psycopg.connect(database.owner_url) as owner:
        codes = [code for (code,) in owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code")]
    engine = create_async_engine(make_url(database.app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    async with engine.begin() as connection:
        await freeze_others(Month(connection), codes)
    await engine.dispose()
    await looked_again(database, "2026-01")
    async with opened_house(database) as made:
        yield made


@pytest.fixture(scope="module")
async def ingest(app_url: str, owner_url: str) -> AsyncIterator[Bench]:
    found = bench(app_url, owner_url, IngestSettings())
    yield found
    await found.runtime.database.close()


@pytest.fixture(scope="module")
async def scoring(app_url: str) -> AsyncIterator[Database]:
    database = Database(app_url, role="scoring", pool_size=2)
    yield database
    await database.close()


def clock() -> datetime:
    return NOW


async def published(scoring: Database) -> tuple[dict[str, Any], dict[str, Any]]:
    """The publication and its sheet, after both engines agreed."""
    run = await compute(scoring, JANUARY, actor="key:o", reason="demo")
    assert (run["agrees"], run["provisional"]) == (True, False)
    made = await publish(scoring, run["run_id"], publisher="key:p", reason="demo", clock=clock)
    async with scoring.read() as connection:
        kept = await find_run(connection, run["run_id"])
    assert kept is not None
    return made, json.loads(kept.sheet)


async def decided(house: House, office: Office, points: int) -> dict[str, Any]:
    """An initiative of G06 on its whole way; the answer to the decision."""
    own = f"{API}/agencies/G06/initiatives"
    proposal = {
        "period": "2026-01", "title": "Sáng kiến minh họa", "explanation": "minh họa", "document": "1/TTr (minh họa)",
        "document_digest": digest("thuyết minh"),
    }  # fmt: skip
    drafter, approver = [await house.bearer_of("G06", f"agency_{role}") for role in ("drafter", "approver")]
    name = (await house.client.post(own, headers=drafter, json=proposal)).json()["initiative_id"]
    answer = await house.client.post(f"{own}/{name}/approvals", headers=approver, json={})
    assert answer.status_code == 201, answer.text
    await office.key("assessor", "assessor")
    await office.entered(f"/initiatives/{name}/assessments", {"points": points, "reason": REASON}, "assessor")
    decision = {"points": points, "decision_number": "9/QĐ-TTg (minh họa)", "decided_on": "2026-02-25", "reason": REASON}
    return await office.entered(f"/initiatives/{name}/decisions", {**decision, "decision_digest": digest("quyết định")})


async def test_a_bonus_decided_after_publication_is_one_new_version_of_one_bodys_points(
    house: House, ingest: Bench, scoring: Database
) -> None:
    office = Office(house)
    await entered_in_time(house)
    frozen = await freeze(ingest.runtime, REGISTERS, JANUARY, actor="local:test")
    first, before = await published(scoring)
    found = await decided(house, office, 3)
    assert found["needs_version_after"] == frozen.snapshot_id
    same, _ = await published(scoring)
    assert (same["new"], same["version"]) == (False, 1), "a decision alone changes nothing that is published"
    after = await supersede(ingest.runtime, REGISTERS, JANUARY, **PEOPLE)
    assert (after.version, after.requested_by, after.approver) == (2, "key:one", "key:two")
    second, now = await published(scoring)
    assert (first["version"], second["version"], second["new"]) == (1, 2, True)
    with pytest.raises(Unchanged):
        await supersede(ingest.runtime, REGISTERS, JANUARY, **PEOPLE)
    again, _ = await published(scoring)
    assert (again["version"], again["new"]) == (2, False)
    assert (await office.get(f"/initiatives/{found['initiative_id']}", "assessor"))["needs_version_after"] is None
    compare(before, now)


async def entered_in_time(house: House) -> None:
    """January's register, without a meeting, closed by two officers before the deadline; the house's clock says March."""
    entry = (
        "INSERT INTO intake.register_entry (entry_id, version, kind, period, content, evidence_digest, withdrawn, actor,"
        " actor_agency) VALUES ('close_in_time', 1, 'closing', '2026-01', '{\"meetings\": 0}', :it, false, 'key:a', 'office')"
    )
    async with house.runtime.database.transaction() as connection:
        await connection.execute(text("SELECT set_config('bangdiem.reads', '*', true)"))
        await connection.execute(text(entry), {"it": digest("sổ tháng 1")})
        await connection.execute(
            text(
                "INSERT INTO intake.register_confirmation (entry_id, version, actor, actor_agency, confirmed_at)"
                " VALUES ('close_in_time', 1, 'key:b', 'office', '2026-02-03T03:00:00Z')"
            )
        )
        await connection.execute(
            text("INSERT INTO audit.entry (actor, action, object) VALUES ('key:b', 'register.confirm', 'close_in_time')")
        )


def compare(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Exactly G06 has other points, three more; ranks are those of the new totals, and nobody's but whom it overtook moves."""
    old, new = ({line["agency"]: line for line in sheet["agencies"]} for sheet in (before, now))
    changed = {body for body in new if old[body]["total_exact"] != new[body]["total_exact"]}
    assert changed == {"G06"}
    different = {
        (body, code)
        for body in new
        for code in new[body]["indicators"]
        if old[body]["indicators"][code]["exact"] != new[body]["indicators"][code]["exact"]
    }
    assert different == {("G06", "bonus")}
    assert Fraction(new["G06"]["total_exact"]) - Fraction(old["G06"]["total_exact"]) == 3
    totals = {body: Fraction(line["total_exact"]) for body, line in new.items()}
    for body, line in new.items():
        assert line["rank"] == 1 + sum(other > totals[body] for other in totals.values()), body
    overtaken = {body for body in new if old[body]["rank"] != new[body]["rank"]} - {"G06"}
    was, now_is = Fraction(old["G06"]["total_exact"]), totals["G06"]
    assert overtaken == {body for body, total in totals.items() if was <= total < now_is and body != "G06"}
    assert overtaken, "the invented figures must let somebody be overtaken"
