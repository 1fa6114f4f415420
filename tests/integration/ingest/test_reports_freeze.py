"""A month of reports is frozen from what was accepted in time; what came later needs two people (SNP-04, SNP-06, SNP-10)."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from services.ingest import due
from services.ingest.freeze import freeze
from services.ingest.official_files.errors import ReportsHandedIn
from services.ingest.official_files.import_file import import_file
from services.ingest.pull.errors import TooEarly
from services.ingest.rehearse import rehearse
from services.ingest.settings import IngestSettings, SourceSettings
from services.ingest.snapshot.commit import Unchanged
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.sources import source_named
from services.ingest.supersede import ByFileOnly, supersede
from services.ingest.verify import verify_snapshot
from shared.calendar import enter_gate
from shared.database import Database
from shared.period import VIETNAM, Period
from tests.conftest import TestDatabase
from tests.contract.stand_ins import FAR, PATIENCE, Bench, Benches, bench
from tests.integration.ingest.files import DOCUMENT, json_file
from tests.integration.ingest.handing_in import HandingIn, records, task

REPORTS = source_named("agency_report")
MICROSECOND = timedelta(microseconds=1)
PEOPLE: dict[str, Any] = {"requested_by": "key:one", "approver": "key:two", "reason": "Bổ sung báo cáo (thử nghiệm)"}
_months: Iterator[Period] = (Period(2027, 1).shifted(months=number) for number in range(400))


@pytest.fixture
def period() -> Period:
    return next(_months)


@pytest.fixture(scope="module")
async def ingest(app_url: str, owner_url: str) -> AsyncIterator[Bench]:
    found = bench(app_url, owner_url, IngestSettings())
    yield found
    await found.runtime.database.close()


@pytest.fixture(scope="module")
async def hand(database: TestDatabase) -> AsyncIterator[HandingIn]:
    opened = Database(database.app_url, role="gateway", pool_size=2)
    yield HandingIn(opened, database.superuser_url)
    await opened.close()


def taken(header: FrozenSnapshot) -> dict[str, tuple[str, str]]:
    """Per body the submission a snapshot took and on which ground."""
    return {one["agency"]: (one["submission"], one["ground"]) for one in header.evidence["reports"]}


async def findings(ingest: Bench, pull_id: str) -> dict[str, list[dict[str, Any]]]:
    found = await ingest.all("SELECT code, detail FROM ingest.finding WHERE pull_id = :id ORDER BY finding_id", id=pull_id)
    by_code: dict[str, list[dict[str, Any]]] = {}
    for line in found:
        by_code.setdefault(line["code"], []).append(line["detail"])
    return by_code


async def test_the_last_microsecond_counts_and_midnight_of_day_05_does_not(ingest: Bench, hand: HandingIn) -> None:
    period, legal = Period(2026, 1), datetime(2026, 2, 5, tzinfo=VIETNAM)
    last = await hand.report("G06", period, legal - MICROSECOND, tasks=[task("a"), task("b", accepted_on="2026-01-20")])
    await hand.report("H38", period, legal, tasks=[task("a")])
    made = await freeze(ingest.runtime, REPORTS, period, actor="local:test")
    assert (made.version, made.origin, made.as_of) == (1, "intake", legal)
    assert taken(made) == {"G06": (last, "in_time")}
    rows = await ingest.all(
        "SELECT agency_code, submitted_at, registered_tasks FROM ingest.report WHERE snapshot_pk = :pk", pk=made.pk
    )
    assert rows == [{"agency_code": "G06", "submitted_at": legal - MICROSECOND, "registered_tasks": 2}]
    assert json.loads(made.manifest)["origin"] == "intake"
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).differences == ()
    assert (await freeze(ingest.runtime, REPORTS, period, actor="local:test")) == made


async def test_a_month_is_not_frozen_before_its_moved_deadline_and_takes_what_came_before_it(
    ingest: Bench, benches: Benches, hand: HandingIn, period: Period
) -> None:
    moved = period.report_deadline + timedelta(hours=7, microseconds=1)
    early = await hand.report("G06", period, period.report_deadline)
    await hand.move(period, moved)
    later = await hand.report("H12", period, moved - MICROSECOND)
    await hand.report("H05", period, moved)
    before = benches(IngestSettings(), lambda: moved - MICROSECOND)
    with pytest.raises(TooEarly):
        await freeze(before.runtime, REPORTS, period, actor="local:test")
    made = await freeze(ingest.runtime, REPORTS, period, actor="local:test")
    assert early not in str(made.evidence), "it was late when it came, and a later change does not make it timely"
    assert taken(made) == {"H12": (later, "in_time")}


async def test_silence_is_frozen_as_a_fact(ingest: Bench, period: Period) -> None:
    made = await freeze(ingest.runtime, REPORTS, period, actor="local:test")
    assert (made.row_count, made.evidence["reports"]) == (0, [])
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).differences == ()
    silent = (await findings(ingest, made.pull_id))["ING-REPORTS-SILENT"]
    assert [(one["count"], one["all"], len(one["agencies"])) for one in silent] == [(56, 56, 56)]


async def test_a_freeze_waits_for_whoever_is_handing_in(ingest: Bench, hand: HandingIn, period: Period) -> None:
    """A report whose transaction was running when the deadline passed is not lost."""
    async with hand.database.transaction() as inside:
        await enter_gate(inside, period)
        freezing = asyncio.create_task(freeze(ingest.runtime, REPORTS, period, actor="local:test"))
        until = time.monotonic() + PATIENCE
        while not await ingest.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            assert time.monotonic() < until, "the freeze did not come to the gate"
            await asyncio.sleep(0.01)
        last = await hand.report("G06", period, period.report_deadline - MICROSECOND)
        assert not freezing.done()
    assert taken(await freezing) == {"G06": (last, "in_time")}


async def test_of_a_bodys_reports_the_last_in_time_is_taken(ingest: Bench, hand: HandingIn, period: Period) -> None:
    at = period.report_deadline - timedelta(days=2)
    await hand.report("G06", period, at, tasks=[task("a")])
    second = await hand.report("G06", period, at + timedelta(hours=1), tasks=[task("b")], sequence=2)
    await hand.report("G06", period, period.report_deadline + timedelta(hours=1), tasks=[task("c")], sequence=3)
    made = await freeze(ingest.runtime, REPORTS, period, actor="local:test")
    assert taken(made) == {"G06": (second, "in_time")}
    codes = await ingest.all("SELECT task_code FROM ingest.registered_task WHERE snapshot_pk = :pk", pk=made.pk)
    assert [line["task_code"] for line in codes] == ["b"]


async def test_a_superseding_version_takes_what_people_let_count_and_nothing_else(
    ingest: Bench, hand: HandingIn, period: Period
) -> None:
    legal = period.report_deadline
    on_time = await hand.report("G01", period, legal - MICROSECOND)
    extension = await hand.extend("H01", period, legal + timedelta(days=2))
    extended = await hand.report("H01", period, legal + timedelta(days=2) - MICROSECOND)
    late = await hand.report("G03", period, legal)
    await hand.report("G08", period, legal)
    await hand.extend("G09", period, legal + timedelta(days=2), effect="late_counts")
    covered = await hand.report("G09", period, legal + timedelta(days=2) - MICROSECOND)
    await hand.extend("G06", period, legal + timedelta(days=2), effect="late_counts")
    await hand.report("G06", period, legal + timedelta(days=2))
    first = await freeze(ingest.runtime, REPORTS, period, actor="local:test")
    assert taken(first) == {"G01": (on_time, "in_time")}
    with pytest.raises(Unchanged):
        await supersede(ingest.runtime, REPORTS, period, **PEOPLE, as_of=legal)
    await hand.accept_late(late, "G03", period)
    second = await supersede(ingest.runtime, REPORTS, period, **PEOPLE)
    assert (second.version, second.origin, second.supersedes) == (2, "intake", first.snapshot_id)
    assert taken(second) == {
        "G01": (on_time, "in_time"),
        "H01": (extended, "in_time"),
        "G03": (late, "late_acceptance"),
        "G09": (covered, "extension"),
    }
    assert extension not in str(second.evidence), "H01 was in time; nothing had to be forgiven"
    for each in (first, second):
        assert (await verify_snapshot(ingest.runtime, each.snapshot_id)).differences == ()
    with pytest.raises(Unchanged):
        await supersede(ingest.runtime, REPORTS, period, **PEOPLE)


async def test_words_of_the_reviewer_known_at_the_deadline_are_in_the_first_version_and_later_ones_in_the_next(
    ingest: Bench, hand: HandingIn, period: Period
) -> None:
    legal = period.report_deadline
    report = await hand.report(
        "G06", period, legal - timedelta(days=1), databases=[records("early", 7), records("later", 9), records("no", 1)]
    )
    await hand.review(report, "G06", period, "early", legal - timedelta(hours=2), verdict="refused")
    await hand.review(report, "G06", period, "early", legal - MICROSECOND)
    await hand.review(report, "G06", period, "later", legal)
    await hand.review(report, "G06", period, "no", legal - MICROSECOND, verdict="refused")
    made = await freeze(ingest.runtime, REPORTS, period, actor="local:test")
    assert await confirmed(ingest, made.pk) == {"early": legal - MICROSECOND, "later": None, "no": None}
    after = await supersede(ingest.runtime, REPORTS, period, **PEOPLE)
    assert await confirmed(ingest, after.pk) == {"early": legal - MICROSECOND, "later": legal, "no": None}
    assert (await verify_snapshot(ingest.runtime, after.snapshot_id)).differences == ()


async def confirmed(ingest: Bench, pk: int) -> dict[str, datetime | None]:
    found = await ingest.all("SELECT database, confirmed_at FROM ingest.reported_records WHERE snapshot_pk = :pk", pk=pk)
    return {line["database"]: line["confirmed_at"] for line in found}


async def test_a_look_at_a_frozen_month_puts_late_rows_aside_and_proposes_another_version(
    ingest: Bench, hand: HandingIn, period: Period
) -> None:
    legal = period.report_deadline
    in_time = await hand.report("G06", period, legal - MICROSECOND, tasks=[task("a")], databases=[records("x", 5)])
    frozen = await freeze(ingest.runtime, REPORTS, period, actor="local:test")
    assert period not in await due.unseen_reports(ingest.runtime)
    late = await hand.report("H12", period, legal + timedelta(days=1), tasks=[task("b")])
    assert period in await due.unseen_reports(ingest.runtime)
    seen = await findings(ingest, (await rehearse(ingest.runtime, REPORTS, period, actor="local:test"))["pull_id"])
    assert [(one["agency"], one["submission"], one["ground"]) for one in seen["ING-REPORT-LATE"]] == [
        ("H12", late, "not_counted")
    ]
    assert "ING-REPORTS-PROPOSED" not in seen
    held = await ingest.all(
        "SELECT dataset, natural_key, receipt FROM ingest.quarantine WHERE snapshot_id = :id ORDER BY dataset",
        id=frozen.snapshot_id,
    )
    assert [(line["dataset"], line["natural_key"]) for line in held] == [("registered_tasks", "b/H12"), ("reports", "H12")]
    assert period not in await due.unseen_reports(ingest.runtime)
    await hand.review(in_time, "G06", period, "x", legal + timedelta(days=1))
    await hand.accept_late(late, "H12", period)
    seen = await findings(ingest, (await rehearse(ingest.runtime, REPORTS, period, actor="local:test"))["pull_id"])
    assert seen["ING-REPORTS-PROPOSED"] == [{"snapshot": frozen.snapshot_id, "reports": 1, "submissions": [late], "words": 1}]
    after = await supersede(ingest.runtime, REPORTS, period, **PEOPLE)
    seen = await findings(ingest, (await rehearse(ingest.runtime, REPORTS, period, actor="local:test"))["pull_id"])
    assert taken(after).keys() == {"G06", "H12"}
    assert not {"ING-REPORT-LATE", "ING-REPORTS-PROPOSED", "ING-QUARANTINE"} & seen.keys()


async def test_no_file_passes_over_reports_and_no_reports_pass_over_a_file(
    ingest: Bench, hand: HandingIn, period: Period
) -> None:
    file = official(period, ("G01", "G06"))
    given: dict[str, Any] = {"files": [file], "actor": "local:test", **DOCUMENT}
    await hand.report("G06", period, period.report_deadline - MICROSECOND)
    with pytest.raises(ReportsHandedIn, match="1 reports"):
        await import_file(ingest.runtime, REPORTS, period, **given)
    await freeze(ingest.runtime, REPORTS, period, actor="local:test")
    replaced = await supersede(ingest.runtime, REPORTS, period, **PEOPLE, files=[file], document_number="9/QĐ-DEMO")
    assert (replaced.version, replaced.origin) == (2, "official_file")
    with pytest.raises(ByFileOnly):
        await supersede(ingest.runtime, REPORTS, period, **PEOPLE)


def official(period: Period, agencies: tuple[str, ...]) -> Any:
    report = {"submitted_at": period.report_deadline.isoformat(), "document": "1/BC-DEMO"}
    rows = [{"agency": code, **report, "registered_tasks": 0, "reported_databases": 0} for code in agencies]
    nothing: dict[str, Any] = {"control": {"rows": 0, "sums": {}}, "rows": []}
    datasets = {
        "reports": {"control": {"rows": len(rows), "sums": {"registered_tasks": "0", "reported_databases": "0"}}, "rows": rows},
        "registered_tasks": nothing,
        "reported_records": {"control": {"rows": 0, "sums": {"new_records": "0"}}, "rows": []},
    }
    return json_file("agency_report", REPORTS.contract, period, period.report_deadline.isoformat(), datasets)


async def test_many_rows_make_many_pages_and_one_root(ingest: Bench, benches: Benches, hand: HandingIn) -> None:
    one, other = next(_months), next(_months)
    small = benches(SmallPages(), lambda: FAR)
    made = []
    for period, at in ((one, ingest), (other, small)):
        for agency in ("G06", "H12"):
            rows = [task(f"t{number:03}") for number in range(20)]
            await hand.report(agency, period, period.report_deadline - MICROSECOND, tasks=rows)
        made.append(await freeze(at.runtime, REPORTS, period, actor="local:test"))
    pages = [
        await ingest.one(
            "SELECT count(*) FROM ingest.taken_page WHERE pull_id = :id AND dataset = 'registered_tasks'", id=each.pull_id
        )
        for each in made
    ]
    assert pages == [1, 6]
    roots = [json.loads(each.manifest)["datasets"][1]["root"] for each in made]
    assert roots[0] == roots[1]
    assert (await verify_snapshot(ingest.runtime, made[1].snapshot_id)).differences == ()


class SmallPages(IngestSettings):
    def of(self, source: str) -> SourceSettings:
        return SourceSettings(page_size=7)


async def test_a_report_that_is_not_what_was_signed_is_found(
    ingest: Bench, hand: HandingIn, period: Period, database: TestDatabase
) -> None:
    """As a superuser who takes the guards away: another instant, another word, another content."""
    at = period.report_deadline - timedelta(hours=1)
    report = await hand.report("G06", period, at, tasks=[task("a")], databases=[records("x", 5)])
    await hand.review(report, "G06", period, "x", at)
    made = await freeze(ingest.runtime, REPORTS, period, actor="local:test")
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).holds
    tampered = {
        "reports/signed row 1": "UPDATE intake.acceptance SET submitted_at = submitted_at - interval '1 day'",
        "reported_records/signed row 1": "UPDATE intake.records_review SET reviewed_at = reviewed_at - interval '1 day'",
        "signed reports": "UPDATE intake.acceptance SET content = set_byte(content, 0, 32)",
    }
    for place, statement in tampered.items():
        with psycopg.connect(database.superuser_url) as connection:
            connection.execute("SET session_replication_role = replica")
            changed = connection.execute(f"{statement} WHERE submission_id = %s".encode(), [report])
            assert changed.rowcount == 1
        verdict = await verify_snapshot(ingest.runtime, made.snapshot_id)
        assert place in [each.place for each in verdict.differences], verdict
