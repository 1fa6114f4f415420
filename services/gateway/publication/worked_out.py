"""What published versions and finished runs give, kept in memory of one process: neither ever changes, so what is worked out of
them does not. The least recently asked goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

Found = TypeVar("Found")


class WorkedOut:
    """``most`` things are kept. Two that ask for the same at once may both work it out."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Found]]) -> Found:
        """``key`` names what it is and the versions or runs that it follows from, and nothing that can change."""
        if key not in self._kept:
            self._kept[key] = await make()
        found: Found = self._kept[key]
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return found
