"""From an accepted report to both engines' sheet: what counts, on which ground, and which of two sources won (ING-10, G-12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.ingest.freeze import freeze
from services.ingest.official_files.import_file import GivenFile, import_file
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from services.scoring.compute import compute, compute_from
from services.scoring.store import load_inputs
from shared.database import Database, rows
from shared.law.scheme import legal_cutoff, legal_report_deadline, scheme_for
from shared.period import Period
from tests.conftest import TestDatabase
from tests.contract.stand_ins import FAR
from tests.integration.ingest.files import DOCUMENT, json_file
from tests.integration.ingest.handing_in import HandingIn, records, task

REPORTS = source_named("agency_report")
NATIONAL = source_named("national_database")
PEOPLE: dict[str, Any] = {"requested_by": "key:one", "approver": "key:two", "reason": "Bổ sung báo cáo (thử nghiệm)"}
SHORTLY = timedelta(minutes=1)


@dataclass(frozen=True)
class Offices:
    """The services' ways to one database."""

    ingest: Runtime
    scoring: Database
    hand: HandingIn

    async def sheet(self, period: Period) -> dict[str, dict[str, Any]]:
        """Every body's line, after both engines agreed."""
        async with self.scoring.read() as connection:
            done = await compute_from(connection, await load_inputs(connection, period), scheme_for(period))
        assert done.differences == []
        return {line["agency"]: line for line in done.document["agencies"]}


@pytest.fixture(scope="module")
async def offices(database: TestDatabase) -> AsyncIterator[Offices]:
    ingest, scoring, gateway = (Database(database.app_url, role=role, pool_size=4) for role in ("ingest", "scoring", "gateway"))
    yield Offices(Runtime(ingest, IngestSettings(), lambda: FAR), scoring, HandingIn(gateway, database.superuser_url))
    for each in (ingest, scoring, gateway):
        await each.close()


def national(period: Period, figures: dict[tuple[str, str], int]) -> GivenFile:
    """What the national database counts, by database and body, as an official file; demo data."""
    lines = [
        {"agency": agency, "database": database, "database_name": database, "listed": True, "new_records": count}
        for (database, agency), count in sorted(figures.items())
    ]
    control = {"rows": len(lines), "sums": {"new_records": str(sum(figures.values()))}}
    datasets = {"database_growth": {"control": control, "rows": lines}}
    return json_file("national_database", NATIONAL.contract, period, legal_cutoff(period).isoformat(), datasets)


async def freeze_national(offices: Offices, period: Period, figures: dict[tuple[str, str], int]) -> None:
    file = national(period, figures)
    await import_file(offices.ingest, NATIONAL, period, files=[file], actor="local:test", **DOCUMENT)


async def test_accepted_figures_are_in_the_sheet_and_both_engines_agree(offices: Offices) -> None:
    period = Period(2027, 1)
    legal = legal_report_deadline(period)
    tasks = [task("a", accepted_on="2027-01-20"), task("b"), task("c", accepted_on="2026-12-31")]
    await offices.hand.report("G06", period, legal - SHORTLY, tasks=tasks)
    await offices.hand.report("H38", period, legal - SHORTLY)
    late = await offices.hand.report("G08", period, legal, tasks=tasks[:1])
    await freeze(offices.ingest, REPORTS, period, actor="local:test")
    first = await offices.sheet(period)
    measured = ("registered_tasks", "accepted_tasks")
    assert [first["G06"]["measures"][name] for name in measured] == ["3", "1"]
    assert [first["H38"]["measures"][name] for name in measured] == ["0", "0"], "a report without tasks is no silence"
    assert [first["G08"]["measures"][name] for name in measured] == [None, None]
    assert [first["G09"]["measures"][name] for name in measured] == [None, None]
    assert first["G06"]["indicators"]["D1"]["flags"] == []
    await offices.hand.accept_late(late, "G08", period)
    await supersede(offices.ingest, REPORTS, period, **PEOPLE)
    second = await offices.sheet(period)
    assert [second["G08"]["measures"][name] for name in measured] == ["1", "1"]
    assert second["G06"]["measures"] == first["G06"]["measures"]


async def test_of_two_figures_one_counts_and_both_are_shown(offices: Offices) -> None:
    period = Period(2027, 2)
    before = legal_report_deadline(period) - SHORTLY
    await freeze_national(offices, period, {("a", "G06"): 100, ("a", "H38"): 5})
    report = await offices.hand.report("G06", period, before, databases=[records("a", 130), records("b", 7), records("c", 9)])
    await offices.hand.review(report, "G06", period, "a", before)
    await offices.hand.review(report, "G06", period, "b", before)
    await freeze(offices.ingest, REPORTS, period, actor="local:test")
    sheet = await offices.sheet(period)
    assert sheet["G06"]["measures"]["digitised_records"] is None, "the word on c is open: missing, never less"
    await offices.hand.review(report, "G06", period, "c", before, verdict="refused")
    await freeze(offices.ingest, source_named("records_review"), period, actor="local:test")
    sheet = await offices.sheet(period)
    assert sheet["G06"]["measures"]["digitised_records"] == "107"
    figures = {one.pop("database"): one for one in sheet["G06"]["indicators"]["C1"]["figures"]}
    told = ("automatic", "reported", "confirmed", "winner", "variance", "precedence")
    assert {name: tuple(one[each] for each in told) for name, one in figures.items()} == {
        "a": ("100", "130", True, "automatic", "30", "C-2"),
        "b": (None, "7", True, "reported", None, "C-2"),
        "c": (None, "9", False, None, None, "C-2"),
    }
    assert "figures" not in sheet["H38"]["indicators"]["C1"]


