from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from tests.conftest import TestDatabase
from tests.integration.second_engine.rows import Month, at_one_connection

Months = Callable[[], AbstractAsyncContextManager[Month]]


@pytest.fixture(scope="module")
async def months(untouched: TestDatabase) -> AsyncIterator[Months]:
    """Fresh months, each in a transaction that is rolled back."""
    async with at_one_connection(untouched.app_url) as connection:

        @asynccontextmanager
        async def fresh() -> AsyncIterator[Month]:
            async with connection.begin() as transaction:
                yield Month(connection)
                await transaction.rollback()

        yield fresh
