"""Published bytes made smaller on their way (RFC 9110 §§8.4, 12.5.3): brotli or gzip, for who accepts one.

Each process makes its own from the stored bytes, and another library may make others: their ETag is weak, `W/` before the
digest of the stored bytes. So one tag finds all of them, and If-None-Match, which compares weakly, works across them.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import brotli

from services.gateway.http.negotiation import choose_codings

# Below here the headers outweigh what is won.
SMALLEST = 1024
# Made once and sent often, but the first reader waits: docs/performance.md says what more of either would cost.
_BROTLI_QUALITY, _GZIP_LEVEL = 6, 9
# Nobody's list of codings is as long; what is longer is sent plain.
_LONGEST_HEADER = 256


def _brotli(body: bytes) -> bytes:
    made: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY)
    return made


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)


# Of equally liked ones the first is sent: it is the smallest.
_MAKERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {"br": _brotli, "gzip": _gzip}


@lru_cache(maxsize=256)
def _accepted(header: bytes) -> tuple[str, ...]:
    return choose_codings(header.decode("latin-1"), tuple(_MAKERS))


def codings_of(header: bytes) -> tuple[str, ...]:
    """What an Accept-Encoding likes better than the plain bytes, best first. Who refuses every coding, plain bytes too, gets
    those."""
    return _accepted(header) if len(header) <= _LONGEST_HEADER else ()


class Compressor:
    """What was made smaller, by the digest of what it was made from; least recently used goes first beyond ``budget`` bytes."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._size = 0
        self._made: OrderedDict[str, Mapping[str, bytes]] = OrderedDict()

    async def compress(self, digest: str, body: bytes) -> Mapping[str, bytes]:
        """The bytes with that digest made smaller, by coding; none where nothing is won."""
        if len(body) < SMALLEST:
            return {}
        made = self._made.get(digest)
        if made is None:
            made = await asyncio.to_thread(_made_of, body)
            self._keep(digest, made)
        else:
            self._made.move_to_end(digest)
        return made

    def _keep(self, digest: str, made: Mapping[str, bytes]) -> None:
        # Somebody else may have asked for it meanwhile.
        self._size += _size_of(made) - _size_of(self._made.get(digest, {}))
        self._made[digest] = made
        while self._size > self._budget:
            self._size -= _size_of(self._made.popitem(last=False)[1])


def _made_of(body: bytes) -> dict[str, bytes]:
    made = {coding: make(body) for coding, make in _MAKERS.items()}
    return {coding: smaller for coding, smaller in made.items() if len(smaller) < len(body)}


def _size_of(made: Mapping[str, bytes]) -> int:
    return sum(map(len, made.values()))
