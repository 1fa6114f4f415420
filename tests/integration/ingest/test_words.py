"""Words of the Ministry of Public Security are a part of the month by themselves, with their own deadline (docs/adr/0029)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.ingest.due import unfrozen, unseen_reports, unseen_words
from services.ingest.freeze import freeze
from services.ingest.official_files.errors import WordsGiven
from services.ingest.official_files.import_file import GivenFile, import_file
from services.ingest.pull.errors import TooEarly
from services.ingest.rehearse import rehearse
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings
from services.ingest.snapshot.commit import Unchanged
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from services.ingest.verify import verify_snapshot
from services.scoring.compute import compute_from
from services.scoring.store import load_inputs
from shared.calendar import legal_closing
from shared.database import Database, rows
from shared.holds.open_words import find
from shared.law.scheme import legal_cutoff, legal_report_deadline, scheme_for
from shared.period import Period
from tests.conftest import TestDatabase
from tests.contract.stand_ins import FAR
from tests.decided_before import moved_alone
from tests.integration.ingest.files import DOCUMENT, json_file
from tests.integration.ingest.handing_in import HandingIn, records

REPORTS, WORDS, NATIONAL = (source_named(name) for name in ("agency_report", "records_review", "national_database"))
PEOPLE: dict[str, Any] = {"requested_by": "key:one", "approver": "key:two", "reason": "Bổ sung ý kiến (thử nghiệm)"}
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
_months: Iterator[Period] = (Period(2027, 1).shifted(months=number) for number in range(100))


@dataclass
class Offices:
    """The services' ways to one database, at an instant that the test sets."""

    ingest: Runtime
    scoring: Database
    hand: HandingIn

    async def c1(self, period: Period, agency: str) -> dict[str, Any]:
        """One body's C1, after both engines agreed."""
        async with self.scoring.read() as connection:
            done = await compute_from(connection, await load_inputs(connection, period), scheme_for(period))
        assert done.differences == []
        line = next(line for line in done.document["agencies"] if line["agency"] == agency)
        return {"records": line["measures"]["digitised_records"], **line["indicators"]["C1"]}

    async def open(self, period: Period) -> dict[tuple[str, str], int]:
        """What holds the first version, by body and database."""
        async with self.scoring.read() as connection:
            found = await find(connection, period, frozenset(), None)
        return {
            (body.agency, item.facts["database"]): item.facts["new_records"]
            for hold in found
            for body in hold.bodies
            for item in body.items
        }

    async def said(self, header: FrozenSnapshot) -> dict[tuple[str, str, int], str]:
        """The frozen words; verification must come to the same."""
        assert (await verify_snapshot(self.ingest, header.snapshot_id)).differences == ()
        query = text("SELECT agency_code, database, new_records, verdict FROM ingest.reviewed_records WHERE snapshot_pk = :pk")
        async with self.ingest.database.read() as connection:
            found = await rows(connection, query, {"pk": header.pk})
        return {(each["agency_code"], each["database"], each["new_records"]): each["verdict"] for each in found}


@pytest.fixture
def period() -> Period:
    return next(_months)


@pytest.fixture(scope="module")
async def offices(app_url: str) -> AsyncIterator[Offices]:
    ingest, scoring, gateway = (Database(app_url, role=role, pool_size=4) for role in ("ingest", "scoring", "gateway"))
    yield Offices(Runtime(ingest, IngestSettings(), lambda: FAR), scoring, HandingIn(gateway))
    for each in (ingest, scoring, gateway):
        await each.close()


async def freeze_national(offices: Offices, period: Period) -> None:
    row = {"agency": "G08", "database": "own", "database_name": "own", "listed": True, "new_records": 100}
    datasets = {"database_growth": {"control": {"rows": 1, "sums": {"new_records": "100"}}, "rows": [row]}}
    file = json_file("national_database", NATIONAL.contract, period, legal_cutoff(period).isoformat(), datasets)
    await import_file(offices.ingest, NATIONAL, period, files=[file], actor="local:test", **DOCUMENT)


async def test_a_word_may_come_after_the_report_and_before_its_own_deadline(offices: Offices, period: Period) -> None:
    """The last good instant of a word is day 10 23:59:59.999999; what is then open holds the publication, body by body."""
    hand, end = offices.hand, legal_closing(period, "word_deadline")
    assert (end.day, end.hour) == (11, 0)
    stated = [records("yes", 70), records("no", 5), records("late", 9)]
    report = await hand.report("G06", period, legal_report_deadline(period) - HOUR, databases=stated)
    await freeze_national(offices, period)
    await freeze(offices.ingest, REPORTS, period, actor="local:test")
    waiting = await offices.c1(period, "G06")
    assert (waiting["records"], waiting["state"], waiting["points"]) == (None, "awaiting_confirmation", None)
    assert waiting["awaiting"] == {"figures": 3, "counted": "0", "open": "84", "points": "8.40", "exact": "42/5"}
    assert await offices.open(period) == {}, "nothing is held before the words are frozen: the month is provisional"
    await hand.review(report, "G06", period, "yes", legal_report_deadline(period) + HOUR)
    await hand.review(report, "G06", period, "no", end - TICK, verdict="refused")
    await hand.review(report, "G06", period, "late", end)
    made = await freeze(offices.ingest, WORDS, period, actor="local:test")
    assert (made.origin, made.as_of) == ("intake", end)
    assert await offices.said(made) == {("G06", "yes", 70): "confirmed", ("G06", "no", 5): "refused"}
    assert await offices.open(period) == {("G06", "late"): 9}
    still = await offices.c1(period, "G06")
    assert (still["state"], still["awaiting"]["open"], still["awaiting"]["counted"]) == ("awaiting_confirmation", "9", "70")
    assert {one["database"]: one["word"] for one in still["figures"]} == {"yes": "confirmed", "no": "refused", "late": "open"}
    assert {one["database"]: one["reason"] for one in still["figures"] if "reason" in one} == {"no": "demo"}
    after = await supersede(offices.ingest, WORDS, period, **PEOPLE)
    assert await offices.said(after) == {**await offices.said(made), ("G06", "late", 9): "confirmed"}
    assert await offices.open(period) == {}
    taken = await offices.c1(period, "G06")
    assert (taken["records"], taken["state"]) == ("79", "scored")


