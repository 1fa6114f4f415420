from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from sqlalchemy import pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from tests.conftest import TestDatabase
from tests.integration.second_engine.rows import Month

Months = Callable[[], AbstractAsyncContextManager[Month]]


@pytest.fixture
async def months(untouched: TestDatabase) -> AsyncIterator[Months]:
    """Fresh months, each in a transaction that is rolled back."""
    engine = create_async_engine(make_url(untouched.app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)

    @asynccontextmanager
    async def fresh() -> AsyncIterator[Month]:
        async with engine.connect() as connection:
            transaction = await connection.begin()
            yield Month(connection)
            await transaction.rollback()

    yield fresh
    await engine.dispose()
