"""What a body sees of the sources before scoring is what scoring takes: view against measures, over generated months."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from services.scoring.measures import derive
from shared.law.scheme import scheme_for
from shared.measures import QUERIES
from tests.integration.scoring import generated
from tests.integration.scoring.conftest import Months
from tests.integration.scoring.generated import freeze_generated, put_some_aside
from tests.integration.scoring.test_engines_agree import JANUARY, inputs_of
from tests.integration.second_engine.rows import Month

# What rests on the body's own report, and the bonus, is not in the view, nor what only another reading counts.
NOT_SHOWN = {"digitised_records", "accepted_tasks", "registered_tasks", "bonus_points"}
SHOWN = {name for query in QUERIES if query.rule is None for name in query.measures} - NOT_SHOWN
CASES = 30
_ALL = text("SELECT agency, measure, value, source, snapshot_id, version FROM ingest.official_figures WHERE period = '2026-01'")
_ONE = text(_ALL.text + " AND agency = :agency")


async def seen_by(month: Month, reads: str, agency: str | None = None) -> list[dict[str, Any]]:
    await month.connection.exec_driver_sql("SET LOCAL ROLE gateway")
    await month.connection.execute(text("SELECT set_config('bangdiem.reads', :reads, true)"), {"reads": reads})
    statement = _ALL if agency is None else _ONE
    found = await month.connection.execute(statement, {} if agency is None else {"agency": agency})
    return [dict(line) for line in found.mappings()]


async def both(month: Month) -> tuple[dict[tuple[str, str], Any], dict[tuple[str, str], Any], list[dict[str, Any]]]:
    derived = await derive(month.connection, (await inputs_of(month)).frame)
    truth = {(code, name): value for code, mine in derived.items() for name, value in mine.items() if name in SHOWN}
    lines = await seen_by(month, "*")
    return truth, {(line["agency"], line["measure"]): line["value"] for line in lines}, lines


@pytest.mark.parametrize("seed", range(CASES))
async def test_the_view_is_what_scoring_derives(months: Months, seed: int) -> None:
    async with months() as month:
        await freeze_generated(month, seed)
        await put_some_aside(month, seed)
        truth, shown, lines = await both(month)
    # A body that no row of a dataset is left of has no line for it; that it lost one is a finding.
    truth = {key: value for key, value in truth.items() if value is not None or key in shown}
    assert {key: None if value is None else Decimal(value) for key, value in truth.items()} == shown
    assert len(lines) == len(shown), "one value of one measure"


async def test_over_all_56_bodies_and_every_measure(months: Months, monkeypatch: pytest.MonkeyPatch) -> None:
    provinces = [f"H{number:02}" for number in range(1, 35)]
    codes = (*(f"G{number:02}" for number in range(1, 23)), *provinces)
    monkeypatch.setattr(generated, "CODES", codes)
    async with months() as month:
        await freeze_generated(month, 3)
        truth, shown, _ = await both(month)
    assert {name for _, name in shown} == SHOWN, "the month gives every measure"
    assert len({agency for agency, _ in shown}) == len(codes)
    assert {key: None if value is None else Decimal(value) for key, value in truth.items()} == shown
    assert None in shown.values(), "a figure that was not given stays unknown"


async def test_a_body_sees_its_own_figures_alone(months: Months) -> None:
    async with months() as month:
        await freeze_generated(month, 1)
        everybody = await seen_by(month, "*")
        own = await seen_by(month, "H38")
        foreign = await seen_by(month, "H38", "G06")
        nobody = await seen_by(month, "")
    assert own == [line for line in everybody if line["agency"] == "H38"] != []
    assert (foreign, nobody) == ([], [])


async def test_the_latest_version_is_shown(months: Months) -> None:
    async with months() as month:
        for version, transactions in ((1, 5), (2, 9)):
            rows = [{"agency_code": "H38", "source_system": "NDXP", "transactions": transactions}]
            await month.freeze("ndxp", version=version, exchange_volume=rows)
        (line,) = await seen_by(month, "H38")
    assert (line["measure"], line["value"], line["version"]) == ("exchange_transactions", 9, 2)


def test_every_measure_of_a_monitored_indicator_is_shown() -> None:
    scheme = scheme_for(JANUARY)
    monitored = {
        name
        for code, each in scheme.indicators.items()
        if each.group != "bonus" and code not in ("C1", "D1")
        for name in each.formula.measures
    }
    assert monitored == SHOWN
