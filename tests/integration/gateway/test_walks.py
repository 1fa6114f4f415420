"""How far a value walks: modules entered, and returns to one that was left before, for the walks of the house (ADR 26).

``pytest -m perf -s tests/integration/gateway/test_walks.py`` prints them; nothing fails by a count.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.reports import Body, report
from tests.integration.gateway.seeds import Seeds

ROOT = Path(__file__).parents[3]
PRODUCT = (str(ROOT / "services"), str(ROOT / "shared"))
# A frame that is entered, not one that goes on after an await: those stand behind their first instructions.
FIRST_INSTRUCTIONS = 8

pytestmark = pytest.mark.perf


class Walk:
    def __init__(self) -> None:
        self.stays: list[str] = []

    def see(self, frame: FrameType, event: str, argument: Any) -> None:
        del argument
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(PRODUCT) and frame.f_lasti < FIRST_INSTRUCTIONS and name != self.last:
            self.stays.append(name)

    @property
    def last(self) -> str:
        return self.stays[-1] if self.stays else ""

    def told(self) -> str:
        modules = len(set(self.stays))
        return f"{modules} modules, {len(self.stays) - modules} returns"


@contextmanager
def walking(name: str) -> Iterator[Walk]:
    walk = Walk()
    threading.setprofile(walk.see)
    sys.setprofile(walk.see)
    try:
        yield walk
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type] # None is what takes it off
    sys.stdout.write(f"\n{name}: {walk.told()}\n")


async def test_a_report_from_its_beginning_to_what_counts(house: House) -> None:
    body = Body(house, "G06", "2026-02")
    await body.ids()
    content = report("G06", "2026-02")
    with walking("report from POST …/submissions to accepted") as walk:
        assert await body.begin() == 1
        sent = await body.sent(1, content)
        await body.step(1, "handovers", "drafter")
        await body.step(1, "approvals", "approver")
        with walking("of it, the signature alone"):
            await body.step(1, "signatures", "signer", {"digest": sent["digest"]})
    assert walk.stays


async def test_a_published_sheet(house: House, seeds: Seeds) -> None:
    await seeds.publish(version=1)
    with walking("GET of a published sheet") as walk:
        answer = await house.client.get(f"{API}/periods/2026-01/scores?version=1")
    assert answer.status_code == 200
    assert walk.stays
