"""Where the benchmarks work: a directory, a PostgreSQL of their own with fsync on, one event loop; made when asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.snapshot.records import FrozenSnapshot
from shared.database import Database
from shared.migrate import upgrade
from shared.postgres import EmbeddedPostgres, running
from tests.perf import frozen, pages
from tests.perf.harness import Plan

Result = TypeVar("Result")
DATABASE, TEMPLATE = "bench", "bench_template"


@dataclass
class Place:
    """``say`` shows progress; ``stack`` ends everything that was begun here."""

    plan: Plan
    home: Path
    stack: ExitStack
    say: Callable[[str], None] = field(default=lambda words: None)

    @cached_property
    def server(self) -> EmbeddedPostgres:
        self.say("starting PostgreSQL")
        server = self.stack.enter_context(running(self.home / "postgres-home"))
        server.create_database(TEMPLATE)
        upgrade(server.dsn("owner", database=TEMPLATE).url)
        server.create_database(DATABASE, template=TEMPLATE)
        return server

    @cached_property
    def url(self) -> str:
        """Of the migrated database, as the services' login role."""
        return self.server.dsn("app", database=DATABASE).url

    @cached_property
    def superuser_url(self) -> str:
        return self.server.dsn("postgres", database=DATABASE).url

    @cached_property
    def owner(self) -> Database:
        """The database past every role and policy, closed with the place."""
        return self._opened(Database(self.superuser_url, role=None, pool_size=1))

    @cached_property
    def runner(self) -> asyncio.Runner:
        return self.stack.enter_context(asyncio.Runner())

    @cached_property
    def month(self) -> pages.Month57:
        """System 57's month with the plan's number of task rows."""
        self.say(f"{self.plan.rows:,} task rows as pages")
        return pages.month(self.plan.rows)

    @cached_property
    def snapshot(self) -> FrozenSnapshot:
        """The header of that month, frozen in the database of this place."""
        month = self.month
        self.say(f"freezing {self.plan.rows:,} task rows")
        return self.run(frozen.freeze(self.url, month))

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(work)

    def database(self, role: str) -> Database:
        """The database as one service sees it, closed with the place."""
        return self._opened(Database(self.url, role=role))

    def _opened(self, opened: Database) -> Database:
        _ = self.runner
        self.stack.callback(lambda: self.run(opened.close()))
        return opened


@contextmanager
def place(plan: Plan, *, say: Callable[[str], None] | None = None) -> Iterator[Place]:
    with TemporaryDirectory(prefix="bangdiem-bench-") as home, ExitStack() as stack:
        yield Place(plan, Path(home), stack, say or (lambda words: None))


async def audited(connection: AsyncConnection, subject: str) -> None:
    """The audit row without which the database refuses a transaction's facts."""
    await connection.exec_driver_sql(
        "INSERT INTO audit.entry (actor, action, object) VALUES ('bench', 'bench.seed', %(subject)s)", {"subject": subject}
    )
