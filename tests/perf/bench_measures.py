"""Measures of A1 to A3 from a month's frozen task rows against one process counting the same rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.law.scheme import legal_cutoff, legal_report_deadline
from shared.measures import group_a
from shared.measures.frame import Frame, parameters
from tests.perf import pages
from tests.perf.harness import Goal, Line, Timing, in_turn
from tests.perf.place import Place

GOAL = Goal(6)
QUERY = text(group_a.QUERIES[0].sql)
# One process reading every row: no workers, and not the index that a vacuumed table would let it count instead.
SCAN = ("SET LOCAL max_parallel_workers_per_gather = 0", "SET LOCAL enable_indexonlyscan = off")
ALONE = ("SET LOCAL max_parallel_workers_per_gather = 0",)


def run(place: Place) -> Iterator[Line]:
    snapshot = place.snapshot
    with psycopg.connect(place.superuser_url, autocommit=True) as connection:
        # What autovacuum does within a minute of a freeze; here it must not come in the middle of a round.
        connection.execute(f"VACUUM (ANALYZE) ingest.task_assignment_s{snapshot.pk}")
    place.say("measures: deriving them")
    workers, timing = _timing(place, snapshot.pk)
    yield timing.line(
        f"measures from {place.plan.rows:,} task rows",
        goal=GOAL,
        notes=(f"product with up to {workers} parallel workers, the server's default; floor one process",),
    )
    yield timing.line("  the same with no parallel worker", product="alone")


def _timing(place: Place, pk: int) -> tuple[str, Timing]:
    database = place.database("scoring")
    asked_of = frame(pk)

    async def seconds(settings: tuple[str, ...], statement: Any, values: dict[str, Any]) -> float:
        async with database.read() as connection:
            for setting in settings:
                await connection.exec_driver_sql(setting)
            started = time.perf_counter()
            (await connection.execute(statement, values)).mappings().all()
            return time.perf_counter() - started

    async def workers() -> str:
        async with database.read() as connection:
            return await _shown(connection)

    def subject(settings: tuple[str, ...], statement: Any, values: dict[str, Any]) -> Callable[[], float]:
        return lambda: place.run(seconds(settings, statement, values))

    counted = text("SELECT count(*) FROM ingest.task_assignment WHERE snapshot_pk = :pk")
    asked = parameters(asked_of)
    subjects = {
        "floor": subject(SCAN, counted, {"pk": pk}),
        "product": subject((), QUERY, asked),
        "alone": subject(ALONE, QUERY, asked),
    }
    return place.run(workers()), in_turn(place.plan.rounds, subjects)


async def _shown(connection: AsyncConnection) -> str:
    return str((await connection.exec_driver_sql("SHOW max_parallel_workers_per_gather")).scalar_one())


def frame(pk: int) -> Frame:
    """Of the month that is frozen here."""
    period = pages.PERIOD
    return Frame(
        first_day=period.first_day,
        next_first_day=period.next_first_day,
        year_start=period.first_day.replace(month=1),
        cutoff=legal_cutoff(period),
        deadline=legal_report_deadline(period),
        known_at=legal_cutoff(period),
        late_accepted=False,
        left_out="[]",
        snapshots={"system57": pk},
    )
