"""The report as sent, kept whole, and one section of it replaced (INT-07)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.gateway.reports.form.report import SECTIONS, SentReport, SentRow
from services.gateway.reports.formats.json_values import parse, shown_json
from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.formats.read_json import rows_of
from services.gateway.reports.formats.reading import read
from services.gateway.reports.formats.unreadable import HINT, decoded, unreadable
from shared.errors import Fault, NotFound

_LINE = re.compile(r"line [0-9]+")


class SectionUnknown(NotFound):
    """The report has no section of this name."""

    slug = "section-unknown"
    title_vi = "Báo cáo không có phần này"
    title_en = "No such section"


def read_section(body: bytes, *, section: str, media_type: str = JSON) -> SentReport:
    """A report that holds this one section only: in JSON its rows (of `report`, the object), else a file of the format.

    Raises SectionUnknown, ReportUnreadable, ReportTooLarge or FormatUnknown.
    """
    _require(section)
    if media_type.split(";")[0].strip().lower() != JSON:
        sent = read(body, media_type=media_type)
        if set(sent.sections) != {section}:
            seen = ", ".join(sent.sections) or "none"
            raise unreadable([Fault("file", "one section is replaced at a time", seen=seen, expected=section, hint=HINT)])
        return sent
    faults: list[Fault] = []
    strays: list[tuple[str, str]] = []
    rows = rows_of(section, parse(decoded(body), place=""), faults, strays)
    if faults:
        raise unreadable(faults)
    return SentReport(JSON, {section: rows}, strays=tuple(strays))


def with_section(
    sent: SentReport,
    section: str,
    rows: Sequence[SentRow],
    *,
    columns: Mapping[str, str] | None = None,
    strays: Sequence[tuple[str, str]] = (),
) -> SentReport:
    """The report with this section's rows in place of its former ones; every other section stays as it was sent.

    ``columns`` and ``strays`` are those the new rows came with. Raises SectionUnknown.
    """
    _require(section)
    kept = [stray for stray in sent.strays if not _is_about(sent, section, stray[0])]
    others = {name: found for name, found in sent.columns.items() if name != section}
    return replace(
        sent,
        sections={**sent.sections, section: tuple(rows)},
        columns={**others, section: dict(columns)} if columns else others,
        strays=(*kept, *strays),
    )


def sent_as_json(sent: SentReport) -> dict[str, Any]:
    """Everything that was sent as objects, lists, text, whole numbers, booleans and null; ``sent_from_json`` gives it back."""
    return {
        "media_type": sent.media_type,
        "sections": {
            name: [{"at": row.at, "values": dict(row.values)} for row in rows] for name, rows in sent.sections.items()
        },
        "columns": {name: dict(columns) for name, columns in sent.columns.items()},
        "strays": [list(stray) for stray in sent.strays],
    }


def sent_from_json(document: Mapping[str, Any]) -> SentReport:
    """What ``sent_as_json`` wrote."""
    return SentReport(
        document["media_type"],
        {name: tuple(SentRow(row["values"], row["at"]) for row in rows) for name, rows in document["sections"].items()},
        document["columns"],
        tuple((place, seen) for place, seen in document["strays"]),
    )


def _require(section: str) -> None:
    if section not in SECTIONS:
        raise SectionUnknown(f"{shown_json(section)} is no section of a report", hint=f"Name one of {', '.join(SECTIONS)}.")


def _is_about(sent: SentReport, section: str, place: str) -> bool:
    """Whether a stray's place lies in a section: by its JSON pointer, its sheet, or the line of one of its rows."""
    if place.startswith("/"):
        return place.split("/")[1] == section
    rows = sent.sections.get(section, ())
    if _LINE.match(place):
        return place.split("/")[0] in {row.at for row in rows}
    return "!" in place and place.split("!")[0] in {row.at.split("!")[0] for row in rows}
