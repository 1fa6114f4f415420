"""Ending tasks for certain.

On Python 3.11 ``asyncio.wait_for`` may swallow a cancellation that comes in the moment its inner wait is over, and the
database driver waits with it: a task that was cancelled once may live on. ``cancelling()`` remembers, and asking again helps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_SECONDS = 1.0


async def end(tasks: Iterable[asyncio.Task[Any]], *, again_after: float = AGAIN_SECONDS) -> None:
    """Cancel until all have ended, again every so many seconds; how they ended is not looked at."""
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=again_after)


def obey() -> None:
    """Raises CancelledError when the running task was told to end, also when nobody noticed."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
