"""What was made smaller is made once and kept within its budget; who takes which coding."""

from __future__ import annotations

import gzip
import random

import brotli
import pytest

from services.gateway.http.compression import SMALLEST, Compressor, codings_of


async def test_it_is_made_once_within_the_budget() -> None:
    compressor = Compressor(200)
    first = await compressor.compress("a", b"a" * 10_000)
    assert list(first) == ["br", "gzip"]
    assert gzip.decompress(first["gzip"]) == brotli.decompress(first["br"]) == b"a" * 10_000
    assert await compressor.compress("a", b"a" * 10_000) is first
    for number in range(20):
        await compressor.compress(str(number), b"b" * 10_000)
    again = await compressor.compress("a", b"a" * 10_000)
    assert again == first
    assert again is not first
    assert await Compressor(0).compress("a", b"a" * 10_000) == first


async def test_what_would_not_be_smaller_is_left_alone() -> None:
    assert await Compressor(10**6).compress("small", b"a" * (SMALLEST - 1)) == {}
    assert await Compressor(10**6).compress("noise", random.Random(1).randbytes(SMALLEST)) == {}  # noqa: S311


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        (b"gzip, deflate, br, zstd", "br gzip"),
        (b"gzip", "gzip"),
        (b"br", "br"),
        (b"*", "br gzip"),
        (b"gzip;q=1.0, br;q=0.8", "gzip br"),
        (b"br;q=0, *;q=0.5", "gzip"),
        (b"br;q=0.5, identity", ""),
        (b"br;q=0.5, identity;q=0.5", "br"),
        (b"gzip;q=0.2, identity;q=0.5, BR", "br"),
        (b"identity, *;q=0", ""),
        (b"br;q=2", ""),
        (b"", ""),
    ],
)
def test_codings_are_taken_as_they_are_liked(header: bytes, taken: str) -> None:
    assert codings_of(header) == tuple(taken.split())
