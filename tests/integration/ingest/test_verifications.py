"""Snapshots are proven again every night, and what somebody altered past the guards is on record by morning (SNP-02)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from services import ingest as front_door
from services.ingest import due
from services.ingest import service as service_module
from services.ingest.jobs import QUEUE, VERIFICATIONS
from services.ingest.service import EVERY_NIGHT
from services.ingest.settings import IngestSettings
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.verify import record_verification, verify_snapshot
from shared.errors import NotFound
from shared.jobs import Queue
from shared.period import VIETNAM
from shared.registry import Unmapped
from shared.service import Platform
from shared.timer import Tick
from tests.conftest import TestDatabase
from tests.contract.stand_ins import FAR, Bench, bench, fresh_period
from tests.integration.ingest.files import ndxp_file

NIGHT = datetime(2026, 6, 1, 19, 35, tzinfo=UTC)
NUMBERS = [("G06", 7), ("H38", 9)]
Altering = Callable[..., int]


@pytest.fixture(scope="module")
async def keep(app_url: str, owner_url: str) -> AsyncIterator[Bench]:
    found = bench(app_url, owner_url, IngestSettings())
    yield found
    await found.runtime.database.close()


@pytest.fixture
async def frozen(keep: Bench) -> FrozenSnapshot:
    """A snapshot of its own month, from an official file."""
    made: dict[str, Any] = await ndxp_file(keep, fresh_period(), NUMBERS)
    return made


@pytest.fixture
def alter(database: TestDatabase) -> Altering:
    """A statement as a superuser who takes the guards away."""

    def run(statement: str, **given: Any) -> int:
        with psycopg.connect(database.superuser_url) as connection:
            connection.execute("SET session_replication_role = replica")
            return connection.execute(statement.encode(), given).rowcount

    return run


def not_their_turn(alter: Altering, but: list[str]) -> None:
    """Snapshots of other tests, as if they had just been verified."""
    alter(
        "INSERT INTO ingest.verification (snapshot_id, verified_at, holds, differences, actor)"
        " SELECT snapshot_id, %(at)s, true, '[]', 'local:test' FROM ingest.snapshot WHERE snapshot_id <> ALL(%(but)s)",
        at=FAR,
        but=but,
    )


async def facts(keep: Bench, snapshot_id: str) -> list[dict[str, Any]]:
    return await keep.all(
        "SELECT verified_at, holds, differences, actor FROM ingest.verification WHERE snapshot_id = :it"
        " ORDER BY verification_id",
        it=snapshot_id,
    )


async def test_a_tick_verifies_and_puts_the_outcome_on_record(
    keep: Bench, database: TestDatabase, alter: Altering, frozen: FrozenSnapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered = await ndxp_file(keep, fresh_period(), NUMBERS)
    assert (
        alter("UPDATE ingest.exchange_volume SET transactions = 8 WHERE snapshot_pk = %(pk)s AND ordinal = 1", pk=altered.pk)
        == 1
    )
    service = front_door.create(Platform(database.app_url, clock=lambda: NIGHT), IngestSettings())

    async def one_night(queue: Queue, *, ticks: Sequence[Tick], **_: Any) -> None:
        """The worker of a service that runs at the moment the clock fires, for two replicas."""
        (nightly,) = (tick for tick in ticks if tick.name == VERIFICATIONS)
        assert nightly.trigger is EVERY_NIGHT
        async with queue.opened():
            await nightly.fire(scheduled_at=NIGHT)
            await nightly.fire(scheduled_at=NIGHT)
            await queue.drain([QUEUE])

    monkeypatch.setattr(service_module, "run_worker", one_night)
    await service.run()
    good, bad = frozen.snapshot_id, altered.snapshot_id
    assert await facts(keep, good) == [{"verified_at": NIGHT, "holds": True, "differences": [], "actor": "service:clock"}]
    (found,) = await facts(keep, bad)
    assert (found["holds"], found["actor"]) == (False, "service:clock")
    assert [each["place"] for each in found["differences"]] == ["exchange_volumes/row 1", "exchange_volumes/rows"]
    states = await keep.all("SELECT purpose, state, result FROM queue.job_run WHERE purpose LIKE 'verify:%'")
    assert {line["purpose"]: (line["state"], line["result"]["holds"]) for line in states} == {
        f"verify:{name}@{NIGHT.isoformat()}": ("succeeded", name == good) for name in (good, bad)
    }
    with psycopg.connect(keep.owner_url) as owner:
        told = owner.execute("SELECT actor, detail FROM audit.entry WHERE action = 'snapshot.verify' AND object = %s", [bad])
        assert told.fetchall() == [
            ("service:clock", {"holds": False, "places": ["exchange_volumes/row 1", "exchange_volumes/rows"]})
        ]


async def test_the_longest_unproven_come_first_and_a_night_has_its_bound(
    keep: Bench, alter: Altering, frozen: FrozenSnapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [frozen, *[await ndxp_file(keep, fresh_period(), NUMBERS) for _ in range(2)]]
    first, second, third = ids = [each.snapshot_id for each in made]
    not_their_turn(alter, but=ids)
    await record_verification(keep.runtime, first, actor="local:test")
    monkeypatch.setattr(due, "ROWS_A_NIGHT", 1)
    assert await due.to_verify(keep.runtime) == [second]
    monkeypatch.setattr(due, "ROWS_A_NIGHT", len(NUMBERS) + 1)
    assert await due.to_verify(keep.runtime) == [second, third]
    await record_verification(keep.runtime, third, actor="local:test")
    await record_verification(keep.runtime, second, actor="local:test")
    monkeypatch.undo()
    assert [each for each in await due.to_verify(keep.runtime) if each in ids] == [first, second, third]


def test_the_night_is_vietnams_and_once_a_day() -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=VIETNAM)
    first = EVERY_NIGHT.get_next_fire_time(None, noon)
    assert first == datetime(2026, 6, 2, 2, 35, tzinfo=VIETNAM)
    assert EVERY_NIGHT.get_next_fire_time(first, first + timedelta(seconds=1)) == first + timedelta(days=1)


OF_BYTES = "sha256 = (SELECT files -> 0 ->> 'sha256' FROM ingest.official_file WHERE pull_id = %(pull_id)s)"
# What somebody with the database in hand might do; where it is found; whether rows and archive still prove the header.
ALTERED = {
    "a figure": (
        "UPDATE ingest.exchange_volume SET transactions = 8 WHERE snapshot_pk = %(pk)s AND agency_code = 'G06'",
        ["exchange_volumes/row 1", "exchange_volumes/rows"],
        (False, True),
    ),
    "a figure no source may send": (
        "UPDATE ingest.exchange_volume SET transactions = 4611686018427387904 WHERE snapshot_pk = %(pk)s AND ordinal = 1",
        ["exchange_volumes/rows"],
        (False, True),
    ),
    "a row away": (
        "DELETE FROM ingest.exchange_volume WHERE snapshot_pk = %(pk)s AND agency_code = 'H38'",
        ["exchange_volumes/row 2", "exchange_volumes/rows"],
        (False, True),
    ),
    "bytes": (
        f"UPDATE ingest.raw_body SET body = set_byte(body, 20, (get_byte(body, 20) + 1) %% 256) WHERE {OF_BYTES}",
        ["archive"],
        (True, False),
    ),
    "bytes away": (f"DELETE FROM ingest.raw_body WHERE {OF_BYTES}", ["archive"], (True, False)),
    "the source": ("UPDATE ingest.snapshot SET source = 'none' WHERE pk = %(pk)s", ["header/source"], (False, False)),
    "the instant": (
        "UPDATE ingest.snapshot SET as_of = as_of - interval '1 day' WHERE pk = %(pk)s", ["header/as_of"], (False, False),
    ),
    "the root": ("UPDATE ingest.snapshot SET root = 'sha256:0' WHERE pk = %(pk)s", ["header/root"], (False, False)),
    "the manifest": (
        "UPDATE ingest.snapshot SET manifest = 'no JSON' WHERE pk = %(pk)s", ["manifest"], (False, False),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ALTERED)
async def test_whatever_is_altered_is_found_and_named(keep: Bench, alter: Altering, what: str) -> None:
    statement, places, proves = ALTERED[what]
    # Figures that no other snapshot has: bytes are kept once, whoever sent them.
    made = await ndxp_file(keep, fresh_period(), [("G06", 100 + list(ALTERED).index(what)), ("H38", 9)])
    assert (await verify_snapshot(keep.runtime, made.snapshot_id)).holds
    assert alter(statement, pk=made.pk, pull_id=made.pull_id) == 1
    verdict = await record_verification(keep.runtime, made.snapshot_id, actor="local:test")
    assert [each.place for each in verdict.differences] == places
    assert (verdict.rows_prove, verdict.archive_proves) == proves
    assert [line["holds"] for line in await facts(keep, made.snapshot_id)] == [False]
    # The next freeze of the source reads it.
    alter("UPDATE ingest.snapshot SET manifest = %(was)s WHERE pk = %(pk)s", was=bytes(made.manifest), pk=made.pk)


async def test_a_correction_of_the_registry_leaves_what_was_frozen_before_it_proven(keep: Bench, alter: Altering) -> None:
    """The body that the file names is said, afterwards, never to have been there."""
    made = await ndxp_file(keep, fresh_period(), [("G17", 41)])
    correction = """
        INSERT INTO registry.agency (code, valid_from, revision, valid_to, kind, name_vi, name_en, head_title_vi, head_title_en,
                                     document)
        SELECT code, valid_from, revision + 1, valid_from, kind, name_vi, name_en, head_title_vi, head_title_en, document
          FROM registry.agency WHERE code = 'G17'"""
    assert alter(correction) == 1
    assert (await verify_snapshot(keep.runtime, made.snapshot_id)).differences == ()
    with pytest.raises(Unmapped, match="G17"):
        await ndxp_file(keep, fresh_period(), [("G17", 41)])


async def test_of_an_unknown_snapshot_nothing_is_written(keep: Bench) -> None:
    with pytest.raises(NotFound, match="no snapshot snap_0"):
        await record_verification(keep.runtime, "snap_0", actor="local:test")
    assert await facts(keep, "snap_0") == []


def test_a_verification_cannot_say_both(database: TestDatabase, app_url: str) -> None:
    """Holding and differing at once is refused by the database itself."""
    with psycopg.connect(app_url, options="-c role=ingest") as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "INSERT INTO ingest.verification (snapshot_id, verified_at, holds, differences, actor)"
            """ VALUES ('snap_0', now(), true, '[{"place": "x"}]', 'local:test')"""
        )
