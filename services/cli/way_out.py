"""The way out before anything serves: a signal ends the program in order, and is remembered.

SystemExit raised from a signal may be swallowed by foreign code that was running at that moment, or be turned into an error of
its own (both seen with compiled validators while the application is built), or be told as an error that nobody could be told of
(seen in the callback of a dead reference). So whoever begins to wait asks whether it was told
to end before, and an error that ends the program is asked the same.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

_told: list[int] = []


def take_signals() -> None:
    """SIGTERM and SIGINT end the program through its own exits, so that what was started is stopped."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    sys.unraisablehook = _unraisable


def was_told_to_end() -> bool:
    return bool(_told)


def exit_code() -> int | None:
    """What a program ends with that was told to before it served; None when it was not."""
    return 128 + _told[0] if _told else None


def _unraisable(found: sys.UnraisableHookArgs) -> None:
    """Of what was raised where nobody catches, the way out is no error."""
    if not (was_told_to_end() and isinstance(found.exc_value, SystemExit)):
        sys.__unraisablehook__(found)


def _leave(number: int, frame: FrameType | None) -> None:
    del frame
    _told.append(number)
    sys.exit(128 + number)
