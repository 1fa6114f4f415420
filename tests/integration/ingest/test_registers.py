"""A month of the registers is frozen from what two people entered; E1, E2 equal a table made by hand (ING-11, E-1 to E-8)."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.ingest import due
from services.ingest.contract.source import SourceNotConfigured
from services.ingest.freeze import freeze
from services.ingest.official_files.errors import RegistersBegun
from services.ingest.official_files.import_file import import_file
from services.ingest.rehearse import rehearse
from services.ingest.settings import IngestSettings
from services.ingest.snapshot.commit import Unchanged
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from services.ingest.verify import verify_snapshot
from services.scoring.compute import compute
from services.scoring.store import find_run
from shared.calendar import enter_gate
from shared.database import Database
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from tests.contract.stand_ins import PATIENCE, Bench, Benches, bench
from tests.integration.ingest.files import DOCUMENT, json_file
from tests.integration.ingest.register_keeping import Keeping

REGISTERS = source_named("government_office")
QUARTER = Path(__file__).parent / "cases" / "quarter-2026-q1.yaml"
PEOPLE: dict[str, Any] = {"requested_by": "key:one", "approver": "key:two", "reason": "Bổ sung sổ theo dõi (thử nghiệm)"}
MICROSECOND = timedelta(microseconds=1)
_months: Iterator[Period] = (Period(2027, 1).shifted(months=number) for number in range(400))

# The other readings of E1, from the same frozen rows: only the head counts (E-1), all meetings held (E-2).
READINGS = """
SELECT r.agency_code AS agency, (SELECT count(DISTINCT meeting_id) FROM ingest.summons WHERE snapshot_pk = :pk) AS held,
       count(s.meeting_id) AS summoned,
       count(*) FILTER (WHERE s.attended_role IN ('head', 'acting_head')
                          AND (s.attended_mode = 'in_person' OR s.online_allowed)) AS by_head
  FROM ingest.register r LEFT JOIN ingest.summons s USING (snapshot_pk, agency_code)
 WHERE r.snapshot_pk = :pk GROUP BY r.agency_code