async def test_the_flag_of_a_file_stands_only_where_its_figure_counted(offices: Offices) -> None:
    """Reports by official file, automatic figures over the wire: only bodies that a reported figure counts for are marked."""
    period = Period(2027, 3)
    before = (legal_report_deadline(period) - SHORTLY).astimezone(UTC).isoformat()
    bodies = {"G06": ("b", None), "H38": ("b", before), "G08": ("a", before)}
    report = {"submitted_at": before, "document": "1/BC-DEMO", "registered_tasks": 0, "reported_databases": 1}
    lines = [
        {"agency": code, "database": database, "database_name": database, "listed": False, "new_records": 3,
         "confirmed_at": at, "confirmed_by": "demo" if at else None}
        for code, (database, at) in sorted(bodies.items())
    ]  # fmt: skip
    datasets: dict[str, Any] = {
        "reports": {
            "control": {"rows": 3, "sums": {"registered_tasks": "0", "reported_databases": "3"}},
            "rows": [{"agency": code, **report} for code in bodies],
        },
        "registered_tasks": {"control": {"rows": 0, "sums": {}}, "rows": []},
        "reported_records": {"control": {"rows": 3, "sums": {"new_records": "9"}}, "rows": lines},
    }
    file = json_file("agency_report", REPORTS.contract, period, legal_report_deadline(period).isoformat(), datasets)
    await import_file(offices.ingest, REPORTS, period, files=[file], actor="local:test", **DOCUMENT)
    await freeze_over_the_wire(offices, period, {("a", "G06"): 1, ("a", "H38"): 1, ("a", "G08"): 1, ("a", "G09"): 1})
    sheet = await offices.sheet(period)
    marked = {code for code in sheet if "official_file" in sheet[code]["indicators"]["C1"]["flags"]}
    assert marked == {"H38"}
    assert {code for code in sheet if "official_file" in sheet[code]["indicators"]["D1"]["flags"]} == set(sheet)


async def freeze_over_the_wire(offices: Offices, period: Period, figures: dict[tuple[str, str], int]) -> None:
    """The same rows, as a snapshot whose header says that they came over the network."""
    source = Database(offices.ingest.database.url, role="ingest", pool_size=2)
    async with source.transaction() as connection:
        insert = "INSERT INTO audit.entry (actor, action, object) VALUES ('local:test', 'snapshot.freeze', 'snap_wire')"
        await connection.execute(text(insert))
        await connection.execute(
            text(
                "INSERT INTO ingest.pull (pull_id, source, period, purpose, origin, contract, as_of, actor)"
                " VALUES ('pull_wire', 'national_database', :period, 'freeze', 'network', 'test/1.0', :as_of, 'local:test')"
            ),
            {"period": str(period), "as_of": legal_cutoff(period)},
        )
        pk = (await connection.execute(text("SELECT nextval('ingest.snapshot_pk_seq')"))).scalar_one()
        part = (await connection.execute(text("SELECT ingest.open_rows('database_growth', :pk)"), {"pk": pk})).scalar_one()
        for ordinal, ((database, agency), count) in enumerate(sorted(figures.items()), 1):
            await connection.execute(
                text(
                    f"INSERT INTO ingest.{part} (ordinal, agency_code, database, database_name, listed, new_records)"
                    " VALUES (:ordinal, :agency, :database, :database, true, :count)"
                ),
                {"ordinal": ordinal, "agency": agency, "database": database, "count": count},
            )
        await connection.execute(
            text(
                "INSERT INTO ingest.snapshot (pk, snapshot_id, source, period, version, origin, pull_id, as_of, captured_at,"
                " row_count, root, manifest, evidence) OVERRIDING SYSTEM VALUE VALUES (:pk, 'snap_wire', 'national_database',"
                " :period, 1, 'network', 'pull_wire', :as_of, :as_of, :count, 'sha256:0', '{}', '{}')"
            ),
            {"pk": pk, "period": str(period), "as_of": legal_cutoff(period), "count": len(figures)},
        )
        await connection.execute(text("SELECT ingest.seal_rows('database_growth', :pk)"), {"pk": pk})
    await source.close()


async def test_a_run_names_the_snapshot_that_names_the_submission(offices: Offices) -> None:
    period = Period(2027, 4)
    submission = await offices.hand.report("G06", period, legal_report_deadline(period) - SHORTLY, tasks=[task("a")])
    made = await freeze(offices.ingest, REPORTS, period, actor="local:test")
    run = await compute(offices.scoring, period, actor="local:test", reason="thử")
    assert run["agrees"]
    line = (await offices.sheet(period))["G06"]
    assert line["indicators"]["D1"]["snapshots"] == [made.snapshot_id]
    async with offices.ingest.database.read() as connection:
        found = await rows(
            connection, text("SELECT evidence FROM ingest.snapshot WHERE snapshot_id = :id"), {"id": made.snapshot_id}
        )
    assert [one["submission"] for one in found[0]["evidence"]["reports"]] == [submission]


async def test_a_deadline_moved_after_the_freeze_changes_no_score(offices: Offices) -> None:
    """SNP-04: lateness changes only from the change on, also where the change names an instant that has passed."""
    period = Period(2027, 5)
    await offices.hand.report("G06", period, legal_report_deadline(period) - SHORTLY, tasks=[task("a")])
    await freeze(offices.ingest, REPORTS, period, actor="local:test")
    before = await offices.sheet(period)
    await offices.hand.move(period, legal_report_deadline(period) - 2 * SHORTLY)
    after = await offices.sheet(period)
    assert before["G06"]["measures"]["registered_tasks"] == "1"
    assert after == before
