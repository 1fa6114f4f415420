"""Fixtures of the real parts: one embedded PostgreSQL per test run, one fresh migrated database per module.

Under pytest-xdist all workers share the server; the last to leave stops it.
"""

from __future__ import annotations

import fcntl
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from shared.migrate import upgrade
from shared.postgres import EmbeddedPostgres, running

# A fault that a test provokes is logged without its local variables: drawing them takes seconds.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

TEMPLATE = "bangdiem_template"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class TestDatabase:
    """URLs of one migrated database: as its owner (migrations) and as ``app`` (services)."""

    __test__ = False

    name: str
    owner_url: str
    app_url: str
    superuser_url: str


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    with running(shared / "postgres-home") as server:
        _make_template(server, shared)
        yield server


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Iterator[TestDatabase]:
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{next(_numbers)}"
    postgres.create_database(name, template=TEMPLATE)
    yield TestDatabase(
        name,
        owner_url=postgres.dsn("owner", database=name).url,
        app_url=postgres.dsn("app", database=name).url,
        superuser_url=postgres.dsn("postgres", database=name).url,
    )
    postgres.drop_database(name)


@pytest.fixture(scope="module")
def owner_url(database: TestDatabase) -> str:
    return database.owner_url


@pytest.fixture(scope="module")
def app_url(database: TestDatabase) -> str:
    return database.app_url


def _make_template(server: EmbeddedPostgres, shared: Path) -> None:
    """Migrated once per test run, whichever worker comes first."""
    with (shared / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = shared / "template.done"
        if not done.exists():
            server.create_database(TEMPLATE)
            upgrade(server.dsn("owner", database=TEMPLATE).url)
            done.touch()
