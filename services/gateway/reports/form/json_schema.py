"""The form as JSON Schema, draft 2020-12: what a report in JSON must look like before the checks look at it (INT-18)."""

from __future__ import annotations

from typing import Any, Final

from services.gateway.reports.form.form import Form, FormField, FormSection
from shared.canonical import SAFE_INTEGER

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def template_json_schema(form: Form) -> dict[str, Any]:
    """``$id`` is a name, not an address: urn:bangdiem:form:<name>:<version>."""
    sections = {section.name: _section(section) for section in form.sections}
    return {
        "$schema": DRAFT,
        "$id": f"urn:bangdiem:form:{form.name}:{form.version}",
        "title": form.title.vi,
        "description": f"{form.title.en}. {form.citation}",
        **_object(sections, list(sections)),
    }


def _section(section: FormSection) -> dict[str, Any]:
    words = {"title": section.label.vi, "description": f"{section.hint.vi} / {section.hint.en} ({section.citation})"}
    required = [field.name for field in section.fields if field.required]
    row = _object({field.name: _field(field) for field in section.fields}, required)
    return {**words, **(row if section.rows == "one" else {"type": "array", "items": row})}


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _field(field: FormField) -> dict[str, Any]:
    words = {"title": field.label.vi, "description": f"{field.hint.vi} / {field.hint.en} ({field.citation})"}
    value = _value(field)
    if not field.required:
        value["type"] = [value["type"], "null"]
    return {**words, **value}


def _value(field: FormField) -> dict[str, Any]:
    if field.type == "count":
        return {"type": "integer", "minimum": 0, "maximum": SAFE_INTEGER}
    if field.type == "date":
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
    if field.type == "choice":
        return {"type": "string", "enum": [choice.value for choice in field.choices]}
    pattern = {"pattern": field.pattern} if field.pattern else {}
    return {"type": "string", "minLength": 1 if field.required else 0, "maxLength": field.max_length, **pattern}
