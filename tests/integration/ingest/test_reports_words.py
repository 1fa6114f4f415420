"""A word is on a figure: it outlives the report it was given on while the body states the same figure (C-2, C-3)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.ingest.freeze import freeze
from services.ingest.rehearse import rehearse
from services.ingest.settings import IngestSettings
from services.ingest.snapshot.commit import Unchanged
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from services.ingest.verify import verify_snapshot
from shared.database import Database
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from tests.contract.stand_ins import Bench, bench
from tests.integration.ingest.handing_in import HandingIn, records, task

REPORTS = source_named("agency_report")
HOUR = timedelta(hours=1)
PEOPLE: dict[str, Any] = {"requested_by": "key:one", "approver": "key:two", "reason": "Bổ sung báo cáo (thử nghiệm)"}
_months: Iterator[Period] = (Period(2027, 1).shifted(months=number) for number in range(100))


@pytest.fixture
def period() -> Period:
    return next(_months)


@pytest.fixture(scope="module")
async def ingest(app_url: str, owner_url: str) -> AsyncIterator[Bench]:
    found = bench(app_url, owner_url, IngestSettings())
    yield found
    await found.runtime.database.close()


@pytest.fixture(scope="module")
async def hand(app_url: str) -> AsyncIterator[HandingIn]:
    database = Database(app_url, role="gateway", pool_size=1)
    yield HandingIn(database)
    await database.close()


async def confirmed(ingest: Bench, header: FrozenSnapshot) -> dict[tuple[str, str], datetime | None]:
    """By body and database when the figure was confirmed; verification of the snapshot must come to the same."""
    assert (await verify_snapshot(ingest.runtime, header.snapshot_id)).differences == ()
    select = "SELECT agency_code, database, confirmed_at FROM ingest.reported_records WHERE snapshot_pk = :pk"
    return {(line["agency_code"], line["database"]): line["confirmed_at"] for line in await ingest.all(select, pk=header.pk)}


def words(header: FrozenSnapshot) -> set[str]:
    return {one["review"] for one in header.evidence["reviews"]}


async def test_a_replaced_report_keeps_the_words_on_the_figures_it_states_again(
    ingest: Bench, hand: HandingIn, period: Period
) -> None:
    at = legal_report_deadline(period) - timedelta(days=1)
    stated = [records("same", 70), records("changed", 5), records("refused", 9)]
    first = await hand.report("G06", period, at, databases=stated)
    await hand.report("H38", period, at, databases=[records("same", 70)])
    kept = await hand.review(first, "G06", period, "same", at + HOUR)
    lost = await hand.review(first, "G06", period, "changed", at + HOUR)
    no = await hand.review(first, "G06", period, "refused", at + HOUR, verdict="refused")
    again = [records("same", 70), records("changed", 6), records("refused", 9)]
    second = await hand.report("G06", period, at + 2 * HOUR, tasks=[task("a")], databases=again, sequence=2)
    made = await freeze(ingest.runtime, REPORTS, period, actor="local:test")
    assert [one["submission"] for one in made.evidence["reports"] if one["agency"] == "G06"] == [second]
    assert await confirmed(ingest, made) == {
        ("G06", "same"): at + HOUR, ("G06", "changed"): None, ("G06", "refused"): None, ("H38", "same"): None,
    }  # fmt: skip
    assert words(made) == {kept, no}
    assert lost not in str(made.evidence)


async def test_a_later_version_keeps_them_and_a_changed_figure_needs_a_new_word(
    ingest: Bench, hand: HandingIn, period: Period
) -> None:
    legal = legal_report_deadline(period)
    first = await hand.report("G06", period, legal - HOUR, databases=[records("x", 5), records("y", 7)])
    for database in ("x", "y"):
        await hand.review(first, "G06", period, database, legal - HOUR)
    made = await freeze(ingest.runtime, REPORTS, period, actor="local:test")
    late = await hand.report("G06", period, legal + HOUR, databases=[records("x", 5), records("y", 8)], sequence=2)
    await hand.accept_late(late, "G06", period)
    after = await supersede(ingest.runtime, REPORTS, period, **PEOPLE)
    assert await confirmed(ingest, made) == {("G06", "x"): legal - HOUR, ("G06", "y"): legal - HOUR}
    assert await confirmed(ingest, after) == {("G06", "x"): legal - HOUR, ("G06", "y"): None}
    await hand.review(late, "G06", period, "y", legal + 2 * HOUR)
    last = await supersede(ingest.runtime, REPORTS, period, **PEOPLE)
    assert await confirmed(ingest, last) == {("G06", "x"): legal - HOUR, ("G06", "y"): legal + 2 * HOUR}


async def test_the_latest_word_on_a_figure_holds_whichever_report_it_was_given_on(
    ingest: Bench, hand: HandingIn, period: Period
) -> None:
    at = legal_report_deadline(period) - timedelta(days=1)
    first = await hand.report("G06", period, at, databases=[records("x", 5)])
    await hand.review(first, "G06", period, "x", at)
    second = await hand.report("G06", period, at + HOUR, databases=[records("x", 5)], sequence=2)
    last = await hand.review(second, "G06", period, "x", at + HOUR, verdict="refused")
    made = await freeze(ingest.runtime, REPORTS, period, actor="local:test")
    assert await confirmed(ingest, made) == {("G06", "x"): None}
    assert words(made) == {last}
    assert "ING-REPORTS-PROPOSED" not in await found_by_a_look(ingest, period)
    with pytest.raises(Unchanged):
        await supersede(ingest.runtime, REPORTS, period, **PEOPLE)
    await hand.review(first, "G06", period, "x", legal_report_deadline(period) + HOUR)
    assert "ING-REPORTS-PROPOSED" in await found_by_a_look(ingest, period)
    after = await supersede(ingest.runtime, REPORTS, period, **PEOPLE)
    assert await confirmed(ingest, after) == {("G06", "x"): legal_report_deadline(period) + HOUR}


async def found_by_a_look(ingest: Bench, period: Period) -> set[str]:
    pull = await rehearse(ingest.runtime, REPORTS, period, actor="local:test")
    return {
        line["code"] for line in await ingest.all("SELECT code FROM ingest.finding WHERE pull_id = :id", id=pull["pull_id"])
    }
