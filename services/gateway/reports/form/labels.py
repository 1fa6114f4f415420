"""The names that tables may use: a form's own, its Vietnamese and its English labels; of any form of this release."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from services.gateway.reports.form.form import Form, FormField, packaged_forms
from services.gateway.reports.form.form_checks import SECTION_COLUMN, SECTION_LABELS
from services.gateway.reports.form.report import Sent
from services.gateway.reports.formats.unreadable import tidy

# The sheet of a workbook that explains and reports nothing.
NOTES: Final = "Hướng dẫn"
_VIETNAMESE_DAY: Final = re.compile("([0-9]{2})/([0-9]{2})/([0-9]{4})")


@dataclass(frozen=True)
class Labels:
    """What a heading, a section's name and a choice's label mean; all are compared without regard to case."""

    sections: Mapping[str, str]
    flat: Mapping[str, str]
    fields: Mapping[str, Mapping[str, str]]
    types: Mapping[tuple[str, str], str]
    choices: Mapping[tuple[str, str], Mapping[str, str]]

    def section(self, text: Sent) -> str | None:
        """The section a sheet's name or a cell speaks of."""
        return self.sections.get(_key(text))

    def column(self, text: Sent) -> str | None:
        """The flat name a heading of one table of all sections speaks of; SECTION_COLUMN for the section's own."""
        return self.flat.get(_key(text))

    def field(self, section: str, text: Sent) -> str | None:
        """The field a heading of a section's own table speaks of."""
        return self.fields[section].get(_key(text))

    def value(self, section: str, field: str, cell: Sent) -> Sent:
        """A table's cell as the form writes it: dd/mm/yyyy as YYYY-MM-DD, a choice's label as its value."""
        if not isinstance(cell, str):
            return cell
        if self.types[section, field] == "date":
            return _iso_day(cell)
        if self.types[section, field] == "choice":
            return self.choices[section, field].get(_key(cell), cell)
        return cell


@cache
def packaged_labels() -> Labels:
    return labels_of(packaged_forms())


@cache
def flat_names(section: str) -> dict[str, str]:
    """Field by its flat name, as CSV and NDJSON write it."""
    return {field.flat_name: field.name for form in packaged_forms() for field in form.section(section).fields}


def labels_of(forms: tuple[Form, ...]) -> Labels:
    """Of several forms the later ones decide."""
    labels = Labels({}, {_key(each): SECTION_COLUMN for each in (SECTION_COLUMN, *SECTION_LABELS.values())}, {}, {}, {})
    found = vars(labels)
    for section in (section for form in forms for section in form.sections):
        found["sections"].update({_key(each): section.name for each in (section.name, section.label.vi, section.label.en)})
        fields = found["fields"].setdefault(section.name, {})
        for field in section.fields:
            fields.update({_key(each): field.name for each in _names(field)})
            found["flat"].update({_key(each): field.flat_name for each in _names(field)[1:]})
            found["types"][section.name, field.name] = field.type
            found["choices"][section.name, field.name] = dict(_choices(field))
    return labels


def _names(field: FormField) -> tuple[str, ...]:
    return (field.name, field.flat_name, field.label.vi, field.label.en)


def _choices(field: FormField) -> Iterator[tuple[str, str]]:
    for choice in field.choices:
        yield from ((_key(each), choice.value) for each in (choice.value, choice.vi, choice.en) if each)


def _key(text: Sent) -> str:
    tidied = tidy(text)
    return tidied.casefold() if isinstance(tidied, str) else ""


def _iso_day(cell: str) -> str:
    found = _VIETNAMESE_DAY.fullmatch(cell)
    if found is None:
        return cell
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return cell  # no such day; what was written is what the finding shows


def day_text(moment: date | datetime) -> str:
    """A workbook's date as text; one with a time of day shows it, and so is no date of a form."""
    if isinstance(moment, datetime) and moment.time().isoformat() == "00:00:00":
        return moment.date().isoformat()
    return moment.isoformat()