"""


@pytest.fixture
def period() -> Period:
    return next(_months)


@pytest.fixture(scope="module")
async def ingest(app_url: str, owner_url: str) -> AsyncIterator[Bench]:
    found = bench(app_url, owner_url, IngestSettings())
    yield found
    await found.runtime.database.close()


@pytest.fixture(scope="module")
async def keep(app_url: str) -> AsyncIterator[Keeping]:
    database = Database(app_url, role="gateway", pool_size=2)
    yield Keeping(database)
    await database.close()


@pytest.fixture(scope="module")
async def scoring(app_url: str) -> AsyncIterator[Database]:
    database = Database(app_url, role="scoring", pool_size=2)
    yield database
    await database.close()


def summons(agency: str, role: str = "head", *, online: str = "no") -> dict[str, Any]:
    return {"agency": agency, "required_role": role, "online_allowed": online == "allowed"}


def in_time(period: Period) -> datetime:
    return legal_report_deadline(period) - MICROSECOND


async def freeze_month(ingest: Bench, period: Period) -> FrozenSnapshot:
    return await freeze(ingest.runtime, REGISTERS, period, actor="local:test")


async def registered(ingest: Bench, header: FrozenSnapshot) -> dict[str, tuple[int, int, int]]:
    query = "SELECT agency_code, summonses, speeches, initiatives FROM ingest.register WHERE snapshot_pk = :pk"
    found = await ingest.all(query, pk=header.pk)
    return {line["agency_code"]: (line["summonses"], line["speeches"], line["initiatives"]) for line in found}


async def findings(ingest: Bench, pull_id: str) -> dict[str, dict[str, Any]]:
    found = await ingest.all("SELECT code, detail FROM ingest.finding WHERE pull_id = :id", id=pull_id)
    return {line["code"]: line["detail"] for line in found}


async def points(scoring: Database, period: Period) -> dict[str, dict[str, Any]]:
    """E1, E2 and bonus of every body as both engines say them; None where missing."""
    made = await compute(scoring, period, actor="key:o", reason="demo")
    assert made["agrees"] is True
    async with scoring.read() as connection:
        run = await find_run(connection, made["run_id"])

    assert run is not None
    sheet = json.loads(run.sheet)
    return {
        line["agency"]: {
            code: None if line["indicators"][code]["exact"] is None else Fraction(line["indicators"][code]["exact"])
            for code in ("E1", "E2", "bonus")
        }
        for line in sheet["agencies"]
    }


async def other_readings(ingest: Bench, header: FrozenSnapshot) -> dict[str, tuple[Fraction, Fraction]]:
    """E1 by the head alone, and E1 out of all meetings held."""
    attended = await ingest.all(
        """SELECT agency_code AS agency, count(*) FILTER (WHERE
             CASE required_role WHEN 'officer' THEN true WHEN 'deputy' THEN attended_role <> 'officer'
                  ELSE attended_role IN ('head', 'acting_head') END
             AND (attended_mode = 'in_person' OR online_allowed)) AS attended
             FROM ingest.summons WHERE snapshot_pk = :pk GROUP BY agency_code""",
        pk=header.pk,
    )
    came = {line["agency"]: line["attended"] for line in attended}
    found = {}
    for line in await ingest.all(READINGS, pk=header.pk):
        head_only = Fraction(5 * line["by_head"], line["summoned"]) if line["summoned"] else Fraction(5)
        all_held = Fraction(5 * came.get(line["agency"], 0), line["held"]) if line["held"] else Fraction(5)
        found[line["agency"]] = (head_only, all_held)
    return found


async def enter_month(keep: Keeping, period: Period, meetings: Sequence[Mapping[str, Any]]) -> None:
    """A month of the hand-made table, confirmed in time and closed."""
    at = in_time(period)
    for meeting in meetings:
        called = [
            summons(body, role.removesuffix("+online"), online="allowed" if role.endswith("+online") else "no")
            for body, role in meeting["summons"].items()
        ]
        name = await keep.meeting(period, str(meeting["day"]), called, at)
        for body, people in meeting["came"].items():
            await keep.attendance(period, name, body, [tuple(person.split("/")) for person in people], at)
        for body, said in meeting.get("speeches", {}).items():
            for words in said:
                await keep.speech(period, name, body, tuple(words.split("/")), at)
    await keep.close(period, len(meetings), at)


@pytest.mark.parametrize("month", ["2026-01", "2026-02", "2026-03"])
async def test_a_quarter_gives_the_table_made_by_hand_under_every_reading(
    ingest: Bench, keep: Keeping, scoring: Database, month: str
) -> None:
    period, case = Period.parse(month), yaml.safe_load(QUARTER.read_text("utf-8"))["months"][month]
    await enter_month(keep, period, case["meetings"])
    made = await freeze_month(ingest, period)
    assert (made.origin, made.version, made.as_of) == ("intake", 1, legal_report_deadline(period))
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).differences == ()
    scored, others = await points(scoring, period), await other_readings(ingest, made)
    assert len(scored) == 56
    for row in case["expect"]:
        body = row["body"]
        head_only, all_held = others[body]
        found = {"E1": scored[body]["E1"], "E2": scored[body]["E2"], "head_only": head_only, "all_held": all_held}
        assert found == {name: Fraction(str(row[name])) for name in found}, (month, body, row["because"])
        assert (await counted(ingest, made, body)) == (row["summoned"], Fraction(str(row["cap_only"]))), (month, body)


async def counted(ingest: Bench, header: FrozenSnapshot, body: str) -> tuple[int, Fraction]:
    """Meetings summoned to, and E2 when a report only lifts the cap (E-6)."""
    query = (
        "SELECT (SELECT summonses FROM ingest.register WHERE snapshot_pk = :pk AND agency_code = :body) AS summoned,"
        " (SELECT count(*) FROM ingest.speech WHERE snapshot_pk = :pk AND agency_code = :body AND kind = 'speech'"
        " AND qualifying AND speaker_role IN ('head', 'acting_head')) AS speeches"
    )
    (line,) = await ingest.all(query, pk=header.pk, body=body)
    return line["summoned"], Fraction(min(5, line["speeches"]))


async def test_generated_meetings_agree_with_an_oracle_that_knows_only_the_rules(
    ingest: Bench, keep: Keeping, scoring: Database, period: Period
) -> None:
    """The oracle sees what was generated and never the product's rows."""
    dice, at = random.Random(4585), in_time(period)  # noqa: S311 - invented meetings
    bodies = ("G06", "G27", "H05", "H12", "H38")
    attended, called, spoke = dict.fromkeys(bodies, 0), dict.fromkeys(bodies, 0), dict.fromkeys(bodies, 0)
    reported = dict.fromkeys(bodies, False)
    height = {"officer": 0, "deputy": 1, "acting_head": 2, "head": 2}
    roles, modes = tuple(height), ("in_person", "online")
    for day in range(1, 9):
        wanted = {
            body: (dice.choice(("head", "deputy", "officer")), dice.random() < 0.5) for body in bodies if dice.random() < 0.7
        }
        if not wanted:
            continue
        asked = [summons(body, role, online="allowed" if online else "no") for body, (role, online) in wanted.items()]
        name = await keep.meeting(period, f"{period}-{day:02}", asked, at)
        for body, (role, online) in wanted.items():
            people = [(dice.choice(roles), dice.choice(modes)) for _ in range(dice.randrange(4))]
            await keep.attendance(period, name, body, people, at)
            called[body] += 1
            attended[body] += any(height[who] >= height[role] and (how == "in_person" or online) for who, how in people)
            for _ in range(dice.randrange(3)):
                said = (dice.choice(("speech", "speech", "thematic_report")), dice.choice(roles), dice.choice(("yes", "no")))
                await keep.speech(period, name, body, said, at)
                if said[2] == "yes" and height[said[1]] == 2:
                    reported[body] |= said[0] == "thematic_report"
                    spoke[body] += said[0] == "speech"
    meetings = "SELECT count(*) FROM intake.register_entry WHERE kind = 'meeting' AND period = :period"
    held = await ingest.one(meetings, period=str(period))
    await keep.close(period, held, at)
    await freeze_month(ingest, period)
    found = await points(scoring, period)
    assert sum(called.values()) > 15
    for body in bodies:
        e1 = Fraction(5 * attended[body], called[body]) if called[body] else Fraction(5)
        e2 = Fraction(0 if not called[body] else 5 if reported[body] else min(5, spoke[body]))
        assert (found[body]["E1"], found[body]["E2"]) == (e1, e2), body


