"""Canonical bytes of a sheet against SHA-256 of them; a Merkle root over rows against SHA-256 of all rows in one piece."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from services.ingest.sources import source_named
from shared.canonical import canonical_bytes, merkle_root
from shared.datasets.canonical_rows import canonical_values
from tests.perf import pages, sheets
from tests.perf.harness import Goal, Line, in_turn, once, repeated
from tests.perf.place import Place

GOAL = Goal(4)
SHEET_BYTES = 150_000


def run(place: Place) -> Iterator[Line]:
    place.say("canonical: a sheet")
    yield _sheet(place.plan.rounds)
    place.say(f"canonical: Merkle root over {place.plan.rows:,} rows")
    yield _root(place.plan.rows, place.plan.rounds)


def _sheet(rounds: int) -> Line:
    document = sheets.document(_agencies_for(SHEET_BYTES))
    whole = canonical_bytes(document)
    timing = in_turn(
        rounds,
        {
            "floor": repeated(lambda: hashlib.sha256(whole).digest()),
            "product": repeated(lambda: canonical_bytes(document)),
        },
    )
    return timing.line(f"canonical bytes of a {len(whole) / 1000:.0f} KB sheet", goal=GOAL, notes=("floor: SHA-256 of them",))


def _agencies_for(size: int) -> int:
    """How many agencies make a sheet of about so many bytes."""
    small, large = (len(canonical_bytes(sheets.document(count))) for count in (10, 20))
    return round((size - small) / (large - small) * 10) + 10


def _root(rows: int, rounds: int) -> Line:
    leaves = list(_canonical_rows(rows))
    joined = b"".join(leaves)
    timing = in_turn(
        rounds,
        {
            "floor": once(lambda: hashlib.sha256(joined).digest()),
            "product": once(lambda: merkle_root(leaves)),
        },
    )
    return timing.line(
        f"Merkle root over {rows:,} rows", goal=GOAL, notes=(f"{len(joined) / rows:.0f} bytes a row; floor: SHA-256 of all",)
    )


def _canonical_rows(rows: int) -> Iterator[bytes]:
    """Task rows as their snapshot's leaves hold them; a few thousand of them again and again, numbered."""
    source = source_named("system57")
    interface, dataset = source.interface, source.dataset("task_assignments")
    if interface is None:
        raise LookupError("system57 has no interface")
    body = next(pages.bodies(pages.month(min(rows, pages.PAGE_SIZE)), dataset.name))
    shown = [
        canonical_bytes(canonical_values(dataset, ["H01", None, *(getattr(row, name) for name in dataset.names)]))
        for row in interface.parse(dataset, body).rows
    ]
    for number in range(rows):
        row = shown[number % len(shown)]
        yield b"%b,%07d]" % (row[:-1], number)
