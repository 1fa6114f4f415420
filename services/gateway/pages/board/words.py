"""What the first page says: time left in words, and things to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal

from services.gateway.pages.page_words import Words
from shared.period import VIETNAM
from shared.writing import day

_DAY: Final = 86_400
_HOUR: Final = 3_600
_MINUTE: Final = 60
# Of the first units that are not zero, so many are said: who has days left need not hear of minutes.
_SAID: Final = 2
_UNITS: Final = ((_DAY, "ngày", "day"), (_HOUR, "giờ", "hour"), (_MINUTE, "phút", "minute"))


@dataclass(frozen=True)
class Task:
    """Something that waits; ``path`` below the pages' root is where it is done, None where no page does it."""

    words: Words
    path: str | None
    kind: Literal["bad", "warn", ""] = ""


@dataclass(frozen=True)
class Tag:
    """A state, with the colour that goes with its words."""

    words: Words
    kind: Literal["good", "bad", "warn", ""] = ""


def left_words(seconds: int, ends_at: str) -> Words:
    """Time left until the first instant too late: còn 3 ngày 4 giờ, đến hết ngày 04/02/2026."""
    vi, en = _until(ends_at)
    if seconds <= 0:
        return f"đã quá hạn: {vi}", f"past: {en}"
    parts = _parts(seconds)
    if not parts:
        return f"còn dưới 1 phút, đến {vi}", f"less than a minute left, until {en}"
    spoken = " ".join(f"{count} {name}" for count, name, _ in parts)
    english = " ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, _, name in parts)
    return f"còn {spoken}, đến {vi}", f"{english} left, until {en}"


def _parts(seconds: int) -> list[tuple[int, str, str]]:
    """Neighbours only: 3 days and 5 minutes are 3 days."""
    counted = [(seconds // _DAY, *_UNITS[0][1:]), (seconds % _DAY // _HOUR, *_UNITS[1][1:])]
    counted.append((seconds % _HOUR // _MINUTE, *_UNITS[2][1:]))
    first = next((at for at, each in enumerate(counted) if each[0]), len(counted))
    return [each for each in counted[first : first + _SAID] if each[0]]


def _until(ends_at: str) -> Words:
    """As the last day on which it can be done, where that day ends then."""
    found = datetime.fromisoformat(ends_at).astimezone(VIETNAM)
    if found.time() == time():
        last = day(found.date() - timedelta(days=1))
        return f"hết ngày {last}", f"the end of {last}"
    return f"{found:%H:%M} ngày {day(found.date())}", f"{found:%H:%M} on {day(found.date())}"


def seconds_between(now: str, ends_at: str) -> int:
    """Whole seconds left; below zero once it is past."""
    return int((datetime.fromisoformat(ends_at) - datetime.fromisoformat(now)).total_seconds())
