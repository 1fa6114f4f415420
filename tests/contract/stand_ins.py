"""The sandbox as a real process, and ingest set up to ask it. Used by the contract and the integration suites of ingest."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings, SourceSettings
from shared.database import Database, rows
from shared.period import Period

PATIENCE = 30
# Beyond every period the tests use, so that their cutoffs have passed; the sandbox itself keeps the machine's time.
FAR = datetime(2060, 1, 1, tzinfo=UTC)
_months = itertools.count()


def fresh_period() -> Period:
    """A month no other test of this process has frozen: from 2027 on, 2026 is for tests that name their months."""
    return Period(2027, 1).shifted(months=next(_months))


@dataclass(frozen=True)
class StandIns:
    """One running sandbox: how to reach it, and its admin's routes."""

    described: dict[str, Any]
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, trust_env=False))

    def plant(self, source: str, mode: str, **more: Any) -> None:
        """Plant one fault; see deploy/sandbox/faults.py for modes."""
        self._admin("POST", "faults_url", json={"source": source, "mode": mode, **more})

    def heal(self) -> None:
        self._admin("DELETE", "faults_url")

    def requests(self) -> list[dict[str, Any]]:
        """Data requests the sandbox has seen and answered, oldest first."""
        found: list[dict[str, Any]] = self._admin("GET", "requests_url").json()
        return [each for each in found if each["dataset"] != "token"]

    def forget(self) -> None:
        self._admin("DELETE", "requests_url")

    def settings(self, **more: Any) -> IngestSettings:
        """Quick to retry, small pages; ``more`` goes to every source."""
        return IngestSettings(**{name: self.source(name, **more) for name in self.described["sources"]})

    def source(self, name: str, **more: Any) -> SourceSettings:
        one = self.described["sources"][name]
        given = {
            "base_url": one["base_url"],
            "token_url": one["token_url"],
            "client_id": one["client_id"],
            "client_secret": one["client_secret"],
            "public_jwk": json.dumps(one["jwk"]),
            "page_size": 1000 if name == "system57" else 20,
            "timeout_seconds": 10,
            "attempts": 3,
            "wait_seconds": 0.01,
            "patience_seconds": 5,
        }
        return SourceSettings(**{**given, **more})

    def _admin(self, method: str, route: str, **more: Any) -> httpx.Response:
        admin = self.described["admin"]
        answer = self.client.request(method, admin[route], headers={"Authorization": f"Bearer {admin['token']}"}, **more)
        answer.raise_for_status()
        return answer


@contextmanager
def running_stand_ins(directory: Path) -> Iterator[StandIns]:
    port_file = directory / "sandbox.json"
    command = [sys.executable, "-m", "deploy.sandbox", "--port-file", str(port_file), "--die-with-parent"]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        until = time.monotonic() + PATIENCE
        while not port_file.exists():
            if child.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the sandbox did not start")
            time.sleep(0.02)
        found = StandIns(json.loads(port_file.read_text("utf-8")))
        yield found
        found.client.close()
    finally:
        child.terminate()
        child.wait(timeout=10)


@dataclass(frozen=True)
class Bench:
    """Ingest against one database, and what a test looks at afterwards."""

    runtime: Runtime
    owner_url: str

    async def all(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        async with self.runtime.database.read() as connection:
            return await rows(connection, text(statement), values)

    async def one(self, statement: str, **values: Any) -> Any:
        found = await self.all(statement, **values)
        assert len(found) == 1, found
        return next(iter(found[0].values()))

    async def outcomes(self, source: str, period: Period) -> list[tuple[str | None, str | None]]:
        """State and problem type of every pull of the source's period, oldest first."""
        found = await self.all(
            "SELECT o.state, o.problem ->> 'type' AS problem FROM ingest.pull p LEFT JOIN ingest.pull_outcome o USING (pull_id)"
            " WHERE source = :source AND period = :period ORDER BY p.recorded_at",
            source=source,
            period=str(period),
        )
        return [(line["state"], line["problem"]) for line in found]

    async def nothing_half_written(self, source: str, period: Period) -> bool:
        """No header, and no partition that is not attached to its table."""
        headers = await self.one(
            "SELECT count(*) FROM ingest.snapshot WHERE source = :source AND period = :period",
            source=source,
            period=str(period),
        )
        loose = await self.one(
            "SELECT count(*) FROM pg_class c WHERE relnamespace = 'ingest'::regnamespace AND relkind = 'r'"
            " AND NOT relispartition AND relname ~ '_s[0-9]+$'"
        )
        return (headers, loose) == (0, 0)


def bench(app_url: str, owner_url: str, settings: IngestSettings, clock: Callable[[], datetime] | None = None) -> Bench:
    database = Database(app_url, role="ingest", pool_size=8)
    return Bench(Runtime(database, settings, clock or (lambda: FAR)), owner_url)


class Benches:
    """Makes benches for one test and closes them with it."""

    def __init__(self, app_url: str, owner_url: str) -> None:
        self._urls = (app_url, owner_url)
        self._made: list[Bench] = []

    def __call__(self, settings: IngestSettings, clock: Callable[[], datetime] | None = None) -> Bench:
        self._made.append(bench(*self._urls, settings, clock))
        return self._made[-1]

    async def close(self) -> None:
        for each in self._made:
            await each.runtime.database.close()
