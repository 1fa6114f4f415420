"""One sandbox per test run; ingest against it on the module's own database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.contract.stand_ins import Bench, Benches, StandIns, bench, running_stand_ins


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
