"""What was made smaller is made once and kept within its budget."""

from __future__ import annotations

import gzip
import random

from services.gateway.http.compression import SMALLEST, Compressor


async def test_it_is_made_once_within_the_budget() -> None:
    compressor = Compressor(200)
    first = await compressor.compress("a", b"a" * 10_000)
    assert first is not None
    assert gzip.decompress(first) == b"a" * 10_000
    assert await compressor.compress("a", b"a" * 10_000) is first
    for number in range(20):
        await compressor.compress(str(number), b"b" * 10_000)
    again = await compressor.compress("a", b"a" * 10_000)
    assert again == first
    assert again is not first
    assert await Compressor(0).compress("a", b"a" * 10_000) == first


async def test_what_would_not_be_smaller_is_left_alone() -> None:
    assert await Compressor(10**6).compress("small", b"a" * (SMALLEST - 1)) is None
    assert await Compressor(10**6).compress("noise", random.Random(1).randbytes(SMALLEST)) is None  # noqa: S311
