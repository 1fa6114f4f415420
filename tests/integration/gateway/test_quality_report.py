"""Đúng, đủ, sạch, sống: each by its published formula, counted here from the very rows by other code (DQ-08). All invented."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import psycopg
import pytest
import rfc8785
from sqlalchemy import pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.gateway.oversight.quality import WORDS
from shared.canonical import sha256_hex
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, HOME, House
from tests.integration.gateway.test_eform import browser
from tests.integration.second_engine.rows import COLUMNS, Month, Row, covered

OTHER, SILENT = "H38", "G09"
PLACE = f"{API}/periods/2026-02/quality-report"
BEFORE: list[Row] = [
    {"agency_code": HOME, "task_id": "same"},
    {"agency_code": HOME, "task_id": "done"},
    {"agency_code": HOME, "task_id": "gone"},
    {"agency_code": OTHER, "task_id": "same"},
]
NOW: list[Row] = [
    {"agency_code": HOME, "task_id": "same"},
    {"agency_code": HOME, "task_id": "done", "completed_on": date(2026, 2, 3)},
    {"agency_code": HOME, "task_id": "new", "title": "Nhiệm vụ minh họa"},
    {"agency_code": HOME, "task_id": "secret", "classified": True},
    {"agency_code": OTHER, "task_id": "same"},
]
# Text of a classified task that must not even be there.
WITHHELD = 2


def filled(dataset: str, rows: Iterable[Row]) -> list[int]:
    """Cells with a value, and cells there can be."""
    whole = [{**COLUMNS[dataset], **{name: value for name, value in row.items() if name != "agency_code"}} for row in rows]
    values = [value for row in whole for value in row.values()]
    withheld = sum(WITHHELD for row in whole if row.get("classified"))
    return [sum(value is not None for value in values), len(values) - withheld]


def of(rows: Iterable[Row], agency: str) -> list[Row]:
    return [row for row in rows if row["agency_code"] == agency]


@pytest.fixture(scope="module")
async def codes(database: TestDatabase, house: House) -> list[str]:
    """January and twice February of System 57. In the first of February two rows of HOME and one of OTHER could not be true;
    in the second one of HOME's is left. The portal speaks of OTHER alone."""
    with psycopg.connect(database.owner_url) as owner:
        found = [code for (code,) in owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code")]
    engine = create_async_engine(make_url(database.app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    async with engine.begin() as connection:
        month = Month(connection)
        await month.freeze("system57", task_assignment=BEFORE)
        await month.freeze("system57", period="2026-02", task_assignment=NOW[:2])
        for agency, number in ((HOME, 1), (HOME, 2), (OTHER, 3)):
            await aside(month, agency, number)
        await month.freeze("system57", period="2026-02", version=2, task_assignment=NOW)
        await aside(month, HOME, 2)
        await month.freeze("public_service_portal", period="2026-02", service_score=covered(OTHER))
    await engine.dispose()
    return found


async def aside(month: Month, agency: str, number: int) -> None:
    await month.connection.exec_driver_sql("SET LOCAL ROLE ingest")
    await month.connection.exec_driver_sql(
        "INSERT INTO ingest.put_aside (snapshot_pk, ordinal, dataset, agency, place, faults, row, digest)"
        " VALUES (%(pk)s, %(number)s, 'task_assignments', %(agency)s, 'demo', '[]', '{}', %(digest)s)",
        {"pk": month.snapshots["system57"], "number": number, "agency": agency, "digest": f"sha256:{number:064x}"},
    )


def shares(line: dict[str, Any]) -> dict[str, tuple[int | None, int | None]]:
    return {word.code: (line[word.code]["numerator"], line[word.code]["denominator"]) for word in WORDS}


async def test_each_word_is_its_formula_over_the_rows(house: House, codes: list[str]) -> None:
    found = (await house.get(PLACE, "reader")).json()
    bodies = {each["agency"]: each for each in found["bodies"]}
    sources = {each["source"]: each for each in found["sources"]}
    assert list(bodies) == codes
    mine = filled("task_assignment", of(NOW, HOME))
    # Of HOME: four rows kept and one aside; two were found, one is no more; "done" and "new" and "secret" on three of before.
    assert shares(bodies[HOME]) == {"right": (4, 5), "complete": tuple(mine), "clean": (1, 2), "alive": (3, 3)}
    other = [a + b for a, b in zip(filled("task_assignment", NOW[4:]), filled("service_score", [{}]), strict=True)]
    assert shares(bodies[OTHER]) == {"right": (2, 2), "complete": tuple(other), "clean": (1, 1), "alive": (0, 1)}
    whole = filled("task_assignment", NOW)
    assert shares(sources["system57"]) == {"right": (5, 6), "complete": tuple(whole), "clean": (2, 3), "alive": (3, 4)}
    assert sources["system57"]["snapshot"]["version"] == 2
    assert sources["system57"]["former"]["snapshot_id"] == "snap_system57-2026-01-1"
    assert (sources["system57"]["right"]["exact"], sources["system57"]["right"]["percent"]) == ("5/6", "83.33")
    for line in (*found["bodies"], *found["sources"], found["total"]):
        for code in (word.code for word in WORDS):
            if line[code]["exact"] is not None:
                assert Fraction(line[code]["exact"]) == Fraction(line[code]["numerator"], line[code]["denominator"])


async def test_what_is_not_known_is_null_and_never_zero(house: House, codes: list[str]) -> None:
    found = (await house.get(PLACE, "auditor")).json()
    bodies = {each["agency"]: each for each in found["bodies"]}
    sources = {each["source"]: each for each in found["sources"]}
    nothing = dict.fromkeys((word.code for word in WORDS), (None, None))
    assert shares(bodies[SILENT]) == nothing
    assert SILENT in sources["system57"]["silent"]
    assert sources["public_service_portal"]["silent"] == [code for code in codes if code != OTHER]
    portal = shares(sources["public_service_portal"])
    assert (portal["right"], portal["clean"], portal["alive"]) == ((1, 1), (None, None), (None, None))
    assert (sources["finance"]["snapshot"], sources["finance"]["silent"], shares(sources["finance"])) == (None, None, nothing)
    first = (await house.get(f"{API}/periods/2026-01/quality-report", "reader")).json()
    assert {each["alive"]["exact"] for each in first["sources"]} == {None}
    none = await house.get(f"{API}/periods/2026-03/quality-report", "reader")
    assert (none.status_code, none.json()["detail"]) == (404, "kỳ 2026-03 chưa có số liệu nào được chốt")


async def test_the_same_snapshots_give_the_same_document_and_digest(house: House, codes: list[str]) -> None:
    first, again = await house.get(PLACE, "reader"), await house.get(PLACE, "operator")
    assert first.content == again.content
    found = first.json()
    digested = {name: value for name, value in found.items() if name not in ("digest", "formulas")}
    assert found["digest"] == sha256_hex(rfc8785.dumps(digested))
    assert json.dumps(digested).count("snapshot_id") == 3


async def test_its_table_and_page_say_the_same(house: House, codes: list[str]) -> None:
    table = (await house.get(f"{PLACE}?format=csv", "reader")).content.decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(table), delimiter=";")
    assert head[3:6] == ["Đúng: tử số", "Đúng: mẫu số", "Đúng: tỉ lệ (%)"]
    by = {line[1]: line for line in lines}
    assert by[HOME][3:6] == ["4", "5", "80,00"]
    assert by[SILENT][3:] == [""] * 12
    async with browser(house, house.keys["reader"]) as client:
        page = await client.get("/e-form/periods/2026-02/quality-report")
        assert (page.status_code, "80,00&nbsp;%" in page.text) == (200, True)
        assert all(word.passage in page.text.replace("&#34;", '"') for word in WORDS)
        assert (await client.get("/e-form/periods/2026-02/quality-report.csv")).content.decode("utf-8-sig") == table


def test_the_formulas_are_published() -> None:
    text = (Path(__file__).parents[3] / "docs" / "quality.md").read_text("utf-8")
    for word in WORDS:
        assert all(value in text for name, value in asdict(word).items() if name != "code"), word.code
