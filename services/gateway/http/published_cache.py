"""Published sheets ready to send, kept in memory within a budget of bytes.

A pinned version never changes, so it may be sent whenever it is here. The latest version may be sent only while the listener
vouches that no publication can have gone unheard: until ``trust`` runs out, and never after ``forget``.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.gateway.http.compression import Compressor, codings_of

Key = tuple[str, bytes, str]
Headers = tuple[tuple[bytes, bytes], ...]

# A small sheet costs more than its bytes: headers, key and bookkeeping.
_OVERHEAD = 2048
# What was made smaller is kept a second time by its digest: a sheet stands under several keys.
_COMPRESSED_PART = 8


@dataclass(frozen=True, slots=True)
class Prepared:
    """One answer: headers of the 200 and of the 304, and the ASGI message with the stored bytes.

    ``pinned``: neither its bytes nor its headers change any more. ``period`` None is of the latest published month: a
    publication of any month may make another one the latest. ``smaller``: the same by content coding, where that is smaller.
    """

    period: str | None
    version: int
    pinned: bool
    etag: bytes
    headers: Headers
    unchanged: Headers
    message: dict[str, Any]
    smaller: Mapping[str, Prepared] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.message["body"]) + _OVERHEAD + sum(each.size for each in self.smaller.values())


def accepted_of(prepared: Prepared, accept_encoding: bytes | None) -> Prepared:
    """The answer in the coding that is liked best of those that were won by."""
    if accept_encoding is None:
        return prepared
    for coding in codings_of(accept_encoding):
        if coding in prepared.smaller:
            return prepared.smaller[coding]
    return prepared


class PublishedCache:
    """Least recently used goes first when ``budget`` bytes are exceeded."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._size = 0
        self._entries: OrderedDict[Key, Prepared] = OrderedDict()
        self._trusted_until = 0.0
        self.generation = 0
        self.compressor = Compressor(budget // _COMPRESSED_PART)

    def find(self, key: Key) -> Prepared | None:
        prepared = self._entries.get(key)
        if prepared is None or not (prepared.pinned or time.monotonic() < self._trusted_until):
            return None
        self._entries.move_to_end(key)
        return prepared

    def put(self, key: Key, prepared: Prepared, *, generation: int) -> None:
        """``generation`` is what it was before the database was read: a publication heard since then makes this stale."""
        if not prepared.pinned and (generation != self.generation or not self.trusted):
            return
        self._drop(key)
        self._entries[key] = prepared
        self._size += prepared.size
        while self._size > self._budget:
            self._drop(next(iter(self._entries)))

    def trust(self, until: float) -> None:
        """Latest versions may be sent until this instant of time.monotonic()."""
        self._trusted_until = until

    def distrust(self) -> None:
        self._trusted_until = 0.0
        self.forget(None)

    def forget(self, period: str | None) -> None:
        """Drop the latest versions of a period, or of all."""
        self._forget(lambda each: period is None or each.period in (None, period))

    def outdate(self, period: str, version: int) -> None:
        """A caller learns of this version now: its predecessor must not be the latest, however late the notification is."""
        self._forget(lambda each: each.period is None or (each.period == period and each.version < version))

    def _forget(self, stale: Callable[[Prepared], bool]) -> None:
        self.generation += 1
        for key in [key for key, each in self._entries.items() if not each.pinned and stale(each)]:
            self._drop(key)

    @property
    def trusted(self) -> bool:
        """Whether somebody vouches for the latest versions at this moment."""
        return time.monotonic() < self._trusted_until

    @property
    def size(self) -> int:
        return self._size

    def _drop(self, key: Key) -> None:
        dropped = self._entries.pop(key, None)
        if dropped is not None:
            self._size -= dropped.size
