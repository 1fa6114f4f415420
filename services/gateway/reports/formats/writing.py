"""A report written in each of the four formats; read again, every one of them has the report's digest (INT-04, INT-17)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from services.gateway.reports.form.canonical_report import document_of
from services.gateway.reports.form.form import Form
from services.gateway.reports.form.form_checks import SECTION_COLUMN, SECTION_LABELS
from services.gateway.reports.form.report import SECTIONS, Report
from services.gateway.reports.formats.media_types import CSV, JSON, NDJSON, WORKBOOK, FormatUnknown
from services.gateway.reports.formats.template import template_workbook
from shared.csv_files import csv_file, guarded


def write(report: Report, *, media_type: str, form: Form, stated: Collection[str] = SECTIONS) -> bytes:
    """``stated`` names the sections that say something: another one is left out, for an empty section says that there is none.

    A workbook has every sheet all the same, to be filled. Raises FormatUnknown.
    """
    writers = {JSON: write_json, NDJSON: write_lines, CSV: write_csv, WORKBOOK: write_workbook}
    if media_type not in writers:
        raise FormatUnknown(f"{media_type} is no format of a report", hint=f"Ask for one of {', '.join(writers)}.")
    return writers[media_type](report, form, stated)


def write_json(report: Report, form: Form, stated: Collection[str] = SECTIONS) -> bytes:
    """The canonical document, laid out to be read."""
    del form  # JSON has the report's own names
    document = {section: rows for section, rows in document_of(report).items() if section in stated}
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def write_lines(report: Report, form: Form, stated: Collection[str] = SECTIONS) -> bytes:
    """One object a line; a section without rows is one line with nothing but its name."""
    lines = [
        {SECTION_COLUMN: section, **{flat: value for flat, value in cells.items() if value is not None}}
        for section, cells in _flat_rows(report, form, stated)
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def write_csv(report: Report, form: Form, stated: Collection[str] = SECTIONS) -> bytes:
    """One table with Vietnamese headings, semicolons and a byte order mark, as Vietnamese spreadsheets open it.

    Text that a spreadsheet would run as a formula is led by an apostrophe, which ``read_csv`` takes off again.
    """
    headings = {field.flat_name: field.label.vi for section in form.sections for field in section.fields}
    labels = {section.name: section.label.vi for section in form.sections}
    lines = [
        [labels[section], *(_harmless(cells.get(flat)) for flat in headings)]
        for section, cells in _flat_rows(report, form, stated)
    ]
    return csv_file([[SECTION_LABELS["vi"], *headings.values()], *lines], delimiter=";")


def _harmless(cell: object) -> object:
    return guarded(cell) if isinstance(cell, str) else cell


def write_workbook(report: Report, form: Form, stated: Collection[str] = SECTIONS) -> bytes:
    """The form's template, filled."""
    del stated
    return template_workbook(form, report=report)


def _flat_rows(report: Report, form: Form, stated: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row with its section, cells by flat name; an empty section once, without cells."""
    document = document_of(report)
    for section in (each for each in form.sections if each.name in stated):
        found = document[section.name]
        flat = {field.name: field.flat_name for field in section.fields}
        for row in [found] if isinstance(found, dict) else found or [{}]:
            yield section.name, {flat[name]: value for name, value in row.items()}
