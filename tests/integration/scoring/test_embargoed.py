"""A version for an instant is made, frozen and audited at once, and corrected before anybody read it (PUB-08, ADR 40)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from services.scoring.jobs import tasks
from services.scoring.restore import restore
from shared.database import Database
from shared.embargo import LONGEST, EmbargoStands
from shared.errors import InputInvalid
from shared.jobs import Job
from shared.period import in_vietnam
from shared.timer import now
from tests.conftest import TestDatabase
from tests.integration.scoring.test_restored import asked
from tests.integration.scoring.test_runs import clock, db, looked_again, published_bytes, rule, scored
from tests.publishing import publish

__all__ = ["db"]
WORDS: Mapping[str, Any] = {"publisher": "key:p", "reason": "demo", "clock": clock}


async def test_it_is_made_at_once_and_followed_before_it_is_released(db: Database, database: TestDatabase) -> None:
    await looked_again(database, "2026-01")
    await rule(database, "3")
    run = (await scored(db))["run_id"]
    for instant in (now() - timedelta(seconds=1), now() + LONGEST + timedelta(minutes=1)):
        with pytest.raises(InputInvalid) as refused:
            await publish(db, run, **WORDS, release_at=instant)
        assert refused.value.faults[0].place == "/release_at"
    release_at = now() + timedelta(days=2)
    made = await publish(db, run, **WORDS, release_at=release_at)
    document = json.loads((await published_bytes(db, 1))["", "application/json"])
    assert (made["version"], document["published_at"]) == (1, in_vietnam(clock()))
    assert "release_at" not in document
    with psycopg.connect(database.superuser_url) as owner:
        audited = owner.execute(
            "SELECT detail ->> 'release_at' FROM audit.entry WHERE action = 'score.publish' AND object = %s",
            [made["publication_id"]],
        ).fetchall()
        told = owner.execute("SELECT count(*) FROM control.event WHERE type LIKE 'scores.%'").fetchone()
    assert (audited, told) == ([(in_vietnam(release_at),)], (0,))

    await rule(database, "40")
    corrected = (await scored(db))["run_id"]
    for earlier in (None, release_at - timedelta(seconds=1)):
        with pytest.raises(EmbargoStands):
            await publish(db, corrected, **WORDS, release_at=earlier)
    second = await publish(db, corrected, **WORDS, release_at=release_at)
    assert (second["version"], json.loads((await published_bytes(db, 2))["", "application/json"])["follows"]["version"]) == (
        2,
        1,
    )
    people = {"requested_by": "key:a", "approver": "key:b", "reason": "Sai", "clock": clock}
    with pytest.raises(EmbargoStands):
        await restore(db, made["publication_id"], **people, command_id=await asked(database, made["publication_id"]))


async def test_a_job_that_comes_to_its_turn_too_late_publishes_nothing(db: Database, database: TestDatabase) -> None:
    await rule(database, "41")
    run = (await scored(db))["run_id"]
    before = await published_bytes(db, 3)
    (task,) = (each for each in tasks(db, clock) if each.name == "scoring.publish")
    arguments = {"run_id": run, "plan": None, "release_at": in_vietnam(now() - timedelta(seconds=1))}
    command = {"actor": "key:p", "reason": "demo"}
    with pytest.raises(InputInvalid, match="at this instant"):
        await task.handler(Job(purpose="cmd_none", arguments=arguments, command=command))
    assert await published_bytes(db, 3) == before == {}
