"""Ending tasks for certain.

On Python 3.11 ``asyncio.wait_for`` may swallow a cancellation that comes in the moment its inner wait is over, and the
database driver waits with it: a task that was cancelled once may live on. ``cancelling()`` remembers, and asking again helps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any, TypeVar

AGAIN_SECONDS = 1.0
# How long services may take to finish what they have begun.
GRACE_SECONDS = 10.0
Result = TypeVar("Result")


async def end(tasks: Iterable[asyncio.Task[Any] | None], *, again_after: float = AGAIN_SECONDS) -> None:
    """Cancel until all have ended, again every so many seconds; how they ended is not looked at."""
    pending = {task for task in tasks if task is not None and not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=again_after)


async def to_the_end(work: Awaitable[Result]) -> Result:
    """What a program's event loop is given: the work, and then the end of every task it left behind.

    A loop that closes cancels what is left once and waits: a connection pool's helper that misses it would hold the program.
    """
    try:
        return await work
    finally:
        await end(asyncio.all_tasks() - {asyncio.current_task()})


def obey() -> None:
    """Raises CancelledError when the running task was told to end, also when nobody noticed."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
