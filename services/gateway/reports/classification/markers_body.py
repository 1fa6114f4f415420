"""Every text a body holds, with its place: also what the reading of a report passes over, such as a stamp in a text box."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from typing import Any, Final

from services.gateway.reports.formats.media_types import CSV, JSON, NDJSON, WORKBOOK
from services.gateway.reports.formats.unreadable import MOST_UNPACKED_BYTES

_SHEET: Final = re.compile(r"worksheets/[^/]+\.xml$")
# Of a sheet only what is written in it: shared texts have a part of their own, numbers need no search.
_WRITTEN: Final = re.compile(
    r"<(?:\w+:)?(?:is|headerFooter)(?:\s[^>]*)?>.*?</(?:\w+:)?(?:is|headerFooter)>|<(?:\w+:)?v>[^<]*[^\d.<][^<]*</(?:\w+:)?v>",
    re.DOTALL,
)
# A text may be made of several runs of one paragraph or cell.
_END_OF_TEXT: Final = re.compile(
    r"</(?:\w+:)?(?:si|is|p|text|v|title|subject|keywords|description|category|vt:\w+|lpstr|(?:odd|even|first)(?:Header|Footer))>"
)
_NAME: Final = re.compile(r'<(?:\w+:)?sheet\s[^>]*?name="([^"]*)"')
_TAG: Final = re.compile(r"<[^>]*>")
# Signs of layout in a sheet's header: &C, &"Arial,Bold", &14.
_LAYOUT: Final = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-F]{6}|[A-Z])')


def texts_of(body: bytes, *, media_type: str) -> Iterator[tuple[str, str]]:
    """Pairs of place and text. Raises nothing: of a body that cannot be read, its lines as they are."""
    kind = media_type.split(";")[0].strip().lower()
    if kind == WORKBOOK or body.startswith(b"PK"):
        yield from _workbook_texts(body)
        return
    text = _decoded(body)
    if kind == CSV:
        yield from _csv_texts(text)
    elif kind == JSON:
        yield from _json_texts(text, "")
    elif kind == NDJSON:
        for number, line in enumerate(text.split("\n"), 1):
            yield from _json_texts(line, f"line {number}")
    else:
        yield from _lines(text, "")


def _decoded(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    return body.decode("utf-8-sig", "replace")


def _csv_texts(text: str) -> Iterator[tuple[str, str]]:
    """Cells under either separator; what the strict reader refuses is still looked at as lines."""
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            for column, cell in enumerate(cells, 1):
                yield f"line {reader.line_num}, column {column}", cell
    except csv.Error:
        yield from _lines(text, "")


def _json_texts(text: str, place: str) -> Iterator[tuple[str, str]]:
    try:
        document = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        yield from _lines(text, place)
        return
    waiting: list[tuple[str, Any]] = [(place, document)]
    while waiting:
        where, value = waiting.pop()
        if isinstance(value, dict):
            for name, inner in value.items():
                yield where or "/", name
                waiting.append((f"{where}/{name}", inner))
        elif isinstance(value, list):
            waiting.extend((f"{where}/{number}", inner) for number, inner in enumerate(value))
        elif isinstance(value, str):
            yield where or "/", value


def _lines(text: str, place: str) -> Iterator[tuple[str, str]]:
    """Lines of a text that is not in its format: cells in quotes count one by one, besides the line itself."""
    for number, line in enumerate(text.splitlines(), 1):
        where = place or f"line {number}"
        yield where, line
        for part in re.findall(r'"((?:[^"\\]|\\.)*)"', line):
            yield where, part


def _workbook_texts(body: bytes) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            parts = [part for part in packed.infolist() if part.filename.endswith(".xml")]
            if sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
                return  # such a file is refused as too large and kept nowhere
            for part in parts:
                yield from _part_texts(part.filename, packed.read(part).decode("utf-8", "replace"))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError):
        return


def _part_texts(name: str, text: str) -> Iterator[tuple[str, str]]:
    if name.endswith("workbook.xml"):
        yield from ((name, unescape(sheet)) for sheet in _NAME.findall(text))
        return
    written = "".join(_WRITTEN.findall(text)) if _SHEET.search(name) else text
    for part in _END_OF_TEXT.split(written):
        plain = unescape(_TAG.sub("", part)).strip()
        if plain:
            yield name, _LAYOUT.sub(" ", plain) if "&" in plain else plain
