"""A month of task rows from the source's pages to a sealed snapshot, against COPY of the same rows from one prepared buffer.

The product's run is the whole use case: ask, keep every page compressed and by its digest, read it back, parse, check,
resolve, hash a Merkle leaf a row, COPY, index, seal, look for completions recorded late, write the header. The floor has
the rows ready in COPY's own binary form and an open table without an index. Every run has a database of its own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import httpx
import psycopg

from shared.database import Database
from shared.law.scheme import legal_cutoff
from shared.registry import Registry
from shared.registry_store import load_registry
from shared.timer import now
from tests.perf import frozen, pages
from tests.perf.harness import Goal, Line, Timing, in_turn, spread
from tests.perf.place import TEMPLATE, Place
from tests.perf.processes import program, watched
from tests.perf.stages import shown, stages

GOAL, GOAL_HTTP = Goal(4), Goal(8)
CHUNK = 1 << 20
TABLE = "task_assignment"


@dataclass(frozen=True)
class Fresh:
    """A migrated database nobody has written to: addresses for the services and for the superuser."""

    app: str
    superuser: str


@dataclass(frozen=True)
class Buffer:
    """What COPY takes: the stored task rows in PostgreSQL's binary form."""

    parts: list[bytes]
    rows: int


def run(place: Place) -> Iterator[Line]:
    lines, floor = _from_memory(place)
    yield from lines
    yield from _over_http(place, floor)


def _from_memory(place: Place) -> tuple[list[Line], float]:
    rows, month = place.plan.rows, place.month
    buffer = _stored(place)
    place.say("ingest: stages")
    with psycopg.connect(place.superuser_url) as connection:
        told = tuple(shown(stages(month, place.run(_registry(place.url)), connection), buffer.rows))
    place.say(f"ingest: freezing {buffer.rows:,} rows, in turn with their COPY")
    closing: list[float] = []
    whole = in_turn(
        place.plan.rounds,
        {"floor": lambda: _floor(place, buffer), "product": lambda: _product(place, month, closing)},
        warm=False,
    )
    timing = Timing({**whole.seconds, "closing": closing})
    notes = (f"{month.size / 1e6:.0f} MB of pages in memory, {buffer.rows:,} rows stored", *told)
    lines = [
        timing.line(f"pull and freeze {rows:,} task rows", goal=GOAL, notes=notes),
        timing.line(
            "of which after the last page came", product="closing", goal=GOAL, notes=("the archive is filled by then",)
        ),
    ]
    return lines, timing.median("floor")


def _stored(place: Place) -> Buffer:
    """The floor copies exactly what the product stored."""
    statement = f"COPY ingest.{TABLE}_s{int(place.snapshot.pk)} TO STDOUT (FORMAT BINARY)"
    with psycopg.connect(place.superuser_url) as connection, connection.cursor() as cursor:
        with cursor.copy(statement.encode()) as copy:
            whole = b"".join(bytes(part) for part in copy)
        return Buffer([whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK)], cursor.rowcount)


async def _registry(url: str) -> Registry:
    database = Database(url, role="ingest")
    try:
        async with database.read() as connection:
            return await load_registry(connection, pages.PERIOD.last_day)
    finally:
        await database.close()


def _floor(place: Place, buffer: Buffer) -> float:
    with fresh(place) as database, psycopg.connect(database.superuser) as connection:
        connection.execute(f"CREATE TABLE public.floor (LIKE ingest.{TABLE})")
        connection.commit()
        started = time.perf_counter()
        with connection.cursor().copy(b"COPY public.floor FROM STDIN (FORMAT BINARY)") as copy:
            for part in buffer.parts:
                copy.write(part)
        connection.commit()
        return time.perf_counter() - started


def _product(place: Place, month: pages.Month57, closing: list[float]) -> float:
    """``closing`` takes the seconds from the last page received, as the snapshot's header tells, to the end."""
    with fresh(place) as database:
        started = time.perf_counter()
        header = place.run(frozen.freeze(database.app, month))
        closing.append((now() - header.captured_at).total_seconds())
        return time.perf_counter() - started


def _over_http(place: Place, floor: float) -> Iterator[Line]:
    """A quarter of the rows first, for its memory; then all of them."""
    rows = place.plan.rows
    place.say(f"ingest: {rows // 4:,} rows over HTTP")
    quarter = _asked(place, rows // 4, rounds=1)[0]
    place.say(f"ingest: {rows:,} rows over HTTP")
    found = _asked(place, rows, rounds=max(1, place.plan.rounds // 2))
    seconds = [each["seconds"] for each in found]
    yield Line(
        job=f"pull and freeze {rows:,} rows over HTTP",
        floor=floor,
        product=median(seconds),
        unit="s",
        ratio=median(seconds) / floor,
        spread=spread([each / floor for each in seconds]),
        goal=GOAL_HTTP,
        notes=(f"{len(found)} rounds; token, paging, a signature checked a page",),
    )
    yield _memory(quarter, found[0])


def _memory(quarter: dict[str, Any], whole: dict[str, Any]) -> Line:
    """Flat when four times the rows need hardly more."""
    return Line(
        job=f"peak memory at {whole['rows']:,} rows",
        floor=quarter["peak"] / 1e6,
        product=whole["peak"] / 1e6,
        unit="MB",
        ratio=whole["peak"] / quarter["peak"],
        goal=Goal(1.25),
        notes=(f"floor: the same at {quarter['rows']:,} rows; the process that freezes over HTTP and its children",),
    )


def _asked(place: Place, rows: int, *, rounds: int) -> list[dict[str, Any]]:
    port_file = place.home / f"sandbox-{rows}.json"
    words = ("deploy.sandbox", "--tasks", str(rows), "--port-file", str(port_file), "--die-with-parent")
    with program(*words, ready=port_file.exists):
        _wake(json.loads(port_file.read_text("utf-8")))
        return [_one(place, str(port_file)) for _ in range(rounds)]


def _wake(described: dict[str, Any]) -> None:
    """The stand-in invents its month when it is first asked; that is not the product's time."""
    system57 = described["sources"]["system57"]
    query = {"period": str(pages.PERIOD), "as_of": legal_cutoff(pages.PERIOD).isoformat(), "page_size": "1"}
    for dataset in frozen.SOURCE.datasets:
        url = f"{system57['base_url']}/api/v1/{dataset.name}"
        httpx.get(url, params=query, headers={"X-API-Key": system57["api_key"]}, timeout=60).raise_for_status()


def _one(place: Place, port_file: str) -> dict[str, Any]:
    with fresh(place) as database:
        said, most = watched("tests.perf.ingest_process", port_file, environment={"DATABASE_URL": database.app})
    return {**json.loads(said), "peak": most}


@contextmanager
def fresh(place: Place) -> Iterator[Fresh]:
    """A copy of the migrated database, all of it on disk before the clock starts; dropped afterwards."""
    name = "bench_run"
    place.server.create_database(name, template=TEMPLATE)
    with psycopg.connect(place.superuser_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    try:
        yield Fresh(*(place.server.dsn(role, database=name).url for role in ("app", "postgres")))
    finally:
        place.server.drop_database(name)
