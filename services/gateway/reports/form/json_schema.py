"""The form as JSON Schema, draft 2020-12: what a report in JSON must look like before the checks look at it (INT-18)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from services.gateway.reports.form.form import Form, FormField, FormSection
from services.gateway.reports.form.form_checks import ROWS
from shared.canonical import SAFE_INTEGER

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
SENT_REPORT: Final = "SentReport"
SENT_SECTION: Final = "SentSection"
Part = Form | FormSection | FormField
Words = Callable[[Part], dict[str, Any]]
_KEPT: Final = "What departs from it inside a cell or row is kept in the draft and told as a finding."
_WHOLE: Final = f"A month's report without faults, on the form in force for its month. {_KEPT}"
_ALONE: Final = f"The section that the address names: of `report` its object, of any other one its rows. {_KEPT}"


def template_json_schema(form: Form) -> dict[str, Any]:
    """``$id`` is a name, not an address: urn:bangdiem:form:<name>:<version>."""
    named = {"$schema": DRAFT, "$id": f"urn:bangdiem:form:{form.name}:{form.version}"}
    return {**named, **_report(form, {section.name: _row(section, _titled) for section in form.sections}, _titled)}


def component_schemas(forms: Iterable[Form]) -> dict[str, dict[str, Any]]:
    """The same as an OpenAPI document names it: each form's report and the rows of its sections, and what may be sent.

    A report is sent on the form in force for its month, so any form may be meant.
    """
    found: dict[str, dict[str, Any]] = {}
    reports, sections = [], []
    for form in forms:
        # monthly-report/1 is MonthlyReport1
        name = form.name.title().replace("-", "") + str(form.version)
        rows = {section.name: name + ROWS[section.name].__name__ for section in form.sections}
        references = {section: reference(row) for section, row in rows.items()}
        found[name] = _report(form, references, _described)
        found |= {rows[section.name]: _row(section, _described) for section in form.sections}
        reports.append(reference(name))
        sections += [_section(section, references[section.name], {}) for section in form.sections]
    found[SENT_REPORT] = {"description": _WHOLE, "anyOf": reports}
    found[SENT_SECTION] = {"description": _ALONE, "anyOf": sections}
    return found


def reference(component: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{component}"}


def _report(form: Form, rows: Mapping[str, dict[str, Any]], words: Words) -> dict[str, Any]:
    sections = {section.name: _section(section, rows[section.name], words(section)) for section in form.sections}
    return {**words(form), **_object(sections, list(sections))}


def _section(section: FormSection, row: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    return {**words, **(row if section.rows == "one" else {"type": "array", "items": row})}


def _row(section: FormSection, words: Words) -> dict[str, Any]:
    required = [field.name for field in section.fields if field.required]
    return _object({field.name: {**words(field), **_field(field)} for field in section.fields}, required)


def _titled(part: Part) -> dict[str, Any]:
    if isinstance(part, Form):
        return {"title": part.title.vi, "description": f"{part.title.en}. {part.citation}"}
    return {"title": part.label.vi, "description": f"{part.hint.vi} / {part.hint.en} ({part.citation})"}


def _described(part: Part) -> dict[str, Any]:
    """The same without a title, after which generators of clients would name their classes."""
    words = _titled(part)
    return {"description": f"{words['title']}: {words['description']}"}


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _field(field: FormField) -> dict[str, Any]:
    value = _value(field)
    if not field.required:
        value["type"] = [value["type"], "null"]
    return value


def _value(field: FormField) -> dict[str, Any]:
    if field.type == "count":
        return {"type": "integer", "minimum": 0, "maximum": SAFE_INTEGER}
    if field.type == "date":
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
    if field.type == "choice":
        return {"type": "string", "enum": [choice.value for choice in field.choices]}
    pattern = {"pattern": field.pattern} if field.pattern else {}
    return {"type": "string", "minLength": 1 if field.required else 0, "maxLength": field.max_length, **pattern}
