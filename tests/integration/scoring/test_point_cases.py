"""Every case of a point of the law that a lawyer can read (tests/cases/points), through the database and both engines.

What was recorded late or taken back, with what that holds until two people settle it (A-8, A-12, G-7, SNP-14), words that are
awaited (C-2, C-3), rows that cannot be true (ING-16).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.scoring.compute import Computed
from shared.holds.declaration import Hold
from shared.inputs import FigureLeftOut, Inputs, Ruling
from shared.law.cases import TESTED
from shared.law.law_file import read_law_file
from tests.integration.scoring.conftest import Months
from tests.integration.scoring.second_looks import held, leave_out, look, take_in
from tests.integration.scoring.test_engines_agree import computed, inputs_of
from tests.integration.second_engine.rows import Month, Row, covered

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


def pool(case: Mapping[str, Any]) -> list[str]:
    return sorted({*POOL, case.get("tested", TESTED)})


async def frozen(month: Month, case: Mapping[str, Any]) -> Inputs:
    for source, datasets in case["rows"].items():
        given = {name: rows_of(rows) for name, rows in datasets.items()}
        if source in COVERED:
            given.setdefault(COVERED[source], covered(*pool(case)))
        await month.freeze(source, **given)  # type: ignore[arg-type]
    for aside in case.get("put_aside", ()):
        await month.put_aside(aside["source"], aside["dataset"], aside["agency"])
    return await inputs(month, case)


async def inputs(month: Month, case: Mapping[str, Any]) -> Inputs:
    rulings = [Ruling(f"rul_{name}", TESTED, name, text, "demo", "demo") for name, text in case.get("rulings", {}).items()]
    left_out = [FigureLeftOut("omit_demo", **dict(each)) for each in case.get("left_out", ())]
    return await inputs_of(month, *pool(case), rulings=rulings, left_out=left_out)


async def settled(month: Month, case: Mapping[str, Any], first: Computed) -> Computed:
    """The month as it stands in the end: looked at again where the case says what was ``looked``, what that found ``taken_in``
    by a version composed of it, or what holds the month left out (``holds_left_out``). What is ``held`` then is as it says."""
    found, done = [], first
    if "looked" in case:
        found = await look(month, first, rows_of(case["looked"]))
    if case.get("taken_in"):
        tasks = rows_of(case["rows"]["system57"]["task_assignment"])
        assert await held(month, first), "there is something to take in"
        await take_in(month, tasks, rows_of(case["looked"]), found, *pool(case))
        done = await computed(month, await inputs(month, case))
    holds = await held(month, done)
    if case.get("holds_left_out"):
        assert holds, "there is something to leave out"
        await leave_out(month, holds)
        holds = await held(month, done)
    assert told(holds, case) == list(case["held"]), case["says"]
    return done


def told(holds: Sequence[Hold], case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of the case's bodies: where no look came, every body of the registry is held."""
    return [
        {"kind": hold.kind, "agency": body.agency, "points": body.as_document()["exact"]}
        for hold in holds
        for body in hold.bodies
        if body.agency in pool(case)
    ]


@pytest.mark.parametrize("name", CASES)
async def test_case(months: Months, name: str) -> None:
    case = CASES[name]
    async with months() as month:
        done = await computed(month, await frozen(month, case))
        if "held" in case:
            done = await settled(month, case, done)
    assert done.differences == [], "the second engine gives something else"
    (line,) = [line for line in done.document["agencies"] if line["agency"] == case.get("tested", TESTED)]
    found = line["indicators"][case["of"]]
    assert (found["exact"], found["state"]) == (case["exact"], case["state"]), case["says"]
