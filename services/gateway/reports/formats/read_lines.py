"""A report as NDJSON: one object a line, each naming its section; a line with nothing else says the section was sent.

`section` names the row's section, so a narrative names the section it is about in `about`.
"""

from __future__ import annotations

from services.gateway.reports.form.form_checks import SECTION_COLUMN
from services.gateway.reports.form.labels import flat_names
from services.gateway.reports.form.report import SECTIONS, Sent, SentReport, SentRow
from services.gateway.reports.formats.json_values import cell_of, json_text, parse, shown_json
from services.gateway.reports.formats.media_types import NDJSON
from services.gateway.reports.formats.unreadable import HINT, decoded, require_rows, unreadable
from shared.errors import DomainError, Fault


def read_lines(body: bytes) -> SentReport:
    """Raises ReportUnreadable naming every line that cannot be read, and ReportTooLarge."""
    lines = [(number, line) for number, line in enumerate(decoded(body).split("\n"), 1) if line.strip()]
    require_rows(len(lines))
    faults: list[Fault] = []
    strays: list[tuple[str, str]] = []
    rows: dict[str, list[SentRow]] = {}
    for number, line in lines:
        members = _object(line, f"line {number}", faults)
        if members is not None:
            _take(members, f"line {number}", rows, faults, strays)
    if faults:
        raise unreadable(faults)
    columns = {section: {name: flat for flat, name in flat_names(section).items() if flat != name} for section in SECTIONS}
    sections = {section: tuple(found) for section, found in rows.items()}
    return SentReport(NDJSON, sections, {name: found for name, found in columns.items() if found}, tuple(strays))


def _object(line: str, place: str, faults: list[Fault]) -> dict[str, object] | None:
    try:
        value = parse(line, place=place)
    except DomainError as problem:
        faults.extend(problem.faults)
        return None
    if isinstance(value, dict):
        return value
    faults.append(Fault(place, "not a row", seen=shown_json(value), expected="an object", hint=HINT))
    return None


def _take(
    members: dict[str, object],
    place: str,
    rows: dict[str, list[SentRow]],
    faults: list[Fault],
    strays: list[tuple[str, str]],
) -> None:
    section = members.pop(SECTION_COLUMN, None)
    if section not in SECTIONS or not isinstance(section, str):
        strays.append((f"{place}/{SECTION_COLUMN}", json_text(section)))
        return
    taken = rows.setdefault(section, [])
    known = flat_names(section)
    strays += [(f"{place}/{name}", json_text(value)) for name, value in members.items() if name not in known]
    cells: dict[str, Sent] = {
        known[name]: cell_of(value, f"{place}/{name}", faults) for name, value in members.items() if name in known
    }
    if members:
        taken.append(SentRow(cells, place))
