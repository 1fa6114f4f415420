"""Whoever adds up the rows behind a figure gets the figure: the rows of every body, over generated months (EXP-01, EXP-05)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from services.gateway.publication import rows
from services.gateway.publication.row_lists import Asked, RowList, ShownRow
from services.gateway.publication.rows import Basis, IndicatorRows, indicator_rows, snapshots_counted
from services.gateway.publication.store import rows as stored
from services.gateway.publication.store.records import RunBasis
from services.scoring.measures import derive
from shared.law.revisions import Law, Revision
from shared.law.scheme import scheme_for
from shared.measures import CLASSIFIED, QUERIES
from shared.measures.frame import ROW_RULES
from shared.measures.verdicts import VERDICTS
from shared.period import Period
from tests.integration.scoring.conftest import Months
from tests.integration.scoring.generated import CODES, freeze_generated, put_some_aside
from tests.integration.scoring.test_engines_agree import inputs_of
from tests.integration.scoring.test_engines_agree_on_readings import generated
from tests.integration.second_engine.rows import DEADLINE, Month, covered
from tests.regrouped import regrouped

SCHEME = scheme_for(Period.parse("2026-01"))
# Of every reading that counts rows otherwise one alternative: a revision that turns on all rules at once.
OTHERWISE = {name: one.id for name, reading in SCHEME.readings.items() for one in reading.alternatives if one.rows}
LAWS = [Law(SCHEME), Law(SCHEME, Revision(SCHEME.id, 1, Period.parse("2026-01"), OTHERWISE, "demo"))]
PAGE = 3
SECOND = "snap_system57-2026-01-2"


async def basis_of(month: Month, law: Law) -> Basis:
    inputs = await inputs_of(month, *CODES)
    run = RunBasis(run_id="demo", period="2026-01", version=None, inputs=inputs.bytes(), scheme=SCHEME.id, scheme_revision=None)
    ids = [each.snapshot_id for each in inputs.snapshots.values()]
    return Basis(run, law, inputs.document(), await snapshots_counted(month.connection, law, ids))


async def see(month: Month, reads: str) -> None:
    await month.connection.exec_driver_sql("SET LOCAL ROLE gateway")
    await month.connection.execute(text("SELECT set_config('bangdiem.reads', :reads, true)"), {"reads": reads})


async def everything(month: Month, listed: RowList, agency: str | None, verdict: str | None = None) -> list[ShownRow]:
    """All pages."""
    found: list[ShownRow] = []
    while True:
        after = found[-1].key if found else None
        page = await listed.read(month.connection, Asked(agency, verdict, after, PAGE))
        found += page
        if len(page) < PAGE:
            return found


async def figures_of(month: Month, basis: Basis, agency: str) -> dict[str, Decimal | None]:
    """By measure, from the rows that the body itself is shown."""
    await see(month, agency)
    found: dict[str, Decimal | None] = {}
    for code in basis.law.applied.indicators:
        behind = await indicator_rows(month.connection, basis, agency=agency, code=code)
        items = [each.shown() for each in await everything(month, behind.rows, agency)]
        assert {item["verdict"] for item in items} <= VERDICTS.keys()
        assert {item["row"]["agency"] for item in items} <= {agency}
        for figure in behind.figures():
            if figure["origin"] != "all_bodies":
                found[figure["measure"]] = regrouped(figure, items)
        await _every_row_once(month, behind, items)
    return found


async def _every_row_once(month: Month, behind: IndicatorRows, items: list[Mapping[str, Any]]) -> None:
    assert len({item["leaf"] for item in items}) == len(items)
    for part in behind.rows.parts:
        statement = text(f"SELECT count(*) FROM ingest.{part.dataset.table} WHERE snapshot_pk = :pk AND agency_code = :agency")
        count = await month.connection.scalar(statement, {"pk": part.snapshot.pk, "agency": behind.agency})
        assert len([item for item in items if item["dataset"] == part.dataset.name]) == count


@pytest.mark.parametrize("law", LAWS, ids=["as shipped", "every rule turned"])
@pytest.mark.parametrize("seed", range(12))
async def test_the_rows_of_every_body_add_up_to_every_measure(months: Months, seed: int, law: Law) -> None:
    async with months() as month:
        if law.revision is None:
            await freeze_generated(month, seed)
            await put_some_aside(month, seed)
        else:
            await generated(month, 40_000 + seed)
        basis = await basis_of(month, law)
        frame = (await inputs_of(month, *CODES)).frame
        derived = await derive(month.connection, frame, basis.rules)
        for agency in CODES:
            mine = {name: value for name, value in derived.get(agency, {}).items() if value is not None}
            found = await figures_of(month, basis, agency)
            known = {name: Decimal(value) for name, value in mine.items() if name in found}
            assert {name: value for name, value in found.items() if value is not None} == known, agency
            missing = {name for name in _measured(law) - found.keys() if name in mine}
            assert missing <= {"meetings_held"}, "every figure but the one counted from all bodies' rows has rows"


def _measured(law: Law) -> set[str]:
    return {name for indicator in law.applied.indicators.values() for name in indicator.formula.measures}


async def test_rows_of_one_verdict_are_those_among_all(months: Months) -> None:
    async with months() as month:
        await freeze_generated(month, 2)
        basis = await basis_of(month, LAWS[0])
        await see(month, "*")
        behind = await indicator_rows(month.connection, basis, agency="H38", code="A2")
        whole = await everything(month, behind.rows, "H38")
        for verdict in VERDICTS:
            alone = await everything(month, behind.rows, "H38", verdict)
            assert [each.key for each in alone] == [each.key for each in whole if each.row.verdict == verdict]
    assert len({each.row.verdict for each in whole}) > 3


async def test_nobody_is_shown_the_rows_of_another(months: Months) -> None:
    async with months() as month:
        await freeze_generated(month, 2)
        basis = await basis_of(month, LAWS[0])
        await see(month, "*")
        behind = await indicator_rows(month.connection, basis, agency="H38", code="A1")
        bodies = {each.row.agency for each in await everything(month, behind.rows, None)}
        assert "H38" in bodies
        for reads in ("", *(bodies - {"H38"})):
            await see(month, reads)
            assert await everything(month, behind.rows, "H38") == []
            assert {each.row.agency for each in await everything(month, behind.rows, None)} == ({reads} if reads else set())


async def test_rows_of_a_version_that_did_not_count_are_its_own_and_bear_no_verdict(
    months: Months, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-8 `as-frozen`: of a composed version the first one's rows counted, and are listed under its id alone."""
    task = {"agency_code": "H38", "task_id": "t"}
    async with months() as month:
        await month.freeze("system57", system57_coverage=covered("H38"), task_assignment=[task])
        known = {**task, "completed_on": date(2026, 1, 10)}
        composed = {"version": 2, "as_of": DEADLINE, "composed": True}
        await month.freeze("system57", system57_coverage=covered("H38"), task_assignment=[known], **composed)  # type: ignore[arg-type]
        for law, version in zip(LAWS, (2, 1), strict=True):
            basis = await basis_of(month, law)
            monkeypatch.setattr(stored, "basis_on_snapshot", as_found(basis.run))
            monkeypatch.setattr(rows, "_restored", as_found(basis))
            await see(month, "*")
            run, found = await rows.snapshot_rows(
                month.connection, "snap_system57-2026-01-2", "task_assignments", published=True
            )
            (item,) = [each.shown() for each in await everything(month, found, None)]
            assert item["row"]["completed_on"] == "2026-01-10", version
            assert (run, item["verdict"]) == ((basis.run, "on_time") if version == 2 else (None, None))
            assert basis.snapshots["system57"].version == version


