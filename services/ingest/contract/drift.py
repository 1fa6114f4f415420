"""What exactly is wrong with rows that do not fit their contract: row, field, seen, expected. Slow, and only for bad rows.

The fast decoder stops at the first fault and names one field. An official needs all of them: a renamed field is an unknown
one and a missing one at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from shared.errors import Fault

_SAID = re.compile(r"Expected (?P<expected>.+?), got (?P<seen>.+)")
_AT = re.compile(r" - at `(?P<path>[^`]*)`")
_SHOWN = 80
_JSON_NAMES = {dict: "object", list: "array", str: "str", bool: "bool", int: "int", float: "number", type(None): "null"}


def shown(value: object) -> str:
    """A value as a report may show it: short."""
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


class _Nothing:
    """A value no contract has a type for; asking for it makes msgspec say what it expected."""


def row_faults(row: type[msgspec.Struct], found: Sequence[msgspec.Raw], place: str) -> list[Fault]:
    """Every distinct fault of the rows, each with the first row it stands in and in how many it stands."""
    first: dict[tuple[str, str, str | None, str | None], list[int]] = {}
    for number, raw in enumerate(found):
        for fault in _faults(row, raw):
            first.setdefault((fault.place, fault.message, fault.seen, fault.expected), []).append(number)
    return [
        Fault(
            place=f"{place}/{rows[0]}/{field}",
            message=f"{message} ({len(rows)} rows)" if len(rows) > 1 else message,
            seen=seen,
            expected=expected,
            hint="Agree a new contract version with the source, or have the source correct its answer.",
        )
        for (field, message, seen, expected), rows in first.items()
    ]


def value_faults(row: type[msgspec.Struct], value: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of one row given as plain values; the place is the field's name."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(row)}
    for name in value.keys() - fields.keys():
        seen = _JSON_NAMES.get(type(value[name]), type(value[name]).__name__)
        yield Fault(name, "unknown field", seen=seen, expected="no such field")
    for name, field in fields.items():
        if name not in value:
            yield Fault(name, "missing field", seen="absent", expected=expected_words(field.type))
        elif (fault := value_fault(name, value[name], field.type)) is not None:
            yield fault


def _faults(row: type[msgspec.Struct], raw: msgspec.Raw) -> Iterator[Fault]:
    try:
        msgspec.json.decode(raw, type=row)
    except msgspec.ValidationError as error:
        value = msgspec.json.decode(raw)
        if not isinstance(value, dict):
            yield Fault("", "not an object", seen=_JSON_NAMES.get(type(value), "?"), expected="object")
            return
        found = list(value_faults(row, value))
        yield from found or [from_message("", str(error))]


def value_fault(name: str, value: Any, kind: Any, *, strict: bool = True) -> Fault | None:
    """What is wrong with one value, if anything; not ``strict`` reads numbers and flags out of text, as tables write them."""
    try:
        msgspec.convert(value, type=kind, strict=strict)
    except msgspec.ValidationError as error:
        fault = from_message(name, str(error))
        if fault.seen is None:
            return replace(fault, seen=shown(value), expected=fault.message.removeprefix("Expected "), message="wrong value")
        return fault
    return None


def from_message(place: str, words: str) -> Fault:
    """msgspec's words as a Fault: ``Expected `int`, got `str` - at `$.percent```."""
    at = _AT.search(words)
    path = at["path"].removeprefix("$").replace("[", ".").replace("]", "").strip(".").replace(".", "/") if at else ""
    message = _AT.sub("", words)
    said = _SAID.fullmatch(message)
    where = "/".join(part for part in (place, path) if part)
    if said is None:
        return Fault(where, message)
    return Fault(where, "wrong type or value", seen=said["seen"].strip("`"), expected=said["expected"].strip("`"))


def expected_words(kind: Any) -> str:
    """How the contract would describe the type."""
    try:
        msgspec.convert(_Nothing(), type=kind)
    except msgspec.ValidationError as error:
        return from_message("", str(error)).expected or str(error)
    return "any"