async def test_what_no_second_person_confirmed_in_time_does_not_count(ingest: Bench, keep: Keeping, period: Period) -> None:
    at, late = in_time(period), legal_report_deadline(period)
    meeting = await keep.meeting(period, f"{period}-10", [summons("G06"), summons("H38")], at)
    first = await keep.attendance(period, meeting, "G06", [("deputy", "in_person")], at)
    await keep.attendance(period, meeting, "H38", [("head", "in_person")], at)
    await keep.again(first, {"attendees": [{"role": "head", "mode": "in_person"}]}, late)
    unheard = await keep.speech(period, meeting, "G06", ("speech", "head", "yes"), None)
    await keep.close(period, 1, at)
    made = await freeze_month(ingest, period)
    assert unheard not in str(made.evidence)
    assert (await registered(ingest, made))["G06"] == (1, 0, 0)
    came = await ingest.all("SELECT agency_code, attended_role FROM ingest.summons WHERE snapshot_pk = :pk", pk=made.pk)
    assert {line["agency_code"]: line["attended_role"] for line in came} == {"G06": "deputy", "H38": "head"}
    after = await supersede(ingest.runtime, REGISTERS, period, **PEOPLE)
    came = await ingest.all("SELECT agency_code, attended_role FROM ingest.summons WHERE snapshot_pk = :pk", pk=after.pk)
    assert {line["agency_code"]: line["attended_role"] for line in came} == {"G06": "head", "H38": "head"}
    with pytest.raises(Unchanged):
        await supersede(ingest.runtime, REGISTERS, period, **PEOPLE)


