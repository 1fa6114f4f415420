"""Walking a sheet's XML: how large a rectangle it spans, how much text it repeats, and which cells have no true value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

_PLACE: Final = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_LETTERS: Final = 26


class PartRefused(ValueError):
    """What a part holds and may not."""


@dataclass
class Walk:
    """Where the walk over a part stands, and what it has found: ``copied`` characters, ``errors`` as (cell, what is there)."""

    strings: list[int] = field(default_factory=list)
    row: int = 0
    column: int = 0
    last: tuple[int, int] = (0, 0)
    copied: int = 0
    errors: list[tuple[str, str]] = field(default_factory=list)
    kind: str = ""
    place: str = ""
    text: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)

    @property
    def area(self) -> int:
        """Cells of the rectangle from A1 to the last cell that holds something."""
        return self.last[0] * self.last[1]


def column_name(index: int) -> str:
    """The letters of a column counted from 0: A, Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, _LETTERS)
        name = chr(ord("A") + rest) + name
    return name


def lengths_of(part: bytes) -> list[int]:
    """How long each shared text is: a short file may name one long text a million times. Raises ExpatError, PartRefused."""
    lengths: list[int] = []

    def start(name: str, _: dict[str, str]) -> None:
        if _local(name) == "si":
            lengths.append(0)

    def text(data: str) -> None:
        if lengths:
            lengths[-1] += len(data)

    if part:
        _parse(part, start, lambda _: None, text)
    return lengths


def walk_of(part: bytes, strings: list[int]) -> Walk:
    """The walk over one sheet; ``strings`` are the lengths of the shared texts. Raises ExpatError, PartRefused, ValueError."""
    walk = Walk(strings)
    _parse(
        part,
        lambda name, attributes: _start(walk, _local(name), attributes),
        lambda name: _end(walk, _local(name)),
        walk.text.append,
    )
    return walk


def _start(walk: Walk, name: str, attributes: dict[str, str]) -> None:
    if name == "row":
        walk.row = int(attributes["r"]) if "r" in attributes else walk.row + 1
        walk.column = 0
    elif name == "c":
        found = _PLACE.fullmatch(attributes["r"]) if "r" in attributes else None
        if "r" in attributes and found is None:
            raise PartRefused(f"{attributes['r']} is no cell")
        row, walk.column = (int(found[2]), _number(found[1])) if found else (walk.row, walk.column + 1)
        walk.kind, walk.place = attributes.get("t", "n"), f"{column_name(walk.column - 1)}{row}"
        walk.held.clear()
        walk.row = row
    elif name in ("v", "f", "is"):
        walk.held.add(name)
        walk.text.clear()


def _end(walk: Walk, name: str) -> None:
    if name == "v" and walk.kind == "s":
        index = int("".join(walk.text))
        walk.copied += walk.strings[index] if 0 <= index < len(walk.strings) else 0
    elif name == "v" and walk.kind == "e":
        walk.errors.append((walk.place, "".join(walk.text)))
    elif name == "c" and walk.held:
        rows, columns = walk.last
        walk.last = (max(rows, walk.row), max(columns, walk.column))
        if "f" in walk.held and "v" not in walk.held:
            walk.errors.append((walk.place, "a formula without its value"))
    elif name in ("row", "sheetData"):
        walk.text.clear()


def _parse(
    part: bytes, start: Callable[[str, dict[str, str]], Any], end: Callable[[str], Any], text: Callable[[str], Any]
) -> None:
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.Parse(part, True)


def _no_doctype(*_: object) -> None:
    raise PartRefused("a document type is not read")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number
