"""Provinces on one database, each set up through the API as the fixture says; the clock stands at the morning of day 02."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from tests.conftest import TestDatabase
from tests.integration.units.province import DAY_TWO, Province, opened_province

Founding = Callable[[str], Awaitable[Province]]


@pytest.fixture(scope="module")
async def opened(database: TestDatabase) -> AsyncIterator[Province]:
    async with opened_province(database) as made:
        yield made


@pytest.fixture
async def founded(opened: Province) -> Founding:
    """A province by its code, set up when first asked for in the test."""
    opened.clock["at"] = DAY_TWO

    async def found(agency: str) -> Province:
        made = replace(opened, agency=agency, keys={})
        await made.set_up()
        return made

    return found


@pytest.fixture
async def empty(opened: Province) -> Province:
    """Two administrators of Cần Thơ and nothing else, anew in every test but for what others left there."""
    opened.clock["at"] = DAY_TWO
    made = replace(opened, agency="H13", keys={})
    for who in ("admin one", "admin two"):
        await made.at_the_machine(who, "agency_admin", made.agency)
    return made
