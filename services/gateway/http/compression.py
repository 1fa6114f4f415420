"""Published bytes made smaller on their way (RFC 9110 §§8.4, 12.5.3): gzip, for who accepts it.

Each process makes its own from the stored bytes, and another zlib may make others: their ETag is weak, `W/` before the digest
of the stored bytes. So one tag finds both, and If-None-Match, which compares weakly, works across them.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from functools import lru_cache

from services.gateway.http.negotiation import quality_of

CODING = "gzip"
# Below here the headers outweigh what is won.
SMALLEST = 1024
# The bytes are made once and sent often.
_LEVEL = 9
# Nobody's list of codings is as long; what is longer is sent plain.
_LONGEST_HEADER = 256


@lru_cache(maxsize=256)
def _accepted(header: bytes) -> bool:
    return quality_of(header.decode("latin-1"), CODING) > 0


def accepts_gzip(header: bytes) -> bool:
    """Whether an Accept-Encoding takes it. Who refuses every coding, plain bytes too, gets those."""
    return len(header) <= _LONGEST_HEADER and _accepted(header)


class Compressor:
    """What was made smaller, by the digest of what it was made from; least recently used goes first beyond ``budget`` bytes."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._size = 0
        self._made: OrderedDict[str, bytes] = OrderedDict()

    async def compress(self, digest: str, body: bytes) -> bytes | None:
        """The bytes with that digest made smaller; None where nothing is won."""
        if len(body) < SMALLEST:
            return None
        made = self._made.get(digest)
        if made is None:
            made = await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)
            self._keep(digest, made)
        else:
            self._made.move_to_end(digest)
        return made if len(made) < len(body) else None

    def _keep(self, digest: str, made: bytes) -> None:
        # Somebody else may have asked for it meanwhile.
        self._size += len(made) - len(self._made.get(digest, b""))
        self._made[digest] = made
        while self._size > self._budget:
            self._size -= len(self._made.popitem(last=False)[1])
