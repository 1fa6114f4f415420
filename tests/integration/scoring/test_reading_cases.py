"""Every case of a reading that a lawyer can read (tests/cases/readings), through the database and both engines (RUL-08)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.scoring.compute import differences
from shared.inputs import Exemption, Inputs, Ruling
from shared.law.cases import TESTED, ReadingCase, read_reading_cases
from tests.integration.scoring.conftest import Months
from tests.integration.scoring.test_engines_agree import inputs_of
from tests.integration.scoring.test_engines_agree_on_readings import ALTERNATIVES, both
from tests.integration.second_engine.rows import DEADLINE, Month, Row, covered

CASES = tuple(read_reading_cases(Path(__file__).parents[2] / "cases" / "readings"))
COVERED = {"system57": "system57_coverage", "government_office": "register", "agency_report": "report"}


def rows_of(given: list[Row]) -> list[Row]:
    return [{name: value(name, found) for name, found in row.items()} for row in given]


def value(name: str, given: Any) -> Any:
    read = {"on": date.fromisoformat, "at": datetime.fromisoformat}.get(name.rpartition("_")[2])
    return read(given) if read and isinstance(given, str) else given


async def frozen(month: Month, case: ReadingCase) -> Inputs:
    """The case's rows as snapshots; its figures are rulings, so that each stands alone."""
    codes = {
        *case.figures,
        *(row["agency_code"] for datasets in case.rows.values() for rows in datasets.values() for row in rows),
    }
    for stage, later in ((case.frozen, {}), (case.rows, {"version": 2, "as_of": DEADLINE, "composed": True})):
        for source, datasets in stage.items():
            given = {name: rows_of(rows) for name, rows in datasets.items()}
            if source in COVERED:
                given.setdefault(COVERED[source], covered(*codes))
            await month.freeze(source, **given, **(later if source in case.frozen else {}))  # type: ignore[arg-type]
    rulings = [
        Ruling(f"rul_{code}_{name}", code, name, str(value), "demo", "demo")
        for code, figures in case.figures.items()
        for name, value in figures.items()
    ]
    exemptions = [Exemption(f"app_{code}", TESTED, code, "demo") for code in case.not_applicable]
    return await inputs_of(month, *codes, rulings=rulings, exemptions=exemptions)


def said(sheet: dict[str, Any], of: str) -> Any:
    line = next(line for line in sheet["agencies"] if line["agency"] == TESTED)
    return line[of] if of in line else line["indicators"][of]["exact"]


def ways(case: ReadingCase) -> Iterator[tuple[dict[str, str], Any]]:
    yield {}, case.in_force
    for alternative, expected in case.others.items():
        yield {case.reading: alternative}, expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_case(months: Months, case: ReadingCase) -> None:
    async with months() as month:
        inputs = await frozen(month, case)
        for chosen, expected in ways(case):
            first, second = await both(month, inputs, chosen)
            assert differences(first, second) == []
            assert said(first, case.of) == expected, chosen
            assert said(second, case.of) == expected, chosen


def test_every_alternative_that_is_computed_has_a_case_where_it_changes_something() -> None:
    shown = {(case.reading, one) for case in CASES for one, value in case.others.items() if value != case.in_force}
    assert shown == set(ALTERNATIVES)
