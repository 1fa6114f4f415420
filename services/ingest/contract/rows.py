"""Rows on their way into a snapshot: columns, Merkle leaves over canonical rows, and tuples COPY takes in binary.

The fast twin of ``canonical_rows.canonical_values``, equal to it by test. It works column by column, because a page has
thousands of rows and a column one kind. Days and instants travel as the integers PostgreSQL stores (days since 2000-01-01,
microseconds since then in UTC): the same bytes on the wire as date and timestamptz, several times faster to make.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from unicodedata import is_normalized, normalize

import msgspec
from msgspec.structs import astuple

from shared.datasets.canonical_rows import decimal_text
from shared.datasets.declaration import Dataset, Kind

Values = Sequence[Any]

_FIRST_DAY = date(2000, 1, 1).toordinal()
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_COPY_TYPES = {
    Kind.TEXT: "text",
    Kind.DATE: "int4",
    Kind.INSTANT: "int8",
    Kind.FLAG: "bool",
    Kind.COUNT: "int8",
    Kind.MONEY: "int8",
    Kind.DECIMAL: "numeric",
}
# Rows turned over at a time. Each is a tuple and an iterator of it for the moment, and at 700 new ones the cycle collector
# starts to walk them, none of which is in a cycle: a page at once costs a tenth of the whole load in collections.
_AT_ONCE = 256
_encoder = msgspec.json.Encoder()
_sha256 = hashlib.sha256


class NullCharacter(ValueError):
    """A text column holds U+0000, which PostgreSQL cannot keep; the message is the column's name."""


@dataclass(frozen=True)
class Block:
    """Rows of one page as they are stored: the body's code, the collective rule that gave it the row, and the columns.
    ``origins`` are the page's rows they were made of, None where each is its own."""

    codes: Sequence[str]
    rules: Sequence[str | None]
    columns: Sequence[Values]
    origins: Sequence[int] | None = None

    def without(self, rows: Collection[int]) -> Block:
        """The others, in their order."""
        gone = set(rows)
        kept = [number for number in range(len(self.codes)) if number not in gone]

        def chosen(column: Values) -> Values:
            return [column[number] for number in kept]

        return Block(chosen(self.codes), chosen(self.rules), [chosen(each) for each in self.columns])


def as_sent(dataset: Dataset, rows: Sequence[Any]) -> dict[str, Values]:
    """Every field of some rows as a column, by name. Turned over as whole tuples: a third of the time of asking by name."""
    columns: list[list[Any]] = [[] for _ in dataset.row.__struct_fields__]
    for start in range(0, len(rows), _AT_ONCE):
        for column, values in zip(columns, zip(*map(astuple, rows[start : start + _AT_ONCE]), strict=True), strict=True):
            column.extend(values)
    return dict(zip(dataset.row.__struct_fields__, columns, strict=True))


def columns_of(dataset: Dataset, sent: Mapping[str, Values]) -> list[Values]:
    """The dataset's columns; text in NFC and instants in UTC, once and for all. Raises NullCharacter."""
    columns = [sent[name] for name in dataset.names]
    for number, column in enumerate(dataset.columns):
        if column.kind is Kind.TEXT:
            columns[number] = _clean(columns[number], column.name)
        elif column.kind is Kind.INSTANT:
            columns[number] = _in_utc(columns[number])
    return columns


def leaves(dataset: Dataset, block: Block) -> list[bytes]:
    """RFC 6962 leaf hashes of the block's canonical rows."""
    canonical = [
        _CANONICAL.get(column.kind, _same)(values) for column, values in zip(dataset.columns, block.columns, strict=True)
    ]
    lines = _encoder.encode_lines(zip(block.codes, block.rules, *canonical, strict=True))
    return [_sha256(b"\x00" + line).digest() for line in lines.split(b"\n")[:-1]]


def copy_columns(dataset: Dataset) -> list[str]:
    """The columns that ``copy_rows`` fills, in its order."""
    return ["ordinal", "agency_code", "expanded_by", *dataset.names]


def copy_types(dataset: Dataset) -> list[str]:
    """Their types on the wire."""
    return ["int4", "text", "text", *(_COPY_TYPES[column.kind] for column in dataset.columns)]


def copy_rows(dataset: Dataset, block: Block, first: int) -> Iterator[tuple[Any, ...]]:
    """The block as tuples for a binary COPY, ordinals from ``first``."""
    stored = [_STORED.get(column.kind, _same)(values) for column, values in zip(dataset.columns, block.columns, strict=True)]
    return zip(range(first, first + len(block.codes)), block.codes, block.rules, *stored, strict=True)


def _same(column: Values) -> Values:
    return column


def _clean(column: Values, name: str) -> Values:
    distinct = set(column)
    distinct.discard(None)
    whole = "".join(distinct)
    if "\0" in whole:
        raise NullCharacter(name)
    if whole.isascii():
        return column
    broken = {value for value in distinct if not value.isascii() and not is_normalized("NFC", value)}
    if not broken:
        return column
    return [normalize("NFC", value) if value in broken else value for value in column]


class _Days(dict[date | None, int | None]):
    """Days since 2000-01-01 by date; a month's rows share a few hundred of them."""

    def __missing__(self, day: date | None) -> int | None:
        found = self[day] = None if day is None else day.toordinal() - _FIRST_DAY
        return found


def _days(column: Values) -> Values:
    return list(map(_Days().__getitem__, column))


def _microseconds(column: Values) -> Values:
    found: list[int | None] = []
    for value in column:
        if value is None:
            found.append(None)
        else:
            since = value - _EPOCH
            found.append((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)
    return found


def _in_utc(column: Values) -> Values:
    """So the encoder writes an instant just as ``canonical_rows.instant_text`` does."""
    return [None if value is None else value.astimezone(UTC) for value in column]


def _text(column: Values) -> Values:
    return [None if value is None else str(value) for value in column]


def _decimal_text(column: Values) -> Values:
    return [None if value is None else decimal_text(value) for value in column]


_CANONICAL: dict[Kind, Callable[[Values], Values]] = {
    Kind.MONEY: _text,
    Kind.DECIMAL: _decimal_text,
}
_STORED: dict[Kind, Callable[[Values], Values]] = {Kind.DATE: _days, Kind.INSTANT: _microseconds}
