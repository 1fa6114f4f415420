"""A signal before anything serves ends the program as it should, whatever was running when it came."""

from __future__ import annotations

import subprocess
import sys

import pytest

# A command whose foreign code is hit by the signal and makes of our exit what compiled validators were seen to make of it.
PROGRAM = """
import signal
from services.cli import application

def foreign():
    try:
        signal.raise_signal(signal.{name})
    except SystemExit as ended:
        {made}

application.application = lambda words: lambda given: foreign()
application.main()
"""


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
@pytest.mark.parametrize("made", ["raise", "raise ValueError('cannot build') from ended"])
def test_an_exit_that_foreign_code_wrapped_is_still_the_exit(name: str, code: int, made: str) -> None:
    program = PROGRAM.format(name=name, made=made)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (code, "")


def test_an_exit_that_nobody_could_be_told_of_is_no_error_and_others_are() -> None:
    """A signal in the callback of a dead reference: what it raises there nobody catches, and Python would tell it."""
    program = """
import signal, weakref
from services.cli.way_out import exit_code, take_signals

class Thing: pass

def dies(raised):
    thing = Thing()
    kept = weakref.ref(thing, lambda _: raised())
    del thing

take_signals()
dies(lambda: signal.raise_signal(signal.SIGTERM))
print(exit_code())
dies(lambda: 1 // 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "143\n"
    assert "SystemExit" not in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_an_error_without_a_signal_is_told() -> None:
    program = (
        "from services.cli import application\napplication.application = lambda words: lambda given: 1 // 0\napplication.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
