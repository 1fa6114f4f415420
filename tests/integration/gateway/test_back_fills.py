"""A range of months is one request: its steps in order, a status for every month, and asking again goes on (OPS-02)."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.http.periods import sources_of
from services.ingest.pull.errors import TooEarly
from shared.database import Database
from shared.jobs import Job, Queue, Task
from shared.law.scheme import scheme_for
from shared.period import Period
from tests.integration.gateway.conftest import API, ENGLISH, NOW, House
from tests.integration.gateway.seeds import Seeds

ASKED = {"from": "2026-01", "to": "2026-02", "reason": "Chấm điểm bù (minh họa)"}
SOURCES = list(sources_of(scheme_for(Period(2026, 1))))


async def ask(house: House, **other: Any) -> str:
    answer = await house.post(f"{API}/back-fills", "operator", {**ASKED, **other})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"{API}/back-fills/{answer.json()['command_id']}"
    return str(answer.headers["location"])


async def work(house: House, seeds: Seeds, *, down: tuple[str, str] = ("", "")) -> list[tuple[str, str, str]]:
    """As the owners' workers would do it, in turn until nothing waits; ``down`` is a source of a month that refuses."""
    done: list[tuple[str, str, str]] = []

    async def step(job: Job) -> dict[str, Any]:
        assert job.command is not None
        month, source = job.arguments["period"], job.arguments.get("source", "")
        done.append((month, job.command["kind"], source))
        if (source, month) == down and job.command["kind"] == "freeze":
            raise TooEarly(f"{source} {month} closes later", hint="Ask again after that instant.")
        if job.command["kind"] == "score":
            return {"run_id": (await seeds.run(month, actor=job.actor))["run_id"]}
        return {"snapshot_id": "snap_none"}

    databases = [Database(house.runtime.database.url, role=role) for role in ("ingest", "scoring")]
    tasks = {"ingest": ("ingest.freeze", "ingest.second_look"), "scoring": ("scoring.score",)}
    before = -1
    while before != len(done):
        before = len(done)
        for database in databases:
            owner = str(database.role)
            given = [Task(name, owner, step) for name in tasks[owner]]
            queue = Queue(database, given, clock=lambda: NOW, worker="test-worker")
            async with queue.opened():
                await queue.drain([owner])
    for database in databases:
        await database.close()
    return done


async def test_its_steps_are_commands_done_month_by_month_and_told_one_by_one(house: House, seeds: Seeds) -> None:
    place = await ask(house)
    assert await ask(house) == place, "the same range goes on while it has not ended"
    waiting = (await house.get(place, "reader")).json()
    assert (waiting["state"], [each["state"] for each in waiting["months"]]) == ("waiting", ["waiting", "waiting"])
    done = await work(house, seeds, down=("ndxp", "2026-01"))
    per_month = [*(("freeze", source) for source in SOURCES), ("second_look", "system57"), ("score", "")]
    assert done == [(month, *each) for month in ("2026-01", "2026-02") for each in per_month]
    ended = await house.get(place, "reader", **ENGLISH)
    first, second = ended.json()["months"]
    assert (ended.json()["state"], first["state"], second["state"]) == ("failed", "incomplete", "scored")
    assert "retry-after" not in ended.headers
    (failed,) = [each for each in first["freezes"] if each["state"] == "failed"]
    assert (failed["source"], failed["problem"]["type"].rpartition("/")[2]) == ("ndxp", TooEarly.slug)
    assert (second["score"]["state"], second["score"]["problem"]) == ("same_run", None)
    assert [each["state"] for each in second["second_looks"]] == ["succeeded"]
    again = await ask(house)
    assert again != place, "an ended one is begun anew"
    listed = (await house.get(f"{API}/back-fills", "reader")).json()["items"]
    assert [each["command_id"] for each in listed][-2:] == [place.rpartition("/")[2], again.rpartition("/")[2]]


async def test_one_audit_row_and_a_reason(house: House) -> None:
    place = await ask(house, to="2026-01")
    (row,) = await house.audit_of(place.rpartition("/")[2])
    assert (row["action"], row["reason"]) == ("command.back_fill", ASKED["reason"])
    assert row["detail"] == {"from": "2026-01", "to": "2026-01"}
    asked = "SELECT DISTINCT actor, reason FROM control.command WHERE part_of = :it"
    steps = await house.facts(asked, place.rpartition("/")[2])
    assert steps == [{"actor": f"key:{house.ids['operator']}", "reason": ASKED["reason"]}]


@pytest.mark.parametrize(
    ("other", "pointer", "seen"),
    [
        ({"to": "2026-03"}, "/to", "2026-03"),
        ({"from": "2026-03", "to": "2026-05"}, "/to", "2026-03"),
        ({"from": "2025-12"}, "/from", "2025-12"),
        ({"from": "2026-02", "to": "2026-01"}, "/to", "2026-01"),
        ({"to": "2028-01"}, "/to", "2028-01"),
    ],
)
async def test_what_cannot_be_asked_for_is_named(house: House, other: dict[str, str], pointer: str, seen: str) -> None:
    answer = await house.post(f"{API}/back-fills", "operator", {**ASKED, **other})
    assert answer.status_code == 422
    assert [(fault["pointer"], fault["seen"]) for fault in answer.json()["errors"]] == [(pointer, seen)]


async def test_asked_twice_under_one_idempotency_key_or_two_it_is_one(house: House) -> None:
    body, key = {**ASKED, "from": "2026-02"}, "idempotency-key"
    answers = [await house.post(f"{API}/back-fills", "operator", body, **{key: name}) for name in ("bf-1", "bf-1", "bf-2")]
    assert [each.status_code for each in answers] == [202, 202, 202]
    assert len({each.headers["location"] for each in answers}) == 1


async def test_nobody_knows_another(house: House) -> None:
    assert (await house.get(f"{API}/back-fills/cmd_{'0' * 26}", "reader")).status_code == 404
