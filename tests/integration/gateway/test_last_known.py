"""While the database is away, what was published is still read, and says as of when it was the latest (ADR 48)."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import psycopg

from shared.postgres import EmbeddedPostgres
from shared.writing import moment
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, NOW, House
from tests.integration.gateway.seeds import Seeds
from tests.integration.gateway.test_public_pages import BROWSER, until

SHEET = f"{API}/periods/2026-01/scores"
PAGE = "/periods/2026-01"
LONGEST = timedelta(seconds=60)


@contextlib.asynccontextmanager
async def away(house: House, postgres: EmbeddedPostgres, database: TestDatabase) -> AsyncIterator[None]:
    """Nobody is let in, and the gateway has noticed it."""

    async def unheard() -> bool:
        return not house.gateway.published.trusted

    with psycopg.connect(postgres.dsn("postgres", database="postgres").url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database.name])
        try:
            await until(unheard)
            yield
        finally:
            admin.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS true")


async def kept(house: House, path: str, kind: str) -> bool:
    await house.get(path, accept=kind or BROWSER)
    return house.gateway.published.find((path, b"", kind)) is not None


async def test_what_was_the_latest_is_read_on_and_says_as_of_when(
    house: House, seeds: Seeds, postgres: EmbeddedPostgres, database: TestDatabase
) -> None:
    await seeds.publish(version=1)
    await until(lambda: kept(house, SHEET, "application/json"))
    await until(lambda: kept(house, PAGE, ""))
    sheet, page = await house.get(SHEET), await house.get(PAGE, accept=BROWSER)
    async with away(house, postgres, database):
        last = await house.get(SHEET)
        assert (last.status_code, last.content, last.headers["etag"]) == (200, sheet.content, sheet.headers["etag"])
        as_of = datetime.fromisoformat(last.headers["x-latest-as-of"])
        assert NOW - LONGEST < as_of <= NOW
        assert (last.headers["cache-control"], last.headers["age"].isdigit()) == ("no-store", True)
        assert "x-request-id" in last.headers
        shown = await house.get(PAGE, accept=BROWSER)
        told = moment(datetime.fromisoformat(shown.headers["x-latest-as-of"]))
        assert f"Số liệu tại thời điểm {told}." in shown.text
        assert ("etag" in shown.headers, shown.headers["content-length"]) == (False, str(len(shown.content)))
        assert shown.headers["content-security-policy"] == page.headers["content-security-policy"]
        bodiless = await house.client.head(SHEET)
        assert (bodiless.status_code, bodiless.content) == (200, b"")
        assert (await house.get(f"{API}/periods/2026-01/scores?version=1")).status_code == 503, "nobody had read it"

    async def fresh() -> bool:
        answer = await house.get(SHEET)
        return answer.status_code == 200 and "x-latest-as-of" not in answer.headers

    await until(fresh)
    await seeds.publish(version=2)

    async def second() -> bool:
        return (await house.get(SHEET)).json()["version"] == 2

    await until(second)
