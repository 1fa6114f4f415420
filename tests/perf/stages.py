"""Where the time of a freeze goes: each stage's pure function over the same pages, one after the other, in CPU seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from psycopg import Connection
from psycopg.copy import Copy, Writer

from services.ingest.contract.reading import Reading
from services.ingest.contract.rows import Block, copy_rows, copy_types
from services.ingest.contract.source import Window
from services.ingest.pull.archive import ENCODING, pack, unpack
from shared.datasets.declaration import Dataset
from shared.law.scheme import legal_cutoff
from shared.registry import Registry
from tests.perf.frozen import SOURCE
from tests.perf.pages import PAGE_SIZE, PERIOD, Month57

Result = TypeVar("Result")
DATASET = "task_assignments"


class Stopwatch:
    """CPU seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, stage: str, call: Callable[[], Result]) -> Result:
        started = time.process_time()
        result = call()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.process_time() - started
        return result


class _Nowhere(Writer):
    """Takes what COPY would send."""

    def write(self, data: Any) -> None:
        pass


def stages(month: Month57, registry: Registry, connection: Connection[Any]) -> dict[str, float]:
    """CPU seconds of keeping, reading, checking and writing the task rows. ``connection`` only lends its encoders."""
    watch, dataset, interface = Stopwatch(), SOURCE.dataset(DATASET), SOURCE.interface
    if interface is None:
        raise LookupError("system57 has no interface")
    window = Window(PERIOD, legal_cutoff(PERIOD), PAGE_SIZE)
    reading = Reading(dataset, contract=SOURCE.contract, window=window, registry=registry)
    with Copy(connection.cursor(), binary=True, writer=_Nowhere()) as copy:
        copy.set_types(copy_types(dataset))
        for body in month.pages[DATASET]:
            packed = watch.time("keep: digest, compress", partial(pack, body))
            plain = watch.time("read back: expand, digest", partial(unpack, ENCODING, packed.body, packed.sha256))
            page = watch.time("parse: types of the contract", partial(interface.parse, dataset, plain))
            first = reading.row_count + 1
            block = watch.time("check, resolve, hash leaves", partial(reading.accept, page))
            rows = watch.time("columns for COPY", partial(_tuples, dataset, block, first))
            watch.time("format COPY", partial(_write, copy, rows))
    watch.time("Merkle root, totals", reading.finish)
    return watch.seconds


def _tuples(dataset: Dataset, block: Block, first: int) -> list[tuple[Any, ...]]:
    return list(copy_rows(dataset, block, first))


def _write(copy: Copy, rows: list[tuple[Any, ...]]) -> None:
    for row in rows:
        copy.write_row(row)


def shown(seconds: dict[str, float], rows: int) -> Iterator[str]:
    for stage, spent in seconds.items():
        yield f"{stage} {spent / rows * 1e6:.1f} µs a row"
