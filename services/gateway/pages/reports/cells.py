"""A report's rows as a form shows them and as it is typed: dates as dd/mm/yyyy, figures as digits. Pure.

Whatever cannot be read goes to the API as it was typed: it is kept, and found fault with there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.pages.days import read_day, written_day
from services.gateway.reports.form.form import FormField, FormSection
from services.gateway.reports.form.report import Sent

# Every cell's field of a page's form begins so; other fields (csrf, once, etag) do not.
PREFIX: Final = "cell."
_DIGITS: Final = re.compile("[0-9]{1,16}")

Row = Mapping[str, Sent]


@dataclass(frozen=True)
class ShownCell:
    """One field of a row's form. ``place`` is its JSON pointer; ``options`` are (value, words) where there is a choice."""

    name: str
    label: str
    hint: str
    required: bool
    kind: str
    lines: str
    value: str
    place: str
    found: Sequence[Mapping[str, Any]]
    options: Sequence[tuple[str, str]]


def shown_cells(
    section: FormSection,
    row: Row,
    *,
    ordinal: int,
    findings: Sequence[Mapping[str, Any]],
    language: str,
) -> list[ShownCell]:
    """The fields of one row; ``ordinal`` says nothing where the section has one row only."""
    above = pointer_of(section, ordinal)
    return [
        ShownCell(
            name=PREFIX + field.name,
            label=getattr(field.label, language),
            hint=getattr(field.hint, language),
            required=field.required,
            kind=field.type,
            lines=field.lines,
            value=typed_of(field, row.get(field.name)),
            place=f"{above}/{field.name}",
            found=[each for each in findings if each["pointer"] == f"{above}/{field.name}"],
            options=_options(field, row.get(field.name), language),
        )
        for field in section.fields
    ]


def pointer_of(section: FormSection, ordinal: int) -> str:
    """Where the row stands in the report's JSON form."""
    return f"/{section.name}" if section.rows == "one" else f"/{section.name}/{ordinal}"


def typed_of(field: FormField, cell: Sent) -> str:
    """The cell as a person types it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    return written_day(str(cell)) if field.type == "date" else str(cell)


def row_of(section: FormSection, typed: Mapping[str, str]) -> dict[str, Sent]:
    """The cells of a form as the API takes them; a field left empty is missing, never 0."""
    return {field.name: cell_of(field, typed.get(PREFIX + field.name, "")) for field in section.fields}


def cell_of(field: FormField, typed: str) -> Sent:
    """The cell that a field's text means, or the text as it is."""
    if not typed:
        return None
    if field.type == "date":
        return read_day(typed)
    return int(typed) if field.type == "count" and _DIGITS.fullmatch(typed) else typed


def identity_of(section: FormSection, row: Row) -> str:
    """What tells a row apart whatever its place: its natural key; nothing for a row without one, such as a new row."""
    key = ["" if row.get(name) is None else str(row[name]) for name in section.key]
    return "/".join(key) if any(key) else ""


def ordinal_of(section: FormSection, rows: Sequence[Row], identity: str) -> int | None:
    """Where the row of this key stands now."""
    return next((number for number, row in enumerate(rows) if identity_of(section, row) == identity), None)


def rows_of(content: Mapping[str, Any], section: FormSection) -> list[dict[str, Sent]]:
    """The section's rows in the order they were sent; none where it was not sent."""
    held = content.get(section.name)
    if held is None:
        return []
    return [dict(held)] if isinstance(held, dict) else [dict(row) for row in held]


def with_row(rows: Sequence[Row], ordinal: int | None, cells: Row) -> list[dict[str, Sent]]:
    """The rows with one changed, or one more at the end."""
    if ordinal is None or not 0 <= ordinal < len(rows):
        return [*(dict(row) for row in rows), dict(cells)]
    return [{**row, **cells} if number == ordinal else dict(row) for number, row in enumerate(rows)]


def _options(field: FormField, cell: Sent, language: str) -> list[tuple[str, str]]:
    """What may be chosen, nothing chosen yet, and what was sent though it may not be."""
    found = [(each.value, getattr(each, language) or each.value) for each in field.choices]
    known = {value for value, _ in found}
    strange = [(str(cell), str(cell))] if cell is not None and str(cell) not in known else []
    return [("", "–"), *found, *strange] if field.choices else []
