"""What exactly is wrong with rows that do not fit their contract: row, field, seen, expected. Slow, and only for bad rows.

The fast decoder stops at the first fault and names one field. An official needs all of them: a renamed field is an unknown
one and a missing one at once. A value of the right type that cannot be is one row's fault; a field renamed or retyped says that
the source no longer speaks the contract (services.ingest.contract.checks).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from services.ingest.contract.aside import Misfit, RowFault
from services.ingest.contract.checks import of_one_row
from shared.errors import Fault

_SAID = re.compile(r"Expected (?P<expected>.+?), got (?P<seen>.+)")
_AT = re.compile(r" - at `(?P<path>[^`]*)`")
_SHOWN = 80
# Digits as they came: a binary float would say another number than the source wrote.
_exactly = msgspec.json.Decoder(float_hook=Decimal)
_NUMBER, _TEXT, _FLAG, _OBJECT = "number", "text", "flag", "object"
_ACCEPTED: dict[type, str] = {
    inspect.IntType: _NUMBER,
    inspect.FloatType: _NUMBER,
    inspect.DecimalType: _NUMBER,
    inspect.StrType: _TEXT,
    inspect.DateType: _TEXT,
    inspect.DateTimeType: _TEXT,
    inspect.BoolType: _FLAG,
    inspect.StructType: _OBJECT,
}
_JSON_NAMES = {dict: "object", list: "array", str: "str", bool: "bool", int: "int", float: "number", type(None): "null"}


def shown(value: object) -> str:
    """A value as a report may show it: short."""
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


@dataclass
class SortedRows:
    """Rows of one page: the typed ones with their places on it, those that one body's fault keeps from being rows, and whether
    the page speaks another contract altogether."""

    rows: list[Any] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    misfits: list[Misfit] = field(default_factory=list)
    drifted: bool = False


def same(values: dict[str, Any]) -> dict[str, Any]:
    """The row's own names are the contract's."""
    return values


def sort_rows(
    row: type[msgspec.Struct],
    found: Sequence[msgspec.Raw],
    *,
    body: str = "agency",
    flat: Callable[[dict[str, Any]], dict[str, Any]] = same,
) -> SortedRows:
    """``body`` is the field that names the body; ``flat`` gives a row's values under the contract's names."""
    decoder, done = msgspec.json.Decoder(row), SortedRows()
    for number, raw in enumerate(found):
        try:
            done.rows.append(decoder.decode(raw))
        except msgspec.ValidationError:
            value = _exactly.decode(raw)
            faults = tuple(classified_faults(row, value, body=body)) if isinstance(value, dict) else ()
            if not faults or not all(of_one_row(fault.check) for fault in faults):
                done.drifted = True
                return done
            done.misfits.append(Misfit(number, flat(value), faults))
        else:
            done.numbers.append(number)
    return done


def classified_faults(row: type[msgspec.Struct], value: Mapping[str, Any], *, body: str = "agency") -> Iterator[RowFault]:
    """Every fault of one row given as plain values, with the check that finds it."""
    fields = {each.encode_name: each for each in msgspec.structs.fields(row)}
    for name in value.keys() - fields.keys():
        yield RowFault(name, "unknown_field", shown(value[name]), "no such field")
    for name, each in fields.items():
        if name not in value:
            yield RowFault(name, "missing_field", "absent", expected_words(each.type))
            continue
        nested = inspect.type_info(each.type)
        if isinstance(nested, inspect.StructType) and isinstance(value[name], dict):
            for inner in classified_faults(nested.cls, value[name]):
                yield replace(inner, field=f"{name}/{inner.field}")
        elif (fault := value_fault(name, value[name], each.type)) is not None:
            check = "unknown_body" if name == body else check_of(value[name], each.type)
            yield RowFault(name, check, shown(value[name]), fault.expected or fault.message)


def check_of(value: object, kind: Any) -> str:
    """Which check finds a value that does not fit: one that is not there, one of another type, or one out of bounds."""
    if value is None:
        return "absent_value"
    return "value_out_of_bounds" if _json_type(value) in _accepted(kind) else "retyped_field"


def _json_type(value: object) -> str:
    if isinstance(value, bool):
        return _FLAG
    if isinstance(value, int | float | Decimal):
        return _NUMBER
    # No field of any contract takes a list.
    return _TEXT if isinstance(value, str) else "array" if isinstance(value, list) else _OBJECT


@cache
def _accepted(kind: Any) -> frozenset[str]:
    """The JSON types a field's type takes, null left out. Text is no number, even where a decimal could be read out of it."""
    info = inspect.type_info(kind)
    choices = info.types if isinstance(info, inspect.UnionType) else (info,)
    accepted = {_ACCEPTED[type(each)] for each in choices if type(each) in _ACCEPTED}
    literals = [each.values for each in choices if isinstance(each, inspect.LiteralType)]
    return frozenset(accepted | {_json_type(value) for values in literals for value in values})


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
    fields = {each.encode_name: each for each in msgspec.structs.fields(row)}
    for name in value.keys() - fields.keys():
        seen = _JSON_NAMES.get(type(value[name]), type(value[name]).__name__)
        yield Fault(name, "unknown field", seen=seen, expected="no such field")
    for name, each in fields.items():
        if name not in value:
            yield Fault(name, "missing field", seen="absent", expected=expected_words(each.type))
        elif (fault := value_fault(name, value[name], each.type)) is not None:
            yield fault


def _faults(row: type[msgspec.Struct], raw: msgspec.Raw) -> Iterator[Fault]:
    try:
        msgspec.json.decode(raw, type=row)
    except msgspec.ValidationError as error:
        value = _exactly.decode(raw)
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
