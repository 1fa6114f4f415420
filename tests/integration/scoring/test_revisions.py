"""A revision of the scheme: drafted, shadow-run over two months, signed by two people, put in force (RUL-09, RUL-17; ADR 32).

January stands before its first month and February is it. Everything is done by the use cases that routes and commands call, in
one real database; two months of all bodies are frozen in it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from fractions import Fraction
from math import floor
from typing import Any

import psycopg
import pytest
from sqlalchemy import pool, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from services.gateway.operations import revisions
from services.gateway.operations.revisions import RevisionNotReady, RevisionNotSignable, RevisionSigned, RevisionWanted, Whole
from services.gateway.operations.schemas.revisions import MonthMoved
from services.scoring.compute import compute, replay
from services.scoring.publish import RunNotPublishable
from services.scoring.shadow import NothingFrozen, RevisionNotFound, shadow
from shared import audit
from shared.audit import Actor
from shared.database import Database, rows
from shared.errors import InputInvalid, NotFound, SamePerson
from shared.ids import new_id
from shared.law.restored import restored
from shared.law.scheme import legal_cutoff
from shared.period import Period
from shared.public_pages.rendering import XLSX
from shared.tables.control import decision_approval, ruling
from shared.tables.revisions import scheme_activation, scheme_shadow, scheme_signature
from shared.tables.scoring import publication, rendering, run, run_reading
from tests.conftest import TestDatabase
from tests.integration.scoring.test_runs import SILENT, freeze_everything, looked_again
from tests.integration.second_engine.rows import Month
from tests.publishing import publish
from tests.unit.scoring.spreadsheet import assert_recomputes

JANUARY, FEBRUARY = Period(2026, 1), Period(2026, 2)
MONTHS = ["2026-01", "2026-02"]
# One reading that only turns the formula, one that counts rows otherwise, one that turns the total.
READINGS = {"A-1": "named-assigners", "B-1": "table", "G-3": "one-decimal"}
ONE, TWO, THIRD = (Actor(f"key:{name}", frozenset({"publisher"})) for name in ("one", "two", "third"))
WORDS = {"reason": "Thống nhất cách hiểu (minh họa)"}


class February(Month):
    """Freezes snapshots of the month after."""

    async def freeze(self, source: str, /, **given: Any) -> int:
        return await super().freeze(source, **{"period": str(FEBRUARY), "as_of": legal_cutoff(FEBRUARY), **given})


@pytest.fixture(scope="module")
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    with psycopg.connect(database.owner_url) as owner:
        found = owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code").fetchall()
    engine = create_async_engine(make_url(database.app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    for month in (Month, February):
        async with engine.begin() as connection:
            await freeze_everything(month(connection), [code for (code,) in found])
    await engine.dispose()
    for period in MONTHS:
        await looked_again(database, period)
    opened = Database(database.app_url, role="scoring", pool_size=2)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def office(database: TestDatabase, db: Database) -> AsyncIterator[Database]:
    """The gateway's side; the measure that the platform is silent about is ruled in both months."""
    opened = Database(database.app_url, role="gateway", pool_size=2)
    for period in MONTHS:
        given = {"period": period, "agency": SILENT, "measure": "exchange_transactions", "value": "0", "document": "01/MẪU"}
        async with opened.transaction() as connection:
            ruling_id = new_id("rul")
            await connection.execute(ruling.insert().values(**given, ruling_id=ruling_id, reason="demo", actor="key:p"))
            await audit.record(connection, "key:p", "ruling.propose", ruling_id, reason="demo")
            agreed = {"decision_id": ruling_id, "actor": "key:q", "reason": "demo"}
            await connection.execute(decision_approval.insert().values(**agreed))
            await audit.record(connection, "key:q", "decision.approve", ruling_id, reason="demo")
    yield opened
    await opened.close()


async def drafted(office: Database, first: str = "2026-02", readings: dict[str, str] | None = None) -> Whole:
    wanted = RevisionWanted("qd-4585", first, READINGS if readings is None else readings, "7/QĐ-MẪU (minh họa)", **WORDS)
    return await revisions.draft_revision(office, actor=ONE, wanted=wanted)


async def shadowed(db: Database, revision_id: str) -> str:
    found = await shadow(db, revision_id, MONTHS, actor="key:o", reason="thử")
    return str(found["shadow_id"])


async def signed(office: Database, revision_id: str, shadow_id: str, *people: Actor) -> Whole:
    _, digest = await revisions.find_shadow(office, shadow_id)
    for person in people:
        made = await revisions.sign_revision(
            office, actor=person, revision_id=revision_id, shadow_id=shadow_id, digest=digest, **WORDS
        )
    return made