async def test_silence_is_frozen_as_a_fact_and_the_next_look_proposes_what_came_after(offices: Offices, period: Period) -> None:
    report = await offices.hand.report("H38", period, legal_report_deadline(period) - HOUR, databases=[records("x", 5)])
    reports = await freeze(offices.ingest, REPORTS, period, actor="local:test")
    made = await freeze(offices.ingest, WORDS, period, actor="local:test")
    assert await offices.said(made) == {}
    with pytest.raises(Unchanged):
        await supersede(offices.ingest, WORDS, period, **PEOPLE)
    await offices.hand.review(report, "H38", period, "x", legal_closing(period, "word_deadline") + HOUR)
    assert period in await unseen_words(offices.ingest)
    assert period not in await unseen_reports(offices.ingest), "a word alone is no reason to look at the reports again"
    pull = await rehearse(offices.ingest, WORDS, period, actor="local:test")
    async with offices.ingest.database.read() as connection:
        query = text("SELECT code, detail FROM ingest.finding WHERE pull_id = :id")
        found = await rows(connection, query, {"id": pull["pull_id"]})
    proposed = next(each["detail"] for each in found if each["code"] == "ING-WORDS-PROPOSED")
    assert (proposed["snapshot"], proposed["words"]) == (made.snapshot_id, 1)
    assert period not in await unseen_words(offices.ingest)
    assert reports.source == "agency_report"


async def test_it_is_frozen_by_the_clock_at_a_deadline_that_a_calendar_row_moves(
    offices: Offices, period: Period, database: TestDatabase
) -> None:
    early = Runtime(offices.ingest.database, IngestSettings(), lambda: legal_closing(period, "word_deadline") - TICK)
    with pytest.raises(TooEarly):
        await freeze(early, WORDS, period, actor="local:test")
    moved = legal_closing(period, "word_deadline") + timedelta(days=2)
    moving = {"source": "records_review", "kind": "word_deadline", "to": moved}
    await asyncio.to_thread(moved_alone, database.superuser_url, period, **moving)
    report = await offices.hand.report("G06", period, legal_report_deadline(period) - HOUR, databases=[records("x", 5)])
    await offices.hand.review(report, "G06", period, "x", moved - TICK)
    made = await freeze(offices.ingest, WORDS, period, actor="local:test")
    assert made.as_of == moved
    assert await offices.said(made) == {("G06", "x", 5): "confirmed"}


async def test_the_clock_asks_for_words_also_where_nobody_said_any(offices: Offices) -> None:
    async with offices.ingest.database.read() as connection:
        made = await connection.scalar(text("SELECT min(recorded_at) FROM registry.agency"))
    month = Period.holding(made)
    at = {"now": legal_closing(month, "word_deadline") - TICK}
    runtime = Runtime(offices.ingest.database, IngestSettings(), lambda: at["now"])
    assert ("records_review", month) not in await unfrozen(runtime)
    at["now"] = legal_closing(month, "word_deadline")
    assert ("records_review", month) in await unfrozen(runtime)


def word_file(period: Period, as_of: str) -> GivenFile:
    row = {
        "agency": "G06", "database": "x", "new_records": 5, "verdict": "refused", "reviewed_at": as_of,
        "reviewed_by": "Bộ Công an", "reason": "Không khớp hồ sơ (thử nghiệm)", "document": "9/BCA (thử nghiệm)",
    }  # fmt: skip
    datasets = {"reviewed_records": {"control": {"rows": 1, "sums": {}}, "rows": [row]}}
    return json_file("records_review", WORDS.contract, period, as_of, datasets)


async def test_words_come_by_official_file_only_where_none_was_given_here(offices: Offices, period: Period) -> None:
    report = await offices.hand.report("G06", period, legal_report_deadline(period) - HOUR, databases=[records("x", 5)])
    await freeze_national(offices, period)
    await freeze(offices.ingest, REPORTS, period, actor="local:test")
    file = word_file(period, (legal_closing(period, "word_deadline") - HOUR).isoformat())
    await offices.hand.review(report, "G06", period, "x", legal_report_deadline(period))
    with pytest.raises(WordsGiven):
        await import_file(offices.ingest, WORDS, period, files=[file], actor="local:test", **DOCUMENT)
    other = next(_months)
    await offices.hand.report("G06", other, legal_report_deadline(other) - HOUR, databases=[records("x", 5)])
    await freeze_national(offices, other)
    await freeze(offices.ingest, REPORTS, other, actor="local:test")
    given = word_file(other, legal_closing(other, "word_deadline").isoformat())
    made = await import_file(offices.ingest, WORDS, other, files=[given], actor="local:test", **DOCUMENT)
    assert await offices.said(made) == {("G06", "x", 5): "refused"}
    assert await offices.open(other) == {}
    (refused,) = (await offices.c1(other, "G06"))["figures"]
    assert (refused["word"], refused["reason"]) == ("refused", "Không khớp hồ sơ (thử nghiệm)")
