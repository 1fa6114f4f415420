"""The form as a workbook with Vietnamese labels: empty, begun, or filled with a report (INT-17, INT-18).

The same arguments give the same bytes. Codes are text, so that leading zeros stay; nothing is a formula.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.gateway.reports.form.canonical_report import document_of
from services.gateway.reports.form.form import Form, FormField, FormSection
from services.gateway.reports.form.labels import NOTES
from services.gateway.reports.form.report import Report
from shared.canonical import SAFE_INTEGER
from shared.period import Period

_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
# Rows below the header that know the form's rules; more rows are read as well.
_PREPARED_ROWS: Final = 20_000
_WIDTHS: Final = {"code": 20, "text": 40, "date": 16, "count": 16, "choice": 20}
_FORMATS: Final = {"code": "@", "text": "@", "choice": "@", "date": "dd/mm/yyyy", "count": "0"}
# Spreadsheets number days from 1900 and count one that never was; earlier dates are written as text.
_FIRST_DAY: Final = date(1900, 3, 1)
# Workbooks keep fifteen digits of a number; longer ones are written as text.
_EXACT: Final = 10**15


def template_workbook(
    form: Form, *, agency: str | None = None, period: Period | str | None = None, report: Report | None = None
) -> bytes:
    """An .xlsx workbook; a report fills it, agency and period begin it."""
    begun = {"form": form.id, "agency": agency, "period": str(period) if period else None}
    document: dict[str, Any] = document_of(report) if report else {"report": begun}
    whole = io.BytesIO()
    workbook = xlsxwriter.Workbook(whole, _OPTIONS)
    workbook.set_properties({"title": form.title.vi, "subject": form.id, "created": _created(form)})
    heading = workbook.add_format({"bold": True, "bg_color": "#DDE7F0", "border": 1, "text_wrap": True, "valign": "top"})
    formats = {kind: workbook.add_format({"num_format": spelled}) for kind, spelled in _FORMATS.items()}
    for section in form.sections:
        sheet = workbook.add_worksheet(section.label.vi)
        if section.rows == "one":
            _write_pairs(sheet, section, document.get(section.name, {}), heading, formats)
        else:
            _write_table(sheet, section, document.get(section.name, ()), heading, formats)
    _write_notes(workbook.add_worksheet(NOTES), form, heading, workbook.add_format({"text_wrap": True, "valign": "top"}))
    workbook.close()
    return whole.getvalue()


def _write_pairs(
    sheet: Worksheet, section: FormSection, row: Mapping[str, Any], heading: Format, formats: Mapping[str, Format]
) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 60, formats["text"])
    for number, field in enumerate(section.fields):
        sheet.write_string(number, 0, field.label.vi, heading)
        sheet.write_comment(number, 0, field.hint.vi)
        _write_cell(sheet, number, 1, field, row.get(field.name), formats)


def _write_table(
    sheet: Worksheet,
    section: FormSection,
    rows: Sequence[Mapping[str, Any]],
    heading: Format,
    formats: Mapping[str, Format],
) -> None:
    sheet.freeze_panes(1, 0)
    for column, field in enumerate(section.fields):
        sheet.set_column(column, column, _WIDTHS[field.type], formats[field.type])
        sheet.write_string(0, column, field.label.vi, heading)
        sheet.write_comment(0, column, field.hint.vi)
        _validate(sheet, column, field)
    for number, row in enumerate(rows, 1):
        for column, field in enumerate(section.fields):
            _write_cell(sheet, number, column, field, row.get(field.name), formats)


def _write_cell(
    sheet: Worksheet, row: int, column: int, field: FormField, value: str | int | None, formats: Mapping[str, Format]
) -> None:
    day = date.fromisoformat(value) if field.type == "date" and isinstance(value, str) else None
    if day is not None and day >= _FIRST_DAY:
        sheet.write_datetime(row, column, day, formats["date"])
    elif isinstance(value, int) and value < _EXACT:
        sheet.write_number(row, column, value, formats["count"])
    elif value is not None:
        sheet.write_string(row, column, _spelled(field, str(value)), formats["text"])


def _spelled(field: FormField, value: str) -> str:
    """A choice by its Vietnamese label, as the list in the cell offers it."""
    return next((choice.vi for choice in field.choices if choice.value == value and choice.vi), value)


def _validate(sheet: Worksheet, column: int, field: FormField) -> None:
    rules: dict[str, dict[str, Any]] = {
        "choice": {"validate": "list", "source": [choice.vi or choice.value for choice in field.choices]},
        "count": {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": SAFE_INTEGER},
        "date": {"validate": "date", "criteria": ">=", "value": _FIRST_DAY},
        "code": {"validate": "length", "criteria": "<=", "value": field.max_length},
        "text": {"validate": "length", "criteria": "<=", "value": field.max_length},
    }
    words = {"error_title": "Giá trị không hợp lệ", "error_message": field.hint.vi[:255]}
    sheet.data_validation(1, column, _PREPARED_ROWS, column, {**rules[field.type], **words})


def _write_notes(sheet: Worksheet, form: Form, heading: Format, wrapped: Format) -> None:
    """What each column means, where the law asks for it, and whether it must be filled."""
    sheet.freeze_panes(1, 0)
    for column, (label, width) in enumerate((("Phần", 18), ("Cột", 26), ("Bắt buộc", 10), ("Hướng dẫn", 80), ("Căn cứ", 50))):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, label, heading)
    lines = []
    for section in form.sections:
        lines.append((section.label.vi, "", "", section.hint.vi, section.citation))
        lines += [
            (section.label.vi, field.label.vi, "có" if field.required else "không", field.hint.vi, field.citation)
            for field in section.fields
        ]
    for row, line in enumerate(lines, 1):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text, wrapped)


def _created(form: Form) -> datetime:
    """A date that does not depend on when the workbook is written: the form's first day."""
    return datetime.combine(Period.parse(form.first_period).first_day, datetime.min.time(), UTC).replace(tzinfo=None)
