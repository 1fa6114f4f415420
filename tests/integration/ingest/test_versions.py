"""Superseding, quarantine, comparison with the past, and what nobody may do to a frozen snapshot (SNP-01, 03, 06, 10, 11)."""

from __future__ import annotations

import statistics
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from services.ingest.freeze import freeze
from services.ingest.pull.errors import PeriodUnruled, TooEarly
from services.ingest.rehearse import rehearse
from services.ingest.snapshot import store
from services.ingest.snapshot.commit import NotFrozen, Unchanged
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from services.ingest.verify import verify_snapshot
from shared.audit import record
from shared.errors import InputInvalid, SamePerson
from shared.law.scheme import legal_cutoff
from shared.period import Period
from shared.timer import now
from tests.conftest import TestDatabase
from tests.contract.stand_ins import Bench, Benches, StandIns, fresh_period
from tests.decided_before import moved_alone
from tests.integration.ingest.files import ndxp_file

SYSTEM57 = source_named("system57")
NDXP = source_named("ndxp")


async def test_a_period_is_not_frozen_before_its_cutoff(healed: StandIns, benches: Benches) -> None:
    period = Period(2026, 1)
    early = benches(healed.settings(), lambda: legal_cutoff(period) - timedelta(microseconds=1))
    with pytest.raises(TooEarly, match="2026-02-02T00:00:00\\+07:00"):
        await freeze(early.runtime, NDXP, period, actor="local:test")
    assert healed.requests() == []
    assert await early.outcomes("ndxp", period) == []
    exact = benches(healed.settings(), lambda: legal_cutoff(period))
    assert (await freeze(exact.runtime, NDXP, period, actor="local:test")).version == 1


async def test_a_period_no_scheme_rules_is_never_taken(ingest: Bench, healed: StandIns) -> None:
    """Before the decision's first period nothing is asked for and nothing is written down, whichever way it is tried."""
    before = Period(2025, 12)
    people = {"requested_by": "key:one", "approver": "key:two", "reason": "thử"}
    for attempt in (
        freeze(ingest.runtime, NDXP, before, actor="local:test"),
        rehearse(ingest.runtime, NDXP, before, actor="local:test"),
        supersede(ingest.runtime, NDXP, before, **people),
        ndxp_file(ingest, before, [("G06", 1)]),
    ):
        with pytest.raises(PeriodUnruled, match="2025-12; the first period is 2026-01"):
            await attempt
    assert healed.requests() == []
    assert await ingest.outcomes("ndxp", before) == []


async def test_a_moved_cutoff_is_asked_for_and_a_late_worker_still_freezes_as_of_it(
    ingest: Bench, healed: StandIns, database: TestDatabase
) -> None:
    """SNP-04, SNP-05: hours or years later, the source is asked for what it knew at the instant that held."""
    period = fresh_period()
    moved = legal_cutoff(period) + timedelta(days=1)
    moved_alone(database.superuser_url, period, kind="cutoff", to=moved)
    made = await freeze(ingest.runtime, NDXP, period, actor="local:test")
    assert made.as_of == moved
    assert {datetime.fromisoformat(str(each["as_of"])) for each in healed.requests()} == {moved}
    assert made.captured_at > moved


async def test_a_superseding_version_needs_two_people_a_reason_and_other_rows(ingest: Bench, healed: StandIns) -> None:
    period = fresh_period()
    people = {"requested_by": "key:one", "approver": "key:two", "reason": "Bổ sung nhiệm vụ ghi nhận muộn"}
    with pytest.raises(NotFrozen):
        await supersede(ingest.runtime, SYSTEM57, period, **people)
    first = await freeze(ingest.runtime, SYSTEM57, period, actor="local:test")
    with pytest.raises(SamePerson):
        await supersede(ingest.runtime, SYSTEM57, period, **{**people, "approver": "key:one"})
    with pytest.raises(InputInvalid):
        await supersede(ingest.runtime, SYSTEM57, period, **{**people, "reason": " "})
    for wrong in (legal_cutoff(period) - timedelta(seconds=1), ingest.runtime.clock() + timedelta(seconds=1)):
        with pytest.raises(InputInvalid, match="closed at"):
            await supersede(ingest.runtime, SYSTEM57, period, **people, as_of=wrong)
    with pytest.raises(Unchanged):
        await supersede(ingest.runtime, SYSTEM57, period, **people, as_of=legal_cutoff(period))
    assert (await ingest.outcomes("system57", period))[-1] == ("failed", "snapshot-unchanged")
    second = await supersede(ingest.runtime, SYSTEM57, period, **people, as_of=legal_cutoff(period) + timedelta(days=20))
    assert (second.version, second.supersedes) == (2, first.snapshot_id)
    assert (second.requested_by, second.approver, second.reason) == tuple(people.values())
    assert second.root != first.root
    for each in (first, second):
        assert (await verify_snapshot(ingest.runtime, each.snapshot_id)).holds
    assert (await freeze(ingest.runtime, SYSTEM57, period, actor="local:test")).snapshot_id == second.snapshot_id


