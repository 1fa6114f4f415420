"""The product's pages in a real Chromium: the gateway serves HTTP, the person types and clicks, no script runs.

`make test-browser` runs these; SCREENSHOTS=<folder> keeps a picture of every page that a test looks at.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from shared.postgres import EmbeddedPostgres
from tests.browser.demonstrating import Demo
from tests.browser.operated import Site, operated
from tests.browser.person import Person
from tests.browser.serving import Served, served_on
from tests.conftest import TestDatabase
from tests.e2e.processes import serving

# As root there is no sandbox to be had, and nothing here may call home.
_FLAGS = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
    "--disable-sync", "--no-first-run", "--disable-domain-reliability",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("no Chromium on this machine: install Debian's package chromium (the .ci/run does)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", found), args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(database: TestDatabase) -> Iterator[Served]:
    """The gateway on a port of its own, over a fresh database, with a clock that a test may set."""
    with served_on(database) as made:
        yield made


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One for all: a minute to make. Who changes January's versions says so."""
    data = tmp_path_factory.mktemp("demo") / "data"
    with serving(data) as url:
        yield Demo(url, data)


@pytest.fixture(scope="session")
def site(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all: each test has months of its own."""
    with operated(postgres, tmp_path_factory.mktemp("operated")) as made:
        yield made


@pytest.fixture
def person(chromium: Browser, served: Served) -> Iterator[Person]:
    """A browser with nobody signed in."""
    with Person.at(chromium, served.url) as made:
        yield made
