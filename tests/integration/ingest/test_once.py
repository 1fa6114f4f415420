"""Exactly one freeze, whoever races and whoever is killed (ING-03, SNP-03, SNP-05)."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psycopg
import pytest

from services.ingest.freeze import freeze
from services.ingest.rehearse import rehearse
from services.ingest.sources import source_named
from services.ingest.verify import verify_snapshot
from shared.database import Busy
from shared.law.scheme import legal_cutoff
from shared.period import Period
from tests.contract.stand_ins import Bench, StandIns, fresh_period

DEADLINE = 60
ROOT = Path(__file__).parents[3]


@pytest.fixture
def described(tmp_path: Path, healed: StandIns) -> Path:
    path = tmp_path / "sandbox.json"
    path.write_text(json.dumps(healed.described), "utf-8")
    return path


def started(app_url: str, described: Path, source: str, period: Period) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.integration.ingest.worker", app_url, str(described), source, str(period)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    end = time.monotonic() + DEADLINE
    while not await holds():
        assert time.monotonic() < end, "not reached in time"
        await asyncio.sleep(0.05)


def killed(worker: subprocess.Popen[str]) -> None:
    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate(timeout=DEADLINE)
    assert worker.returncode == -signal.SIGKILL


@pytest.mark.slow("seven worker processes; of one that is killed the tests below are in every run")
async def test_three_workers_race_and_one_is_killed(ingest: Bench, described: Path, app_url: str, healed: StandIns) -> None:
    """The one that holds the lock is held up by its source and killed; the others found it busy; the next one closes."""
    source, period = source_named("ndxp"), fresh_period()
    healed.plant("ndxp", "slow", page=2, seconds=45, times=1)
    first = started(app_url, described, "ndxp", period)
    await until(lambda: pages_kept(ingest, "ndxp", period, 1))
    others = [started(app_url, described, "ndxp", period) for _ in range(2)]
    assert [other.communicate(timeout=DEADLINE)[0].strip() for other in others] == ["busy", "busy"]
    killed(first)
    healed.heal()
    await until(lambda: lock_is_free(ingest, "ndxp", period))
    racing = [started(app_url, described, "ndxp", period) for _ in range(3)]
    said = {worker.communicate(timeout=DEADLINE)[0].strip() for worker in racing}
    made = await freeze(ingest.runtime, source, period, actor="local:test")
    assert said <= {made.snapshot_id, "busy"}
    assert made.snapshot_id in said
    count = "SELECT count(*) FROM ingest.snapshot WHERE source = 'ndxp' AND period = :period"
    assert await ingest.one(count, period=str(period)) == 1
    assert [state for state, _ in await ingest.outcomes("ndxp", period)] == ["abandoned", "complete"]


async def test_a_pull_killed_between_pages_goes_on_to_the_same_snapshot(
    ingest: Bench, described: Path, app_url: str, healed: StandIns
) -> None:
    source, period = source_named("finance"), fresh_period()
    whole = await rehearse(ingest.runtime, source, period, actor="local:test", as_of=legal_cutoff(period))
    healed.plant("finance", "slow", page=4, seconds=45, times=1)
    worker = started(app_url, described, "finance", period)
    await until(lambda: pages_kept(ingest, "finance", period, 3))
    killed(worker)
    healed.heal()
    healed.forget()
    await until(lambda: lock_is_free(ingest, "finance", period))
    made = await freeze(ingest.runtime, source, period, actor="local:test")
    assert made.root == whole["root"]
    assert min(each["page"] for each in healed.requests()) == 4
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).holds


async def test_a_worker_killed_in_the_middle_of_its_transaction_leaves_nothing(
    ingest: Bench, described: Path, app_url: str, owner_url: str, healed: StandIns
) -> None:
    """Rows are copied, the header waits for a lock, kill -9: no header, no rows; the next freeze asks the source nothing."""
    source, period = source_named("national_database"), fresh_period()
    with psycopg.connect(owner_url) as blocker:
        blocker.execute("LOCK TABLE ingest.snapshot IN SHARE MODE")
        worker = started(app_url, described, "national_database", period)
        await until(lambda: waits_for_the_header(ingest))
        killed(worker)
    assert await ingest.nothing_half_written("national_database", period)
    await until(lambda: lock_is_free(ingest, "national_database", period))
    healed.forget()
    made = await freeze(ingest.runtime, source, period, actor="local:test")
    assert healed.requests() == []
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).holds


async def pages_kept(ingest: Bench, source: str, period: Period, least: int) -> bool:
    statement = """
        SELECT count(*) >= :least FROM ingest.pull JOIN ingest.request USING (pull_id)
         WHERE source = :source AND period = :period AND purpose = 'freeze'"""
    return bool(await ingest.one(statement, least=least, source=source, period=str(period)))


async def waits_for_the_header(ingest: Bench) -> bool:
    statement = "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'ingest.snapshot'::regclass"
    return bool(await ingest.one(statement))


async def lock_is_free(ingest: Bench, source: str, period: Period) -> bool:
    """The server has noticed that the killed process is gone."""
    try:
        async with ingest.runtime.database.exclusive(f"ingest:{source}:{period}"):
            return True
    except Busy:
        return False