async def test_rows_count_in_nothing_where_the_measure_was_not_asked(months: Months) -> None:
    """C1 needs the national database; without its snapshot no reported figure counts, wherever its row is listed."""
    figure = {"agency_code": "H38", "new_records": 5}
    async with months() as month:
        await month.freeze("agency_report", report=covered("H38"), registered_task=[], reported_records=[figure])
        for counts_in in ([], ["digitised_records"]):
            if counts_in:
                await month.freeze("national_database", database_growth=[])
            basis = await basis_of(month, LAWS[0])
            await see(month, "*")
            listed = rows.rows_in(basis.snapshots["agency_report"], "reported_records", basis)
            (item,) = [each.shown() for each in await everything(month, listed, None)]
            assert (item["verdict"], item["counts_in"]) == ("confirmed", counts_in)
            behind = await indicator_rows(month.connection, basis, agency="H38", code="C1")
            mine = await everything(month, behind.rows, "H38")
            assert [list(each.counts_in) for each in mine] == ([counts_in] if counts_in else [])


def as_found(thing: object) -> Callable[..., Awaitable[object]]:
    async def find(*_: object, **__: object) -> object:
        return thing

    return find


def test_the_rules_turned_are_all_that_scoring_knows() -> None:
    assert LAWS[1].readings.row_rules(SCHEME) == ROW_RULES


def test_every_verdict_has_words_and_every_word_is_given() -> None:
    """What the statements can say: the texts after THEN and ELSE, and what comes out of a column."""
    said = set(re.findall(r"(?:THEN|ELSE|SELECT \w+\.\*,) '(\w+)'", " ".join(each.sql for each in CLASSIFIED.values())))
    said -= {"open"}  # the word on a figure, which becomes open_word; a task's is given too
    from_columns = {"refused", "speech", "thematic_report", "open"}
    assert said | from_columns == VERDICTS.keys()
    counted = {verdict for query in QUERIES for tally in query.measures.values() for verdict in tally.verdicts}
    assert counted <= VERDICTS.keys()
