"""Published bytes made smaller for who accepts brotli or gzip: the same document under one digest (PUB-02, PUB-13)."""

from __future__ import annotations

import gzip
import json

import brotli
import httpx
import pytest

from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.seeds import Published, Seeds
from tests.integration.gateway.test_scores import SCORES, trusted

BROWSER = "gzip, deflate, br, zstd"
# Every way of saying it, and which coding is meant.
SAID = [
    ("gzip", "gzip"), (BROWSER, "br"), ("*", "br"), ("GZIP;q=0.5, identity;q=0.1", "gzip"), ("br, gzip;q=0.001", "br"),
    ("br;q=0.2, gzip", "gzip"), ("br", "br"), ("identity", ""), ("", ""), ("gzip;q=0", ""), ("*;q=0", ""),
    ("gzip;q=0, *", "br"), ("gzip;q=0.5, identity", ""), ("x-gzip-like", ""), ("gzip" + ", identity" * 100, ""),
]  # fmt: skip


DECODED = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}


@pytest.fixture(scope="module")
async def first(seeds: Seeds) -> Published:
    return await seeds.publish(version=1)


async def raw(house: House, path: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """The answer, and its bytes as they went over the wire."""
    async with house.client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join([each async for each in answer.aiter_raw()])


@pytest.mark.parametrize("accept", ["application/json, */*;q=0.5", "application/json"])
async def test_who_accepts_a_coding_gets_the_same_bytes_smaller(house: House, first: Published, accept: str) -> None:
    """By the ordinary way, and by the edge."""
    await trusted(house)
    for said, meant in SAID:
        answer, sent = await raw(house, SCORES, accept=accept, **{"accept-encoding": said})
        assert answer.headers.get("content-encoding", "") == meant, said
        assert DECODED[meant](sent) == first.json, said
        assert answer.headers["etag"] == ("W/" if meant else "") + f'"{first.digest}"', said
        assert answer.headers["vary"] == "Accept, Accept-Encoding"
        assert answer.headers["content-length"] == str(len(sent))
        assert not meant or len(sent) * 5 < len(first.json)


@pytest.mark.parametrize("accept", ["application/json", "application/json, */*;q=0.5"])
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("tag", ['"{0}"', 'W/"{0}"', '"other", W/"{0}"', "*"])
async def test_either_tag_says_that_the_version_is_had(
    house: House, first: Published, accept: str, coding: str, tag: str
) -> None:
    had = tag.format(first.digest)
    answer, sent = await raw(house, SCORES, accept=accept, **{"accept-encoding": coding, "if-none-match": had})
    assert (answer.status_code, sent) == (304, b"")
    assert answer.headers["etag"] == ("W/" if coding != "identity" else "") + f'"{first.digest}"'
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert "content-encoding" not in answer.headers
    other, _ = await raw(house, SCORES, accept=accept, **{"accept-encoding": coding, "if-none-match": 'W/"other"'})
    assert other.status_code == 200


async def test_every_published_rendering_may_be_smaller_and_a_head_tells_its_length(house: House, first: Published) -> None:
    small = {"accept-encoding": BROWSER}
    for path in (f"{SCORES}?format=csv", f"{SCORES}/G06", "/", "/periods/2026-01", "/periods/2026-01/style.css?version=1"):
        for _ in range(2):
            plain, stored = await raw(house, path)
            answer, sent = await raw(house, path, **small)
            assert (answer.headers["content-encoding"], brotli.decompress(sent)) == ("br", stored), path
            assert "Accept-Encoding" in answer.headers["vary"], path
            assert "Accept-Encoding" in plain.headers["vary"], path
            head = await house.client.head(path, headers=small)
            assert head.headers["content-length"] == str(len(sent)), path
    # The digest is of the document, whichever way it came.
    document = json.loads(brotli.decompress((await raw(house, f"{SCORES}?version=1", **small))[1]))
    assert document == json.loads(first.json)
    assert "content-encoding" not in (await raw(house, f"{API}/periods", **small))[0].headers
