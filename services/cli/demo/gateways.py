"""Gateways to which the demo's bodies and officers report, one for each core.

Forked right after the imports, before any thread or event loop exists: they need not load anything a second time. Each waits
on a pipe for what to serve, answers with its address, and ends when the pipe does, also when the demo is killed.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path

from uvicorn.loops.auto import auto_loop_factory

from services.cli.serve import bind, gateway_of, url_of
from services.cli.site import Site
from shared.ending import GRACE_SECONDS, end, to_the_end
from shared.errors import Unavailable
from shared.service import Platform


@dataclass(frozen=True)
class Served:
    """What a gateway is to serve."""

    data_dir: Path
    database_url: str


class Gateways:
    """``pipes`` lead to one process each."""

    def __init__(self, pipes: list[Connection], children: list[ForkProcess]) -> None:
        self._pipes = pipes
        self._children = children
        self._urls: Iterator[str] | None = None
        self._asking = asyncio.Lock()

    def serve(self, site: Site) -> None:
        """They begin; where they answer is asked later, so that they start meanwhile."""
        for pipe in self._pipes:
            pipe.send(Served(site.data_dir, site.platform.database_url))

    async def url(self) -> str:
        """The address of one of them, of each in turn. Raises Unavailable when one did not start; standard error says why."""
        # An address is said once: two who wait for it at the same time would wait for ever.
        async with self._asking:
            if self._urls is None:
                try:
                    self._urls = cycle([await asyncio.to_thread(pipe.recv) for pipe in self._pipes])
                except EOFError as error:
                    raise Unavailable("a gateway of the demo did not start", hint="The lines above say why.") from error
            return next(self._urls)

    def end(self) -> None:
        """They end what they have begun; again does nothing. Before the database ends, or they would miss it."""
        for pipe in self._pipes:
            pipe.close()
        for child in self._children:
            child.join(GRACE_SECONDS)


@contextmanager
def gateways(most: int) -> Iterator[Gateways]:
    """As many as there are cores, and ``most`` at most."""
    context = multiprocessing.get_context("fork")
    ours: list[Connection] = []
    children: list[ForkProcess] = []
    for _ in range(min(os.cpu_count() or 1, most)):
        mine, theirs = context.Pipe()
        ours.append(mine)
        children.append(context.Process(target=_child, args=(theirs, tuple(ours)), daemon=True))
        children[-1].start()
        theirs.close()
    made = Gateways(ours, children)
    try:
        yield made
    finally:
        made.end()


def _child(pipe: Connection, inherited: tuple[Connection, ...]) -> None:
    # A pipe ends when nobody holds its other end any more: not we either.
    for each in inherited:
        each.close()
    # A terminal's Ctrl-C reaches this process too; the demo closes the pipe when it has ended what it began.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        served = pipe.recv()
    except EOFError:
        return
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(to_the_end(_serve(served, pipe)))


async def _serve(served: Served, pipe: Connection) -> None:
    bound = bind("127.0.0.1", 0)
    # Whoever calls before the server accepts waits in the queue instead of being refused.
    bound.listen()
    site = Site(served.data_dir, Platform(served.database_url), None, None)
    running = asyncio.create_task(gateway_of(site, bound).run())
    try:
        pipe.send(url_of(bound))
    except OSError:
        # Nobody asked: a second demo has no reports to wait for, and may end before this one has loaded.
        await end([running], again_after=GRACE_SECONDS)
        return
    told = asyncio.Event()
    asyncio.get_running_loop().add_reader(pipe.fileno(), told.set)
    leaving = asyncio.create_task(told.wait())
    try:
        done, _ = await asyncio.wait([running, leaving], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end([running, leaving], again_after=GRACE_SECONDS)