async def test_an_open_register_gives_nothing_and_never_zero(
    ingest: Bench, keep: Keeping, scoring: Database, period: Period
) -> None:
    """A decision alone, or meetings of a month that nobody closed, say nothing about who was at no meeting."""
    await keep.initiative("H38", period, 3, in_time(period))
    await keep.meeting(period, f"{period}-03", [summons("G06")], in_time(period))
    made = await freeze_month(ingest, period)
    assert made.row_count == 0
    assert (await findings(ingest, made.pull_id))["ING-REGISTERS-OPEN"] == {"stated": "-", "meetings": 1}
    assert {value for line in (await points(scoring, period)).values() for value in line.values()} == {None}


async def test_a_body_of_which_nobody_said_whether_it_came_is_missing(
    ingest: Bench, keep: Keeping, scoring: Database, period: Period
) -> None:
    at = in_time(period)
    meeting = await keep.meeting(period, f"{period}-03", [summons("G06"), summons("H38")], at)
    await keep.attendance(period, meeting, "H38", [], at)
    await keep.close(period, 1, at)
    made = await freeze_month(ingest, period)
    detail = (await findings(ingest, made.pull_id))["ING-REGISTERS-INCOMPLETE"]
    assert detail == {"count": 1, "agencies": ["G06"], "meetings": {"G06": [meeting]}}
    found = await points(scoring, period)
    assert (found["G06"]["E1"], found["H38"]["E1"], found["H05"]["E1"]) == (None, 0, 5)


async def test_withdrawn_meetings_take_what_was_said_under_them_along(ingest: Bench, keep: Keeping, period: Period) -> None:
    at = in_time(period)
    meeting = await keep.meeting(period, f"{period}-03", [summons("G06")], at)
    gone = [
        await keep.attendance(period, meeting, "G06", [("head", "in_person")], at),
        await keep.speech(period, meeting, "G06", ("speech", "head", "yes"), at),
    ]
    await keep.again(meeting, None, at)
    await keep.close(period, 0, at)
    made = await freeze_month(ingest, period)
    assert (await registered(ingest, made))["G06"] == (0, 0, 0)
    assert (await findings(ingest, made.pull_id))["ING-REGISTERS-STRAY"] == {"count": 2, "entries": sorted(gone)}


async def test_a_later_decision_is_proposed_and_comes_by_a_version_of_two_people(
    ingest: Bench, keep: Keeping, scoring: Database, period: Period
) -> None:
    """Whole points; several of one body are summed and capped at 5; a refusal gives none; a later decision replaces (F-1)."""
    at = in_time(period)
    await keep.close(period, 0, at)
    first = await keep.initiative("H38", period, 4, at)
    await keep.initiative("G06", period, 0, at)
    made = await freeze_month(ingest, period)
    assert (await registered(ingest, made))["H38"] == (0, 0, 1)
    assert (await registered(ingest, made))["G06"] == (0, 0, 0)
    assert [str(each) for each in await due.unseen_registers(ingest.runtime)] == []
    await keep.initiative("H38", period, 3, legal_report_deadline(period))
    await keep.initiative("H05", period, 2, legal_report_deadline(period))
    assert str(period) in [str(each) for each in await due.unseen_registers(ingest.runtime)]
    looked = await rehearse(ingest.runtime, REGISTERS, period, actor="local:test")
    proposed = (await findings(ingest, looked["pull_id"]))["ING-REGISTERS-PROPOSED"]
    assert (proposed["snapshot"], proposed["changed"], proposed["decided"]) == (made.snapshot_id, 0, 2)
    assert str(period) not in [str(each) for each in await due.unseen_registers(ingest.runtime)]
    before = await points(scoring, period)
    after = await supersede(ingest.runtime, REGISTERS, period, **PEOPLE)
    assert (after.version, after.supersedes) == (2, made.snapshot_id)
    assert (await verify_snapshot(ingest.runtime, after.snapshot_id)).differences == ()
    now = await points(scoring, period)
    changed = {body: (before[body]["bonus"], now[body]["bonus"]) for body in now if before[body] != now[body]}
    assert changed == {"H38": (4, 5), "H05": (0, 2)}
    await keep.initiative("H38", period, 0, legal_report_deadline(period), initiative_id=first)
    third = await supersede(ingest.runtime, REGISTERS, period, **PEOPLE)
    assert third.version == 3
    assert (await points(scoring, period))["H38"]["bonus"] == 3


