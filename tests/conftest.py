"""Fixtures of the real parts: one embedded PostgreSQL per test run, one fresh migrated database per module.

Under pytest-xdist all workers share the server; the last to leave stops it.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import itertools
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from shared.migrate import upgrade
from shared.postgres import EmbeddedPostgres, running
from shared.postgres.server import SETTINGS

pytest_plugins = ["tests.closing", "pytester"]

# A fault that a test provokes is logged without its local variables: drawing them takes seconds.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

TEMPLATE = "bangdiem_template"
# Of this server nothing need outlive the machine's power. Only this start is told so: the product knows no such setting, and
# servers that tests start for themselves, or that programs under test start, are as durable as in production.
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
# What is not even read where its mark is not wanted: a browser's library, and requests that Schemathesis makes while they are
# collected, take longer to read than all the rest.
MARKED = {
    "browser": {"browser"},
    "slow": {"contract/test_openapi_generated.py", "contract/test_openapi_whoever.py"},
}
_numbers = itertools.count(1)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """True for what would be deselected to the last test."""
    unwanted = {path for mark, paths in MARKED.items() if f"not {mark}" in config.option.markexpr for path in paths}
    return True if any(collection_path == Path(__file__).parent / path for path in unwanted) else None


def pytest_configure() -> None:
    """Whatever tests start gets its signals as from a terminal, however the shell started us.

    A script's background job has SIGINT and SIGQUIT ignored, a `nohup` SIGHUP, and a child keeps what is ignored; of a signal
    that is handled it gets the default. So handled it is, by doing nothing: for this process it stays ignored.
    """
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def pytest_collection_finish() -> None:
    """What collecting made, some million objects, stays to the end: who looks for garbage need not look there."""
    gc.freeze()


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
    with contextlib.ExitStack() as opened:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in FORGETFUL.items():
                patch.setitem(SETTINGS, name, value)
            server = opened.enter_context(running(shared / "postgres-home"))
        _make_template(server, shared)
        yield server


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Iterator[TestDatabase]:
    with _fresh(postgres) as made:
        yield made


@pytest.fixture(scope="session")
def untouched(postgres: EmbeddedPostgres) -> Iterator[TestDatabase]:
    """Shared by all modules that commit nothing: they roll back what they write, or only read."""
    with _fresh(postgres) as made:
        yield made


@contextlib.contextmanager
def _fresh(postgres: EmbeddedPostgres) -> Iterator[TestDatabase]:
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
