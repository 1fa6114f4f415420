"""The database goes away under running services and comes back: nobody begins them again, and all of them work on (ADR 48).

Real processes, over an embedded PostgreSQL that is stopped, killed, and started again on its port.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from shared.migrate import upgrade
from shared.postgres import EmbeddedPostgres
from tests.e2e.processes import Process, bangdiem, environment, stop_all

PATIENCE = 60.0
# Longer than any connection pool of the product waits for a connection.
AWAY_SECONDS = 35.0
PEPPER = "e2e-pepper-" + "x" * 32
WHY = {"reason": "thử mất cơ sở dữ liệu"}
pytestmark = pytest.mark.slow("three services as processes, their database away for 35 s")


def until(true: Callable[[], Any], *, what: str, patience: float = PATIENCE) -> Any:
    end = time.monotonic() + patience
    while not (found := true()):
        assert time.monotonic() < end, f"{what}: not in time"
        time.sleep(0.1)
    return found


@dataclass
class Site:
    """Three services as processes, and their database."""

    folder: Path
    server: EmbeddedPostgres
    url: str
    key: str
    processes: list[Process]

    @property
    def owner_url(self) -> str:
        return self.server.dsn("owner").url

    def ready(self) -> int:
        return httpx.get(f"{self.url}/readyz", timeout=20).status_code

    def facts(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.owner_url) as connection:
            return connection.execute(statement).fetchall()

    def away(self, seconds: float) -> None:
        """Stopped in order, and started again as another process on the same port."""
        self.server.stop()
        until(lambda: self.ready() == 503, what="not ready")
        time.sleep(seconds)
        assert self.ready() == 503
        self.server = EmbeddedPostgres(self.folder)
        self.server.start()

    def command(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """A command to its end, whatever that is."""
        with httpx.Client(base_url=self.url, headers={"authorization": f"Bearer {self.key}"}, timeout=20) as client:
            answer = client.post(f"/api/v1{path}", json={**body, **WHY})
            assert answer.status_code == 202, answer.text
            place = answer.headers["location"]
            return until(
                lambda: (found := client.get(place).json())["state"] in ("succeeded", "failed") and found, what="command"
            )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    server = EmbeddedPostgres(tmp_path)
    server.start()
    made = None
    try:
        upgrade(server.dsn("owner").url)
        env = environment(
            DATABASE_URL=server.dsn("app").url, BANGDIEM_GATEWAY_KEY_PEPPER=PEPPER, BANGDIEM_DATA_DIR=str(tmp_path / "data")
        )
        owning = {**env, "DATABASE_OWNER_URL": server.dsn("owner").url}
        key = bangdiem("key", "create", "e2e", "--role", "operator", "--reason", "thử", env=owning).stdout.strip()
        gateway = Process("run", "gateway", "--port", "0", env=env)
        workers = [Process("run", name, env=env) for name in ("ingest", "scoring")]
        url = gateway.wait_for(r"REST: (\S+)/api/v1")[1]
        made = Site(tmp_path, server, url, key, [gateway, *workers])
        until(lambda: _answers(url), what="ready")
        yield made
        assert stop_all(made.processes) == [0, 0, 0]
    finally:
        if made is not None:
            for process in made.processes:
                process.child.kill()
        (made.server if made is not None else server).stop()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=20).status_code == 200
    except httpx.TransportError:
        return False


LOOKS = "SELECT count(*) FROM queue.job_run WHERE task = 'ingest.cutoffs' AND state = 'succeeded'"


def test_every_service_outlives_an_outage_and_works_on(site: Site) -> None:
    until(lambda: site.facts(LOOKS) >= [(1,)], what="ingest at work")
    site.away(AWAY_SECONDS)
    until(lambda: site.ready() == 200, what="ready again")
    assert [process.child.poll() for process in site.processes] == [None, None, None]
    # Scoring is at work: it refuses a month of which nothing is known, and says so.
    assert site.command("/score-plans", {"period": "2026-01"})["state"] in ("succeeded", "failed")
    # Ingest began again, and looked at once for what was missed.
    until(lambda: site.facts(LOOKS) >= [(2,)], what="ingest at work again")
