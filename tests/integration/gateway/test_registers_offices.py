"""The demo's officers keep a month of registers over HTTP; a second run enters nothing new."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn

from deploy.sandbox.internal.government_office import datasets
from deploy.sandbox.months import Month
from deploy.sandbox.offices import keep_all
from services.gateway import GatewaySettings, create
from services.gateway.access.auth import create_key
from services.ingest.from_intake.register_store import rows_at
from shared.audit import Actor
from shared.database import Database
from shared.period import Period
from shared.service import Platform
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import NOW, PEPPER, RECEIPT_KEY

JANUARY, SEED = Month.parse("2026-01"), 4585


@pytest.fixture(scope="module")
def client(database: TestDatabase) -> Iterator[httpx.Client]:
    """To a gateway on a port of its own: the officers' program is a program of its own."""
    gateway = create(GatewaySettings(key_pepper=PEPPER, receipt_key=RECEIPT_KEY), Platform(database.app_url, clock=lambda: NOW))
    server = uvicorn.Server(uvicorn.Config(gateway, port=0, log_config=None, access_log=False, lifespan="on"))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),))
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as opened:
        yield opened
    server.should_exit = True
    thread.join(20)
    loop.close()


async def make_keys(app_url: str) -> dict[str, Any]:
    """Two officers, an assessor, and drafters and approvers of the bodies that propose something."""
    database = Database(app_url, role="gateway", pool_size=1)

    async def key(holder: str, role: str, agency: str | None = None) -> str:
        words = {"actor": Actor("local:tests"), "holder": holder, "reason": "kiểm thử"}
        return (await create_key(database, pepper=PEPPER, roles=[role], agency=agency, now=NOW, **words))[1]  # type: ignore[arg-type]

    made: dict[str, Any] = {"officers": [await key("officer one", "officer"), await key("officer two", "officer")]}
    made["assessor"] = await key("assessor", "assessor")
    for body in sorted({str(row["agency"]) for row in datasets(SEED, JANUARY)["initiatives"]}):
        made[body] = {role: await key(f"{body} {role}", role, body) for role in ("agency_drafter", "agency_approver")}
    await database.close()
    return made


async def entered(app_url: str) -> dict[str, list[dict[str, Any]]]:
    database = Database(app_url, role="ingest", pool_size=1)
    async with database.read() as connection:
        found = await rows_at(connection, Period(2026, 1), NOW.replace(year=2027))
    await database.close()
    return found


@pytest.mark.slow("a month of registers, some hundred entries by two officers, sent twice")
def test_the_demo_month_is_entered_once_and_says_what_the_demo_file_says(client: httpx.Client, database: TestDatabase) -> None:
    keys = asyncio.run(make_keys(database.app_url))
    counts = keep_all(client, JANUARY, keys, seed=SEED)
    wanted = datasets(SEED, JANUARY)
    assert counts == (4, len(wanted["summonses"]), len(wanted["speeches"]), len(wanted["initiatives"]))
    rows = asyncio.run(entered(database.app_url))
    names = {"registers": ("agency", "summonses", "speeches", "initiatives"),
             "summonses": ("agency", "held_on", "required_role", "online_allowed", "attended_role", "attended_mode"),
             "speeches": ("agency", "spoken_on", "kind", "speaker_role", "qualifying", "note"),
             "initiatives": ("agency", "points", "decision_document")}  # fmt: skip
    for name, columns in names.items():
        assert picked(rows[name], columns) == picked(wanted[name], columns), name
    with psycopg.connect(database.owner_url) as connection:
        before = connection.execute("SELECT count(*) FROM audit.entry").fetchone()
        assert keep_all(client, JANUARY, keys, seed=SEED) == counts
        connection.rollback()
        assert connection.execute("SELECT count(*) FROM audit.entry").fetchone() == before


def picked(rows: Any, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Rows without the ids that each way of entering gives them, in no particular order."""
    return sorted(tuple(str(row[name]) for name in columns) for row in rows)
