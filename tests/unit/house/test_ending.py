"""A task that lets a cancellation go by is ended all the same, and learns of it where it asks."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from shared.ending import end, obey, to_the_end


async def swallows(times: int) -> None:
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            times -= 1
            if times < 0:
                raise


async def test_a_swallowed_cancellation_is_said_again() -> None:
    task = asyncio.create_task(swallows(2))
    await asyncio.sleep(0)
    await asyncio.wait_for(end([task], again_after=0.01), 5)
    assert task.cancelled()


async def test_a_task_that_missed_its_cancellation_obeys_where_it_asks() -> None:
    async def works() -> str:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        obey()
        return "went on"

    task = asyncio.create_task(works())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_task_nobody_cancelled_goes_on() -> None:
    obey()


async def test_nothing_is_left_behind_by_work_that_fails() -> None:
    left: list[asyncio.Task[None]] = []

    async def work() -> None:
        left.append(asyncio.create_task(swallows(1)))
        await asyncio.sleep(0)
        raise ValueError

    def run() -> None:
        asyncio.run(to_the_end(work()))

    with pytest.raises(ValueError, match=r"^$"):
        await asyncio.to_thread(run)
    assert left[0].cancelled()
