"""One sandbox per test run; ingest against it on the module's own database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.conftest import TestDatabase
from tests.contract.served import Served, serving
from tests.contract.stand_ins import Bench, Benches, StandIns, bench, running_stand_ins


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Schemathesis gives every operation's test the same id, and of tests with one id xdist runs only one."""
    for item in items:
        label = getattr(item, "operation_label", None)
        if label is not None and not item.nodeid.endswith("]"):
            item._id = item.id.with_params(label)
    ids = [item.nodeid for item in items]
    if len(ids) != len(set(ids)):
        raise pytest.UsageError("several tests have one id, so some of them would not be run")


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIns]:
    with running_stand_ins(tmp_path_factory.mktemp("sandbox")) as found:
        yield found


@pytest.fixture
def healed(stand_ins: StandIns) -> Iterator[StandIns]:
    """The sandbox without faults, before and after."""
    stand_ins.heal()
    stand_ins.forget()
    yield stand_ins
    stand_ins.heal()


@pytest.fixture(scope="module")
async def ingest(stand_ins: StandIns, app_url: str, owner_url: str) -> AsyncIterator[Bench]:
    found = bench(app_url, owner_url, stand_ins.settings())
    yield found
    await found.runtime.database.close()


@pytest.fixture
async def benches(app_url: str, owner_url: str) -> AsyncIterator[Benches]:
    """Ingest with other settings or another clock, on the same database."""
    found = Benches(app_url, owner_url)
    yield found
    await found.close()


@pytest.fixture(scope="module")
async def unsigned(stand_ins: StandIns, app_url: str, owner_url: str) -> AsyncIterator[Bench]:
    """Ingest that knows no source's key."""
    found = bench(app_url, owner_url, stand_ins.settings(public_jwk=None))
    yield found
    await found.runtime.database.close()


@pytest.fixture(scope="module")
async def whole_pages(stand_ins: StandIns, app_url: str, owner_url: str) -> AsyncIterator[Bench]:
    """Ingest that asks for all rows at once."""
    found = bench(app_url, owner_url, stand_ins.settings(page_size=50_000))
    yield found
    await found.runtime.database.close()


@pytest.fixture(scope="module")
def served(database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(database, tmp_path_factory.mktemp("signing")) as found:
        yield found
