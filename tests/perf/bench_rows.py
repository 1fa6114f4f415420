"""First page of the rows behind a figure, classified, hashed and spelled, against as many rows fetched by their key."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from services.gateway.access.tenancy import whole_read
from services.gateway.publication.row_lists import Asked, Part, RowList
from services.gateway.publication.store.row_changes import Side, list_changed_rows
from services.gateway.publication.store.rows import snapshots_named
from shared.datasets import DATASETS
from shared.measures.frame import parameters
from shared.measures.group_a import TASKS
from tests.perf.bench_measures import frame
from tests.perf.harness import Goal, Line, in_turn
from tests.perf.place import Place

GOAL = Goal(10)
PAGE = 100
REPEATED = 20
TASK = next(each for each in DATASETS if each.name == TASKS.dataset)
_PLAIN = f"SELECT * FROM ingest.{TASK.table} WHERE snapshot_pk = :pk"


def run(place: Place) -> Iterator[Line]:
    snapshot = place.snapshot
    place.say("rows: first pages")
    header = place.run(_header(place, snapshot.snapshot_id))
    rows = RowList((Part(0, TASK, header, TASKS, {}),), parameters(frame(snapshot.pk)))
    agency = place.run(_first_agency(place, snapshot.pk))
    for name, asked in (
        ("of one body", Asked(agency, limit=PAGE + 1)),
        ("of one body, late ones", Asked(agency, "late", limit=PAGE + 1)),
        ("of all bodies", Asked(None, limit=PAGE + 1)),
    ):
        floor = _looked_at(place, snapshot.pk, agency) if asked.verdict else _fetched(place, snapshot.pk, asked.agency)
        timing = in_turn(place.plan.rounds, {"floor": floor, "product": _listed(place, rows, asked)})
        note = "floor: all rows of the body are looked at, as where none has the verdict" if asked.verdict else ""
        yield timing.line(f"first page of {place.plan.rows:,} task rows {name}", goal=GOAL, notes=(note,) if note else ())

    timing = in_turn(
        place.plan.rounds,
        {"floor": _looked_at(place, snapshot.pk, agency), "product": _compared(place, rows.given, agency)},
    )
    notes = ("floor: all rows of the body are looked at once; the product judges them twice and finds that none changed",)
    yield timing.line(f"changed rows of one body of {place.plan.rows:,} task rows", goal=GOAL, notes=notes)


async def _header(place: Place, snapshot_id: str) -> Any:
    async with whole_read(place.database("gateway")) as connection:
        (found,) = await snapshots_named(connection, [snapshot_id])
    return found


async def _first_agency(place: Place, pk: int) -> str:
    """The body with the most rows."""
    statement = (
        f"SELECT agency_code FROM ingest.{TASK.table} WHERE snapshot_pk = {pk} GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    )
    async with place.owner.read() as connection:
        return str((await connection.exec_driver_sql(statement)).scalar_one())


def _listed(place: Place, rows: RowList, asked: Asked) -> Callable[[], float]:
    database = place.database("gateway")

    async def seconds() -> float:
        async with whole_read(database) as connection:
            started = time.perf_counter()
            for _ in range(REPEATED):
                _ = [each.shown() for each in await rows.read(connection, asked)]
            return (time.perf_counter() - started) / REPEATED

    return lambda: place.run(seconds())


def _compared(place: Place, given: Mapping[str, Any], agency: str) -> Callable[[], float]:
    """The same snapshot on both sides, spoken of at another instant, so that every row is judged on both."""
    database = place.database("gateway")
    sides = Side(TASKS, given), Side(TASKS, {**given, "known_at": given["known_at"] + timedelta(seconds=1)})

    async def seconds() -> float:
        async with whole_read(database) as connection:
            started = time.perf_counter()
            await list_changed_rows(connection, TASK, sides, agency=agency, after=None, limit=PAGE + 1)
            return time.perf_counter() - started

    return lambda: place.run(seconds())


def _looked_at(place: Place, pk: int, agency: str) -> Callable[[], float]:
    own = f"SELECT count(percent) FROM ingest.{TASK.table} WHERE snapshot_pk = :pk AND agency_code = :agency"
    return _asked(place, own, {"pk": pk, "agency": agency})


def _fetched(place: Place, pk: int, agency: str | None) -> Callable[[], float]:
    own = "" if agency is None else " AND agency_code = :agency"
    given = {"pk": pk} | ({} if agency is None else {"agency": agency})
    return _asked(place, f"{_PLAIN}{own} ORDER BY agency_code, task_id LIMIT {PAGE + 1}", given)


def _asked(place: Place, statement: str, given: dict[str, Any]) -> Callable[[], float]:
    asked = text(statement)

    async def seconds() -> float:
        async with place.owner.read() as connection:
            started = time.perf_counter()
            for _ in range(REPEATED):
                (await connection.execute(asked, given)).all()
            return (time.perf_counter() - started) / REPEATED

    return lambda: place.run(seconds())
