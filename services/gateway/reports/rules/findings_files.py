"""The complete list of findings as a file: JSON, NDJSON or CSV (INT-06)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import fields

import msgspec

from services.gateway.reports.form.report import Finding
from shared.csv_files import guarded

COLUMNS = tuple(each.name for each in fields(Finding))
BYTE_ORDER_MARK = "\ufeff"


def as_json(findings: Iterable[Finding]) -> bytes:
    """A JSON array of objects, one per finding."""
    return msgspec.json.encode(list(findings))


def as_ndjson(findings: Iterable[Finding]) -> bytes:
    """One JSON object a line."""
    return msgspec.json.Encoder().encode_lines(list(findings))


def as_csv(findings: Iterable[Finding], *, mark: bool = True) -> bytes:
    """UTF-8, RFC 4180 lines; ``mark`` puts a byte order mark first, by which spreadsheets know UTF-8.

    A cell that a spreadsheet would take for a formula is led by an apostrophe: values seen were written by others.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(finding) for finding in findings)
    return ((BYTE_ORDER_MARK if mark else "") + table.getvalue()).encode()


def _cells(finding: Finding) -> Iterator[str]:
    for name in COLUMNS:
        value = getattr(finding, name)
        yield "" if value is None else guarded(value)
