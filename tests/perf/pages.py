"""System 57's month as pages of contract JSON in memory, the stand-in's own bytes: invented rows, titles of the 2025 plan."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from deploy.sandbox import asking
from deploy.sandbox.envelope import common
from deploy.sandbox.months import Month
from deploy.sandbox.sources import World, source_named
from services.ingest.runtime import Asking, Connect
from shared.outbound import Answer, Ask, Endpoint
from shared.period import Period

SEED = 4585
PERIOD = Period.parse("2026-01")
PAGE_SIZE = 5_000


@dataclass(frozen=True)
class Month57:
    """Bytes of every page by dataset, in order, and the token each is asked with (None: the first)."""

    pages: dict[str, list[bytes]]
    tokens: dict[str, list[str | None]]

    @property
    def size(self) -> int:
        return sum(len(body) for pages in self.pages.values() for body in pages)


def month(rows: int, *, page_size: int = PAGE_SIZE) -> Month57:
    """A month with so many task rows, as known at the legal cutoff."""
    source = source_named("system57")
    if source is None:
        raise LookupError("system57")
    period, world = Month.parse(str(PERIOD)), World(SEED, rows)
    made = Month57({}, {})
    for dataset, content in source.datasets.items():
        found = content(world, period, period.freeze)
        asks = [
            asking.Ask(dataset, period, period.freeze, offset, page_size) for offset in range(0, max(found.rows, 1), page_size)
        ]
        made.pages[dataset] = [common(source, ask, found) for ask in asks]
        made.tokens[dataset] = [None, *(ask.token(ask.offset) for ask in asks[1:])]
    return made


class _Served:
    """Answers from memory where ingest would ask over the network."""

    def __init__(self, month: Month57, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._bodies = {
            (dataset, token): body
            for dataset, pages in month.pages.items()
            for token, body in zip(month.tokens[dataset], pages, strict=True)
        }

    async def send(self, ask: Ask) -> Answer:
        sent_at = self._clock()
        body = self._bodies[ask.path.rpartition("/")[2], dict(ask.query).get("page")]
        return Answer(200, body, ask.method, "memory:" + ask.path, None, None, None, sent_at, self._clock(), 1)


def connect(month: Month57) -> Connect:
    """In the place of ``shared.outbound.outbound``."""

    @asynccontextmanager
    async def opened(endpoint: Endpoint, clock: Callable[[], datetime]) -> AsyncIterator[Asking]:
        del endpoint
        yield _Served(month, clock)

    return opened


def bodies(month: Month57, dataset: str) -> Iterator[bytes]:
    yield from month.pages[dataset]
