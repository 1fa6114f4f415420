"""What lies in a PDF, read without a library for it."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

_STREAM = re.compile(rb" 0 obj\n(<<[^\n]*/Length (\d+)[^\n]*>>)\nstream\n")


def attached(pdf: bytes) -> bytes:
    """The published document that lies in it."""
    (found,) = (body for body in _files(pdf) if b'"agencies"' in body)
    return found


def root_file(pdf: bytes) -> dict[str, Any]:
    """What it says of the month's bundle."""
    (found,) = (json.loads(body) for body in _files(pdf) if b'"root"' in body)
    return dict(found)


def metadata(pdf: bytes) -> str:
    """What it says of itself, as XMP."""
    (found,) = (body for head, body in _streams(pdf) if b"/Type/Metadata" in head)
    return found.decode("utf-8")


def _files(pdf: bytes) -> list[bytes]:
    return [body for head, body in _streams(pdf) if b"/EmbeddedFile" in head]


def _streams(pdf: bytes) -> Iterator[tuple[bytes, bytes]]:
    for found in _STREAM.finditer(pdf):
        body = pdf[found.end() : found.end() + int(found[2])]
        yield found[1], zlib.decompress(body) if b"/FlateDecode" in found[1] else body
