"""A wrong version is followed by one that says what the former one said; both stay, two people, no source asked (RSC-13)."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from services.gateway.publication.rows import basis_of, basis_of_run
from services.scoring.restore import restore
from shared import audit
from shared.database import Database
from shared.errors import NotFound, SamePerson, VersionStands
from shared.ids import new_id
from shared.tables.control import approval, command
from tests.conftest import TestDatabase
from tests.integration.gateway.seeds import Seeds
from tests.integration.scoring.test_runs import SILENT, clock, db, looked_again, published_bytes, rule, scored
from tests.publishing import publish

__all__ = ["db"]
REASON = "Phiên bản 2 dùng số liệu sai (minh họa)"


async def asked(database: TestDatabase, publication: str, *, approver: str | None = "key:b") -> str:
    """The command of two people, as the gateway writes it."""
    gateway = Database(database.app_url, role="gateway", pool_size=1)
    command_id = new_id("cmd")
    given = {"command_id": command_id, "kind": "restore", "period": "2026-01", "actor": "key:a", "reason": REASON}
    async with gateway.transaction() as connection:
        await connection.execute(command.insert().values(**given, arguments={"publication_id": publication}))
        await audit.record(connection, "key:a", "command.restore", command_id, reason=REASON)
        if approver is not None:
            await connection.execute(approval.insert().values(command_id=command_id, actor=approver, reason="đồng ý"))
            await audit.record(connection, approver, "approval.restore", command_id, reason="đồng ý")
    await gateway.close()
    return command_id


async def restored(db: Database, database: TestDatabase, publication: str, **how: Any) -> dict[str, Any]:
    people = {"requested_by": "key:a", "approver": "key:b", "reason": REASON, "clock": clock}
    return await restore(db, publication, **{**people, "command_id": await asked(database, publication), **how})


@pytest.fixture(scope="module")
async def versions(db: Database, database: TestDatabase) -> list[dict[str, Any]]:
    """The first version, and a second one by which one body has another figure."""
    await looked_again(database, "2026-01")
    made = []
    for value in ("3", "40"):
        await rule(database, value)
        run = await scored(db)
        made.append(await publish(db, run["run_id"], publisher="key:p", reason="demo", clock=clock))
    return made


def sheet(bodies: dict[tuple[str, str], bytes], agency: str = "") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(bodies[agency, "application/json"])
    return document


async def test_the_former_version_stands_again_as_the_next_one(
    db: Database, database: TestDatabase, versions: list[dict[str, Any]]
) -> None:
    before = [await published_bytes(db, version) for version in (1, 2)]
    command_id = await asked(database, versions[0]["publication_id"])
    made = await restored(db, database, versions[0]["publication_id"], command_id=command_id)
    assert (made["version"], made["new"]) == (3, True)
    again = await restored(db, database, versions[0]["publication_id"], command_id=command_id)
    assert again == {**made, "new": False}, "a job that runs twice publishes once"
    assert [await published_bytes(db, version) for version in (1, 2)] == before, "both stay as they were"
    bodies = await published_bytes(db, 3)
    first, last = sheet(before[0]), sheet(bodies)
    own = {"publication", "version", "published_at", "follows", "restores"}
    assert {name: value for name, value in last.items() if name not in own} == {
        name: value for name, value in first.items() if name not in own
    }
    assert last["restores"] == {"version": 1, "publication": versions[0]["publication_id"]}
    assert last["follows"]["causes"] == ["restored", "rulings"]
    assert SILENT in {body["agency"] for body in last["follows"]["bodies"]}
    assert sheet(bodies, SILENT)["agencies"] == sheet(before[0], SILENT)["agencies"]
    page = bodies["", "text/html"].decode()
    assert "khôi phục kết quả của phiên bản trước đó" in page
    gateway = Database(database.app_url, role="gateway", pool_size=1)
    async with gateway.read() as connection:
        behind = [(await basis_of_run(connection, last["run"])).run, (await basis_of(connection, period="2026-01")).run]
    await gateway.close()
    assert [(run.run_id, run.version) for run in behind] == [(last["run"], 1), (last["run"], 3)]


async def test_what_counts_next_follows_as_another_version(db: Database, database: TestDatabase) -> None:
    await rule(database, "5")
    run = await scored(db)
    made = await publish(db, run["run_id"], publisher="key:p", reason="đã sửa", clock=clock)
    assert made["version"] == 4
    assert sheet(await published_bytes(db, 4))["restores"] is None


async def test_the_latest_version_is_nothing_to_restore(db: Database, database: TestDatabase) -> None:
    async with db.read() as connection:
        latest = (await connection.exec_driver_sql("SELECT publication_id FROM scoring.publication WHERE version = 4")).scalar()
    with pytest.raises(VersionStands):
        await restored(db, database, str(latest))
    with pytest.raises(NotFound):
        await restored(db, database, "pub_none")


async def test_one_person_restores_nothing_and_the_database_holds_that_too(
    db: Database, database: TestDatabase, versions: list[dict[str, Any]]
) -> None:
    first = versions[0]["publication_id"]
    with pytest.raises(SamePerson):
        await restored(db, database, first, approver="key:a")
    alone = await asked(database, first, approver=None)
    other = await asked(database, versions[1]["publication_id"])
    with psycopg.connect(database.superuser_url) as owner:
        owner.execute("SET ROLE scoring")
        for command_id in (None, alone, other):
            with pytest.raises(InsufficientPrivilege, match="without two people"), owner.transaction():
                owner.execute(
                    "INSERT INTO scoring.publication (publication_id, period, version, run_id, publisher, reason, command_id,"
                    " published_at, digest, restores) SELECT 'pub_x', period, 9, run_id, 'key:b', 'x', %s, now(), digest,"
                    " publication_id FROM scoring.publication WHERE publication_id = %s",
                    [command_id, first],
                )


async def test_who_imported_a_file_alone_does_not_publish_what_rests_on_it(
    db: Database, database: TestDatabase, versions: list[dict[str, Any]]
) -> None:
    """One person could else bring in a month of figures and make it public; the database holds it too."""
    await Seeds(database.app_url).freeze("records_review", "2026-01")
    run = await scored(db)
    with pytest.raises(SamePerson, match="rests on a file that local:demo imported"):
        await publish(db, run["run_id"], publisher="local:demo", reason="demo", clock=clock)
    with psycopg.connect(database.superuser_url) as owner:
        owner.execute("SET ROLE scoring")
        with pytest.raises(InsufficientPrivilege, match="its publisher imported"), owner.transaction():
            owner.execute(
                "INSERT INTO scoring.publication"
                " (publication_id, period, version, run_id, publisher, reason, published_at, digest)"
                " VALUES ('pub_y', '2026-01', 9, %s, 'local:demo', 'x', now(), 'sha256:0')",
                [run["run_id"]],
            )
    with pytest.raises(SamePerson, match="local:demo imported"):
        await restored(db, database, versions[0]["publication_id"], approver="local:demo")
    assert (await publish(db, run["run_id"], publisher="key:p", reason="demo", clock=clock))["new"]