async def in_force(db: Database, office: Database, *given: Any) -> Whole:
    revision_id = (await drafted(office, *given)).revision.revision_id
    await signed(office, revision_id, await shadowed(db, revision_id), ONE, TWO)
    return await revisions.activate_revision(office, actor=ONE, revision_id=revision_id, **WORDS)


async def scored(db: Database, period: Period) -> dict[str, Any]:
    return await compute(db, period, actor="key:o", reason="demo")


async def sheet_of(db: Database, run_id: str) -> dict[str, Any]:
    async with db.read() as connection:
        stored = await connection.scalar(select(run.c.sheet).where(run.c.run_id == run_id))
    document: dict[str, Any] = json.loads(stored or b"{}")
    return document


def lines(sheet: dict[str, Any]) -> dict[str, Any]:
    return {line["agency"]: line for line in sheet["agencies"]}


async def test_from_the_draft_to_a_published_month_and_the_months_before_replay_byte_for_byte(
    db: Database, office: Database
) -> None:
    before = {str(month): (await scored(db, month))["run_id"] for month in (JANUARY, FEBRUARY)}
    draft = await drafted(office)
    assert (draft.revision.number, draft.state) == (1, "draft")
    assert (await scored(db, FEBRUARY))["run_id"] == before["2026-02"], "a draft changes nothing"

    found, digest = await revisions.find_shadow(office, await shadowed(db, draft.revision.revision_id))
    assert (list(found.periods), found.agrees) == (MONTHS, True)
    once = await signed(office, draft.revision.revision_id, found.shadow_id, ONE)
    assert once.state == "signed_once"
    with pytest.raises(RevisionNotReady, match="not signed by two people"):
        await revisions.activate_revision(office, actor=TWO, revision_id=draft.revision.revision_id, **WORDS)
    twice = await signed(office, draft.revision.revision_id, found.shadow_id, TWO)
    assert [(each.place, each.actor, each.digest) for each in twice.signatures] == [
        (1, "key:one", digest),
        (2, "key:two", digest),
    ]
    assert (await scored(db, FEBRUARY))["run_id"] == before["2026-02"], "signatures change nothing"
    held = await revisions.activate_revision(office, actor=TWO, revision_id=draft.revision.revision_id, **WORDS)
    assert (held.state, held.revision.activated_by) == ("in_force", "key:two")

    january = await scored(db, JANUARY)
    assert (january["run_id"], january["new"]) == (before["2026-01"], False), "the month before it keeps its law and its run"
    february = await scored(db, FEBRUARY)
    assert (february["new"], february["agrees"], february["provisional"]) == (True, True, False)
    for run_id in (*before.values(), february["run_id"]):
        again = await replay(db, run_id)
        assert (again["same"], again["agrees"]) == (True, True), run_id

    old, new = await sheet_of(db, before["2026-02"]), await sheet_of(db, february["run_id"])
    assert "revision" not in old
    for sheet in (old, new):
        assert restored(sheet).sheet.line(SILENT).total_exact == Fraction(lines(sheet)[SILENT]["total_exact"]), (
            "it is explained"
        )
    assert new["revision"] == {
        "number": 1, "first_period": "2026-02", "document": "7/QĐ-MẪU (minh họa)", "readings": READINGS,
    }  # fmt: skip
    assert new["scheme_digest"] == draft.revision.digest != old["scheme_digest"]
    # By hand: (12.5 + 18 + 12.25 + 11.11 + 9.5) ÷ 100 × 20 for five groups; (12.5 + 18 + 12.25 + 11.11) ÷ 100 × 25 for four.
    assert (lines(old)[SILENT]["groups"]["B"], lines(new)[SILENT]["groups"]["B"]) == ("12.67", "13.47")
    assert {line["measures"]["period_tasks"] for line in old["agencies"]} == {"1"}
    assert {line["measures"]["period_tasks"] for line in new["agencies"]} == {"0"}, "nobody named in the decision assigned them"


async def test_the_shadow_run_foretold_what_the_sheets_then_said(db: Database, office: Database) -> None:
    """Whatever number is in force: the impact is between the law that held and the revision."""
    revision_id = (await drafted(office, "2026-01", {"B-1": "table", "G-4": "exact"})).revision.revision_id
    old = {month: await sheet_of(db, (await scored(db, Period.parse(month)))["run_id"]) for month in MONTHS}
    shadow_id = await shadowed(db, revision_id)
    await signed(office, revision_id, shadow_id, ONE, TWO)
    await revisions.activate_revision(office, actor=THIRD, revision_id=revision_id, **WORDS)
    found, _ = await revisions.find_shadow(office, shadow_id)
    for told in found.impact["months"]:
        MonthMoved.model_validate(told)
        made = await scored(db, Period.parse(told["period"]))
        assert (made["new"], made["result_digest"]) == (True, told["after"])
        mine, theirs = lines(old[told["period"]]), lines(await sheet_of(db, made["run_id"]))
        names = ("total", "total_exact", "grade", "rank", "missing")
        moved = [code for code in mine if any(mine[code][name] != theirs[code][name] for name in names)]
        assert [each["agency"] for each in told["changed"]] == moved != []
        for each in told["changed"]:
            for name in (*names, "shown_total"):
                assert each[name] == {"before": mine[each["agency"]][name], "after": theirs[each["agency"]][name]}
        assert told["changed_totals"] == sum(mine[code]["total"] != theirs[code]["total"] for code in mine) > 0
        assert told["changed_grades"] == sum(mine[code]["grade"] != theirs[code]["grade"] for code in mine)
        assert told["changed_ranks"] == sum(mine[code]["rank"] != theirs[code]["rank"] for code in mine)


