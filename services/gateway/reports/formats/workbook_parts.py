"""A workbook's parts, unpacked within bounds and packed anew, so that its reader sees what was measured and nothing else.

The reader lays a sheet out as one full rectangle: a single cell in the last corner would ask for gigabytes. Each sheet is
therefore walked first; formula errors and formulas without a value, which would read as empty cells, are found then too.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from posixpath import basename
from typing import Final
from xml.parsers import expat

from services.gateway.reports.formats.unreadable import HINT, MOST_UNPACKED_BYTES, require_cells, too_large, unreadable
from services.gateway.reports.formats.workbook_walk import lengths_of, walk_of
from shared.errors import Fault

_READ: Final = (".xml", ".rels")


@dataclass(frozen=True)
class Parts:
    """``packed`` is a clean workbook; ``errors`` are (sheet's part, cell, what stands there)."""

    packed: bytes
    errors: tuple[tuple[str, str, str], ...]
    documents: dict[str, bytes]


def parts_of(body: bytes) -> Parts:
    """Raises ReportUnreadable for what is no workbook, ReportTooLarge for one beyond the bounds."""
    documents = _unpacked(body)
    shared, *more = [part for name, part in documents.items() if _is_shared_strings(name)] or [b""]
    if more:
        raise _no_workbook("it has more than one table of shared texts")
    try:
        strings = lengths_of(shared)
        walks = {name: walk_of(part, strings) for name, part in documents.items() if b"sheetData" in part}
    except (expat.ExpatError, ValueError) as error:
        raise _no_workbook(str(error)) from error
    require_cells(sum(walk.area for walk in walks.values()))
    if sum(walk.copied for walk in walks.values()) > MOST_UNPACKED_BYTES:
        raise too_large("bytes of text", most=MOST_UNPACKED_BYTES)
    errors = tuple((name, place, seen) for name, walk in walks.items() for place, seen in walk.errors)
    return Parts(_packed(documents), errors, documents)


def _unpacked(body: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            entries = [entry for entry in packed.infolist() if entry.filename.endswith(_READ)]
            if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
                raise too_large("unpacked bytes", most=MOST_UNPACKED_BYTES)
            documents = {entry.filename: packed.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
        raise _no_workbook(str(error)) from error
    if len(documents) < len(entries) or "[Content_Types].xml" not in documents:
        raise _no_workbook("its parts are not those of an .xlsx workbook")
    return documents


def _is_shared_strings(name: str) -> bool:
    return basename(name.replace("\\", "/")).casefold() == "sharedstrings.xml"


def _packed(documents: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as packed:
        for name, part in documents.items():
            packed.writestr(name, part)
    return whole.getvalue()


def _no_workbook(why: str) -> Exception:
    expected = "an .xlsx workbook without a password"
    return unreadable([Fault("file", f"not a workbook: {why}", expected=expected, hint=HINT)])
