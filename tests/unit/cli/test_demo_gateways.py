"""The demo's gateways say their address once; everybody who asks gets one."""

from __future__ import annotations

import asyncio
import multiprocessing

from services.cli.demo.gateways import Gateways


async def test_two_who_ask_at_once_both_get_an_address() -> None:
    ours, theirs = zip(*(multiprocessing.Pipe() for _ in range(2)), strict=True)
    gateways = Gateways(list(ours), [])
    asked = [asyncio.create_task(gateways.url()) for _ in range(3)]
    await asyncio.sleep(0)
    for number, pipe in enumerate(theirs):
        pipe.send(f"http://127.0.0.1:{number}")
    async with asyncio.timeout(20):
        found = await asyncio.gather(*asked)
    assert sorted(found) == ["http://127.0.0.1:0", "http://127.0.0.1:0", "http://127.0.0.1:1"]
    for pipe in (*ours, *theirs):
        pipe.close()
