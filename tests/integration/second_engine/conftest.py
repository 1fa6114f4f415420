from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from tests.conftest import TestDatabase
from tests.integration.second_engine.rows import Month


@pytest.fixture
async def month(untouched: TestDatabase) -> AsyncIterator[Month]:
    engine = create_async_engine(make_url(untouched.app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield Month(connection)
        await transaction.rollback()
    await engine.dispose()
