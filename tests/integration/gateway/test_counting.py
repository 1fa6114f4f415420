"""What counts now, asked of the gateway, is what ingest would take; a late report displaces nothing by itself (INT-11)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from services.gateway.access.tenancy import read
from services.gateway.reports.store.submissions import report_in_force
from services.gateway.reports.store.validations import reports_before
from services.ingest.freeze import freeze
from services.ingest.from_intake import report_store
from services.ingest.from_intake.report_choice import in_force
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from shared.audit import Actor
from shared.database import Database
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from tests.contract.stand_ins import FAR
from tests.integration.gateway.conftest import API, NOW, House
from tests.integration.ingest.handing_in import HandingIn, records, task

FEBRUARY = Period(2026, 2)
REPORTS = source_named("agency_report")
LEGAL = legal_report_deadline(FEBRUARY)
HOUR = timedelta(hours=1)
PEOPLE: dict[str, Any] = {"requested_by": "key:one", "approver": "key:two", "reason": "Bổ sung báo cáo (thử nghiệm)"}
READER = Actor("key:reader", frozenset({"reader"}))


@pytest.fixture(scope="module")
async def hand(app_url: str) -> AsyncIterator[HandingIn]:
    database = Database(app_url, role="gateway", pool_size=1)
    yield HandingIn(database)
    await database.close()


@pytest.fixture(scope="module")
async def ingest(app_url: str) -> AsyncIterator[Runtime]:
    database = Database(app_url, role="ingest", pool_size=4)
    yield Runtime(database, IngestSettings(), lambda: NOW)
    await database.close()


async def told(house: House, agency: str) -> tuple[int, bool, bool]:
    answer = await house.get(f"{API}/agencies/{agency}/periods/2026-02/report", "reader")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return found["sequence"], found["late"], found["counts"]


async def line(house: House, agency: str) -> dict[str, Any]:
    items = (await house.get(f"{API}/periods/2026-02/reporting", "reader")).json()["items"]
    found: dict[str, Any] = next(one for one in items if one["agency"] == agency)
    own = (await house.get(f"{API}/agencies/{agency}/periods/2026-02/reporting", "reader")).json()
    assert {name: own[name] for name in found} == found, "all bodies' view and the body's own say the same"
    return found


async def test_a_late_report_displaces_nothing_until_somebody_lets_it_count(
    house: House, hand: HandingIn, ingest: Runtime
) -> None:
    first = await hand.report("G06", FEBRUARY, LEGAL - HOUR, databases=[records("a", 1)])
    only_late = await hand.report("H38", FEBRUARY, LEGAL)
    frozen = await freeze(ingest, REPORTS, FEBRUARY, actor="local:tests")
    late = await hand.report("G06", FEBRUARY, LEGAL + HOUR, databases=[records("b", 1)], sequence=2)
    assert await told(house, "G06") == (1, False, True)
    assert await told(house, "H38") == (1, True, False)
    assert (await house.get(f"{API}/agencies/G08/periods/2026-02/report", "reader")).status_code == 404
    shown = await line(house, "G06")
    held = {"snapshot": frozen.snapshot_id, "version": 1, "submission_id": first, "sequence": 1, "ground": "in_time"}
    assert (shown["state"], shown["submission_id"], shown["late"], shown["counted"]) == ("in_time", first, False, held)
    assert (shown["counterfactual"], shown["uncounted"]["submission_id"], shown["uncounted"]["sequence"]) == (False, late, 2)
    alone = await line(house, "H38")
    assert (alone["submission_id"], alone["counted"], alone["uncounted"]) == (only_late, None, None)
    assert (alone["state"], alone["counterfactual"]) == ("late", True)
    await hand.accept_late(late, "G06", FEBRUARY)
    assert await told(house, "G06") == (2, True, True)
    shown = await line(house, "G06")
    assert (shown["submission_id"], shown["late_accepted"], shown["uncounted"]) == (late, True, None)
    assert (shown["counterfactual"], shown["counted"]) == (True, held), "the snapshot holds the earlier one still"
    after = await supersede(ingest, REPORTS, FEBRUARY, **PEOPLE)
    shown = await line(house, "G06")
    assert (shown["counted"]["snapshot"], shown["counted"]["submission_id"]) == (after.snapshot_id, late)
    assert (shown["counted"]["ground"], shown["counterfactual"]) == ("late_acceptance", False)


@pytest.mark.parametrize("number", range(4))
async def test_gateway_and_ingest_agree_on_what_counts(house: House, hand: HandingIn, ingest: Runtime, number: int) -> None:
    """Every combination of a report in time, a late one accepted or not, and extensions that end before, at or after it."""
    period = Period(2027, 1).shifted(months=number)
    legal = legal_report_deadline(period)
    bodies = iter(("G06", "G08", "G09", "G10", "G11", "G12", "G15", "H38", "H12", "H05", "H01", "G01"))
    for in_time, accepted, until in product((True, False), (True, False), ((), (2,), (1, 3))):
        agency = next(bodies)
        if in_time:
            await hand.report(agency, period, legal - HOUR, tasks=[task("in-time")])
        late = [await hand.report(agency, period, legal + n * HOUR, sequence=n + 1, tasks=[task(str(n))]) for n in (1, 2, 3)]
        if accepted:
            await hand.accept_late(late[number % 3], agency, period)
        for hours in until:
            moment = legal + hours * HOUR + timedelta(microseconds=number - 1)
            await hand.extend(agency, period, moment, effect="late_counts")
    async with ingest.database.read() as connection:
        known = await report_store.accepted(connection, period)
        taken = in_force(known, await report_store.decisions(connection, period), as_of=FAR)
    counting = {one.report.agency: one.report.submission_id for one in taken}
    last = {one.agency: one.submission_id for one in known}
    assert 0 < len(counting) < len(last) == 12, "both kinds were drawn"
    async with read(house.runtime.database, READER) as connection:
        for agency, name in last.items():
            found = await report_in_force(connection, agency=agency, period=str(period))
            assert found is not None
            assert (found.submission_id, found.counts) == (counting.get(agency, name), agency in counting), agency
            before = await reports_before(connection, agency=agency, period=str(period.next), first=str(period))
            assert before[-1].submission_id == found.submission_id, "a check remembers the same report"