async def test_every_run_of_whichever_revision_replays_to_its_bytes(db: Database, office: Database) -> None:
    """The last one in force goes back to the scheme as it ships: other digests, the first run's points."""
    back = await in_force(db, office, "2026-01", {})
    async with db.read() as connection:
        kept = await rows(connection, select(run.c.run_id, run.c.scheme_revision).where(run.c.period == "2026-02"))
    assert {line["scheme_revision"] for line in kept} >= {None, 1}
    for line in kept:
        assert (await replay(db, line["run_id"]))["same"] is True, line
    made = await scored(db, FEBRUARY)
    first = next(line["run_id"] for line in kept if line["scheme_revision"] is None)
    here, there = await sheet_of(db, made["run_id"]), await sheet_of(db, first)
    assert here["revision"]["number"] == back.revision.number
    assert here["agencies"] == there["agencies"]


async def test_a_run_of_an_earlier_law_is_not_published_and_one_of_the_revision_is_with_its_pages(
    db: Database, office: Database
) -> None:
    stale = (await scored(db, FEBRUARY))["run_id"]
    await in_force(db, office, "2026-02", READINGS)
    done = {"publisher": "key:p", "reason": "demo", "clock": lambda: datetime(2026, 3, 6, 3, tzinfo=UTC)}
    with pytest.raises(RunNotPublishable, match="the scheme has changed"):
        await publish(db, stale, **done)
    made = await publish(db, (await scored(db, FEBRUARY))["run_id"], **done)
    query = select(rendering.c.agency, rendering.c.media_type, rendering.c.body).join(publication)
    async with db.read() as connection:
        found = await rows(connection, query.where(publication.c.publication_id == made["publication_id"]))
    bodies = {(line["agency"], line["media_type"]): bytes(line["body"]) for line in found}
    for agency in ("", SILENT):
        assert json.loads(bodies[agency, "application/json"])["revision"]["readings"] == READINGS
        assert "7/QĐ-MẪU (minh họa)" in bodies[agency, "text/html"].decode(), "the page names the paper"
    # Formulas follow the law that was applied.
    assert_recomputes(json.loads(bodies["", "application/json"]), bodies["", XLSX], Fraction)


async def test_readings_are_told_beside_the_ones_that_a_revision_put_in_force(db: Database, office: Database) -> None:
    await in_force(db, office, "2026-02", {"B-1": "table"})
    run_id = (await scored(db, FEBRUARY))["run_id"]
    async with db.read() as connection:
        kept = await rows(connection, select(run_reading).where(run_reading.c.run_id == run_id))
    bodies = {(line["reading"], line["alternative"]): json.loads(line["body"]) for line in kept}
    told = {each["id"]: each for each in bodies["", ""]["readings"]}
    (table,) = told["B-1"]["alternatives"]
    assert told["B-1"]["in_force"] == table["says"]
    assert told["B-1"]["because"]["en"] == "By a revision of the scheme, signed by two people."
    sheet = lines(await sheet_of(db, run_id))
    tenths = [floor(Fraction(line["total_exact"]) * 10 + Fraction(1, 2)) for line in sheet.values()]
    moved = sum(each != 10 * line["total"] for each, line in zip(tenths, sheet.values(), strict=True))
    assert (table["agencies_moved"], told["G-3"]["alternatives"][0]["agencies_moved"]) == (0, moved)
    assert moved > 0
    for line in bodies["A-1", "named-assigners"]["agencies"]:
        assert line["in_force"]["total_exact"] == sheet[line["agency"]]["total_exact"]


async def test_one_person_is_not_two(db: Database, office: Database) -> None:
    revision_id = (await drafted(office)).revision.revision_id
    shadow_id = await shadowed(db, revision_id)
    await signed(office, revision_id, shadow_id, ONE)
    with pytest.raises(SamePerson):
        await signed(office, revision_id, shadow_id, ONE)
    await signed(office, revision_id, shadow_id, TWO)
    with pytest.raises(RevisionSigned):
        await signed(office, revision_id, shadow_id, THIRD)


