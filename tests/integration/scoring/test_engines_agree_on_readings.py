"""Both engines under every reading, and under every two of them together, over the same frozen rows (RUL-08, RUL-12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest

from services.scoring.compute import differences, question, sheet_under
from services.scoring.second_engine import SecondEngineRefused
from services.scoring.second_engine import run as second_engine
from shared.inputs import Exemption, Inputs, Ruling
from shared.law.document import render
from shared.law.readings import Readings
from shared.law.scheme import scheme_for
from shared.measures.frame import ROW_RULES
from shared.period import Period
from tests.integration.scoring.conftest import Months
from tests.integration.scoring.generated import CODES, Draw, sources
from tests.integration.scoring.test_engines_agree import inputs_of
from tests.integration.second_engine.rows import CUTOFF, DEADLINE, IN_TIME, Month, Row, covered

SCHEME = scheme_for(Period.parse("2026-01"))
ALTERNATIVES = [(name, one.id) for name, reading in SCHEME.readings.items() for one in reading.alternatives if one.computed]
PAIRS = [dict(pair) for pair in combinations(ALTERNATIVES, 2) if pair[0][0] != pair[1][0]]
ASSIGNERS = ("Chính phủ", "Thủ tướng Chính phủ", "Ban Chỉ đạo Trung ương về phát triển KHCN", "Tổ giúp việc", "Bộ Công an")
SEEDS = range(40_000, 40_006)


def enrich(draw: Draw, dataset: str, row: Row) -> Row:
    """What only other readings look at: who assigned, which kind of money, which list, one meeting for several bodies."""
    dice = draw.dice
    more: dict[str, Callable[[], Row]] = {
        "task_assignment": lambda: {"assigned_by": dice.choice(ASSIGNERS)},
        "investment": lambda: {"budget_kind": dice.choice(["development_investment", "recurrent"])},
        "database_growth": lambda: {"listed": dice.random() < 0.5},
        "reported_records": lambda: {"listed": dice.random() < 0.5},
        "summons": lambda: {"meeting_id": f"m{dice.randrange(6)}-{row['agency_code']}"[: dice.choice([2, 9])]},
    }
    return {**row, **more[dataset]()} if dataset in more else row


def since(draw: Draw, row: Row) -> Row:
    """What a later look found changed: recorded after the freeze, or taken back."""
    after = IN_TIME + timedelta(days=2)
    late = {"completed_on": date(2026, 1, 10), "reported_at": after, "sent_back_at": None}
    return {**row, **draw.dice.choice([{}, {}, late, {"sent_back_at": after, "confirmed_at": None}])}


def distinct(rows: list[Row]) -> list[Row]:
    """One summons a body and meeting."""
    return list({(row["agency_code"], row.get("meeting_id", number)): row for number, row in enumerate(rows)}.values())


async def generated(month: Month, seed: int) -> Inputs:
    """A month with rulings and exemptions, from its number."""
    draw = Draw(seed)
    for source, datasets in sources(draw).items():
        if draw.dice.random() < 0.95:
            given = {name: distinct([enrich(draw, name, row) for row in rows]) for name, rows in datasets.items()}
            await month.freeze(source, **given)  # type: ignore[arg-type]
            if source == "system57" and draw.dice.random() < 0.7:
                given |= {"task_assignment": [since(draw, row) for row in given["task_assignment"]]}
                await month.freeze(source, **given, version=2, as_of=DEADLINE, composed=True)  # type: ignore[arg-type]
    rulings = [
        Ruling(f"rul_{code}_{name}", code, name, value, "demo", "demo")
        for code in CODES
        for name, value in (("exchange_transactions", "12"), ("digitisation", "7.25"), ("meetings_summoned", "9"))
        if draw.dice.random() < 0.3
    ]
    exemptions = [
        Exemption(f"app_{code}_{name}", code, name, "demo")
        for code in CODES
        for name in ("A1", "A2", "B1", "B5", "C1", "A3", "D2", "bonus")
        if draw.dice.random() < 0.15
    ]
    return await inputs_of(month, *CODES, rulings=rulings, exemptions=exemptions)


async def both(month: Month, inputs: Inputs, chosen: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    readings = Readings.of(SCHEME, chosen)
    first = render(await sheet_under(month.connection, inputs, SCHEME, readings))
    return first, await second_engine(month.connection, **question(inputs), readings=readings.as_mapping())


def test_every_two_readings_are_tried_and_every_rule_of_rows_is_known() -> None:
    assert len(ALTERNATIVES) == 22
    assert len(PAIRS) == 230
    named = {rule for reading in SCHEME.readings.values() for one in reading.alternatives for rule in one.rows}
    assert named == ROW_RULES


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_two_readings_together(months: Months, seed: int) -> None:
    """Each generated month is asked under every single reading and a sixth of all pairs; six months ask all pairs."""
    async with months() as month:
        inputs = await generated(month, seed)
        for chosen in [*(dict([one]) for one in ALTERNATIVES), *PAIRS[seed % len(SEEDS) :: len(SEEDS)]]:
            first, second = await both(month, inputs, chosen)
            assert differences(first, second) == [], chosen


async def test_all_of_them_together(months: Months) -> None:
    chosen = dict(reversed(ALTERNATIVES))
    for seed in range(50_000, 50_004):
        async with months() as month:
            first, second = await both(month, await generated(month, seed), chosen)
            assert differences(first, second) == []


async def test_every_reading_moves_somebody_in_the_generated_months(months: Months) -> None:
    """Two engines that both turn nothing would agree."""
    still = set(ALTERNATIVES)
    for seed in range(40_000, 40_060):
        if not still:
            break
        async with months() as month:
            inputs = await generated(month, seed)
            plain, _ = await both(month, inputs, {})
            for one in sorted(still):
                first, _ = await both(month, inputs, dict([one]))
                if first["agencies"] != plain["agencies"]:
                    still.discard(one)
    assert still == set()


async def test_a_reading_the_second_engine_does_not_know_is_refused(months: Months) -> None:
    async with months() as month:
        inputs = await inputs_of(month, "X")
        for chosen in ({"B-1": "tables"}, {"Z-1": "zero"}, {"A-5": "capped-recurring"}):
            with pytest.raises(SecondEngineRefused, match="is none that this engine knows"):
                await second_engine(month.connection, **question(inputs), readings=chosen)


async def test_as_frozen_goes_back_behind_what_was_taken_in_and_no_further(months: Months) -> None:
    """A whole correction is no taking in: what later versions took in stands on it (A-8)."""
    row: Row = {"agency_code": "X", "due_on": date(2026, 1, 20), "reported_at": IN_TIME}
    versions = [({}, False), ({"completed_on": date(2026, 1, 25)}, False), *[({"completed_on": date(2026, 1, 19)}, True)] * 2]
    async with months() as month:
        for number, (said, composed) in enumerate(versions, start=1):
            rows = {"system57_coverage": covered("X"), "task_assignment": [{**row, **said}]}
            as_of = DEADLINE if number > 1 else CUTOFF
            await month.freeze("system57", **rows, version=number, as_of=as_of, composed=composed)  # type: ignore[arg-type]
        inputs = await inputs_of(month, "X")
        for chosen, points in (({}, ("18", "0")), ({"A-8": "as-frozen"}, ("0", "9"))):
            first, second = await both(month, inputs, chosen)
            assert differences(first, second) == []
            (line,) = first["agencies"]
            assert tuple(line["indicators"][code]["exact"] for code in ("A1", "A2")) == points
