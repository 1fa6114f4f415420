"""A completion rejected after a freeze that counts it proposes a superseding version (scheme rule 2, domain reading A-8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from services.ingest.freeze import freeze
from services.ingest.official_files.import_file import import_file
from services.ingest.rehearse import rehearse
from services.ingest.snapshot import store
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from shared.law.scheme import legal_cutoff
from shared.period import Period
from tests.contract.stand_ins import Bench, StandIns, fresh_period
from tests.integration.ingest.files import DOCUMENT, json_file
from tests.unit.ingest.make import task

SYSTEM57 = source_named("system57")
PEOPLE = {"requested_by": "key:one", "approver": "key:two", "reason": "Hoàn thành bị trả lại sau khi chốt"}


async def taken_back(ingest: Bench, pull_id: str) -> list[tuple[str, int, list[str]]]:
    """Period, count and tasks of each finding of a pull."""
    found = await ingest.all(
        "SELECT detail FROM ingest.finding WHERE pull_id = :id AND code = 'ING-TAKEN-BACK' ORDER BY finding_id",
        id=pull_id,
    )
    return [(line["detail"]["counted_period"], line["detail"]["count"], line["detail"]["tasks"]) for line in found]


async def counted(ingest: Bench, snapshot: FrozenSnapshot, period: Period) -> set[tuple[str, str]]:
    """Tasks and bodies whose completion by the period's end counts in a snapshot, told in Python."""
    lines = await ingest.all("SELECT * FROM ingest.task_assignment WHERE snapshot_pk = :pk", pk=snapshot.pk)
    return {
        (line["task_id"], line["agency_code"])
        for line in lines
        if line["completed_on"] is not None
        and line["completed_on"] <= period.last_day
        and line["reported_at"] < snapshot.as_of
        and (line["sent_back_at"] is None or (line["confirmed_at"] is not None and line["confirmed_at"] > line["sent_back_at"]))
    }


async def test_rehearsals_and_the_next_freeze_see_it_until_the_period_is_superseded(ingest: Bench, healed: StandIns) -> None:
    """The sandbox sends some completions back three days after the freeze."""
    period, after, next_after = fresh_period(), fresh_period(), fresh_period()
    first = await freeze(ingest.runtime, SYSTEM57, period, actor="local:test")
    later = legal_cutoff(period) + timedelta(days=20)
    same = await rehearse(ingest.runtime, SYSTEM57, period, actor="local:test", as_of=later)
    following = await freeze(ingest.runtime, SYSTEM57, after, actor="local:test")
    earlier = await rehearse(
        ingest.runtime, SYSTEM57, period, actor="local:test", as_of=legal_cutoff(period) - timedelta(days=5)
    )
    second = await supersede(ingest.runtime, SYSTEM57, period, **PEOPLE, as_of=later)
    lost = await counted(ingest, first, period) - await counted(ingest, second, period)
    assert lost
    expected = (str(period), len(lost), sorted(task_id for task_id, _ in lost)[:20])
    assert await taken_back(ingest, same["pull_id"]) == [expected]
    assert await taken_back(ingest, following.pull_id) == [expected]
    assert await taken_back(ingest, earlier["pull_id"]) == []
    assert await taken_back(ingest, second.pull_id) == []
    again = await rehearse(ingest.runtime, SYSTEM57, period, actor="local:test", as_of=later)
    assert await taken_back(ingest, again["pull_id"]) == []
    beyond = await freeze(ingest.runtime, SYSTEM57, next_after, actor="local:test")
    assert [named for named, _, _ in await taken_back(ingest, beyond.pull_id)] == [str(after)]


async def test_what_takes_a_completion_back_and_what_does_not(ingest: Bench) -> None:
    period, after = fresh_period(), fresh_period()
    done = {"completed_on": period.last_day, "reported_at": period.end, "due_on": after.last_day, "confirmed_at": None}
    early = {**done, "completed_on": period.previous.last_day}
    sent_back = {"sent_back_at": legal_cutoff(period) + timedelta(days=3)}
    lives = {
        "kept": (done, done),
        "sent-back": (done, {**done, **sent_back}),
        "sent-back-early": (early, {**early, **sent_back}),
        "confirmed-before": (done, {**done, **sent_back, "confirmed_at": legal_cutoff(period)}),
        "confirmed-again": (done, {**done, **sent_back, "confirmed_at": after.end}),
        "reopened": (done, {**done, "completed_on": None, "reported_at": None}),
        "moved": (done, {**done, "completed_on": after.last_day}),
        "never-counted": ({**done, **sent_back, "sent_back_at": period.end}, {**done, **sent_back}),
        "recorded-too-late": ({**done, "reported_at": legal_cutoff(period)}, {**done, **sent_back}),
        "left": (done, None),
    }
    before = await file(ingest, period, [task(1, task_id=name, **first) for name, (first, _) in sorted(lives.items())])
    made = await file(ingest, after, [task(1, task_id=name, **last) for name, (_, last) in sorted(lives.items()) if last])
    gone = ["confirmed-before", "moved", "reopened", "sent-back", "sent-back-early"]
    assert await taken_back(ingest, before.pull_id) == []
    assert await taken_back(ingest, made.pull_id) == [(str(period), len(gone), gone)]
    relation = f"(SELECT * FROM ingest.task_assignment WHERE snapshot_pk = {made.pk})"
    async with ingest.runtime.database.read() as connection:
        asked_again = await store.taken_back(
            connection, "task_assignment", relation, source="system57", period=period, as_of=legal_cutoff(after), but=made.pk
        )
    assert [line.tasks for line in asked_again if line.period == str(period)] == [sorted([*gone, "left"])]


async def file(ingest: Bench, period: Period, rows: list[Any]) -> Any:
    """Freeze System 57's period from tasks of one body; all of them are made up."""
    tasks = {"control": {"rows": len(rows), "sums": {"percent": str(sum(row.percent for row in rows))}}, "rows": rows}
    coverage = {
        "control": {"rows": 1, "sums": {"task_assignments": str(len(rows)), "kpi_entries": "0"}},
        "rows": [{"agency": "G06", "task_assignments": len(rows), "kpi_entries": 0}],
    }
    datasets = {
        "coverage": coverage,
        "task_assignments": msgspec.to_builtins(tasks),
        "kpi_entries": {"control": {"rows": 0, "sums": {}}, "rows": []},
    }
    given = json_file("system57", SYSTEM57.contract, period, legal_cutoff(period).isoformat(), datasets)
    return await import_file(ingest.runtime, SYSTEM57, period, files=[given], actor="local:test", **DOCUMENT)