async def test_only_what_was_read_is_signed_and_both_sign_the_same(db: Database, office: Database) -> None:
    mine, other = (await drafted(office)).revision.revision_id, (await drafted(office, "2026-01")).revision.revision_id
    first, second, foreign = await shadowed(db, mine), await shadowed(db, mine), await shadowed(db, other)
    _, right = await revisions.find_shadow(office, first)
    for shadow_id, digest, said in (
        (first, "sha256:" + "0" * 64, "is not the digest of"),
        (foreign, right, "is no shadow run of"),
    ):
        with pytest.raises(RevisionNotSignable, match=said):
            await revisions.sign_revision(office, actor=ONE, revision_id=mine, shadow_id=shadow_id, digest=digest, **WORDS)
    await signed(office, mine, first, ONE)
    with pytest.raises(RevisionNotSignable, match="the first person signed"):
        await signed(office, mine, second, TWO)
    with pytest.raises(NotFound):
        await revisions.sign_revision(office, actor=TWO, revision_id=mine, shadow_id="shd_none", digest=right, **WORDS)


async def test_an_earlier_number_never_follows_a_later_one(db: Database, office: Database) -> None:
    earlier = (await drafted(office)).revision.revision_id
    await signed(office, earlier, await shadowed(db, earlier), ONE, TWO)
    later = await in_force(db, office)
    with pytest.raises(RevisionNotReady, match="a later number is in force"):
        await revisions.activate_revision(office, actor=ONE, revision_id=earlier, **WORDS)
    with pytest.raises(RevisionNotReady, match="put in force before"):
        await revisions.activate_revision(office, actor=ONE, revision_id=later.revision.revision_id, **WORDS)
    assert (await revisions.find_revision(office, earlier)).state == "superseded"


async def test_what_cannot_be_a_revision_is_refused_and_nothing_written(db: Database, office: Database) -> None:
    count = len(await revisions.list_revisions(office, after=None, limit=1000))
    for readings in ({"B-1": "tables"}, {"Z-9": "x"}, {"A-5": "capped-recurring"}):
        with pytest.raises(InputInvalid):
            await drafted(office, "2026-02", readings)
    assert len(await revisions.list_revisions(office, after=None, limit=1000)) == count
    with pytest.raises(RevisionNotFound):
        await shadow(db, "rev_none", MONTHS, actor="key:o", reason="thử")
    revision_id = (await drafted(office)).revision.revision_id
    with pytest.raises(NothingFrozen, match="2026-03: nothing is frozen"):
        await shadow(db, revision_id, ["2026-02", "2026-03"], actor="key:o", reason="thử")
    assert (await revisions.find_revision(office, revision_id)).state == "draft"


async def test_the_database_alone_wants_the_shadow_run_and_the_two_signatures(db: Database, office: Database) -> None:
    """Whatever program writes."""

    async def attempt(database: Database, table: Any, **values: Any) -> str:
        try:
            async with database.transaction() as connection:
                await connection.execute(table.insert().values(reason="thử", **values))
                await audit.record(connection, values["actor"], "test", "test", reason="thử")
        except DBAPIError as error:
            return str(error.orig)
        return "passed"

    mine, other = (await drafted(office)).revision.revision_id, (await drafted(office)).revision.revision_id
    shadow_id, foreign = await shadowed(db, mine), await shadowed(db, other)
    signature = {"revision_id": mine, "shadow_id": shadow_id, "digest": "sha256:a"}
    assert "not signed by two people" in await attempt(office, scheme_activation, revision_id=mine, actor="key:one")
    assert "nobody has signed before" in await attempt(office, scheme_signature, place=2, actor="key:one", **signature)
    wrong = {**signature, "shadow_id": foreign}
    assert "no shadow run of it" in await attempt(office, scheme_signature, place=1, actor="key:one", **wrong)
    assert await attempt(office, scheme_signature, place=1, actor="key:one", **signature) == "passed"
    assert "by one person" in await attempt(office, scheme_signature, place=2, actor="key:one", **signature)
    elsewhere = {**signature, "digest": "sha256:b"}
    assert "different things" in await attempt(office, scheme_signature, place=2, actor="key:two", **elsewhere)
    assert "not signed by two people" in await attempt(office, scheme_activation, revision_id=mine, actor="key:two")
    made = {"shadow_id": "shd_x", "revision_id": mine, "periods": MONTHS, "impact": {}, "digest": "x", "agrees": True}
    assert "permission denied" in await attempt(office, scheme_shadow, actor="key:one", **made)
    assert await attempt(db, scheme_shadow, actor="key:one", **{**made, "agrees": False}) == "passed"
    differing = {**signature, "revision_id": mine, "shadow_id": "shd_x"}
    assert "engines agree" in await attempt(office, scheme_signature, place=2, actor="key:two", **differing)
