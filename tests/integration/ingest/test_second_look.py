"""The clock asks System 57 for a frozen month once more; what it finds is taken in alone (SNP-14; A-8, A-12, G-7)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from services.ingest import due
from services.ingest.freeze import freeze
from services.ingest.jobs import CUTOFFS, QUEUE, tasks
from services.ingest.pull.errors import TooEarly
from services.ingest.second_look import second_look
from services.ingest.snapshot.commit import NotFrozen
from services.ingest.snapshot.completions import dataset_of
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.sources import SOURCES, source_named
from services.ingest.supersede import NothingToTake, supersede, take_in
from services.ingest.verify import verify_snapshot
from services.scoring.store import taken_in
from shared.calendar import LOOKED_AT_TWICE
from shared.errors import InputInvalid, SamePerson
from shared.holds.late_completions import ChangesOpen
from shared.jobs import Queue
from shared.law.scheme import legal_cutoff, legal_report_deadline
from shared.measures.group_a import QUERIES
from shared.period import Period
from tests.conftest import TestDatabase
from tests.contract.stand_ins import Bench, Benches, StandIns, fresh_period
from tests.decided_before import moved_alone

SYSTEM57 = source_named("system57")
PEOPLE = {"requested_by": "key:one", "approver": "key:two", "reason": "Nhiệm vụ ghi nhận muộn (minh họa)"}
Key = tuple[str, str]


@dataclass(frozen=True)
class Looked:
    """A frozen month, the look at it, the version that took it in, and one that took everything as of the same instant."""

    period: Period
    first: FrozenSnapshot
    look: str
    second: FrozenSnapshot
    whole: FrozenSnapshot
    changes: list[dict[str, Any]]


def later(period: Period) -> datetime:
    """When all that the sandbox ever records late of a month is recorded, and what it sends back is sent back."""
    return legal_cutoff(period) + timedelta(days=8)


@pytest.fixture(scope="module")
async def looked(ingest: Bench) -> Looked:
    period = fresh_period()
    first = await freeze(ingest.runtime, SYSTEM57, period, actor="local:test")
    found = await second_look(ingest.runtime, SYSTEM57, period, actor="local:test", as_of=later(period))
    with pytest.raises(ChangesOpen):
        await supersede(ingest.runtime, SYSTEM57, period, **PEOPLE, as_of=later(period))
    second = await take_in(ingest.runtime, SYSTEM57, period, look=found["pull_id"], **PEOPLE)
    whole = await supersede(ingest.runtime, SYSTEM57, period, **PEOPLE, as_of=later(period))
    changes = await ingest.all("SELECT * FROM ingest.changed_completion WHERE pull_id = :id", id=found["pull_id"])
    return Looked(period, first, found["pull_id"], second, whole, changes)


async def rows_of(ingest: Bench, snapshot: FrozenSnapshot) -> dict[Key, dict[str, Any]]:
    lines = await ingest.all("SELECT * FROM ingest.task_assignment WHERE snapshot_pk = :pk", pk=snapshot.pk)
    dropped = ("snapshot_pk", "ordinal")
    return {(line["task_id"], line["agency_code"]): {k: v for k, v in line.items() if k not in dropped} for line in lines}


def counted_as(line: dict[str, Any] | None, period: Period, known_at: datetime) -> str:
    """What a task counts as, told in Python from the words of the readings A-2, A-3, A-4, A-7 to A-11, A-14."""
    if line is None or line["role"] != "lead" or line["due_on"] is None or line["due_precision"] in ("continuous", "open"):
        return "absent"
    back = line["returned_accepted_on"]
    if line["assigned_on"] > period.last_day or (back is not None and back <= period.last_day):
        return "absent"
    due_on, longer = line["due_on"], line["extended_due_on"]
    if longer and line["extension_document"] and line["extension_approved_on"] <= due_on:
        due_on = longer
    sent, again = line["sent_back_at"], line["confirmed_at"]
    known = line["reported_at"] is not None and line["reported_at"] < known_at
    done = line["completed_on"] if known and (sent is None or (again is not None and again > sent)) else None
    if due_on > period.last_day or (due_on < period.first_day and done is not None and done < period.first_day):
        return "absent"
    if done is None or done > period.last_day:
        return "open"
    return "on_time" if done <= due_on else "late"


async def test_the_look_finds_exactly_what_counts_otherwise(ingest: Bench, looked: Looked) -> None:
    """Against the rows of both instants, compared in Python: nobody is missed and nobody else is named."""
    then, now = await rows_of(ingest, looked.first), await rows_of(ingest, looked.whole)
    verdicts = {
        key: (
            counted_as(then.get(key), looked.period, looked.first.as_of),
            counted_as(now.get(key), looked.period, later(looked.period)),
        )
        for key in then.keys() | now.keys()
    }
    completed = {key: both for key, both in verdicts.items() if both[0] != both[1] and set(both) & {"on_time", "late"}}
    found = {(line["task_id"], line["agency"]): (line["verdict_before"], line["verdict_after"]) for line in looked.changes}
    assert found == completed
    kinds = {line["kind"]: line for line in looked.changes}
    assert set(kinds) == {"recorded_late", "taken_back"}, "the sandbox has both"
    for line in looked.changes:
        assert (line["kind"] == "recorded_late") == (line["verdict_after"] in ("on_time", "late"))
    detail = await ingest.all("SELECT code, detail FROM ingest.finding WHERE pull_id = :id", id=looked.look)
    told = {line["code"]: line["detail"] for line in detail}
    for code, kind in (("ING-RECORDED-LATE", "recorded_late"), ("ING-TAKEN-BACK", "taken_back")):
        mine = [(line["task_id"], line["agency"]) for line in looked.changes if line["kind"] == kind]
        assert [(each["task"], each["agency"]) for each in told[code]["tasks"]] == sorted(mine)
        assert told[code]["agencies"] == dict(Counter(agency for _, agency in mine))


async def test_the_next_version_takes_those_rows_and_no_others(ingest: Bench, looked: Looked) -> None:
    then, now = await rows_of(ingest, looked.first), await rows_of(ingest, looked.whole)
    made = await rows_of(ingest, looked.second)
    taken = {(line["task_id"], line["agency"]) for line in looked.changes}
    assert made == {key: now[key] if key in taken else line for key, line in then.items()}
    assert sum(now.get(key) != line for key, line in then.items()) > len(taken), "much else was said otherwise at that instant"
    for table in ("kpi_entry", "system57_coverage"):
        alike = f"SELECT agency_code, count(*) FROM ingest.{table} WHERE snapshot_pk = :pk GROUP BY 1 ORDER BY 1"
        assert await ingest.all(alike, pk=looked.first.pk) == await ingest.all(alike, pk=looked.second.pk)
    assert (looked.second.supersedes, looked.second.as_of) == (looked.first.snapshot_id, later(looked.period))


async def test_the_manifest_says_row_by_row_where_each_came_from(looked: Looked) -> None:
    said = json.loads(looked.second.manifest)["composed"]
    assert said["base"]["snapshot"] == looked.first.snapshot_id
    assert said["base"]["pull"] == looked.first.pull_id
    named = [(row["task_id"], row["agency"], row["kind"]) for row in said["rows"]]
    assert named == sorted((line["task_id"], line["agency"], line["kind"]) for line in looked.changes)
    assert {row["pull"] for row in said["rows"]} == {looked.look}
    assert "composed" not in json.loads(looked.first.manifest)


async def test_measures_move_by_what_the_verdicts_say(ingest: Bench, looked: Looked) -> None:
    """A1 to A3 are counted by the query that scores: only bodies with such a task move, and period_tasks not at all."""
    before, after = [await measures(ingest, looked.period, each) for each in (looked.first, looked.second)]
    expected = {agency: dict(line) for agency, line in before.items()}
    names = {"on_time": "on_time_tasks", "late": "late_tasks"}
    for line in looked.changes:
        for verdict, step in ((line["verdict_before"], -1), (line["verdict_after"], 1)):
            if verdict in names:
                expected[line["agency"]][names[verdict]] += step
    assert after == expected
    assert {agency for agency in before if before[agency] != after[agency]} <= {line["agency"] for line in looked.changes}


async def measures(ingest: Bench, period: Period, snapshot: FrozenSnapshot) -> dict[str, dict[str, int]]:
    given = {"system57": snapshot.pk, "known_at": snapshot.as_of, "first_day": period.first_day}
    given |= {"named_assigners": False, "backlog_only": False}
    lines = await ingest.all(QUERIES[0].sql, **given, next_first_day=period.next_first_day)
    return {line.pop("agency_code"): line for line in lines}


async def test_it_proves_from_rows_and_from_the_bytes_of_both_pulls(
    ingest: Bench, looked: Looked, database: TestDatabase
) -> None:
    for each in (looked.first, looked.second, looked.whole):
        assert (await verify_snapshot(ingest.runtime, each.snapshot_id)).holds
    task = looked.changes[0]
    flip = "UPDATE ingest.task_assignment SET completed_on = completed_on - 1 WHERE snapshot_pk = %s AND task_id = %s"
    flip += " AND agency_code = %s AND completed_on IS NOT NULL"
    late = next(line for line in looked.changes if line["kind"] == "recorded_late")
    with psycopg.connect(database.superuser_url) as connection:
        connection.execute("SET session_replication_role = replica")
        assert connection.execute(flip, [looked.second.pk, late["task_id"], late["agency"]]).rowcount == 1
        connection.commit()
        verdict = await verify_snapshot(ingest.runtime, looked.second.snapshot_id)
        assert (verdict.rows_prove, verdict.archive_proves) == (False, True)
        back = flip.replace("completed_on - 1", "completed_on + 1")
        connection.execute(back, [looked.second.pk, late["task_id"], late["agency"]])
        connection.commit()
        assert (await verify_snapshot(ingest.runtime, looked.second.snapshot_id)).holds
        body = (
            "UPDATE ingest.raw_body SET body = set_byte(body, 30, (get_byte(body, 30) + 1) %% 256) WHERE sha256 ="
            " (SELECT sha256 FROM ingest.request WHERE pull_id = %s AND dataset = 'task_assignments' LIMIT 1)"
        )
        connection.execute(body, [looked.look])
        connection.commit()
        verdict = await verify_snapshot(ingest.runtime, looked.second.snapshot_id)
        assert (verdict.rows_prove, verdict.archive_proves) == (True, False)
        assert (await verify_snapshot(ingest.runtime, looked.first.snapshot_id)).holds, "its own bytes are others"
        connection.execute(body.replace("+ 1", "+ 255"), [looked.look])
    assert task["pull_id"] == looked.look


async def test_a_version_over_a_composed_one_proves_too(ingest: Bench, healed: StandIns) -> None:
    """Two looks, two takings: each names its own rows, and what it was made from names the others."""
    period = fresh_period()
    await freeze(ingest.runtime, SYSTEM57, period, actor="local:test")
    versions = []
    for at in (legal_cutoff(period) + timedelta(days=3), later(period)):
        found = await second_look(ingest.runtime, SYSTEM57, period, actor="local:test", as_of=at)
        versions.append(await take_in(ingest.runtime, SYSTEM57, period, look=found["pull_id"], **PEOPLE))
    assert [each.version for each in versions] == [2, 3]
    for each in versions:
        assert (await verify_snapshot(ingest.runtime, each.snapshot_id)).holds
    async with ingest.runtime.database.read() as connection:
        told = await taken_in(connection, [versions[-1].snapshot_id])
    named = [
        (each.version, row["kind"], row["agency"]) for each in versions for row in json.loads(each.manifest)["composed"]["rows"]
    ]
    assert {(each.version, each.kind, each.agency): each.count for each in told} == dict(Counter(named))
    assert {each.version for each in told} == {2, 3}, "what the table says follows every version to the first"


async def test_what_is_open_is_held_until_it_is_taken_in_by_two_people(ingest: Bench, healed: StandIns) -> None:
    period = fresh_period()
    with pytest.raises(NotFrozen):
        await second_look(ingest.runtime, SYSTEM57, period, actor="local:test")
    first = await freeze(ingest.runtime, SYSTEM57, period, actor="local:test")
    with pytest.raises(InputInvalid, match="the snapshot speaks of"):
        await second_look(ingest.runtime, SYSTEM57, period, actor="local:test", as_of=first.as_of)
    with pytest.raises(InputInvalid, match="ndxp says nothing of completions"):
        await second_look(ingest.runtime, source_named("ndxp"), period, actor="local:test")
    found = await second_look(ingest.runtime, SYSTEM57, period, actor="local:test", as_of=later(period))
    assert {"ING-RECORDED-LATE", "ING-TAKEN-BACK"} <= set(found["findings"])
    given = {"look": found["pull_id"], **PEOPLE}
    with pytest.raises(SamePerson):
        await take_in(ingest.runtime, SYSTEM57, period, **{**given, "approver": "key:one"})
    with pytest.raises(InputInvalid):
        await take_in(ingest.runtime, SYSTEM57, period, **{**given, "reason": " "})
    with pytest.raises(NothingToTake):
        await take_in(ingest.runtime, SYSTEM57, period, **{**given, "look": "pull_" + "0" * 26})
    changes = await ingest.one("SELECT count(*) FROM ingest.open_change WHERE period = :p", p=str(period))
    made = await take_in(ingest.runtime, SYSTEM57, period, **given)
    assert changes > 0
    assert await ingest.one("SELECT count(*) FROM ingest.open_change WHERE period = :p", p=str(period)) == 0
    with pytest.raises(NothingToTake):
        await take_in(ingest.runtime, SYSTEM57, period, **given)
    again = await second_look(ingest.runtime, SYSTEM57, period, actor="local:test", as_of=later(period) + timedelta(seconds=1))
    assert await ingest.one("SELECT count(*) FROM ingest.changed_completion WHERE pull_id = :id", id=again["pull_id"]) == 0
    assert (made.requested_by, made.approver, made.reason) == tuple(PEOPLE.values())


async def test_the_clock_asks_again_at_the_report_deadline_or_when_the_calendar_says(
    healed: StandIns, benches: Benches, database: TestDatabase
) -> None:
    made = await due_month(benches, healed)
    at = {"now": legal_report_deadline(made) - timedelta(microseconds=1)}
    ingest = benches(healed.settings(), lambda: at["now"])
    await freeze(ingest.runtime, SYSTEM57, made, actor="local:test")
    assert await due.unlooked(ingest.runtime) == []
    with pytest.raises(TooEarly, match="is looked at again at"):
        await second_look(ingest.runtime, SYSTEM57, made, actor="local:test")
    at["now"] = legal_report_deadline(made)
    assert await due.unlooked(ingest.runtime) == [("system57", made)]
    queue = Queue(ingest.runtime.database, tasks(ingest.runtime, lambda: queue), clock=ingest.runtime.clock, worker="test")
    async with queue.opened():
        await queue.tick(CUTOFFS, legal_report_deadline(made))
        await queue.drain([QUEUE])
    (pull,) = await ingest.all("SELECT * FROM ingest.pull WHERE purpose = 'second_look' AND period = :p", p=str(made))
    assert (pull["as_of"], pull["actor"]) == (legal_report_deadline(made), "service:clock")
    assert await due.unlooked(ingest.runtime) == []
    moved = later(made)
    moved_alone(database.superuser_url, made, source="system57", kind="second_look", to=moved)
    assert await due.unlooked(ingest.runtime) == []
    at["now"] = moved
    assert await due.unlooked(ingest.runtime) == [("system57", made)]


async def due_month(benches: Benches, healed: StandIns) -> Period:
    """The month the database was made in: the clock looks after none before it."""
    async with benches(healed.settings()).runtime.database.read() as connection:
        return Period.holding(await due.installed_at(connection))


def test_the_gateways_list_of_sources_is_the_sources() -> None:
    assert {source.name for source in SOURCES if dataset_of(source) is not None} == LOOKED_AT_TWICE
