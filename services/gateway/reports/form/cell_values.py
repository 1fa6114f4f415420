"""What one cell means under its field: the value, or what is wrong with it. Exact; nothing passes through a float."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Final

from services.gateway.reports.form.form import FormField, FormSection
from services.gateway.reports.form.report import Sent
from shared.canonical import SAFE_INTEGER

Value = str | int | date | None
SHOWN: Final = 80
# Marks that nobody sees and that turn the direction of writing: a row would read as another than it is.
_TURNING: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Of a control character nothing can be read; a paragraph may hold line breaks and tabs.
_UNREADABLE: Final = {
    "one": re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff{_TURNING}]"),
    "many": re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff{_TURNING}]"),
}
# Two codes that look alike must be alike: nothing that cannot be seen, and no blank but the plain one.
_UNSEEN: Final = re.compile(
    "[\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u202a-\u202f"
    "\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\uffa0\ufff9-\ufffb]"
)
_TURNED: Final = re.compile(f"[{_TURNING}]")
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS: Final = re.compile("[0-9]{1,16}")


class CellFault(Exception):
    """``rule`` names the check that failed, ``expected`` what would have passed."""

    def __init__(self, rule: str, expected: str) -> None:
        super().__init__(expected)
        self.rule = rule
        self.expected = expected


def reader_of(field: FormField) -> Callable[[Sent], Value]:
    """A function from a cell to its value; it raises CellFault."""
    read = {"text": _text, "code": _text, "date": _date, "count": _count, "choice": _choice}[field.type](field)
    expected = expected_of(field)

    def value_of(cell: Sent) -> Value:
        if cell is not None:
            return read(cell)
        if field.required:
            raise CellFault("cell-required", expected)
        return None

    return value_of


def counted(values: Mapping[str, Sent], section: FormSection) -> dict[str, Sent]:
    """A row as JSON has it: counts are whole numbers, which tables write as text; what cannot be read stays as it was sent."""
    found = dict(values)
    for field in section.fields:
        cell = found.get(field.name)
        if field.type == "count" and isinstance(cell, str):
            with suppress(CellFault):
                found[field.name] = _count(field)(cell)
    return found


def shown(cell: Sent) -> str | None:
    """What was seen, short enough to be repeated; a mark that turns the direction of writing by its number."""
    if cell is None or isinstance(cell, bool):
        return None if cell is None else str(cell).lower()
    text = _TURNED.sub(_by_number, str(cell))
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _by_number(found: re.Match[str]) -> str:
    return f"[U+{ord(found[0]):04X}]"


def expected_of(field: FormField) -> str:
    """What the field takes, in one line."""
    if field.type == "choice":
        return " | ".join(choice.value for choice in field.choices)
    if field.type == "date":
        return "YYYY-MM-DD"
    if field.type == "count":
        return f"0 … {SAFE_INTEGER}"
    return field.pattern or f"1 … {field.max_length}"


def _text(field: FormField) -> Callable[[Sent], Value]:
    unreadable, longest = _UNREADABLE[field.lines], field.max_length or 0
    pattern = re.compile(field.pattern) if field.pattern else None

    def read(cell: Sent) -> str:
        if not isinstance(cell, str):
            raise CellFault("cell-type", field.type)
        if len(cell) > longest:
            raise CellFault("cell-too-long", f"1 … {longest}")
        if unreadable.search(cell):
            raise CellFault("cell-pattern", "no control characters")
        if field.type == "code" and _UNSEEN.search(cell):
            raise CellFault("cell-pattern", "no invisible characters")
        if pattern and not pattern.search(cell):
            raise CellFault("cell-pattern", pattern.pattern)
        return cell

    return read


def _date(field: FormField) -> Callable[[Sent], Value]:
    def read(cell: Sent) -> date:
        if isinstance(cell, str) and _DAY.fullmatch(cell):
            try:
                return date.fromisoformat(cell)
            except ValueError:
                pass
        raise CellFault("cell-type", expected_of(field))

    return read


def _count(field: FormField) -> Callable[[Sent], int]:
    def read(cell: Sent) -> int:
        number = int(cell) if isinstance(cell, str) and _DIGITS.fullmatch(cell) else cell
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= SAFE_INTEGER:
            raise CellFault("cell-type", expected_of(field))
        return number

    return read


def _choice(field: FormField) -> Callable[[Sent], Value]:
    values = frozenset(choice.value for choice in field.choices)

    def read(cell: Sent) -> str:
        if not isinstance(cell, str) or cell not in values:
            raise CellFault("cell-choice", expected_of(field))
        return cell

    return read
