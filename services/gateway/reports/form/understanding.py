"""What a sent report means under its form: the report, or all that is wrong with it, never cut short (INT-05, INT-06)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from services.gateway.reports.form.cell_values import CellFault, Value, reader_of, shown
from services.gateway.reports.form.form import Form, FormSection
from services.gateway.reports.form.form_checks import ROWS
from services.gateway.reports.form.report import SECTIONS, Observation, Report, SentReport, SentRow


def understand(sent: SentReport, form: Form) -> tuple[Report | None, list[Observation]]:
    """The report, when no cell is at fault, and all that is; rules are named in the check catalogue.

    Rules: section-missing, row-repeated, cell-required, cell-type, cell-pattern, cell-too-long, cell-choice, cell-unknown.
    A section sent with no rows is a statement that there are none; a section not sent states nothing.
    """
    observations = [_stray(place, seen) for place, seen in sent.strays]
    understood: dict[str, list[dict[str, Value]]] = {}
    for section in form.sections:
        rows = sent.sections.get(section.name)
        if rows is None or (section.rows == "one" and not rows):
            observations.append(Observation("section-missing", section.name, expected=section.label.vi))
        else:
            understood[section.name] = _rows(section, rows, observations)
    return (None if observations else _report(understood)), observations


def _rows(section: FormSection, rows: Sequence[SentRow], observations: list[Observation]) -> list[dict[str, Value]]:
    readers = [(field.name, reader_of(field)) for field in section.fields]
    names = frozenset(name for name, _ in readers)
    found = []
    first: dict[tuple[Value, ...], int] = {}
    for ordinal, row in enumerate(rows):
        values: dict[str, Value] = {}
        for name, read in readers:
            cell = row.values.get(name)
            try:
                values[name] = read(cell)
            except CellFault as fault:
                identity = identity_of(section, row)
                observations.append(Observation(fault.rule, section.name, ordinal, name, shown(cell), fault.expected, identity))
        observations.extend(_unknown(section, ordinal, row, names))
        observations.extend(_repeated(section, ordinal, row, values, first))
        found.append(values)
    return found


def identity_of(section: FormSection, row: SentRow) -> str:
    """What the row is called whatever its place: its natural key as it was sent, parts joined by a slash."""
    return "/".join(shown(row.values.get(name)) or "" for name in section.key)


def _repeated(
    section: FormSection, ordinal: int, row: SentRow, values: dict[str, Value], first: dict[tuple[Value, ...], int]
) -> Iterator[Observation]:
    """A key stands once; rows whose key could not be read are no repetition of each other."""
    if not all(name in values for name in section.key):
        return
    key = tuple(values[name] for name in section.key)
    earlier = first.setdefault(key, ordinal)
    if earlier != ordinal:
        field = section.key[0] if section.key else None
        identity = identity_of(section, row)
        seen, words = identity or None, {"first": str(earlier)}
        yield Observation("row-repeated", section.name, ordinal, field, seen, identity=identity, words=words)


def _unknown(section: FormSection, ordinal: int, row: SentRow, names: frozenset[str]) -> Iterator[Observation]:
    """Cells under names the form does not have, as a report put together elsewhere may hold them."""
    if not row.values.keys() <= names:
        for name in row.values.keys() - names:
            yield Observation(
                "cell-unknown", section.name, ordinal, name, shown(row.values[name]), identity=identity_of(section, row)
            )


def _stray(place: str, seen: str) -> Observation:
    """A JSON pointer tells the section, row and field; of other places only the words can be repeated."""
    section, ordinal, field, *_ = [*place.removeprefix("/").split("/"), "", "", ""] if place.startswith("/") else ["", "", ""]
    if section not in SECTIONS:
        return Observation("cell-unknown", section="", seen=shown(seen), words={"place": place})
    if not ordinal.isdecimal():
        ordinal, field = "", ordinal
    number = int(ordinal) if ordinal else None
    return Observation("cell-unknown", section, number, field or None, shown(seen), words={"place": place})


def _report(understood: dict[str, list[dict[str, Any]]]) -> Report:
    many: dict[str, Any] = {
        name: tuple(ROWS[name](**values) for values in understood[name]) for name in SECTIONS if name != "report"
    }
    return Report(**understood["report"][0], **many)
