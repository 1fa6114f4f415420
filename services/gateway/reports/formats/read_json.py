"""A report as one JSON object: `report` is an object, every other section a list of objects."""

from __future__ import annotations

from services.gateway.reports.form.form import packaged_forms
from services.gateway.reports.form.report import SECTIONS, Sent, SentReport, SentRow
from services.gateway.reports.formats.json_values import cell_of, json_text, parse, pointer, shown_json
from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.formats.unreadable import HINT, decoded, require_rows, unreadable
from shared.errors import Fault


def read_json(body: bytes) -> SentReport:
    """Raises ReportUnreadable naming every JSON pointer that holds no row or cell, and ReportTooLarge."""
    document = parse(decoded(body), place="")
    if not isinstance(document, dict):
        seen = shown_json(document)
        raise unreadable([Fault("", "a report is one object", seen=seen, expected="an object of sections", hint=HINT)])
    faults: list[Fault] = []
    strays = [(pointer(name), json_text(value)) for name, value in document.items() if name not in SECTIONS]
    sections = {
        name: rows_of(name, document[name], faults, strays) for name in SECTIONS if document.get(name, None) is not None
    }
    if faults:
        raise unreadable(faults)
    return SentReport(JSON, sections, strays=tuple(strays))


def rows_of(section: str, value: object, faults: list[Fault], strays: list[tuple[str, str]]) -> tuple[SentRow, ...]:
    """A section's rows; what is no row or cell goes to ``faults``, what the form does not know to ``strays``."""
    one = section == SECTIONS[0]
    if not isinstance(value, dict | list) or isinstance(value, dict) != one:
        expected = "an object" if one else "a list of rows"
        faults.append(Fault(pointer(section), "not a section", seen=shown_json(value), expected=expected, hint=HINT))
        return ()
    rows = [value] if isinstance(value, dict) else value
    require_rows(len(rows))
    known = known_fields(section)
    found = []
    for ordinal, row in enumerate(rows):
        place = (section,) if one else (section, ordinal)
        if isinstance(row, dict):
            found.append(SentRow(_cells(row, place, known, faults, strays)))
        else:
            faults.append(Fault(pointer(*place), "not a row", seen=shown_json(row), expected="an object of cells", hint=HINT))
    return tuple(found)


def known_fields(section: str) -> frozenset[str]:
    """Every field that any form of this release has in the section."""
    return frozenset(field.name for form in packaged_forms() for field in form.section(section).fields)


def _cells(
    row: dict[str, object],
    place: tuple[object, ...],
    known: frozenset[str],
    faults: list[Fault],
    strays: list[tuple[str, str]],
) -> dict[str, Sent]:
    strays += [(pointer(*place, name), json_text(value)) for name, value in row.items() if name not in known]
    return {name: cell_of(value, pointer(*place, name), faults) for name, value in row.items() if name in known}
