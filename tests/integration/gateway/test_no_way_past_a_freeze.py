"""APR-11: once a month is frozen, what counts is changed by a superseding snapshot, a ruling or an applicability row, and by
nothing else; an extension lets a report count by way of the next snapshot. Every act that could is tried over HTTP.

What counts is the canonical inputs document of a run, whose digest is part of every run's identity (law 3).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from services.gateway.reports.rules.catalogue import catalogue_in_force
from services.ingest.freeze import freeze
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings
from services.ingest.snapshot.store import latest_snapshot
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from services.scoring.compute import compute_from
from services.scoring.store import load_inputs
from shared.database import Database
from shared.law.scheme import scheme_for
from shared.period import Period
from tests.contract.stand_ins import FAR
from tests.integration.gateway.conftest import API, House, make_key
from tests.integration.gateway.reports import Body
from tests.integration.gateway.seeds import Seeds

JANUARY = Period(2026, 1)
REPORTS = source_named("agency_report")
WHY = {"reason": "Kiểm thử (minh họa)", "document": "Văn bản 1 (minh họa)"}
SERVING = ("ingest", "scoring", "gateway")
# What a run is made of, and who may add to it. Nobody may change or delete any of it (test_no_way_round.py).
DECIDED = {
    "control.ruling": {"gateway"},
    "control.applicability": {"gateway"},
    # Refused for a month that is frozen; the deadline of a frozen month is that of its freeze.
    "control.calendar_entry": {"gateway"},
    # Each of the three holds once another person approved it (test_two_people.py).
    "control.decision_approval": {"gateway"},
    # A figure that no word came on is left out by two people (C-3, test_open_words.py).
    "control.omission": {"gateway"},
    "control.omission_approval": {"gateway"},
    # Only in the transaction that writes the snapshot's header (test_rows_put_aside.py).
    "ingest.put_aside": {"ingest"},
    # A version after the first needs reason and two people, which a constraint holds.
    "ingest.snapshot": {"ingest"},
    # The bodies; migrations write them, no service has code that does.
    "registry.agency": {"gateway"},
    "registry.alias": {"gateway"},
    "registry.collective": {"gateway"},
}


@dataclass(frozen=True)
class Frozen:
    """January, frozen, with the ways of ingest and scoring to it."""

    house: House
    ingest: Runtime
    scoring: Database

    async def counts(self) -> dict[str, Any]:
        async with self.scoring.read() as connection:
            return (await load_inputs(connection, JANUARY)).document()

    async def snapshot_id(self) -> str:
        async with self.ingest.database.read() as connection:
            found = await latest_snapshot(connection, source=REPORTS.name, period=JANUARY)
        assert found is not None
        return str(found.snapshot_id)

    async def post(self, path: str, body: Any, role: str = "publisher", *, second: bool = False) -> tuple[int, Any]:
        headers = self.house.bearer(role)
        if second:
            _, key = await make_key(self.house.runtime, holder="người thứ hai", role=role)
            headers = {"authorization": f"Bearer {key}"}
        answer = await self.house.client.post(f"{API}{path}", headers=headers, json=body)
        return answer.status_code, answer.json()


@pytest.fixture(scope="module")
async def frozen(house: House, seeds: Seeds, app_url: str) -> AsyncIterator[Frozen]:
    ingest, scoring = (Database(app_url, role=role, pool_size=4) for role in ("ingest", "scoring"))
    runtime = Runtime(ingest, IngestSettings(), lambda: FAR)
    await freeze(runtime, REPORTS, JANUARY, actor="local:test")
    await seeds.freeze("system57")
    await seeds.counted({"G06": 5}, version=1)
    yield Frozen(house, runtime, scoring)
    await ingest.close()
    await scoring.close()


async def changed_by(frozen: Frozen, before: dict[str, Any]) -> set[str]:
    """The members of what counts that are others than before."""
    after = await frozen.counts()
    return {name for name in before if before[name] != after[name]}


async def test_what_counts_is_read_from_these_tables_and_nobody_else_may_add_to_them(frozen: Frozen) -> None:
    """Found by listening to what both engines ask the database, so another table that begins to count is seen here."""
    asked: list[str] = []

    def listen(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    engine = frozen.scoring.engine.sync_engine
    event.listen(engine, "before_cursor_execute", listen)
    async with frozen.scoring.read() as connection:
        await compute_from(connection, await load_inputs(connection, JANUARY), scheme_for(JANUARY))
    event.remove(engine, "before_cursor_execute", listen)
    read = {
        name for each in asked for name in re.findall(r"\b(?:audit|control|ingest|intake|registry|scoring)\.[a-z_0-9]+", each)
    }
    known = await frozen.house.facts("SELECT table_schema || '.' || table_name AS name FROM information_schema.tables")
    read &= {each["name"] for each in known}
    # What a view shows is written into the tables below it.
    below = await frozen.house.facts(
        "SELECT view_schema || '.' || view_name AS view, table_schema || '.' || table_name AS name"
        " FROM information_schema.view_table_usage"
    )
    read = {name for name in read if name not in {each["view"] for each in below}} | {
        each["name"] for each in below if each["view"] in read
    }
    may: dict[str, set[str]] = {}
    for name in sorted(read):
        query = (
            f"SELECT role FROM unnest(ARRAY{list(SERVING)}) AS role WHERE has_any_column_privilege(role, '{name}', 'INSERT')"
        )
        may[name] = {each["role"] for each in await frozen.house.facts(query)}
    rows_of_snapshots = {name for name, roles in may.items() if not roles}
    assert {name: roles for name, roles in may.items() if roles} == {name: DECIDED[name] for name in DECIDED if name in read}
    assert {"control.ruling", "control.applicability", "control.calendar_entry", "ingest.snapshot"} <= read
    assert rows_of_snapshots, "rows of datasets: nobody adds to them but through a partition that is not frozen"
    assert {name.partition(".")[0] for name in rows_of_snapshots} == {"ingest"}


async def test_nothing_else_changes_what_counts(frozen: Frozen) -> None:
    """Reports, approvals, deadlines, extensions, rules, late acceptances: none touches a frozen month by itself."""
    before = await frozen.counts()
    late = await Body(frozen.house, "G01", "2026-01").signed()
    assert late["acceptance"]["late"] is True
    until = (FAR + timedelta(days=1)).isoformat()
    extension = {"agency": "G01", "period": "2026-01", "until": until, "effect": "in_time", **WHY}
    status, made = await frozen.post("/extensions", extension)
    assert status == 201, made
    place = f"/extensions/{made['extension_id']}/approvals"
    assert (await frozen.post(place, {"reason": "Tự duyệt"}))[0] == 403
    assert (await frozen.post(place, {"reason": "Đồng ý"}, second=True))[0] == 201
    assert (await frozen.post("/late-acceptances", {"submission_id": late["submission_id"], **WHY}))[0] == 201
    for kind in ("cutoff", "report_deadline"):
        moved = {"period": "2026-01", "source": "*", "kind": kind, "falls_at": until, "reason": "Dời"}
        status, refused = await frozen.post("/calendar", moved)
        assert (status, refused["type"].rpartition("/")[2]) == (409, "month-frozen")
    rules = {**catalogue_in_force("2026-01").content, "id": "kiem-thu-freeze", "first_period": "2026-01"}
    status, made = await frozen.post("/rule-activations", {"catalogue": rules, "reason": "Đổi quy tắc"})
    assert status == 201, made
    place = f"/decisions/{made['activation_id']}/approvals"
    assert (await frozen.post(place, {"reason": "Đồng ý"}, second=True))[0] == 201
    snapshot = await frozen.snapshot_id()
    asked = {"reason": "Bổ sung báo cáo"}
    status, command = await frozen.post(f"/snapshots/{snapshot}/supersessions", asked)
    assert status == 202, command
    status, refused = await frozen.post(f"/snapshots/{snapshot}/supersessions/{command['command_id']}/approvals", asked)
    assert (status, refused["type"].rpartition("/")[2]) == (403, "same-person")
    assert await changed_by(frozen, before) == set()
    # The late report counts by the next version of the snapshot, and only by it.
    await supersede(frozen.ingest, REPORTS, JANUARY, requested_by="key:one", approver="key:two", reason="Bổ sung báo cáo")
    assert await changed_by(frozen, before) == {"snapshots"}


async def test_the_control_a_ruling_and_an_applicability_row_are_seen(frozen: Frozen) -> None:
    before = await frozen.counts()
    ruling = {"period": "2026-01", "agency": "G02", "measure": "speeches", "value": "1", **WHY}
    status, made = await frozen.post("/rulings", ruling)
    assert status == 201, made
    assert await changed_by(frozen, before) == set(), "asked for, and not approved"
    assert (await frozen.house.approve(made["ruling_id"])).status_code == 201
    assert await changed_by(frozen, before) == {"rulings"}
    row = {"agency": "G02", "indicator": "B1", "valid_from": "2026-01", **WHY}
    status, made = await frozen.post("/applicability", row)
    assert status == 201, made
    assert await changed_by(frozen, before) == {"rulings"}, "asked for, and not approved"
    assert (await frozen.house.approve(made["applicability_id"])).status_code == 201
    assert await changed_by(frozen, before) == {"rulings", "applicability"}


@pytest.mark.parametrize(
    ("asker", "approver"), [(None, None), ("local:one", "local:one"), ("local:one", None), (None, "local:two")]
)
async def test_the_database_refuses_another_version_of_one_person(
    frozen: Frozen, asker: str | None, approver: str | None
) -> None:
    snapshot = await frozen.snapshot_id()
    copied = text("""
