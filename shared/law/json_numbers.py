"""JSON read without losing anything: numbers stay exact, repeated keys stay visible, nothing passes through a float."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, NoReturn

from shared.law.exact import NumberUnreadable, read_number


class JsonUnreadable(ValueError):
    """The bytes are not one JSON document in UTF-8; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Members:
    """A JSON object as it was written: name and value pairs, repeated names included."""

    pairs: tuple[tuple[str, Any], ...]

    def repeated(self) -> list[str]:
        """Names that stand more than once."""
        return sorted(name for name, times in Counter(name for name, _ in self.pairs).items() if times > 1)


@dataclass(frozen=True, slots=True)
class NoNumber:
    """What stood where a number was expected: NaN, an endless exponent. Kept so that its place can be named."""

    text: str


def read_json(data: bytes) -> Any:
    """One document: Members, lists, text, booleans, None, exact numbers (int, Decimal) or NoNumber.

    A byte order mark is skipped. Raises JsonUnreadable.
    """
    try:
        text = data.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_members, parse_int=_number, parse_float=_number, parse_constant=NoNumber)
    except UnicodeDecodeError as error:
        _refuse(f"byte {error.start} is not UTF-8; save the file as UTF-8", error)
    except json.JSONDecodeError as error:
        _refuse(f"line {error.lineno} column {error.colno}: {error.msg}; correct the JSON there", error)
    except RecursionError as error:
        _refuse("nested too deeply; the format is three levels deep", error)


def _refuse(message: str, error: Exception) -> NoReturn:
    raise JsonUnreadable(message) from error


def _members(pairs: list[tuple[str, Any]]) -> Members:
    return Members(tuple(pairs))


def _number(text: str) -> Any:
    try:
        return read_number(text)
    except NumberUnreadable:
        return NoNumber(text)
