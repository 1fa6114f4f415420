"""JSON without its traps: a repeated key is refused, a number with a fraction stays the text that was written."""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

from services.gateway.reports.form.report import Sent
from services.gateway.reports.formats.unreadable import HINT, is_text, tidy, unreadable
from shared.errors import Fault

# Longer numbers stay text: no count has them, and reading them as numbers costs time for nothing.
_LONGEST_WHOLE: Final = 20
_SHOWN: Final = 80


class _Broken(ValueError):
    """What JSON lets through and a report does not."""


def parse(text: str, *, place: str) -> Any:
    """One JSON value. Raises ReportUnreadable naming ``place``, or the line and column when it is the whole file ("")."""
    try:
        return json.loads(text, object_pairs_hook=_members, parse_float=str, parse_int=_whole, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        where = place or f"line {error.lineno} column {error.colno}"
        raise unreadable([Fault(where, f"not JSON: {error.msg}", hint=HINT)]) from error
    except _Broken as error:
        raise unreadable([Fault(place or "file", str(error), hint=HINT)]) from error
    except RecursionError as error:
        raise unreadable([Fault(place or "file", "nested too deeply", expected="objects of cells", hint=HINT)]) from error


def cell_of(value: object, place: str, faults: list[Fault]) -> Sent:
    """A cell's value, tidied; anything that is no cell becomes a fault at ``place``."""
    if isinstance(value, str) and not is_text(value):
        faults.append(Fault(place, "not text: NUL, or half of a surrogate pair", expected="text", hint=HINT))
        return None
    if value is None or isinstance(value, str | int):
        return tidy(value)
    expected = "text, a whole number, true, false or null"
    faults.append(Fault(place, "not a cell", seen=shown_json(value), expected=expected, hint=HINT))
    return None


def json_text(value: object) -> str:
    """A value as JSON text, free of what cannot be written."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def shown_json(value: object) -> str:
    """The same as a refusal may show it: short."""
    text = json_text(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def pointer(*parts: object) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        again = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        message = f"the key {shown_json(again)} stands twice in one object"
        raise _Broken(message)
    if any(not is_text(name) for name in members):
        message = "a key is no text: NUL, or half of a surrogate pair"
        raise _Broken(message)
    return members


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= _LONGEST_WHOLE else text


def _no_number(text: str) -> NoReturn:
    message = f"{text} is no number of JSON"
    raise _Broken(message)