INSERT INTO ingest.snapshot (snapshot_id, source, period, version, supersedes, reason, requested_by, approver, origin, pull_id,
                             as_of, captured_at, row_count, root, manifest, evidence)
SELECT 'snap_forged', source, period, version + 1, snapshot_id, 'vì sao', :asker, :approver, origin, pull_id,
       as_of, captured_at, row_count, root, manifest, evidence FROM ingest.snapshot WHERE snapshot_id = :of
""")
    with pytest.raises(DBAPIError, match=r"two_people|approved by who asked for it"):
        async with frozen.ingest.database.transaction() as connection:
            await connection.execute(copied, {"of": snapshot, "asker": asker, "approver": approver})


async def test_the_database_lets_nobody_add_rows_behind_a_frozen_snapshot(frozen: Frozen) -> None:
    (line,) = await frozen.house.facts("SELECT pk FROM ingest.snapshot WHERE source = 'national_database'")
    with pytest.raises(DBAPIError, match="is frozen: its rows are closed"):
        async with frozen.ingest.database.transaction() as connection:
            await connection.execute(text("SELECT ingest.open_rows('database_growth', :pk)"), {"pk": line["pk"]})
    part = f"ingest.database_growth_s{line['pk']}"
    again = text(f"INSERT INTO {part} SELECT * FROM {part}")
    with pytest.raises(DBAPIError, match="permission denied"):
        async with frozen.ingest.database.transaction() as connection:
            await connection.execute(again)
