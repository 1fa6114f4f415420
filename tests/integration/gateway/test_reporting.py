"""Completeness and timeliness of a month equal a hand count; lateness is of receipt time and calendar (DQ-06, ALR-06)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.freeze import freeze
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings
from services.ingest.sources import source_named
from shared.database import Database
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from tests.integration.gateway.conftest import API, NOW, House
from tests.integration.ingest.handing_in import HandingIn, records, task

JANUARY, FEBRUARY = Period(2026, 1), Period(2026, 2)
LEGAL = legal_report_deadline(FEBRUARY)
BEFORE = LEGAL - timedelta(microseconds=1)


@pytest.fixture(scope="module")
async def month(app_url: str) -> AsyncIterator[dict[str, str]]:
    """February by hand: G06 in time with one of its two known databases, G08 in time by an extension, G09 late and forgiven,
    H38 late, the other 52 silent; the seeded January gives the databases known."""
    database = Database(app_url, role="gateway", pool_size=1)
    hand = HandingIn(database)
    await hand.report(
        "G06", JANUARY, legal_report_deadline(JANUARY) - timedelta(days=1), databases=[records("a", 1), records("b", 1)]
    )
    made = {"G06": await hand.report("G06", FEBRUARY, BEFORE, tasks=[task("t")], databases=[records("a", 2), records("c", 3)])}
    made["ext"] = await hand.extend("G08", FEBRUARY, LEGAL + timedelta(days=1))
    made["G08"] = await hand.report("G08", FEBRUARY, LEGAL)
    made["G09"] = await hand.report("G09", FEBRUARY, LEGAL)
    await hand.accept_late(made["G09"], "G09", FEBRUARY)
    made["H38"] = await hand.report("H38", FEBRUARY, LEGAL)
    ingest = Database(app_url, role="ingest", pool_size=4)
    frozen = await freeze(
        Runtime(ingest, IngestSettings(), lambda: NOW), source_named("agency_report"), FEBRUARY, actor="local:tests"
    )
    yield {**made, "snapshot": frozen.snapshot_id}
    await ingest.close()
    await database.close()


async def test_the_rates_equal_a_count_by_hand(house: House, month: dict[str, str]) -> None:
    answer = await house.get(f"{API}/periods/2026-02/reporting", "reader")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert {name: found[name] for name in ("bodies", "in_time", "late", "none")} == {
        "bodies": 56, "in_time": 2, "late": 2, "none": 52,
    }  # fmt: skip
    # D1 of 56 bodies and G06's databases a, b, c; received: four lists of tasks, a and c.
    assert (found["expected"], found["received"]) == (59, 6)
    assert (found["timeliness"], found["completeness"]) == ("3.57", "10.17")
    assert found["frozen"] == month["snapshot"]
    lines = {line["agency"]: line for line in found["items"]}
    assert (lines["G06"]["expected"], lines["G06"]["received"], lines["G06"]["missing"]) == (4, 3, ["C1:b"])
    assert lines["G06"]["counted"] == {
        "snapshot": month["snapshot"], "version": 1, "submission_id": month["G06"], "sequence": 1, "ground": "in_time",
    }  # fmt: skip
    assert (lines["G08"]["state"], lines["G08"]["moved_by"], lines["G08"]["counted"]) == ("in_time", month["ext"], None)
    assert (lines["G09"]["state"], lines["G09"]["late_accepted"], lines["G09"]["counterfactual"]) == ("late", True, True)
    assert (lines["H38"]["late_accepted"], lines["H38"]["counterfactual"]) == (False, True)
    assert (lines["G10"]["state"], lines["G10"]["missing"], lines["G10"]["submission_id"]) == ("none", ["D1"], None)


async def test_a_body_sees_its_own_line_with_the_time_left(house: House, month: dict[str, str]) -> None:
    own = await reporting(house, "H38", "2026-02")
    assert (own["submission_id"], own["counterfactual"], own["seconds_left"]) == (month["H38"], True, 0)
    ahead = await reporting(house, "H38", "2026-03")
    assert ahead["hard_at"] == "2026-04-05T00:00:00+07:00"
    assert ahead["soft_at"] == "2026-04-04T00:00:00+07:00", "Friday is the last working day before"
    assert ahead["now"] == "2026-03-10T10:00:00+07:00"
    assert ahead["seconds_left"] == 25 * 86400 + 14 * 3600
    assert ahead["seconds_to_soft"] == ahead["seconds_left"] - 86400


async def test_another_bodys_line_is_not_there(house: House, month: dict[str, str]) -> None:
    outside = await house.bearer_of("G06", "agency_signer")
    answer = await house.client.get(f"{API}/agencies/H38/periods/2026-02/reporting", headers=outside)
    assert answer.status_code == 404
    assert (await house.client.get(f"{API}/periods/2026-02/reporting", headers=outside)).status_code == 403


async def reporting(house: House, agency: str, period: str) -> dict[str, Any]:
    headers = await house.bearer_of(agency, "agency_drafter")
    answer = await house.client.get(f"{API}/agencies/{agency}/periods/{period}/reporting", headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