async def test_the_clock_freezes_a_month_once_somebody_began_it(ingest: Bench, keep: Keeping, benches: Benches) -> None:
    month = Period.holding(await ingest.one("SELECT min(recorded_at) FROM registry.agency"))
    late = benches(IngestSettings(), lambda: legal_report_deadline(month))
    assert REGISTERS.name not in [source for source, _ in await due.unfrozen(late.runtime)]
    await keep.close(month, 0, in_time(month))
    assert (REGISTERS.name, month) in await due.unfrozen(late.runtime)
    early = benches(IngestSettings(), lambda: in_time(month))
    assert REGISTERS.name not in [source for source, _ in await due.unfrozen(early.runtime)]


async def test_a_freeze_waits_for_whoever_is_confirming(ingest: Bench, keep: Keeping, period: Period) -> None:
    """A confirmation whose transaction was running when the deadline passed is not lost."""
    meeting = await keep.meeting(period, f"{period}-03", [summons("G06")], in_time(period))
    async with keep.database.transaction() as inside:
        await enter_gate(inside, period)
        freezing = asyncio.create_task(freeze_month(ingest, period))
        until = time.monotonic() + PATIENCE
        while not await ingest.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            assert time.monotonic() < until, "the freeze did not come to the gate"
            await asyncio.sleep(0.01)
        await keep.attendance(period, meeting, "G06", [("head", "in_person")], in_time(period))
        await keep.close(period, 1, in_time(period))
        assert not freezing.done()
    assert (await registered(ingest, await freezing))["G06"] == (1, 0, 0)


async def test_a_version_slipped_in_behind_the_freeze_is_found(ingest: Bench, keep: Keeping, period: Period) -> None:
    """Backdated to before the deadline, as only somebody with the database in hand could write it."""
    at = in_time(period)
    meeting = await keep.meeting(period, f"{period}-03", [summons("G06")], at)
    came = await keep.attendance(period, meeting, "G06", [("deputy", "in_person")], at)
    await keep.close(period, 1, at)
    made = await freeze_month(ingest, period)
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).differences == ()
    await keep.again(came, {"attendees": [{"role": "head", "mode": "in_person"}]}, at)
    found = (await verify_snapshot(ingest.runtime, made.snapshot_id)).differences
    assert [each.place for each in found] == ["summonses/entered row 1"]
    assert ('"attended_role":"deputy"' in found[0].found, '"attended_role":"head"' in found[0].stated) == (True, True)


async def test_a_month_nobody_began_comes_by_file_and_one_begun_does_not(ingest: Bench, keep: Keeping, period: Period) -> None:
    with pytest.raises(SourceNotConfigured, match="by official file"):
        await freeze_month(ingest, period)
    await keep.close(period, 0, in_time(period))
    rows: dict[str, Any] = {"control": {"rows": 0, "sums": {}}, "rows": []}
    none = {"rows": 0, "sums": {"summonses": "0", "speeches": "0", "initiatives": "0"}}
    office = {
        "registers": {"control": none, "rows": []},
        "summonses": rows, "speeches": rows,
        "initiatives": {"control": {"rows": 0, "sums": {"points": "0"}}, "rows": []},
    }  # fmt: skip
    file = json_file("government_office", "government_office/1.0", period, legal_report_deadline(period).isoformat(), office)
    with pytest.raises(RegistersBegun):
        await import_file(ingest.runtime, REGISTERS, period, files=[file], actor="local:test", **DOCUMENT)
    assert (await freeze_month(ingest, period)).origin == "intake"
