"""Bytes as received, compressed and named by the SHA-256 of the plain bytes (ING-05)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import zstandard

from shared.canonical import sha256_hex
from shared.errors import DomainError

ENCODING = "zstd"
_LEVEL = 1


class ArchiveDamaged(DomainError):
    """Kept bytes no longer have the digest they are kept under."""

    slug = "archive-damaged"
    title_vi = "Dữ liệu gốc lưu trữ không còn nguyên vẹn"
    title_en = "Archived bytes are damaged"


@dataclass(frozen=True)
class Packed:
    """One body ready to be kept."""

    sha256: str
    size: int
    body: bytes


@dataclass(frozen=True)
class Kept:
    """One page of a dataset that is in the archive; ``next_page`` None on the last."""

    dataset: str
    page_no: int
    sha256: str
    next_page: str | None


def pack(body: bytes) -> Packed:
    """Digest and compress; leaves the interpreter free for other work."""
    return Packed(sha256_hex(body), len(body), zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(body))


def unpack(encoding: str, body: bytes, sha256: str) -> bytes:
    """The plain bytes; the compressed form carries a checksum of its own. Raises ArchiveDamaged."""
    if encoding != ENCODING:
        raise ArchiveDamaged(f"{sha256}: kept in unknown encoding {encoding!r}")
    try:
        return zstandard.ZstdDecompressor().decompress(body)
    except zstandard.ZstdError as error:
        raise ArchiveDamaged(f"{sha256}: {error}") from error


def bodies(connection: psycopg.Connection[Any], pages: Iterable[Kept]) -> Iterator[tuple[Kept, bytes]]:
    """The kept pages in the given order, one at a time."""
    for page in pages:
        found = connection.execute("SELECT encoding, body FROM ingest.raw_body WHERE sha256 = %s", [page.sha256]).fetchone()
        if found is None:
            raise ArchiveDamaged(f"{page.sha256}: no such bytes in the archive")
        yield page, unpack(found[0], found[1], page.sha256)


def proven_bodies(connection: psycopg.Connection[Any], pages: Iterable[Kept]) -> Iterator[tuple[Kept, bytes]]:
    """The same, each proven to have the digest it is kept under. Raises ArchiveDamaged."""
    for page, body in bodies(connection, pages):
        if sha256_hex(body) != page.sha256:
            raise ArchiveDamaged(f"{page.sha256}: the kept bytes have digest {sha256_hex(body)}")
        yield page, body
