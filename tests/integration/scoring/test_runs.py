"""Runs and publications on a committed month: idempotent, replayable, two people, unchanging versions (RSC-01…03, 11)."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import psycopg
import pytest
from sqlalchemy import pool, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.scoring.compute import RunNotFound, compute, replay
from services.scoring.exports.bundle import root_of
from services.scoring.exports.meeting_pdf import ROOT_FILE
from services.scoring.exports.pdf_signature import attachments, proven
from services.scoring.publication_key import demonstration_pem, read_key
from services.scoring.publish import RunNotPublishable
from shared import audit
from shared.canonical import canonical_bytes, sha256_hex
from shared.database import Database, rows
from shared.errors import SamePerson
from shared.holds.declaration import Hold
from shared.holds.register import PublicationHeld, open_holds
from shared.ids import new_id
from shared.law.scheme import legal_report_deadline
from shared.law.sheet import ENGINE_VERSION
from shared.period import Period
from shared.public_pages.rendering import BUNDLE, XLSX
from shared.tables.control import decision_approval, omission, omission_approval, ruling
from shared.tables.ingest import snapshot, verification
from shared.tables.scoring import publication, rendering, run
from tests.conftest import TestDatabase
from tests.integration.gateway.seeds import Seeds
from tests.integration.second_engine.rows import Month, Row, covered
from tests.publishing import publish
from tests.unit.scoring.spreadsheet import Book, assert_recomputes

JANUARY = Period.parse("2026-01")
PEM = demonstration_pem()
KEY = read_key(PEM, PEM)
AT = datetime(2026, 2, 6, 3, tzinfo=UTC)
SILENT = "H38"


def clock() -> datetime:
    return AT


async def freeze_everything(month: Month, codes: list[str], *, without: str | None = None) -> None:
    """Demo figures for all bodies; the exchange platform is silent about one. ``without`` "agency_report": reports come in."""
    each = covered(*codes)
    groups = {"ckmb": "12.5", "tdgq": "18", "clgq": "7.25", "tttt": "5", "mdhl": "11.11", "mdsh": "9.5", "total": "63.36"}
    tasks: list[Row] = [{"agency_code": code, "percent": n} for n, code in enumerate(codes)]
    await month.freeze("system57", system57_coverage=each, task_assignment=tasks, kpi_entry=each)
    await month.freeze("public_service_portal", service_score=[{**row, **groups} for row in each])
    exchange = [{**row, "transactions": 10 + n} for n, row in enumerate(each) if row["agency_code"] != SILENT]
    await month.freeze("ndxp", exchange_volume=exchange)
    await month.freeze("national_database", database_growth=[{**row, "new_records": 7 * n} for n, row in enumerate(each)])
    money = [{**row, "allocated_vnd": 3 * 10**15, "disbursed_vnd": n * 10**13} for n, row in enumerate(each)]
    await month.freeze("finance", investment=money)
    if without != "agency_report":
        await month.freeze("agency_report", report=each, registered_task=each, reported_records=[])
    await month.freeze("government_office", register=each, summons=each, speech=[], initiative=[])


@pytest.fixture(scope="module")
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    with psycopg.connect(database.owner_url) as owner:
        found = owner.execute("SELECT DISTINCT code FROM registry.agency ORDER BY code").fetchall()
    engine = create_async_engine(make_url(database.app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    async with engine.begin() as connection:
        await freeze_everything(Month(connection), [code for (code,) in found])
    await engine.dispose()
    opened = Database(database.app_url, role="scoring", pool_size=4)
    yield opened
    await opened.close()


async def rule(database: TestDatabase, value: str | None) -> None:
    """A ruling of two people on the measure the platform is silent about, as the gateway records it."""
    gateway = Database(database.app_url, role="gateway", pool_size=1)
    given = {"period": "2026-01", "agency": SILENT, "measure": "exchange_transactions", "value": value}
    async with gateway.transaction() as connection:
        ruling_id = new_id("rul")
        values = {**given, "ruling_id": ruling_id, "reason": "demo", "document": "01/DEMO", "actor": "key:p"}
        await connection.execute(ruling.insert().values(**values))
        await audit.record(connection, "key:p", "ruling.propose", ruling_id, reason="demo")
        agreed = {"decision_id": ruling_id, "actor": "key:q", "reason": "demo"}
        await connection.execute(decision_approval.insert().values(**agreed))
        await audit.record(connection, "key:q", "decision.approve", ruling_id, reason="demo")
    await gateway.close()


async def scored(db: Database, **given: Any) -> dict[str, Any]:
    return await compute(db, JANUARY, **{"actor": "key:o", "reason": "demo", **given})


async def published_bytes(db: Database, version: int) -> dict[tuple[str, str], bytes]:
    query = select(rendering).join(publication).where(publication.c.version == version)
    async with db.read() as connection:
        return {(line["agency"], line["media_type"]): bytes(line["body"]) for line in await rows(connection, query)}


async def sheet_of(db: Database, run_id: str) -> dict[str, Any]:
    async with db.read() as connection:
        stored = await connection.scalar(select(run.c.sheet).where(run.c.run_id == run_id))
    document: dict[str, Any] = json.loads(stored or b"{}")
    return document


async def test_the_same_inputs_give_no_new_row(db: Database) -> None:
    first, again = await scored(db), await scored(db, actor="key:other", reason="another day")
    assert (first["new"], again["new"]) == (True, False)
    assert {name: first[name] for name in first if name != "new"} == {name: again[name] for name in again if name != "new"}
    async with db.read() as connection:
        kept = await rows(connection, select(run.c.run_id, run.c.actor, run.c.reason))
    assert kept == [{"run_id": first["run_id"], "actor": "key:o", "reason": "demo"}]


async def looked_again(database: TestDatabase, period: str) -> None:
    """System 57 was asked for the month once more, as of the report deadline, and said what it had said."""
    with psycopg.connect(database.owner_url) as owner:
        query = "SELECT snapshot_id FROM ingest.snapshot WHERE source = 'system57' AND period = %s"
        (frozen,) = owner.execute(query, [period]).fetchone() or ("",)
    await Seeds(database.app_url).looked(period, [], snapshot=frozen, as_of=legal_report_deadline(Period.parse(period)))


async def test_a_look_that_never_came_holds_the_first_version(db: Database, database: TestDatabase) -> None:
    """SNP-14: of a frozen month nobody asked again, nobody knows what was done in time and recorded since."""
    made = await scored(db)
    with pytest.raises(PublicationHeld, match="system57 look_missing 56"):
        await publish(db, made["run_id"], publisher="key:p", reason="demo", clock=clock)
    await looked_again(database, str(JANUARY))
    async with db.read() as connection:
        assert await open_holds(connection, JANUARY) == []


async def test_a_missing_measure_is_missing_and_the_sheet_provisional(db: Database) -> None:
    made = await scored(db)
    assert (made["provisional"], made["agrees"]) == (True, True)
    line = next(one for one in (await sheet_of(db, made["run_id"]))["agencies"] if one["agency"] == SILENT)
    assert line["missing"] == ["C2"]
    assert line["measures"]["exchange_transactions"] is None
    assert line["indicators"]["C2"]["points"] is None
    with pytest.raises(RunNotPublishable, match="H38 C2"):
        await publish(db, made["run_id"], publisher="key:p", reason="demo", clock=clock)


async def test_every_past_run_replays_to_the_same_bytes(db: Database, database: TestDatabase) -> None:
    provisional = (await scored(db))["run_id"]
    await rule(database, "0")
    settled = (await scored(db))["run_id"]
    assert settled != provisional
    for run_id in (provisional, settled):
        again = await replay(db, run_id)
        assert (again["same"], again["agrees"]) == (True, True)
        assert again["stored"] == again["replayed"]
    line = next(one for one in (await sheet_of(db, settled))["agencies"] if one["agency"] == SILENT)
    assert line["indicators"]["C2"] | {"snapshots": [], "flags": []} == {
        "points": "0.00", "exact": "0", "max": "10", "state": "settled", "snapshots": [], "flags": [],
    }  # fmt: skip
    with pytest.raises(RunNotFound):
        await replay(db, "run_none")


async def test_the_runs_own_actor_cannot_publish_it(db: Database) -> None:
    made = await scored(db)
    with pytest.raises(SamePerson):
        await publish(db, made["run_id"], publisher="key:o", reason="demo", clock=clock)


async def test_nor_does_another_key_of_the_same_person(db: Database, database: TestDatabase) -> None:
    with psycopg.connect(database.superuser_url) as owner:
        owner.execute("INSERT INTO audit.entry (actor, action, object) VALUES ('local:x', 'key.create', 'keys')")
        for key_id, holder in (("o", "Một Người"), ("o-again", "một người")):
            owner.execute(
                "INSERT INTO control.api_key (key_id, holder, roles, secret_hmac, created_by, reason)"
                " VALUES (%s, %s, '{publisher}', '', 'local:x', 'hai khóa của một người')",
                [key_id, holder],
            )
    made = await scored(db)
    with pytest.raises(SamePerson, match="computed by key:o, the same person as key:o-again"):
        await publish(db, made["run_id"], publisher="key:o-again", reason="demo", clock=clock)


async def test_what_is_open_holds_the_first_version_until_two_people_leave_it_out(db: Database, database: TestDatabase) -> None:
    """SNP-14: System 57 was asked again, and one task is otherwise than the frozen month counts it."""
    made = await scored(db)
    async with db.read() as connection:
        source = select(snapshot.c.snapshot_id, snapshot.c.as_of).where(snapshot.c.source == "system57")
        (frozen,) = await rows(connection, source)
    change = {"task_id": "NV-1", "agency": SILENT, "kind": "recorded_late", "due_on": date(2026, 1, 31)}
    change |= {"completed_on": date(2026, 1, 30), "reported_at": AT, "verdict_before": "open", "verdict_after": "on_time"}
    later = frozen["as_of"] + timedelta(days=4)
    await Seeds(database.app_url).looked("2026-01", [change], snapshot=frozen["snapshot_id"], as_of=later)
    with pytest.raises(PublicationHeld, match="system57 recorded_late 1") as refused:
        await publish(db, made["run_id"], publisher="key:p", reason="demo", clock=clock)
    assert [(each.place, each.seen) for each in refused.value.faults] == [(f"recorded_late/{SILENT}", "1")]
    async with db.read() as connection:
        (hold,) = await open_holds(connection, JANUARY)
    await leave_out(database, hold)
    async with db.read() as connection:
        assert await open_holds(connection, JANUARY) == []


async def leave_out(database: TestDatabase, hold: Hold) -> None:
    """As the gateway writes what two people decide."""
    gateway = Database(database.app_url, role="gateway", pool_size=1)
    async with gateway.transaction() as connection:
        decided = {"omission_id": "omit_1", "period": "2026-01", "kind": hold.kind, "hold_id": hold.hold_id}
        words = {"hold": hold.as_document(), "document": "9/KL-DEMO", "reason": "chưa đủ hồ sơ", "actor": "key:o"}
        await connection.execute(omission.insert().values(**decided, **words))
        await connection.execute(omission_approval.insert().values(omission_id="omit_1", actor="key:p", reason="đồng ý"))
        await audit.record(connection, "key:p", "omission.approve", "omit_1", reason="đồng ý")
    await gateway.close()


async def test_a_publication_is_bytes_whose_digest_is_theirs(db: Database) -> None:
    made = await scored(db)
    first = await publish(db, made["run_id"], publisher="key:p", reason="demo", clock=clock, key=KEY)
    again = await publish(db, made["run_id"], publisher="key:q", reason="demo", clock=clock)
    assert (first["version"], first["new"], again["new"]) == (1, True, False)
    assert {**first, "new": False} == again
    assert again["publication_id"] == first["publication_id"]
    bodies = await published_bytes(db, 1)
    whole = bodies["", "application/json"]
    assert sha256_hex(whole) == first["digest"]
    assert first["digest"] in Book(bodies["", XLSX], float).texts.values(), "the workbook names it"
    document = json.loads(whole)
    assert canonical_bytes(document) == whole
    assert (document["version"], document["run"], document["published_at"]) == (1, made["run_id"], "2026-02-06T10:00:00+07:00")
    # The whole sheet as JSON, two CSVs, dataset, workbook, meeting's document, table, law, style sheet and all in one; every
    # body as JSON and page.
    assert len(bodies) == 10 + 2 * 56
    assert bodies["", BUNDLE].count(b"PK\x01\x02") == 1 + 9 + 2 * 56 + 2
    (left_out,) = document["omissions"]
    assert (left_out["kind"], left_out["reason"], left_out["document"]) == ("recorded_late", "chưa đủ hồ sơ", "9/KL-DEMO")
    assert [(body["agency"], body["count"]) for body in left_out["bodies"]] == [(SILENT, 1)]
    one = json.loads(bodies[SILENT, "application/json"])
    assert one["omissions"] == document["omissions"]
    assert json.loads(bodies["G06", "application/json"])["omissions"] == [], "it left out nothing of this body"
    assert "Nội dung để ngoài theo quyết định".encode() in bodies["", "text/html"]
    assert one["agencies"] == [line for line in document["agencies"] if line["agency"] == SILENT]


async def test_its_root_is_the_one_in_the_log_and_stays(db: Database, database: TestDatabase) -> None:
    """PUB-16, XPT-03: in the bundle, in the document, in the header, in the list of events and in the audit log."""
    bodies = await published_bytes(db, 1)
    with zipfile.ZipFile(io.BytesIO(bodies["", BUNDLE])) as packed:
        manifest = json.loads(packed.read("manifest.json"))
        paper = packed.read("bang-diem.pdf")
    root = root_of(manifest["files"])
    assert (manifest["root"], manifest["signed"], manifest["certificate"]) == (root, True, KEY.fingerprint)
    assert json.loads(attachments(paper)[ROOT_FILE]) == {
        "publication": manifest["publication"], "digest": sha256_hex(bodies["", "application/json"]), "root": root,
    }  # fmt: skip
    assert (await asyncio.to_thread(proven, paper, KEY.chain)).fingerprint == KEY.fingerprint
    asked = [manifest["publication"]]
    with psycopg.connect(database.app_url, autocommit=True) as reader:
        reader.execute("SET ROLE gateway")
        told = (
            "SELECT data ->> 'root', data ->> 'certificate' FROM control.event WHERE type = 'scores.published' AND subject = %s"
        )
        assert reader.execute(told, asked).fetchall() == [(root, KEY.fingerprint)]
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        for statement in (
            "SELECT root, certificate FROM scoring.publication WHERE publication_id = %s",
            "SELECT detail ->> 'root', detail ->> 'certificate' FROM audit.entry WHERE action LIKE '%%publish' AND object = %s",
        ):
            assert owner.execute(statement, asked).fetchall() == [(root, KEY.fingerprint)], statement
    with psycopg.connect(database.superuser_url, autocommit=True) as anybody:
        for statement in (
            "UPDATE scoring.publication SET root = 'sha256:' || repeat('0', 64) WHERE publication_id = %s",
            "UPDATE control.event SET data = data - 'root' WHERE subject = %s",
            "UPDATE audit.entry SET detail = detail - 'root' WHERE object = %s",
            "DELETE FROM scoring.publication_certificate WHERE fingerprint <> %s",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                anybody.execute(statement, asked)
        with pytest.raises(psycopg.errors.CheckViolation):
            anybody.execute(
                "INSERT INTO scoring.publication_certificate (fingerprint, certificate, chain, actor, reason) "
                "VALUES (%s, 'x', 'x', 'key:p', 'x')",
                ["sha256:" + "0" * 64],
            )


async def test_csv_holds_the_same_values(db: Database) -> None:
    bodies = await published_bytes(db, 1)
    document = json.loads(bodies["", "application/json"])
    table = list(csv.DictReader(io.StringIO(bodies["", "text/csv"].decode("utf-8-sig"))))
    assert len(table) == 56
    for line, cells in zip(document["agencies"], table, strict=True):
        assert cells["total_exact"] == line["total_exact"]
        assert (cells["publication"], cells["result_digest"]) == (document["publication"], document["result_digest"])
        assert dict(each.split("=") for each in cells["snapshots"].split()) == {
            each["source"]: each["snapshot"] for each in document["snapshots"]
        }
        assert cells["proof"] == f"/api/v1/periods/{document['period']}/scores/{line['agency']}?version=1"
        assert cells["B"] == line["groups"]["B"]
        assert (cells["rank"], cells["shown_total"]) == (str(line["rank"]), line["shown_total"])
        assert cells["lifted_from"] == (line["lifted"]["from"] if line["lifted"] else "")
        beside = {name: cells[f"applicable_{name}"] for name in line["applicable"]}
        assert beside == {name: str(value) for name, value in line["applicable"].items()}
        assert {code: cells[f"{code}_exact"] for code in line["indicators"]} == {
            code: found["exact"] for code, found in line["indicators"].items()
        }


async def test_the_workbook_recomputes_the_same_values(db: Database) -> None:
    bodies = await published_bytes(db, 1)
    assert_recomputes(json.loads(bodies["", "application/json"]), bodies["", XLSX], Fraction)


async def test_ten_more_versions_leave_the_first_as_it_was(db: Database, database: TestDatabase) -> None:
    before = await published_bytes(db, 1)
    for number in range(1, 11):
        await rule(database, str(number))
        made = await scored(db)
        done = await publish(db, made["run_id"], publisher="key:p", reason="demo", clock=clock)
        assert done["version"] == number + 1
    assert await published_bytes(db, 1) == before


async def test_a_run_whose_inputs_have_changed_is_not_published(db: Database, database: TestDatabase) -> None:
    await rule(database, "77")
    stale = await scored(db)
    await rule(database, "78")
    with pytest.raises(RunNotPublishable, match="have changed"):
        await publish(db, stale["run_id"], publisher="key:p", reason="demo", clock=clock)


async def test_a_run_whose_law_has_changed_is_not_published(db: Database) -> None:
    """Its pages would tell other words than it was scored by. Written down here by hand: the law in the product is one."""
    made = await scored(db)
    async with db.transaction() as connection:
        (stored,) = await rows(connection, select(run).where(run.c.run_id == made["run_id"]))
        values = {**stored, "run_id": "run_other_law", "scheme_digest": "sha256:0"}
        del values["recorded_at"]
        await connection.execute(run.insert().values(**values))
        await audit.record(connection, "key:o", "score.compute", "run_other_law", reason="demo")
    with pytest.raises(RunNotPublishable, match="the scheme has changed"):
        await publish(db, "run_other_law", publisher="key:p", reason="demo", clock=clock)


async def test_a_run_the_engines_differ_on_is_not_published(db: Database) -> None:
    """Such a run is written down here by hand: the engines agree on every month we can make."""
    async with db.transaction() as connection:
        values = {
            "run_id": "run_differs", "period": "2026-01", "actor": "key:o", "reason": "demo", "inputs": b"{}",
            "inputs_digest": "sha256:1", "scheme": "qd-4585", "scheme_digest": "sha256:2", "engine_version": ENGINE_VERSION,
            "sheet": b"{}", "result_digest": "sha256:3", "provisional": False, "agrees": False,
            "differences": [{"agency": "H38", "field": "A1.exact", "first": "1", "second": "2"}],
        }  # fmt: skip
        await connection.execute(run.insert().values(**values))
        await audit.record(connection, "key:o", "score.compute", "run_differs", reason="demo")
    with pytest.raises(RunNotPublishable, match=r"A1\.exact"):
        await publish(db, "run_differs", publisher="key:p", reason="demo", clock=clock)


async def test_every_number_of_the_sheet_is_cited(db: Database) -> None:
    """Indicators, groups, measures, total, grade and rank each lead to passages with their digests (EXP-04)."""
    document = json.loads((await published_bytes(db, 1))["", "application/json"])
    line = document["agencies"][0]
    kinds = {*line["indicators"], *(f"groups.{code}" for code in line["groups"]), *(f"measures.{m}" for m in line["measures"])}
    kinds |= {"total", "grade", "rank", "period"}
    assert kinds <= set(document["citations"])
    for passages in document["citations"].values():
        assert passages
        assert all(one["sha256"].startswith("sha256:") and one["item"] and one["document"] for one in passages)


async def test_leaders_are_named_with_value_and_snapshot(db: Database) -> None:
    document = json.loads((await published_bytes(db, 1))["", "application/json"])
    leader = document["leader_values"]["C2"]
    assert leader["agencies"] == document["leaders"]["C2"] == ["H61"]
    value = next(one for one in document["agencies"] if one["agency"] == "H61")["measures"]["exchange_transactions"]
    assert leader["value"] == value == "65"
    assert leader["rows"] == [{"agency": "H61", "snapshot": "snap_ndxp-2026-01-1", "dataset": "exchange_volumes"}]


async def test_every_act_has_its_audit_row_with_its_reason(db: Database, database: TestDatabase) -> None:
    with psycopg.connect(database.owner_url) as owner:
        query = "SELECT count(*) FROM audit.entry WHERE action IN ('score.compute', 'score.publish') AND reason IS NULL"
        assert owner.execute(query).fetchone() == (0,)
        acts = dict(owner.execute("SELECT action, count(*) FROM audit.entry GROUP BY action").fetchall())
    async with db.read() as connection:
        runs = await connection.scalar(text("SELECT count(*) FROM scoring.run"))
    assert acts["score.compute"] == runs
    assert acts["score.publish"] == 11


async def test_what_rests_on_a_snapshot_that_does_not_prove_is_not_published(db: Database, database: TestDatabase) -> None:
    """As ingest puts it on record, until the snapshot proves again."""
    await rule(database, "79")
    made = await scored(db)
    ingest = Database(database.app_url, role="ingest", pool_size=1)
    async with db.read() as connection:
        query = select(snapshot.c.snapshot_id).where(snapshot.c.source == "ndxp", snapshot.c.period == str(JANUARY))
        name = await connection.scalar(query)
    for differences in ([{"place": "exchange_volumes/rows"}], []):
        async with ingest.transaction() as connection:
            fact = {"snapshot_id": name, "verified_at": AT, "holds": not differences, "differences": differences}
            await connection.execute(verification.insert().values(**fact, actor="service:clock"))
            await audit.record(connection, "service:clock", "snapshot.verify", str(name))
        if differences:
            with pytest.raises(RunNotPublishable, match=f"does not prove: {name}"):
                await publish(db, made["run_id"], publisher="key:p", reason="demo", clock=clock)
    await ingest.close()
    assert (await publish(db, made["run_id"], publisher="key:p", reason="demo", clock=clock))["run_id"] == made["run_id"]


MOVED = ("total", "shown_total", "grade", "rank")


async def test_a_later_version_says_what_was_otherwise_and_whose_points_moved(db: Database, database: TestDatabase) -> None:
    """RSC-06: one ruling gives one body another figure; whoever shares in that maximum may move with it, and nobody else."""
    first = json.loads((await published_bytes(db, 1))["", "application/json"])
    assert first["follows"] is None
    for version in range(2, 12):
        before = json.loads((await published_bytes(db, version - 1))["", "application/json"])
        bodies = await published_bytes(db, version)
        after = json.loads(bodies["", "application/json"])
        notice = after["follows"]
        assert (notice["version"], notice["publication"]) == (version - 1, before["publication"])
        assert notice["causes"] == ["rulings"]
        lines = {line["agency"]: line for line in before["agencies"]}
        moved = {}
        for line in after["agencies"]:
            former = lines[line["agency"]]
            if former["total_exact"] != line["total_exact"]:
                moved[line["agency"]] = {name: {"from": former[name], "to": line[name]} for name in MOVED}
        assert {each.pop("agency"): each for each in notice["bodies"] if each.pop("indicators") == ["C2"]} == moved
        assert SILENT in moved
        for agency in (SILENT, "G06"):
            own = json.loads(bodies[agency, "application/json"])["follows"]["bodies"]
            assert [each["agency"] for each in own] == ([agency] if agency in moved else [])
    with psycopg.connect(database.superuser_url) as owner:
        told = owner.execute("SELECT agency, data ->> 'version' FROM control.event WHERE type = 'scores.corrected'").fetchall()
        silent = owner.execute("SELECT version FROM scoring.publication WHERE follows IS NULL").fetchall()
    assert silent == [(1,)]
    assert {agency for agency, version in told if version == "11"} == moved.keys()
    assert not [agency for agency, version in told if version == "1"]
