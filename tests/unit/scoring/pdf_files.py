"""What lies in a PDF, read without a library for it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_STREAM = re.compile(rb" 0 obj\n(<<[^\n]*/Length (\d+)[^\n]*>>)\nstream\n")


def attached(pdf: bytes) -> bytes:
    """The one file that lies in it."""
    (found,) = (body for head, body in _streams(pdf) if b"/EmbeddedFile" in head)
    return found


def metadata(pdf: bytes) -> str:
    """What it says of itself, as XMP."""
    (found,) = (body for head, body in _streams(pdf) if b"/Type/Metadata" in head)
    return found.decode("utf-8")


def _streams(pdf: bytes) -> Iterator[tuple[bytes, bytes]]:
    for found in _STREAM.finditer(pdf):
        body = pdf[found.end() : found.end() + int(found[2])]
        yield found[1], zlib.decompress(body) if b"/FlateDecode" in found[1] else body
