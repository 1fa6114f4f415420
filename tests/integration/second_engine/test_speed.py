"""A month with a million task rows is recomputed in seconds: the second engine stands in the way of every publication."""

from __future__ import annotations

import time
from statistics import median

import pytest

from tests.integration.second_engine.rows import Month, covered

BODIES = [f"Q{n:02}" for n in range(56)]
ROWS = 1_000_000
FLOORS = 40  # one count(*) scan of the same rows, in the same run


async def freeze_million(month: Month) -> None:
    pk = await month.freeze("system57", system57_coverage=covered(*BODIES))
    await month.connection.exec_driver_sql(
        "SELECT ingest.open_rows('task_assignment', %(pk)s)", {"pk": pk}
    )  # a second dataset of the same transaction's snapshot
    await month.connection.exec_driver_sql(
        f"INSERT INTO ingest.task_assignment_s{pk} (snapshot_pk, ordinal, agency_code, task_id, role, assigned_by,"
        " assigned_on, due_on, due_precision, completed_on, reported_at, percent, classified)"
        " SELECT %(pk)s, n, 'Q' || lpad((n %% 56)::text, 2, '0'), n::text, 'lead', 'demo', DATE '2025-11-01',"
        "        DATE '2025-12-15' + n %% 60, 'day', DATE '2025-12-20' + n %% 41, TIMESTAMPTZ '2026-01-31', 0, false"
        f"  FROM generate_series(1, {ROWS}) AS n",
        {"pk": pk},
    )
    await month.connection.exec_driver_sql("SELECT ingest.seal_rows('task_assignment', %(pk)s)", {"pk": pk})


@pytest.mark.perf
async def test_a_million_task_rows_against_one_scan_of_them(month: Month) -> None:
    await freeze_million(month)
    await month.run(*BODIES)
    engine, floor = [], []
    for _ in range(5):
        started = time.perf_counter()
        sheet = await month.run(*BODIES)
        engine.append(time.perf_counter() - started)
        started = time.perf_counter()
        await month.connection.exec_driver_sql("SELECT count(*) FROM ingest.task_assignment")
        floor.append(time.perf_counter() - started)
    assert sum(values["period_tasks"] for values in sheet["measures"].values()) > ROWS // 4
    ratio = median(engine) / median(floor)
    print(f"second engine {median(engine):.3f} s, count(*) {median(floor):.3f} s, ratio {ratio:.1f}")  # noqa: T201
    assert ratio <= FLOORS
