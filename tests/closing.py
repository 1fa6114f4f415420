"""The last line of a run: how long all of it took beside its goal, and how much was tried. Nothing fails by it."""

from __future__ import annotations

import time

import psutil
import pytest
from _pytest.subtests import SubtestReport


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("closing", "the last line of a run")
    group.addoption("--called", metavar="NAME", default="pytest", help="what was typed, as the last line is to say it")
    group.addoption("--goal", metavar="SECONDS", type=int, help="how long the run should take on two idle cores")


def pytest_configure(config: pytest.Config) -> None:
    """Only of the process that tells: a worker of xdist tells it what it did."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Counted(), "closing-line")


class _Counted:
    def __init__(self) -> None:
        self.tests: set[str] = set()
        self.rows = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if isinstance(report, SubtestReport):
            self.rows += 1
        else:
            self.tests.add(report.nodeid)

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        terminal = config.pluginmanager.get_plugin("terminalreporter")
        took = round(time.time() - psutil.Process().create_time())
        goal = f" (goal {config.option.goal} s on two idle cores)" if config.option.goal else ""
        counted = f"{len(self.tests)} tests, and {self.rows} rows of tables in them"
        if terminal is not None and self.tests:
            terminal.write_line(f"{config.option.called}: {took} s{goal}; {counted}.")