async def test_another_key_of_the_same_person_is_no_second_person(
    ingest: Bench, healed: StandIns, database: TestDatabase
) -> None:
    with psycopg.connect(database.superuser_url) as owner:
        owner.execute("INSERT INTO audit.entry (actor, action, object) VALUES ('local:x', 'key.create', 'keys')")
        for key_id, holder in (("asks", "Một Người"), ("approves", "một người")):
            owner.execute(
                "INSERT INTO control.api_key (key_id, holder, roles, secret_hmac, created_by, reason)"
                " VALUES (%s, %s, '{publisher}', '', 'local:x', 'hai khóa của một người')",
                [key_id, holder],
            )
    period = fresh_period()
    made = await freeze(ingest.runtime, NDXP, period, actor="local:test")
    people = {"requested_by": "key:asks", "approver": "key:approves", "reason": "r"}
    with pytest.raises(SamePerson):
        await supersede(ingest.runtime, NDXP, period, **people)
    assert await ingest.outcomes("ndxp", period) == [("complete", None)], "nothing was pulled for it"
    with pytest.raises(ProgrammingError, match="approved by who asked for it"):
        await insert_again(ingest, {**vars(made), "snapshot_id": "snap_two_keys", "version": 2,
                                    "supersedes": made.snapshot_id, **people})  # fmt: skip


async def test_the_database_itself_refuses_a_second_first_version_and_one_person(ingest: Bench, healed: StandIns) -> None:
    period = fresh_period()
    made = await freeze(ingest.runtime, NDXP, period, actor="local:test")
    one_person = {"version": 2, "supersedes": made.snapshot_id, "reason": "r", "requested_by": "a", "approver": "a"}
    refused: tuple[tuple[dict[str, Any], type[DBAPIError]], ...] = (
        ({}, IntegrityError),
        ({"version": 2}, IntegrityError),
        (one_person, ProgrammingError),
    )
    for changes, error in refused:
        with pytest.raises(error):
            await insert_again(ingest, {**vars(made), "snapshot_id": "snap_again", **changes})


async def insert_again(ingest: Bench, header: dict[str, Any]) -> None:
    async with ingest.runtime.database.transaction() as connection:
        await record(connection, "local:test", "snapshot.freeze", "again")
        header.pop("recorded_at")
        await store.insert_snapshot(connection, {**header, "pk": await store.reserve_pk(connection)})


async def test_late_rows_go_to_quarantine_with_a_receipt_and_raise_the_finding(ingest: Bench, healed: StandIns) -> None:
    """SNP-06 and scheme rule 2: completions inside the period that were recorded after its freeze."""
    period = fresh_period()
    frozen = await freeze(ingest.runtime, SYSTEM57, period, actor="local:test")
    later = legal_cutoff(period) + timedelta(days=20)
    found = await rehearse(ingest.runtime, SYSTEM57, period, actor="local:test", as_of=later)
    assert {"ING-QUARANTINE", "ING-RECORDED-LATE"} <= set(found["findings"])
    held = await ingest.all("SELECT * FROM ingest.quarantine WHERE snapshot_id = :id", id=frozen.snapshot_id)
    assert held
    assert {line["period"] for line in held} == {str(period)}
    assert all(line["receipt"].startswith("late_") for line in held)
    again = await rehearse(ingest.runtime, SYSTEM57, period, actor="local:test", as_of=later)
    assert "ING-QUARANTINE" not in again["findings"]
    same = await ingest.all("SELECT receipt FROM ingest.quarantine WHERE snapshot_id = :id", id=frozen.snapshot_id)
    assert {line["receipt"] for line in same} == {line["receipt"] for line in held}
    late = await ingest.all(
        "SELECT detail, message_vi FROM ingest.finding WHERE pull_id = :id AND code = 'ING-RECORDED-LATE'", id=found["pull_id"]
    )
    assert [line["detail"]["late_period"] for line in late] == [str(period)]
    tasks = {line["natural_key"].split("/")[0] for line in held if line["dataset"] == "task_assignments"}
    assert set(late[0]["detail"]["tasks"]) <= tasks
    assert (await verify_snapshot(ingest.runtime, frozen.snapshot_id)).holds


async def test_rehearsals_leave_evidence_and_no_rows(ingest: Bench, healed: StandIns) -> None:
    period = fresh_period()
    found = await rehearse(ingest.runtime, NDXP, period, actor="local:test")
    assert await ingest.nothing_half_written("ndxp", period)
    assert await ingest.outcomes("ndxp", period) == [("complete", None)]
    assert await ingest.one("SELECT count(*) FROM ingest.request WHERE pull_id = :id", id=found["pull_id"]) > 0
    assert not await ingest.all("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relname LIKE 'looked_at_%'")


