from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conftest import TestDatabase
from tests.integration.second_engine.rows import Month, at_one_connection


@pytest.fixture(scope="module")
async def connection(untouched: TestDatabase) -> AsyncIterator[AsyncConnection]:
    async with at_one_connection(untouched.app_url) as opened:
        yield opened


@pytest.fixture
async def month(connection: AsyncConnection) -> AsyncIterator[Month]:
    async with connection.begin() as transaction:
        yield Month(connection)
        await transaction.rollback()
