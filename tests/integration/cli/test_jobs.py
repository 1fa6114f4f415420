"""`bangdiem job`, and whose work a terminal does: its own commands, and nothing that others asked for (OPS-06, ADR 48)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.cli import executing
from services.cli.executing import CommandFailed, NobodyTook, desk
from services.cli.site import Site
from services.gateway.operations.commands import request_command
from services.ingest.settings import IngestSettings
from shared.audit import Actor
from shared.database import Database
from shared.errors import DomainError
from shared.jobs import Queue, Task
from shared.service import Platform
from shared.timer import now
from tests.conftest import TestDatabase
from tests.e2e.processes import bangdiem
from tests.integration.cli.test_revisions import Env
from tests.integration.cli.test_revisions import people as people

WHY = ("--reason", "thử")
SOMEBODY = Actor("key:somebody", frozenset({"operator"}))


def said(env: Env, *words: str, code: int = 0) -> Any:
    done = bangdiem(*words, "--json", env=env, check=False)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def listed(env: Env, state: str) -> dict[str, dict[str, Any]]:
    return {each["purpose"]: each for each in said(env, "job", "list", "--state", state)}


async def asked_by_somebody(database: TestDatabase, kind: str, arguments: dict[str, Any]) -> str:
    """A command over REST while no service runs."""
    gateway = Database(database.app_url, role="gateway", pool_size=1)
    queue = Queue(gateway, [Task(f"scoring.{kind}", "scoring")], clock=now, worker="gateway")
    words: dict[str, Any] = {"period": arguments["period"], "arguments": arguments, "reason": "việc của người khác"}
    async with queue.opened():
        made = await request_command(gateway, queue=queue, actor=SOMEBODY, kind=kind, **words)
    await gateway.close()
    return made


def states(database: TestDatabase) -> dict[str, str]:
    with psycopg.connect(database.owner_url) as owner:
        return dict(owner.execute("SELECT purpose, state FROM queue.job_run").fetchall())


def test_a_terminal_does_its_own_command_and_leaves_others_waiting(people: dict[str, Env], database: TestDatabase) -> None:
    theirs = asyncio.run(asked_by_somebody(database, "score", {"period": "2026-02"}))
    assert said(people["operator"], "score", "2026-01", *WHY)["new"] is True
    assert states(database)[theirs] == "waiting"
    assert listed(people["operator"], "waiting")[theirs]["reason"] == "việc của người khác"

    assert said(people["operator"], "job", "cancel", theirs, *WHY)["command"] == theirs
    (found,) = listed(people["operator"], "failed").values()
    assert (found["purpose"], found["problem"]["type"]) == (theirs, "job-cancelled")
    again = bangdiem("job", "cancel", theirs, *WHY, env=people["operator"], check=False)
    assert (again.returncode, "không thực hiện được" in again.stderr) == (2, True), again.stderr
    table = bangdiem("job", "list", env=people["operator"]).stdout
    assert theirs in table.replace("\n", "")


def test_a_failed_job_is_done_again_and_does_nothing_twice(people: dict[str, Env], database: TestDatabase) -> None:
    made = said(people["operator"], "score", "2026-02", *WHY)
    command = next(name for name, each in listed(people["operator"], "succeeded").items() if each["period"] == "2026-02")
    refused = bangdiem("job", "retry", command, *WHY, env=people["operator"], check=False)
    assert (refused.returncode, "đã xong" in refused.stderr) == (2, True), refused.stderr
    # Its worker wrote the run and was lost before it could say so, as often as a job is tried.
    with psycopg.connect(database.owner_url) as owner:
        problem = json.dumps({"type": "job-given-up", "title": "…", "detail": "…"})
        owner.execute(
            "UPDATE queue.job_run SET state = 'failed', result = NULL, problem = %s WHERE purpose = %s", [problem, command]
        )
    again = said(people["operator"], "job", "retry", command, *WHY)
    assert (again["run_id"], again["new"]) == (made["run_id"], False)
    with psycopg.connect(database.owner_url) as owner:
        assert owner.execute("SELECT count(*) FROM scoring.run WHERE period = '2026-02'").fetchall() == [(1,)]
        told = owner.execute("SELECT detail FROM audit.entry WHERE action = 'job.retry' AND object = %s", [command]).fetchall()
    assert told == [({"problem": "job-given-up", "attempts": 1},)]
    nobody = bangdiem("job", "retry", "cmd_none", *WHY, env=people["operator"], check=False)
    assert nobody.returncode == 2


async def test_a_source_without_settings_here_is_left_to_a_service_that_is_at_work(
    people: dict[str, Env], database: TestDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(executing, "OTHERS_SECONDS", 1)
    monkeypatch.setenv("BANGDIEM_GATEWAY_KEY_PEPPER", people["operator"]["BANGDIEM_GATEWAY_KEY_PEPPER"])
    site = Site(tmp_path, Platform(database.app_url), None, None)

    async def pull(month: str) -> DomainError:
        asked: dict[str, Any] = {"period": month, "arguments": {"source": "ndxp", "period": month}, "reason": "thử"}
        async with desk(site, people["operator"]["BANGDIEM_KEY"], IngestSettings()) as at:
            with pytest.raises(DomainError) as refused:
                await at.carry_out("pull", **asked)
        return refused.value

    alone = await pull("2026-03")
    assert (type(alone), "no address" in alone.detail) == (CommandFailed, True), "nobody else can: it says so at once"
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("INSERT INTO queue.job_run (purpose, task, state) VALUES ('look', 'ingest.cutoffs', 'succeeded')")
    left = await pull("2026-03")
    assert (type(left), "BANGDIEM_INGEST_NDXP__BASE_URL" in str(left.hint)) == (NobodyTook, True)
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("DELETE FROM queue.job_run WHERE purpose = 'look'")
    behind = await pull("2026-03")
    assert (type(behind), "waits behind cmd_" in str(behind.hint)) == (NobodyTook, True), "what others left is not done here"
    waiting = [name for name, state in states(database).items() if state == "waiting"]
    assert len(waiting) == 2
