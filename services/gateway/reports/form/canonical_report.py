"""A report's canonical document and its digests: the same month has one digest, whatever the format or order sent (INT-04).

``document_of`` is also the JSON form of a report, so whoever holds the file can recompute every digest (docs/forms.md).
"""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from typing import Any

import msgspec

from services.gateway.reports.form.form_checks import row_fields
from services.gateway.reports.form.report import SECTIONS, Narrative, RegisteredTask, Report, ReportedDatabase
from shared.canonical import canonical_bytes, sha256_hex

# What tells the rows of a section apart, and the order in which they are written.
KEYS = {"registered_tasks": ("task_code",), "reported_databases": ("database",), "narratives": ("section", "visibility")}


class DocumentBroken(ValueError):
    """The document is not the canonical document of a report."""


def document_of(report: Report) -> dict[str, Any]:
    """Objects, lists, text and whole numbers: dates are YYYY-MM-DD, an empty cell is null, no client_ref is no member.

    Rows stand by their natural key, compared by Unicode code points.
    """
    document: dict[str, Any] = {"report": _cells("report", report)}
    for section, key in KEYS.items():
        rows = [_cells(section, row) for row in getattr(report, section)]
        document[section] = sorted(rows, key=itemgetter(*key))
    return document


def digest_of(report: Report) -> str:
    """``sha256:…`` of the document's RFC 8785 bytes."""
    return sha256_hex(canonical_bytes(document_of(report)))


def section_digests(report: Report) -> dict[str, str]:
    """Per section, ``sha256:…`` of the RFC 8785 bytes of the document's member of that name (INT-07)."""
    document = document_of(report)
    return {section: sha256_hex(canonical_bytes(document[section])) for section in SECTIONS}


def from_document(document: dict[str, Any]) -> Report:
    """The report of a stored document. Raises DocumentBroken unless its document is this very one."""
    try:
        report = Report(
            **document["report"],
            registered_tasks=msgspec.convert(document["registered_tasks"], tuple[RegisteredTask, ...]),
            reported_databases=msgspec.convert(document["reported_databases"], tuple[ReportedDatabase, ...]),
            narratives=msgspec.convert(document["narratives"], tuple[Narrative, ...]),
        )
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        raise DocumentBroken(f"not a report's document: {error}") from error
    if document_of(report) != document:
        raise DocumentBroken("not a report's canonical document: rows out of order, or members it does not have")
    return report


def _cells(section: str, row: object) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in row_fields(section)}
    if values.get("client_ref") is None:
        values.pop("client_ref", None)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
