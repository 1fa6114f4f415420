"""A report as a workbook: one sheet per section, named and headed in Vietnamese, English or the form's own names.

The report's own sheet holds pairs, label beside value; every other sheet a table whose first row names the columns. Formulas
give the values they were saved with, whole numbers are written without a fraction, dates as YYYY-MM-DD.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from services.gateway.reports.form.labels import NOTES, day_text, packaged_labels
from services.gateway.reports.form.report import SECTIONS, Sent, SentReport, SentRow
from services.gateway.reports.formats.media_types import WORKBOOK
from services.gateway.reports.formats.unreadable import HINT, require_rows, tidy, unreadable
from services.gateway.reports.formats.workbook_parts import Parts, parts_of
from services.gateway.reports.formats.workbook_walk import column_name
from shared.errors import Fault

# Workbooks keep fifteen digits; a longer whole number may not be the one that was meant, so it is shown with its fraction.
_EXACT: Final = 10**15
_SHEET: Final = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION: Final = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE: Final = re.compile(r"""([\w:]+)\s*=\s*["']([^"']*)["']""")


@dataclass
class _Taken:
    """What is taken from the sheets so far."""

    sections: dict[str, tuple[SentRow, ...]] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    strays: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_workbook(body: bytes) -> SentReport:
    """Raises ReportUnreadable naming every sheet and cell that cannot be read, and ReportTooLarge."""
    parts = parts_of(body)
    taken = _Taken(faults=list(_error_faults(parts)))
    for name, rows in _sheets(parts.packed):
        require_rows(len(rows))
        _take(taken, name, rows)
    if taken.faults:
        raise unreadable(taken.faults)
    return SentReport(WORKBOOK, taken.sections, taken.columns, tuple(taken.strays))


def _sheets(packed: bytes) -> Iterator[tuple[str, list[list[Sent]]]]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(packed)) as workbook:
            for sheet in workbook.sheets_metadata:
                if sheet.typ == SheetTypeEnum.WorkSheet:
                    found = workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                    yield sheet.name, [[_cell(cell) for cell in row] for row in found]
    except (CalamineError, ValueError) as error:
        expected = "an .xlsx workbook without a password"
        raise unreadable([Fault("file", f"not a workbook: {error}", expected=expected, hint=HINT)]) from error


def _cell(cell: Any) -> Sent:
    if isinstance(cell, str | bool):
        return tidy(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    return day_text(cell) if isinstance(cell, date) else str(cell)


def _take(taken: _Taken, name: str, rows: list[list[Sent]]) -> None:
    section = packaged_labels().section(name)
    if str(tidy(name)).casefold() == NOTES.casefold():
        return
    if section is None:
        filled = next((cell for row in rows for cell in row if cell is not None), None)
        taken.strays += [(name, str(filled))] if filled is not None else []
    elif section in taken.sections:
        taken.faults.append(Fault(name, "a second sheet of the same section", expected="one sheet per section", hint=HINT))
    elif section == SECTIONS[0]:
        taken.sections[section] = _pairs(taken, name, rows)
    else:
        taken.sections[section] = _table(taken, section, name, rows)


def _pairs(taken: _Taken, name: str, rows: list[list[Sent]]) -> tuple[SentRow, ...]:
    values: dict[str, Sent] = {}
    columns = taken.columns[SECTIONS[0]] = {}
    for number, row in enumerate(rows, 1):
        label, value, *more = _padded(row)
        known = packaged_labels().field(SECTIONS[0], label)
        taken.strays += [
            (f"{name}!{column_name(at)}{number}", str(cell)) for at, cell in enumerate(more, 2) if cell is not None
        ]
        if known is None:
            taken.strays += [(f"{name}!A{number}", str(label or value))] if label is not None or value is not None else []
        elif known in values:
            taken.faults.append(Fault(f"{name}!A{number}", "a label stands twice", seen=str(label), expected="once", hint=HINT))
        else:
            values[known], columns[known] = packaged_labels().value(SECTIONS[0], known, value), f"B{number}"
    return (SentRow(values, f"{name}!"),) if values else ()


def _padded(row: Sequence[Sent]) -> list[Sent]:
    return [*row, None, None]


def _table(taken: _Taken, section: str, name: str, rows: list[list[Sent]]) -> tuple[SentRow, ...]:
    header = rows[0] if rows else []
    if not any(cell is not None for cell in header):
        taken.faults.append(Fault(f"{name}!A1", "the first row names no columns", expected="the form's headings", hint=HINT))
        return ()
    fields = _fields(taken, section, name, header, rows)
    taken.columns[section] = {known: column_name(at) for at, known in fields.items()}
    found = []
    for number, row in enumerate(rows[1:], 2):
        if any(row[at] is not None for at in fields):
            cells = {known: packaged_labels().value(section, known, row[at]) for at, known in fields.items()}
            found.append(SentRow(cells, f"{name}!{number}"))
    return tuple(found)


def _fields(taken: _Taken, section: str, name: str, header: Sequence[Sent], rows: Sequence[Sequence[Sent]]) -> dict[int, str]:
    """The field by column. A column the form does not have is told once, if anything stands in it."""
    fields: dict[int, str] = {}
    for at, label in enumerate(header):
        known, place = packaged_labels().field(section, label), f"{name}!{column_name(at)}1"
        if known is None:
            seen = next((row[at] for row in rows if row[at] is not None), None)
            taken.strays += [(place, str(seen))] if seen is not None else []
        elif known in fields.values():
            taken.faults.append(Fault(place, "a column stands twice", seen=str(label), expected="once", hint=HINT))
        else:
            fields[at] = known
    return fields


def _error_faults(parts: Parts) -> Iterator[Fault]:
    """Cells whose value is an error or was never computed; they must not pass for empty ones."""
    names = _names(parts.documents) if parts.errors else {}
    for part, place, seen in parts.errors:
        where = f"{names.get(part, part)}!{place}"
        yield Fault(where, "the cell has no value", seen=seen, expected="a value, or an empty cell", hint=HINT)


def _names(documents: dict[str, bytes]) -> dict[str, str]:
    """The sheets' names by the part that holds them; only to say where a fault is."""
    relations = {
        found.get("Id", ""): found.get("Target", "").rpartition("xl/")[2]
        for found in _tags(_RELATION, documents.get("xl/_rels/workbook.xml.rels", b""))
    }
    sheets = _tags(_SHEET, documents.get("xl/workbook.xml", b""))
    return {f"xl/{relations.get(sheet.get('r:id', ''), '')}": unescape(sheet.get("name", "")) for sheet in sheets}


def _tags(pattern: re.Pattern[str], part: bytes) -> list[dict[str, str]]:
    return [dict(_ATTRIBUTE.findall(tag)) for tag in pattern.findall(part.decode("utf-8", "replace"))]
