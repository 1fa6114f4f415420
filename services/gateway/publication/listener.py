"""Hears of publications over one connection of its own, so that the cache never sends a stale latest version.

PostgreSQL delivers a notification when the publication commits. A heartbeat proves that the connection can still deliver: its
answer comes after every notification sent before it, and only then is the cache trusted for another while. The answer also says
in how many seconds something is released: trust ends by then, and from there on every reader is answered by the database until
the next heartbeat. What time it is here plays no part (docs/adr/0040).
"""

from __future__ import annotations

import asyncio
import math
import time
from datetime import datetime
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
_HEARTBEAT = "SELECT release_at, seconds FROM scoring.next_release()"


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
    awaited = None
    while True:
        asked_at = time.monotonic()
        async with asyncio.timeout(TRUST_SECONDS):
            release_at, seconds = await _next_release(connection)
        if release_at != awaited:
            # What was awaited is released, or something else comes before it.
            published.forget(None)
            awaited = release_at
        if await _hears(connection, published, seconds=0):
            continue
        published.trust(asked_at + min(TRUST_SECONDS, seconds))
        await _hears(connection, published, seconds=max(0.0, min(HEARTBEAT_SECONDS, seconds)))


async def _next_release(connection: Connection) -> tuple[datetime | None, float]:
    """When something is released next, and in how many seconds as the database counts them; never: infinitely many."""
    found = await (await connection.execute(_HEARTBEAT)).fetchone()
    release_at, seconds = (None, None) if found is None else found
    return release_at, math.inf if seconds is None else seconds


async def _hears(connection: Connection, published: PublishedCache, *, seconds: float) -> bool:
    """Whether something was heard in time. Whether it is public yet the next heartbeat says; nothing is trusted before."""
    heard = False
    async for notice in connection.notifies(timeout=seconds, stop_after=1):
        published.trust(0.0)
        published.forget(notice.payload)
        heard = True
    return heard
