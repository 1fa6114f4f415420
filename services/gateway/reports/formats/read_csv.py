"""A report as one CSV table of all sections: a column says which section a row belongs to, the others are the fields' union.

UTF-8 with or without a byte order mark, comma or semicolon. A row with a section and nothing else says the section was sent.
An apostrophe before what a spreadsheet would take for a formula is not the cell's (shared/csv_files.py).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.gateway.reports.form.form_checks import SECTION_COLUMN, SECTION_LABELS
from services.gateway.reports.form.labels import flat_names, packaged_labels
from services.gateway.reports.form.report import SECTIONS, Sent, SentReport, SentRow
from services.gateway.reports.formats.media_types import CSV
from services.gateway.reports.formats.unreadable import (
    HINT,
    ReportUnreadable,
    decoded,
    require_cells,
    require_rows,
    tidy,
    unreadable,
)
from shared.csv_files import unguarded
from shared.errors import Fault

SEPARATORS = (",", ";")
Line = tuple[int, list[str]]


@dataclass
class _Table:
    """What is taken from the lines so far; ``names`` are the columns' flat names, None where the form has none."""

    header: Sequence[str]
    names: Sequence[str | None]
    rows: dict[str, list[SentRow]] = field(default_factory=dict)
    strays: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    seen_unknown: set[int] = field(default_factory=set)


def read_csv(body: bytes) -> SentReport:
    """Raises ReportUnreadable naming every line that cannot be read, and ReportTooLarge."""
    text = decoded(body)
    lines = _lines(text, _separator(text))
    header = [str(tidy(cell) or "") for cell in next(lines, (1, [""]))[1]]
    table = _Table(header, [packaged_labels().column(cell) for cell in header])
    _check_header(table)
    for number, (line, cells) in enumerate(lines, 1):
        require_rows(number)
        require_cells(number * len(header))
        _take(table, line, cells)
    if table.faults:
        raise unreadable(table.faults)
    sections = {section: tuple(rows) for section, rows in table.rows.items()}
    return SentReport(CSV, sections, _columns(table), tuple(table.strays))


def _separator(text: str) -> str:
    """The one whose header names the section's column; the comma when neither does, so that the header can be judged."""
    first = text.lstrip("\r\n")
    for separator in SEPARATORS:
        if any(packaged_labels().column(cell) == SECTION_COLUMN for cell in next(_lines(first, separator), (1, []))[1]):
            return separator
    return SEPARATORS[0]


def _lines(text: str, separator: str) -> Iterator[Line]:
    """Every line that is not blank, with the number it starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    try:
        for cells in reader:
            if cells:
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise ReportUnreadable(
            f"line {start}: {error}", faults=[Fault(f"line {start}", str(error), expected="one CSV row", hint=HINT)], hint=HINT
        ) from error


def _check_header(table: _Table) -> None:
    if SECTION_COLUMN not in table.names:
        expected = f"a column {SECTION_COLUMN} or {SECTION_LABELS['vi']}, separated by comma or semicolon"
        fault = Fault("line 1", "no column names the sections", seen=", ".join(table.header), expected=expected, hint=HINT)
        raise unreadable([fault])
    for index, name in enumerate(table.names):
        if name is not None and name in table.names[:index]:
            fault = Fault(f"line 1/{table.header[index]}", "a column stands twice", expected="each column once", hint=HINT)
            table.faults.append(fault)


def _take(table: _Table, line: int, cells: list[str]) -> None:
    tidied = [tidy(unguarded(cell)) for cell in cells]
    if not any(tidied):
        return
    width = len(table.header)
    if len(tidied) < width or any(tidied[width:]):
        seen, expected = f"{len(tidied)} cells", f"{width} cells"
        table.faults.append(Fault(f"line {line}", "wrong number of cells", seen=seen, expected=expected, hint=HINT))
        return
    _note_unknown(table, tidied)
    named = {name: cell for name, cell in zip(table.names, tidied, strict=False) if name is not None}
    stated = named.pop(SECTION_COLUMN)
    section = packaged_labels().section(stated)
    if section is None:
        table.strays.append((f"line {line}/{SECTION_COLUMN}", str(stated or "")))
        return
    taken = table.rows.setdefault(section, [])
    if any(cell is not None for cell in named.values()):
        taken.append(SentRow(dict(_cells(table, section, line, named)), f"line {line}"))


def _cells(table: _Table, section: str, line: int, named: Mapping[str, Sent]) -> Iterator[tuple[str, Sent]]:
    fields = flat_names(section)
    for flat, cell in named.items():
        if flat in fields:
            yield fields[flat], packaged_labels().value(section, fields[flat], cell)
        elif cell is not None:
            table.strays.append((f"line {line}/{flat}", str(cell)))


def _note_unknown(table: _Table, cells: Sequence[Sent]) -> None:
    """A column the form does not have is told once, if anything stands in it or above it."""
    for index, name in enumerate(table.names):
        if name is None and index not in table.seen_unknown and (table.header[index] or cells[index] is not None):
            table.seen_unknown.add(index)
            table.strays.append((f"line 1/{table.header[index] or index + 1}", str(cells[index] or table.header[index])))


def _columns(table: _Table) -> dict[str, dict[str, str]]:
    """Per section, what a field is called in this file where that is not its own name."""
    heading = {name: head for name, head in zip(table.names, table.header, strict=True) if name is not None}
    found = {
        section: {name: heading[flat] for flat, name in flat_names(section).items() if heading.get(flat, name) != name}
        for section in SECTIONS
    }
    return {section: columns for section, columns in found.items() if columns}
