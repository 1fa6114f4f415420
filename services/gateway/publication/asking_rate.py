"""How often one caller is answered what costs a whole month's scoring. Kept in memory: nothing of a question is written."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from math import ceil

from shared.problems import TooManyRequests

_MINUTE = timedelta(minutes=1)
# Callers remembered before those who asked nothing for a minute are forgotten.
_CALLERS = 10_000


class WhatIfRate:
    """Answers of the last minute by caller, of one process."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._answered: dict[str, deque[datetime]] = {}

    def admit(self, caller: str, now: datetime) -> None:
        """Counts the question. Raises TooManyRequests with the seconds until the oldest answer is a minute old."""
        answered = self._answered.setdefault(caller, deque())
        while answered and now - answered[0] >= _MINUTE:
            answered.popleft()
        if len(answered) >= self._per_minute:
            wait = max(1, ceil((answered[0] + _MINUTE - now).total_seconds()))
            message = f"a key is answered {self._per_minute} such questions a minute"
            raise TooManyRequests(message, retry_after=wait, hint=f"Ask again in {wait} seconds.")
        answered.append(now)
        if len(self._answered) > _CALLERS:
            self._answered = {name: each for name, each in self._answered.items() if each and now - each[-1] < _MINUTE}
