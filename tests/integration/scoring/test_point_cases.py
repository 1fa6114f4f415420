"""Every case of a point of the law that a lawyer can read (tests/cases/points), through the database and both engines.

What was recorded late or taken back (A-8, A-12, G-7), words that are awaited (C-2, C-3), rows that cannot be true (ING-16).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.scoring.inputs import FigureLeftOut, Inputs, Ruling
from shared.law.cases import TESTED
from shared.law.law_file import read_law_file
from tests.integration.scoring.conftest import Months
from tests.integration.scoring.test_engines_agree import computed, inputs_of
from tests.integration.second_engine.rows import CUTOFF, Month, Row, covered

POOL = (TESTED, "Y")
COVERED = {"system57": "system57_coverage", "government_office": "register", "agency_report": "report"}


def cases() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in sorted((Path(__file__).parents[2] / "cases" / "points").glob("*.yaml")):
        content = read_law_file(path)
        for number, case in enumerate(content["cases"], start=1):
            rows = {source: dict(found) for source, found in content.get("base", {}).items()}
            yield f"{path.stem}-{number}", {**case, "rows": rows | dict(case["rows"])}


CASES = dict(cases())


def value(name: str, given: Any) -> Any:
    if isinstance(given, str) and name.endswith("_on"):
        return date.fromisoformat(given)
    if isinstance(given, str) and name.endswith("_at"):
        return datetime.fromisoformat(given)
    return given


def rows_of(given: list[Row]) -> list[Row]:
    return [{name: value(name, found) for name, found in row.items()} for row in given]


async def frozen(month: Month, case: Mapping[str, Any]) -> Inputs:
    for source, datasets in case["rows"].items():
        given = {name: rows_of(rows) for name, rows in datasets.items()}
        if source in COVERED:
            given.setdefault(COVERED[source], covered(*POOL))
        as_of = datetime.fromisoformat(case["as_of"][source]) if source in case.get("as_of", {}) else CUTOFF
        await month.freeze(source, **given)  # type: ignore[arg-type]
        if as_of != CUTOFF:
            await month.freeze(source, as_of=as_of, version=2, **given)  # type: ignore[arg-type]
    for aside in case.get("put_aside", ()):
        await month.put_aside(aside["source"], aside["dataset"], aside["agency"])
    rulings = [Ruling(f"rul_{name}", TESTED, name, text, "demo", "demo") for name, text in case.get("rulings", {}).items()]
    left_out = [FigureLeftOut("omit_demo", **dict(each)) for each in case.get("left_out", ())]
    return await inputs_of(month, *POOL, rulings=rulings, left_out=left_out)


@pytest.mark.parametrize("name", CASES)
async def test_case(months: Months, name: str) -> None:
    case = CASES[name]
    async with months() as month:
        done = await computed(month, await frozen(month, case))
    assert done.differences == [], "the second engine gives something else"
    (line,) = [line for line in done.document["agencies"] if line["agency"] == case.get("tested", TESTED)]
    found = line["indicators"][case["of"]]
    assert (found["exact"], found["state"]) == (case["exact"], case["state"]), case["says"]