async def test_a_month_unlike_the_one_before_raises_findings(ingest: Bench, healed: StandIns) -> None:
    """The next month is an official file of two bodies with a hundred times their transactions."""
    before = fresh_period()
    after = fresh_period()
    assert after == before.next
    made = await freeze(ingest.runtime, NDXP, before, actor="local:test")
    volumes = await ingest.all(
        "SELECT agency_code, transactions FROM ingest.exchange_volume WHERE snapshot_pk = :pk AND transactions > 100"
        " ORDER BY agency_code LIMIT 2",
        pk=made.pk,
    )
    unlike = await ndxp_file(ingest, after, [(line["agency_code"], line["transactions"] * 100) for line in volumes])
    found = await ingest.all("SELECT code, detail FROM ingest.finding WHERE pull_id = :id", id=unlike.pull_id)
    jumps = [line["detail"] for line in found if line["code"] == "ING-VALUE-JUMP"]
    assert [(each["agency"], each["column"]) for each in jumps] == [(line["agency_code"], "transactions") for line in volumes]
    earlier = await ingest.all(
        "SELECT DISTINCT ON (s.period, v.agency_code) s.period, v.agency_code, v.transactions FROM ingest.snapshot AS s"
        " JOIN ingest.exchange_volume AS v ON v.snapshot_pk = s.pk"
        " WHERE s.source = 'ndxp' AND s.period BETWEEN :first AND :last"
        " ORDER BY s.period, v.agency_code, s.version DESC",
        first=str(after.shifted(months=-12)), last=str(before),
    )  # fmt: skip
    for each in jumps:
        own = {line["period"]: line["transactions"] for line in earlier if line["agency_code"] == each["agency"]}
        assert Decimal(each["median"]) == statistics.median(map(Decimal, own.values()))
        assert (each["months"], each["window"].endswith(str(before))) == (len(own), True)
    sizes = [(line["detail"]["now"], line["detail"]["before"]) for line in found if line["code"] == "ING-ROWS-JUMP"]
    assert sizes == [(2, made.row_count)]


@pytest.mark.parametrize("role", ["ingest", "scoring", "gateway", "owner"])
async def test_no_role_changes_frozen_rows(ingest: Bench, healed: StandIns, app_url: str, owner_url: str, role: str) -> None:
    made = await freeze(ingest.runtime, NDXP, Period(2026, 2), actor="local:test")
    part = f"ingest.exchange_volume_s{made.pk}"
    insert = f"INSERT INTO {part} (ordinal, agency_code, source_system) VALUES (999, 'G06', 'x')"
    statements = [
        f"{verb} {relation}{rest}"
        for relation in (part, "ingest.exchange_volume")
        for verb, rest in (("UPDATE", " SET transactions = 0"), ("DELETE FROM", ""), ("TRUNCATE", ""))
    ]
    url, options = (owner_url, "") if role == "owner" else (app_url, f"-c role={role}")
    with psycopg.connect(url, options=options) as connection:
        for statement in statements if role == "owner" else [*statements, insert]:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
            connection.rollback()
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).holds


async def test_one_flipped_byte_is_found_and_named(ingest: Bench, healed: StandIns, database: TestDatabase) -> None:
    """As a superuser who takes the guards away: the root no longer fits (SNP-02)."""
    made = await freeze(ingest.runtime, NDXP, Period(2026, 3), actor="local:test")
    with psycopg.connect(database.superuser_url) as connection:
        connection.execute("SET session_replication_role = replica")
        changed = connection.execute(
            "UPDATE ingest.exchange_volume SET transactions = transactions + 1 WHERE snapshot_pk = %s AND ordinal = 7",
            [made.pk],
        )
        assert changed.rowcount == 1
    verdict = await verify_snapshot(ingest.runtime, made.snapshot_id)
    assert [each.place for each in verdict.differences] == ["exchange_volumes/row 7", "exchange_volumes/rows"]


async def test_damaged_bytes_are_found(ingest: Bench, healed: StandIns, database: TestDatabase) -> None:
    made = await freeze(ingest.runtime, NDXP, Period(2026, 4), actor="local:test")
    with psycopg.connect(database.superuser_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE ingest.raw_body SET body = set_byte(body, 30, (get_byte(body, 30) + 1) %% 256) WHERE sha256 ="
            " (SELECT sha256 FROM ingest.request WHERE pull_id = %s LIMIT 1)",
            [made.pull_id],
        )
    verdict = await verify_snapshot(ingest.runtime, made.snapshot_id)
    assert [each.place for each in verdict.differences] == ["exchange_volumes/archive"]
    assert (verdict.rows_prove, verdict.archive_proves) == (True, False)


async def test_every_change_has_its_audit_row(ingest: Bench, healed: StandIns) -> None:
    made = await freeze(ingest.runtime, NDXP, Period(2026, 5), actor="key:officer")
    with psycopg.connect(ingest.owner_url) as connection:
        found = connection.execute(
            "SELECT action, actor FROM audit.entry WHERE object IN (%s, %s)", [made.snapshot_id, made.pull_id]
        ).fetchall()
    assert {action for action, _ in found} == {"pull.begin", "page.keep", "snapshot.freeze"}
    assert {actor for _, actor in found} == {"key:officer"}


def test_the_machine_is_past_the_periods_named_here() -> None:
    assert now() > legal_cutoff(Period(2026, 5))
