"""What a form's parts must be to each other and to the report they become. A form that breaks this is never loaded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields as members
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final, get_args, get_type_hints

from services.gateway.reports.form.report import SECTIONS, Narrative, RegisteredTask, Report, ReportedDatabase

if TYPE_CHECKING:
    from services.gateway.reports.form.form import Form, FormField, FormSection

ROWS: Final = {
    "report": Report,
    "registered_tasks": RegisteredTask,
    "reported_databases": ReportedDatabase,
    "narratives": Narrative,
}
# The column of CSV and NDJSON that says which section a row belongs to.
SECTION_COLUMN: Final = "section"
SECTION_LABELS: Final = {"vi": "Phần", "en": "Section"}
_TEXTUAL: Final = ("text", "code", "choice")


@cache
def row_fields(section: str) -> dict[str, tuple[str, ...]]:
    """The fields a section's row has, each with the types that fit it; of the report, only its own cells."""
    kind = ROWS[section]
    hints = get_type_hints(kind)
    return {each.name: _fitting(hints[each.name]) for each in members(kind) if each.name not in SECTIONS}


def form_faults(form: Form) -> Iterator[str]:
    """Every fault in plain words, each naming its place."""
    if [section.name for section in form.sections] != list(SECTIONS):
        yield f"sections must be {', '.join(SECTIONS)}, in this order"
        return
    for section in form.sections:
        yield from _section_faults(section)
    yield from _label_faults(form)
    stated = [choice.value for field in form.sections[0].fields if field.name == "form" for choice in field.choices]
    if stated != [form.id]:
        yield f"report/form: its one choice must be {form.id}"


def _section_faults(section: FormSection) -> Iterator[str]:
    expected = row_fields(section.name)
    names = [field.name for field in section.fields]
    if sorted(names) != sorted(expected):
        yield f"{section.name}: fields must be {', '.join(expected)}, each once"
        return
    if (section.rows == "one") != (section.name == "report"):
        yield f"{section.name}: only the section report has exactly one row"
    required = {field.name for field in section.fields if field.required}
    if not set(section.key) <= required or (section.rows == "many" and not section.key):
        yield f"{section.name}/key: must name required fields"
    for field in section.fields:
        for fault in _field_faults(field, expected[field.name]):
            yield f"{section.name}/{field.name}: {fault}"


def _field_faults(field: FormField, fitting: tuple[str, ...]) -> Iterator[str]:
    optional = "none" in fitting
    if field.type not in fitting:
        yield f"type must be {' or '.join(each for each in fitting if each != 'none')}"
    if field.required == optional:
        yield f"required must be {'false' if optional else 'true'}"
    if (field.type in ("text", "code")) != (field.max_length is not None):
        yield "max_length belongs to text and code, and to them always"
    if (field.type == "choice") != bool(field.choices):
        yield "choices belong to a choice, and to it always"
    if field.pattern is not None and field.type not in ("text", "code"):
        yield "a pattern belongs to text and code"
    if field.flat_name == SECTION_COLUMN:
        yield f"{SECTION_COLUMN} names the row's section in flat formats; give the field another flat name"


def _label_faults(form: Form) -> Iterator[str]:
    """In one table of all sections a heading means one column, so a label, like a flat name, means one field."""
    meant: dict[str, set[str]] = defaultdict(set)
    for label in (SECTION_COLUMN, *SECTION_LABELS.values()):
        meant[label.casefold()].add(SECTION_COLUMN)
    for section in form.sections:
        for field in section.fields:
            for label in {field.flat_name, field.label.vi, field.label.en}:
                meant[label.casefold()].add(field.flat_name)
    for label, names in meant.items():
        if len(names) > 1:
            yield f"the label {label} means {' and '.join(sorted(names))}; a label means one field"


def _fitting(hint: object) -> tuple[str, ...]:
    if hint is int:
        return ("count",)
    if hint is date:
        return ("date",)
    if type(None) in get_args(hint):
        return (*next(_fitting(each) for each in get_args(hint) if each is not type(None)), "none")
    return _TEXTUAL
