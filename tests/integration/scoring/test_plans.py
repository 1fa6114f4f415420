"""A plan says what a run would move and stores none; a run by it is of its inputs; publishers say what they saw (OPS-01)."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import psycopg
import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege
from sqlalchemy import func, select

from services.scoring import store
from services.scoring.jobs import tasks
from services.scoring.plan import plan
from services.scoring.publish import difference_now
from services.scoring.publish import publish as publish_as_seen
from shared.canonical import canonical_bytes, sha256_hex
from shared.database import Connection, Database, rows
from shared.errors import NotFound
from shared.jobs import Job
from shared.plans.pins import PlanStale
from shared.tables.scoring import run, score_plan
from tests.conftest import TestDatabase
from tests.integration.gateway.seeds import Seeds
from tests.integration.scoring.test_runs import (
    JANUARY,
    SILENT,
    clock,
    looked_again,
    rule,
    scored,
    sheet_of,
)
from tests.integration.scoring.test_runs import (
    db as db,
)
from tests.publishing import publish

WHO = {"actor": "key:o", "reason": "demo"}


@pytest.fixture(scope="module", autouse=True)
async def first(db: Database, database: TestDatabase) -> dict[str, Any]:
    """A first version, in which a ruling gives the silent body a figure."""
    await looked_again(database, str(JANUARY))
    await rule(database, "5")
    made = await scored(db)
    return await publish(db, made["run_id"], publisher="key:p", reason="demo", clock=clock)


async def planned(db: Database) -> dict[str, Any]:
    """The stored plan with its difference read."""
    made = await plan(db, JANUARY, **WHO)
    async with db.read() as connection:
        (stored,) = await rows(connection, select(score_plan).where(score_plan.c.plan_id == made["plan_id"]))
    return {**stored, "document": json.loads(stored["difference"])}


async def runs(db: Database) -> int:
    async with db.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(run)) or 0)


async def test_of_what_is_published_nothing_moves(db: Database, first: dict[str, Any]) -> None:
    before = await runs(db)
    found = await planned(db)
    assert (found["against"], found["document"]["against"]["version"]) == (first["publication_id"], 1)
    assert (found["document"]["agencies"], found["document"]["compared"]) == ([], True)
    assert found["stale"] == [{"run_id": first["run_id"], "version": 1, "changed": [], "scores": []}]
    assert sha256_hex(bytes(found["difference"])) == found["digest"]
    assert canonical_bytes(found["document"]) == bytes(found["difference"])
    assert await runs(db) == before


async def test_a_plan_says_what_the_run_then_moves_and_marks_exactly_that(db: Database, database: TestDatabase) -> None:
    """Below the best of the pool one body moves; above it all who share in the maximum do."""
    former = await sheet_of(db, (await scored(db))["run_id"])
    for value in ("7", "999"):
        await rule(database, value)
        before = await runs(db)
        found = await planned(db)
        assert await runs(db) == before
        made = await scored(db, plan_id=found["plan_id"])
        after = await sheet_of(db, made["run_id"])
        assert (made["new"], made["result_digest"]) == (True, found["result_digest"])
        exact = differing(former, after)
        published = next(each for each in found["stale"] if each["version"] == 1)
        assert {(each["agency"], each["indicator"]) for each in published["scores"]} == exact
        assert (len(exact) == 1) is (value == "7")
        assert [each["part"] for each in published["changed"]] == ["rulings"]
        assert published["changed"][0]["name"] == f"{SILENT}/exchange_transactions"
        totals = {line["agency"]: line["total_exact"] for line in after["agencies"]}
        moved = {each["agency"]: each for each in found["document"]["agencies"] if each["moved"]}
        assert moved.keys() == {agency for agency, _ in exact}
        for each in moved.values():
            assert each["total_exact"]["to"] == totals[each["agency"]]
            assert sum(map(Fraction, each["causes"].values())) == Fraction(each["total_exact"]["change"])
        assert moved[SILENT]["causes"]["own"] == "0"
        async with db.read() as connection:
            stored = await store.find_run(connection, made["run_id"])
            assert stored is not None
            assert (await difference_now(connection, stored)).digest == found["digest"], "the run moves what the plan said"


async def test_one_bodys_c1_marks_exactly_what_a_full_recompute_gives_otherwise(db: Database, database: TestDatabase) -> None:
    """RSC-07: below the leader's figure only its own; above it, and when the leader's goes down, of all who share in it."""
    before = await scored(db)
    former = await sheet_of(db, before["run_id"])
    figures = {line["agency"]: int(line["measures"]["digitised_records"]) for line in former["agencies"]}
    assert former["leaders"]["C1"] != ["G06"]
    seeds, snapshot = Seeds(database.app_url), "snap_national_database-2026-01-1"
    for version, (count, alone) in enumerate(((figures["G06"] + 1, True), (999, False), (10, False)), start=2):
        figures |= {"G06": count}
        snapshot = await seeds.counted(figures, version=version, supersedes=snapshot)
        found = await planned(db)
        now = await scored(db, plan_id=found["plan_id"])
        after = await sheet_of(db, now["run_id"])
        (marked,) = (each for each in found["stale"] if each["run_id"] == before["run_id"])
        assert [(each["part"], each["name"], each["after"]) for each in marked["changed"]] == [
            ("snapshots", "national_database", snapshot)
        ]
        scores = {(each["agency"], each["indicator"]) for each in marked["scores"]}
        assert scores == differing(former, after)
        assert {name for _, name in scores} == {"C1"}
        assert (scores == {("G06", "C1")}) is alone
        former, before = after, now


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[tuple[str, str]]:
    """Bodies with the indicators whose exact points are not the same."""
    first, last = (
        {(line["agency"], code): one["exact"] for line in sheet["agencies"] for code, one in line["indicators"].items()}
        for sheet in (before, after)
    )
    return {key for key in first.keys() | last.keys() if first.get(key) != last.get(key)}


async def test_a_run_by_a_plan_of_other_inputs_is_refused_and_nothing_stored(db: Database, database: TestDatabase) -> None:
    await rule(database, "11")
    old = await planned(db)
    await rule(database, "12")
    before = await runs(db)
    with pytest.raises(PlanStale) as refused:
        await scored(db, plan_id=old["plan_id"])
    assert await runs(db) == before
    (fault,) = refused.value.faults
    assert fault.place == f"rulings/{SILENT}/exchange_transactions"
    ids = {each["ruling_id"] for each in json.loads(old["inputs"])["rulings"]}
    assert fault.expected in ids
    assert fault.seen not in ids
    assert (await scored(db))["new"], "without a plan the month is scored as it is"
    with pytest.raises(NotFound):
        await scored(db, plan_id="splan_none")


async def test_jobs_go_by_what_their_commands_name(db: Database, database: TestDatabase) -> None:
    """A job ends failed with the problem that its handler raises; one that was queued before plans names none."""
    handlers = {task.name: task.handler for task in tasks(db, clock)}

    async def job(name: str, **arguments: Any) -> dict[str, Any]:
        handler, command = handlers[f"scoring.{name}"], {"actor": "key:o" if name != "publish" else "key:p", "reason": "demo"}
        assert handler is not None
        # The column leads to a command; these have none.
        return await handler(Job(None, arguments, command))  # type: ignore[arg-type]

    old = await job("plan", period="2026-01")
    await rule(database, "13")
    with pytest.raises(PlanStale, match=old["plan_id"]):
        await job("score", period="2026-01", plan=old["plan_id"])
    made = await job("score", period="2026-01", plan=(await job("plan", period="2026-01"))["plan_id"])
    with pytest.raises(PlanStale):
        await job("publish", run_id=made["run_id"])


async def test_what_was_not_seen_is_not_published(db: Database, database: TestDatabase) -> None:
    """Nor what was seen before another version came between; the database keeps what was seen with the version."""
    done = {"publisher": "key:p", "reason": "demo", "clock": clock}
    await rule(database, "21")
    one = await scored(db)
    async with db.read() as connection:
        seen = (await difference_now(connection, await found_run(connection, one["run_id"]))).digest
    for other in (None, "sha256:" + "0" * 64, one["result_digest"]):
        with pytest.raises(PlanStale, match="beside version 1"):
            await publish_as_seen(db, one["run_id"], plan=other, **done)
    made = await publish_as_seen(db, one["run_id"], plan=seen, **done)
    async with db.read() as connection:
        kept = await store.find_publication(connection, made["publication_id"])
    assert kept is not None
    assert (kept.version, kept.plan_digest) == (2, seen)
    await rule(database, "22")
    later = await scored(db)
    async with db.read() as connection:
        now = (await difference_now(connection, await found_run(connection, later["run_id"]))).digest
    assert now != seen
    with pytest.raises(PlanStale):
        await publish_as_seen(db, later["run_id"], plan=seen, **done)
    assert (await publish_as_seen(db, later["run_id"], plan=now, **done))["version"] == 3


async def found_run(connection: Connection, run_id: str) -> Any:
    return await store.find_run(connection, run_id)


async def test_a_command_makes_one_plan(db: Database, database: TestDatabase) -> None:
    with psycopg.connect(database.superuser_url) as owner:
        owner.execute("INSERT INTO audit.entry (actor, action, object) VALUES ('key:o', 'command.plan', 'cmd_plan')")
        owner.execute(
            "INSERT INTO control.command (command_id, kind, period, arguments, actor, reason)"
            " VALUES ('cmd_plan', 'plan', '2026-01', '{}', 'key:o', 'demo')"
        )
    one = await plan(db, JANUARY, **WHO, command_id="cmd_plan")
    assert await plan(db, JANUARY, **WHO, command_id="cmd_plan") == one
    with psycopg.connect(database.owner_url) as owner:
        acts = owner.execute("SELECT count(*) FROM audit.entry WHERE object = %s", [one["plan_id"]]).fetchone()
    assert acts == (1,)


def test_the_database_holds_it_too(database: TestDatabase, first: dict[str, Any]) -> None:
    """A plan is a fact, its digest is that of its bytes, and no version is written without a difference somebody saw."""
    with psycopg.connect(database.superuser_url) as owner:
        with pytest.raises(CheckViolation, match="ck_score_plan_digest"), owner.transaction():
            owner.execute(
                "INSERT INTO scoring.score_plan SELECT (jsonb_populate_record(p, jsonb_build_object("
                "'plan_id', 'splan_x', 'command_id', null, 'digest', 'sha256:0'))).* FROM scoring.score_plan p LIMIT 1"
            )
        for command in ("UPDATE scoring.score_plan SET reason = 'x'", "DELETE FROM scoring.score_plan"):
            with pytest.raises(InsufficientPrivilege), owner.transaction():
                owner.execute(f"SET LOCAL ROLE scoring; {command}")
        copied = (
            "INSERT INTO scoring.publication (publication_id, period, version, run_id, publisher, reason, published_at, digest,"
            " command_id, plan_digest) SELECT 'pub_z', period, 99, run_id, 'key:b', 'x', now(), digest, {}, {}"
            " FROM scoring.publication WHERE publication_id = %s"
        )
        owner.execute("INSERT INTO audit.entry (actor, action, object) VALUES ('key:b', 'command.publish', 'cmd_seen')")
        owner.execute(
            "INSERT INTO control.command (command_id, kind, period, arguments, actor, reason)"
            """ VALUES ('cmd_seen', 'publish', '2026-01', '{"plan": "sha256:1"}', 'key:b', 'demo')"""
        )
        with pytest.raises(CheckViolation, match="without a difference"), owner.transaction():
            owner.execute(copied.format("null", "null"), [first["publication_id"]])
        with pytest.raises(CheckViolation, match="another difference than was asked for"), owner.transaction():
            owner.execute(copied.format("'cmd_seen'", "plan_digest"), [first["publication_id"]])
