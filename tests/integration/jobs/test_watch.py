"""What lives long is begun again when it ends, however it ends, and readiness knows meanwhile (OPS-03, ADR 48)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.gateway import GatewaySettings, create
from shared.ending import end
from shared.service import Platform
from shared.watch import Up, Watch
from tests.conftest import TestDatabase

PATIENCE = 20.0
LONG_LIVED = ("checks of large reports", "events to webhooks", "publication listener")


async def until(true: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "not in time"
        await asyncio.sleep(0.01)


async def test_however_a_life_ends_the_next_one_begins() -> None:
    watch, lives = Watch(first_pause=0.01), [0]

    async def life(up: Up) -> None:
        lives[0] += 1
        if lives[0] == 1:
            raise ValueError("a fault of ours")
        if lives[0] == 2:
            return
        if lives[0] == 3:
            raise ConnectionResetError
        await begun.wait()
        up()
        await asyncio.Event().wait()

    begun = asyncio.Event()
    async with watch.keeping("it", life):
        await until(lambda: lives[0] == 4)
        assert watch.down() == ["it"], "it has not said yet that it has what it needs"
        begun.set()
        await until(lambda: watch.down() == [])
        (living,) = (task for task in asyncio.all_tasks() if task.get_name() == "it")
        living.cancel()
        await until(lambda: lives[0] == 5)
        await until(lambda: watch.down() == [])
    assert watch.down() == []
    assert not [task for task in asyncio.all_tasks() if "it" in task.get_name().split()]


async def test_a_watch_that_is_killed_itself_is_told() -> None:
    watch = Watch()

    async def life(up: Up) -> None:
        up()
        await asyncio.Event().wait()

    async with watch.keeping("it", life) as keeper:
        await asyncio.sleep(0)
        assert watch.down() == []
        keeper.cancel()
        await until(keeper.done)
        assert watch.down() == ["it"]


@pytest.fixture
async def watched(database: TestDatabase) -> AsyncIterator[tuple[Watch, httpx.AsyncClient]]:
    """A gateway's watch and a client of it."""
    watch = Watch(first_pause=1.0)
    gateway = create(GatewaySettings(key_pepper=SecretStr("p" * 40)), Platform(database.app_url, watch=watch))
    async with gateway.opened(), httpx.AsyncClient(transport=httpx.ASGITransport(gateway), base_url="http://g") as client:
        yield watch, client


@pytest.mark.parametrize("name", LONG_LIVED)
async def test_a_killed_task_makes_the_gateway_not_ready_until_it_is_back(
    watched: tuple[Watch, httpx.AsyncClient], name: str
) -> None:
    watch, client = watched
    assert (await client.get("/readyz")).status_code == 200
    (living,) = (task for task in asyncio.all_tasks() if task.get_name() == name)
    # Asked again until it ends: the driver may swallow a cancellation that comes as it connects.
    await end([living], again_after=0.1)
    await until(lambda: watch.down() == [name])
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "not-ready")
    await until(lambda: watch.down() == [])
    assert (await client.get("/readyz")).status_code == 200
