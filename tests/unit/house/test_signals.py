"""What tests start gets its signals as from a terminal, also where the shell that started the tests had them ignored."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import pytest_configure

IGNORED = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)


@pytest.fixture
def in_the_background() -> Iterator[None]:
    """As a script's `&` and `nohup` leave it."""
    former = {number: signal.signal(number, signal.SIG_IGN) for number in IGNORED}
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


def child_says() -> str:
    numbers = ", ".join(f"{number:d}" for number in IGNORED)
    program = f"import signal; print(*(signal.getsignal(each) == signal.SIG_IGN for each in ({numbers})))"
    return subprocess.run([sys.executable, "-ISc", program], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.usefixtures("in_the_background")
def test_a_child_has_none_of_them_ignored_and_the_tests_go_on() -> None:
    assert child_says() == "True True True", "children keep what is ignored; if they do not, nothing is tried here"
    pytest_configure()
    assert child_says() == "False False False"
    for number in IGNORED:
        signal.raise_signal(number)
