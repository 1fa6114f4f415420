"""What the scheme refuses is named with body, measure and value; and no binary float takes part anywhere."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring import second_engine
from services.scoring.second_engine import SecondEngineRefused
from tests.integration.second_engine.rows import CUTOFF, DEADLINE, Month, covered
from tests.integration.second_engine.test_scores import FULL

REFUSED: list[tuple[dict[str, object], str]] = [
    ({"speeches": -1}, "X speeches: -1 is negative"),
    ({"kpis_required": "1.5"}, "X kpis_required: 1.5 is no whole count"),
    ({"transparency": "18.01"}, "X transparency: 18.01 is above its maximum 18"),
    ({"progress": "20.5"}, "X progress: 20.5 is above its maximum 20"),
    ({"online_services": "22.1"}, "X online_services: 22.1 is above its maximum 22"),
    ({"satisfaction": "19"}, "X satisfaction: 19 is above its maximum 18"),
    ({"digitisation": "23"}, "X digitisation: 23 is above its maximum 22"),
    ({"bonus_points": 6}, "X bonus_points: 6 is above its maximum 5"),
    ({"bonus_points": "0.5"}, "X bonus_points: 0.5 is no whole count"),
    ({"on_time_tasks": 8, "late_tasks": 3}, "X on_time_tasks + late_tasks > period_tasks: 11 is above 10"),
    ({"accepted_tasks": 11}, "X accepted_tasks > registered_tasks: 11 is above 10"),
    ({"meetings_attended": 2}, "X meetings_attended > meetings_summoned: 2 is above 1"),
    ({"kpis_updated": 2}, "X kpis_updated > kpis_required: 2 is above 1"),
    (
        {"meetings_summoned": 0, "meetings_attended": 0, "thematic_reports": 0, "speeches": 2},
        "X speeches: 2 without any meeting summoned",
    ),
    (
        {"meetings_summoned": 0, "meetings_attended": 0, "thematic_reports": 1},
        "X thematic_reports: 1 without any meeting summoned",
    ),
    ({"speeches": "NaN"}, "ruling: X speeches: NaN is no decimal number"),
    ({"speeches": "1e3"}, "ruling: X speeches: 1e3 is no decimal number"),
    ({"speeches": " 1"}, "ruling: X speeches:  1 is no decimal number"),
    ({"smiles": 1}, "ruling: unknown agency X or measure smiles"),
]


@pytest.mark.parametrize(("values", "message"), REFUSED)
async def test_impossible_values_are_refused_by_name(month: Month, values: dict[str, object], message: str) -> None:
    with pytest.raises(SecondEngineRefused) as refused:
        await month.settled({"X": {**FULL, **values}})
    assert [fault.message for fault in refused.value.faults] == [message]


async def test_a_comparison_with_an_unknown_value_refuses_nothing(month: Month) -> None:
    values = {"late_tasks": 3, "period_tasks": 2, "accepted_tasks": 9, "speeches": 1, "kpis_updated": 4}
    sheet = await month.settled({"X": values})
    assert sheet["provisional"] is True


async def test_impossible_rows_are_refused_too(month: Month) -> None:
    await month.freeze("public_service_portal", service_score=[{"agency_code": "X", "clgq": "12", "tttt": "10.01"}])
    await month.freeze("government_office", register=covered("X"), speech=[{"agency_code": "X"}])
    with pytest.raises(SecondEngineRefused) as refused:
        await month.run("X")
    assert [fault.message for fault in refused.value.faults] == [
        "X online_services: 22.01 is above its maximum 22",
        "X speeches: 1 without any meeting summoned",
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"agencies": [{"code": "X", "kind": "k"}] * 2}, "agency X: named 2 times"),
        ({"not_applicable": [{"agency": "Q", "indicator": "A1"}]}, "not_applicable: unknown agency Q or indicator A1"),
        ({"not_applicable": [{"agency": "X", "indicator": "A9"}]}, "not_applicable: unknown agency X or indicator A9"),
        (
            {"rulings": [{"agency": "Q", "measure": "speeches", "value": "1"}]},
            "ruling: unknown agency Q or measure speeches",
        ),
        ({"rulings": [{"agency": "X", "measure": "speeches", "value": "1"}] * 2}, "ruling: X speeches: 2 values"),
        (
            {"period_end": date(2026, 2, 2)},
            "period: 2026-01-01 to 2026-02-02, year from 2026-01-01 is no calendar month from 2026-01 on with its own year",
        ),
        (
            {"year_start": date(2025, 1, 1)},
            "period: 2026-01-01 to 2026-02-01, year from 2025-01-01 is no calendar month from 2026-01 on with its own year",
        ),
        (
            {"period_start": date(2025, 12, 1), "period_end": date(2026, 1, 1), "year_start": date(2025, 1, 1)},
            "period: 2025-12-01 to 2026-01-01, year from 2025-01-01 is no calendar month from 2026-01 on with its own year",
        ),
    ],
)
async def test_a_wrong_question_is_refused(month: Month, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SecondEngineRefused) as refused:
        await month.run("X", **changes)
    assert [fault.message for fault in refused.value.faults] == [message]


async def test_a_snapshot_of_another_source_or_period_is_refused(month: Month) -> None:
    other = await month.freeze("ndxp", period="2026-02", exchange_volume=[])
    mine = await month.freeze("finance", investment=[])
    month.snapshots.update(ndxp=other, finance=None, public_service_portal=mine, system57=10**6)
    with pytest.raises(SecondEngineRefused) as refused:
        await month.run("X")
    assert {fault.message for fault in refused.value.faults} == {
        "snapshot 1000000: expected one of system57 for 2026-01, found none",
        f"snapshot {other}: expected one of ndxp for 2026-01, found ndxp for 2026-02",
        f"snapshot {mine}: expected one of public_service_portal for 2026-01, found finance for 2026-01",
    }


async def test_every_source_must_be_named_and_every_instant_aware(month: Month) -> None:
    del month.snapshots["finance"]
    with pytest.raises(SecondEngineRefused, match="finance"):
        await month.run("X")
    month.snapshots["finance"] = None
    with pytest.raises(SecondEngineRefused, match="as_of"):
        await month.run("X", as_of=datetime(2026, 2, 2))  # noqa: DTZ001 - the naive instant is the case


async def test_a_month_without_bodies_is_an_empty_sheet(month: Month) -> None:
    assert await month.run() == {
        "period": "2026-01", "scheme": "qd-4585", "provisional": False, "leaders": {"A3": [], "C1": [], "C2": []},
        "agencies": [], "measures": {}, "informational": {}, "reported_counted": [], "awaiting": [],
    }  # fmt: skip


FLOAT_TYPE = re.compile(r"type 70[01]\b")  # pg_type: float4 is 700, float8 is 701


async def test_no_expression_of_the_parsed_statement_has_a_float_type(month: Month, owner_url: str) -> None:
    """PostgreSQL's own parse tree of the statement names the type of every column, constant, operator and function."""
    tree = parsed(owner_url, bound(owner_url))
    assert len(tree) > 100_000
    assert "type 1700" in tree, "numeric must be there, or the check reads the wrong thing"
    assert FLOAT_TYPE.search(tree) is None
    assert FLOAT_TYPE.search(parsed(owner_url, "SELECT 1 / extract(epoch FROM now())::float8 AS sheet")) is not None


