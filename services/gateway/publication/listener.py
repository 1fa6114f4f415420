"""Hears of publications over one connection of its own, so that the cache never sends a stale latest version.

PostgreSQL delivers a notification when the publication commits. A heartbeat proves that the connection can still deliver: its
answer comes after every notification sent before it, and only then is the cache trusted for another while.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psycopg
import structlog

from services.gateway.http.published_cache import PublishedCache
from shared.database import Database, session_options

log = structlog.get_logger(__name__)

CHANNEL = "publication"
HEARTBEAT_SECONDS = 2.0
TRUST_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0

Connection = psycopg.AsyncConnection[tuple[Any, ...]]


async def listen(database: Database, published: PublishedCache) -> None:
    """Until cancelled. While there is no connection nothing vouches for the latest versions."""
    pause = _FIRST_PAUSE
    while True:
        try:
            async with await _connect(database) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                published.forget(None)
                log.debug("publications are heard")
                pause = _FIRST_PAUSE
                await _hear(connection, published)
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.warning("publications are not heard", error=type(error).__name__, retry_in_seconds=pause)
        finally:
            published.distrust()
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


async def _connect(database: Database) -> Connection:
    options = session_options(database.role)
    async with asyncio.timeout(TRUST_SECONDS):
        return await psycopg.AsyncConnection.connect(
            database.url, autocommit=True, options=options, application_name="bangdiem-gateway-listener"
        )


async def _hear(connection: Connection, published: PublishedCache) -> None:
    while True:
        asked_at = time.monotonic()
        async with asyncio.timeout(TRUST_SECONDS):
            await connection.execute("SELECT 1")
        await _take(connection, published, timeout=0)
        published.trust(asked_at + TRUST_SECONDS)
        await _take(connection, published, timeout=HEARTBEAT_SECONDS)


async def _take(connection: Connection, published: PublishedCache, *, timeout: float) -> None:  # noqa: ASYNC109 - the driver's own
    async for notice in connection.notifies(timeout=timeout):
        published.forget(notice.payload)
