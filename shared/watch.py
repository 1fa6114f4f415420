"""Long-lived tasks of a process, watched: what ends is begun again, and readiness is told what is down (ADR 48).

A worker, a listener or a sender lives until it is told to end. That it ended by itself, with an error or without one, is never
what anybody wanted, and nobody awaits it who would notice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from shared.database import DATABASE_LOST, DatabaseUnavailable
from shared.ending import AGAIN_SECONDS, end, obey

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
# A life that lasted so long was no failed beginning: the next pause is the first one again.
SETTLED_SECONDS = 60.0
PASSING = (*DATABASE_LOST, DatabaseUnavailable, OSError)
# Called by a life when it has all it needs, such as its connection; until then a task that ended before stays down.
Up = Callable[[], None]
Life = Callable[[Up], Coroutine[None, None, None]]


@dataclass
class _Watched:
    name: str
    keeper: asyncio.Task[None] | None = None
    living: asyncio.Task[None] | None = None
    fallen: bool = False

    def up(self) -> None:
        self.fallen = False

    @property
    def is_down(self) -> bool:
        return self.fallen or (self.keeper is not None and self.keeper.done())


@dataclass
class Watch:
    """The long-lived tasks of one process. Before one is begun again ``first_pause`` seconds pass, then twice as many."""

    first_pause: float = FIRST_PAUSE
    _watched: list[_Watched] = field(default_factory=list)

    def down(self) -> list[str]:
        """Names of the tasks that do not do their work at the moment."""
        return sorted({each.name for each in self._watched if each.is_down})

    @asynccontextmanager
    async def keeping(self, name: str, life: Life, *, grace: float = AGAIN_SECONDS) -> AsyncIterator[asyncio.Task[None]]:
        """A task that lives inside the block, again and again; gives the one that begins it. ``grace`` (seconds) is what a life
        that is told to end may take before it is told again."""
        watched = _Watched(name)
        watched.keeper = asyncio.create_task(self._keep(watched, life), name=f"watch of {name}")
        self._watched.append(watched)
        try:
            yield watched.keeper
        finally:
            try:
                await end([watched.keeper])
                await end([watched.living], again_after=grace)
            finally:
                self._watched.remove(watched)

    async def keep(self, name: str, life: Life, *, grace: float = AGAIN_SECONDS) -> None:
        """The same as a service's whole life: until cancelled."""
        async with self.keeping(name, life, grace=grace) as keeper:
            await keeper

    async def _keep(self, watched: _Watched, life: Life) -> None:
        pause = self.first_pause
        while True:
            obey()
            begun = time.monotonic()
            # In a task of its own: whoever cancels that one does not end the watch.
            watched.living = asyncio.create_task(life(watched.up), name=watched.name)
            await asyncio.wait([watched.living])
            watched.fallen = True
            _tell_end(watched.name, watched.living)
            if time.monotonic() - begun > SETTLED_SECONDS:
                pause = self.first_pause
            log.warning("a long-lived task is begun again", task=watched.name, in_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


def _tell_end(name: str, ended: asyncio.Task[None]) -> None:
    if ended.cancelled():
        log.warning("a long-lived task was cancelled", task=name)
    elif isinstance(error := ended.exception(), PASSING):
        log.warning("a long-lived task lost what it needs", task=name, error=type(error).__name__)
    elif error is not None:
        log.error("a long-lived task failed", task=name, exc_info=error)