async def test_it_reads_only_the_partition_of_the_named_snapshot(month: Month) -> None:
    first = await month.freeze("system57", system57_coverage=covered("X"), task_assignment=[{"agency_code": "X"}])
    await month.freeze("system57", period="2026-02", system57_coverage=covered("X"), task_assignment=[{"agency_code": "X"}])
    month.snapshots["system57"] = first
    plan = await explained(month.connection, question(month.snapshots))
    assert set(re.findall(r"task_assignment_s\d+", plan)) == {f"task_assignment_s{first}"}


def question(snapshots: dict[str, int | None]) -> dict[str, Any]:
    day = {"period_start": date(2026, 1, 1), "period_end": date(2026, 2, 1), "year_start": date(2026, 1, 1)}
    empty = dict.fromkeys(("agencies", "rulings", "not_applicable", "left_out"), "[]")
    return {**day, "as_of": CUTOFF, "deadline": DEADLINE, **snapshots, **empty, "readings": "{}"}


def bound(url: str) -> str:
    """The statement with its parameters written in, since a view can have none."""
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        cursor = psycopg.ClientCursor(connection)
        return cursor.mogrify(second_engine.statement(), question(dict.fromkeys(second_engine.SOURCES)))


def parsed(url: str, statement: str) -> str:
    with psycopg.connect(url) as connection:
        connection.execute(f"CREATE TEMP VIEW parsed AS {statement}".encode())
        row = connection.execute("SELECT ev_action::text FROM pg_rewrite WHERE ev_class = 'parsed'::regclass").fetchone()
        connection.rollback()
    if row is None:
        raise LookupError("the view has no rule")
    return str(row[0])


async def explained(connection: AsyncConnection, parameters: dict[str, Any]) -> str:
    await connection.exec_driver_sql("SET LOCAL ROLE scoring")
    answer = await connection.exec_driver_sql("EXPLAIN " + second_engine.statement(), parameters)
    return "\n".join(str(line) for line in answer.scalars())
