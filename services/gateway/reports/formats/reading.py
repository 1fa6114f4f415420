"""A body of one of the four formats becomes what was sent; nothing is judged here (INT-04)."""

from __future__ import annotations

from services.gateway.reports.form.report import SentReport
from services.gateway.reports.formats.media_types import CSV, JSON, NDJSON, WORKBOOK, FormatUnknown
from services.gateway.reports.formats.read_csv import read_csv
from services.gateway.reports.formats.read_json import read_json
from services.gateway.reports.formats.read_lines import read_lines
from services.gateway.reports.formats.read_workbook import read_workbook

_READERS = {JSON: read_json, NDJSON: read_lines, CSV: read_csv, WORKBOOK: read_workbook}


def read(body: bytes, *, media_type: str) -> SentReport:
    """Text is NFC and trimmed, an empty cell is None, and known labels are put into the form's own names.

    Raises FormatUnknown, ReportUnreadable naming every place, or ReportTooLarge naming the bound.
    """
    reader = _READERS.get(media_type.split(";")[0].strip().lower())
    if reader is None:
        raise FormatUnknown(f"{media_type} is no format of a report", hint=f"Send one of {', '.join(_READERS)}.")
    return reader(body)
