"""Templates come from the form: the schema accepts what the form accepts, the filled workbook passes (INT-18)."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator, FormatChecker
from python_calamine import CalamineWorkbook

from services.gateway.reports.form.canonical_report import digest_of, document_of
from services.gateway.reports.form.form import packaged_forms
from services.gateway.reports.form.json_schema import component_schemas, template_json_schema
from services.gateway.reports.form.report import SECTIONS, Report
from services.gateway.reports.formats.media_types import CSV, JSON, WORKBOOK, FormatUnknown
from services.gateway.reports.formats.reading import read
from services.gateway.reports.formats.template import template_workbook
from services.gateway.reports.formats.writing import write
from tests.unit.intake.formats.make import DEMO, FORM, digest, reports, rules

OPENAPI = json.loads((Path(__file__).parents[4] / "docs" / "openapi.json").read_text(encoding="utf-8"))
SCHEMA = Draft202012Validator(template_json_schema(FORM), format_checker=FormatChecker())


def documented(section: str = "") -> Draft202012Validator:
    """Of the JSON body of PUT …/content, or with a section of PUT …/content/{section}, as the OpenAPI document has it."""
    path = "/api/v1/agencies/{agency}/periods/{period}/submissions/{sequence}/content" + (section and "/{section}")
    schema = OPENAPI["paths"][path]["put"]["requestBody"]["content"][JSON]["schema"]
    return Draft202012Validator({**schema, "components": OPENAPI["components"]}, format_checker=FormatChecker())


def pointers(document: Any) -> list[str]:
    return ["/".join(str(part) for part in error.absolute_path) for error in SCHEMA.iter_errors(document)]


def test_the_schema_is_one_of_its_draft_and_bears_the_forms_name() -> None:
    Draft202012Validator.check_schema(template_json_schema(FORM))
    assert template_json_schema(FORM)["$id"] == "urn:bangdiem:form:monthly-report:1"


@given(reports)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_schema_accepts_every_report(report: Report) -> None:
    document = json.loads(write(report, media_type=JSON, form=FORM))
    assert pointers(document) == []
    assert documented().is_valid(document)


@pytest.mark.parametrize(
    ("section", "cells"),
    [
        ("registered_tasks", {"title": 5}),
        ("registered_tasks", {"title": None}),
        ("registered_tasks", {"task_code": "2026-01-05"}),
        ("registered_tasks", {"registered_on": "05/01/2026"}),
        ("registered_tasks", {"registered_on": "2026-02-30"}),
        ("registered_tasks", {"client_ref": "x" * 201}),
        ("registered_tasks", {"colour": "red"}),
        ("reported_databases", {"new_records": -1}),
        ("reported_databases", {"new_records": 2**53}),
        ("narratives", {"visibility": "secret"}),
    ],
)
def test_schema_and_understanding_refuse_the_same_cells(section: str, cells: dict[str, Any]) -> None:
    document = document_of(DEMO)
    document[section][0] |= cells
    field = next(iter(cells))
    assert {tuple(pointer.split("/")[:2]) for pointer in pointers(document)} == {(section, "0")}
    assert not documented().is_valid(document)
    assert not documented(section).is_valid(document[section])
    assert [found[1:] for found in rules(read(json.dumps(document).encode(), media_type=JSON))] == [(section, 0, field)]


@pytest.mark.parametrize("section", SECTIONS)
def test_the_documented_body_is_every_section_and_no_other(section: str) -> None:
    document = document_of(DEMO)
    assert documented().is_valid(document)
    assert documented(section).is_valid(document[section])
    assert not documented().is_valid({name: rows for name, rows in document.items() if name != section})
    assert not documented().is_valid({**document, section: "none"})
    assert not documented().is_valid({**document, "remarks": document[section]})
    assert not documented(section).is_valid(document)


def test_the_documented_body_is_that_of_the_form() -> None:
    components = component_schemas(packaged_forms())
    assert {name: OPENAPI["components"]["schemas"][name] for name in components} == components


def test_the_empty_template_misses_exactly_what_an_official_must_fill() -> None:
    body = template_workbook(FORM, agency="G06", period="2026-01")
    assert rules(read(body, media_type=WORKBOOK)) == [("cell-required", "report", 0, "document")]


def test_the_filled_template_passes_and_keeps_leading_zeros() -> None:
    body = template_workbook(FORM, report=DEMO)
    assert digest(body, WORKBOOK) == digest_of(DEMO)
    assert read(body, media_type=WORKBOOK).sections["registered_tasks"][0].values["task_code"] == "0007"


def test_the_workbook_is_in_vietnamese_with_a_sheet_per_section() -> None:
    with CalamineWorkbook.from_filelike(io.BytesIO(template_workbook(FORM))) as workbook:
        assert workbook.sheet_names == [*(FORM.section(name).label.vi for name in SECTIONS), "Hướng dẫn"]
        assert workbook.get_sheet_by_name("Nhiệm vụ").to_python()[0][:2] == ["Mã nhiệm vụ", "Tên nhiệm vụ"]


def test_the_same_template_has_the_same_bytes() -> None:
    assert template_workbook(FORM, report=DEMO) == template_workbook(FORM, report=DEMO)


def test_text_never_becomes_a_formula_or_a_link() -> None:
    database = DEMO.reported_databases[0]
    tricky = Report(
        **{
            **vars(DEMO),
            "reported_databases": (type(database)("d1", '=HYPERLINK("x")', 1), type(database)("d2", "mailto:x", 2)),
        }
    )
    body = template_workbook(FORM, report=tricky)
    assert digest(body, WORKBOOK) == digest_of(tricky)
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        sheets = [packed.read(name) for name in packed.namelist() if "worksheets/sheet" in name]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_a_table_opens_in_vietnamese_spreadsheets() -> None:
    head = write(DEMO, media_type=CSV, form=FORM).decode("utf-8-sig").splitlines()[0]
    assert head.startswith("Phần;Biểu mẫu;Mã cơ quan;Kỳ báo cáo;")


def test_a_report_is_written_in_the_four_formats_only() -> None:
    with pytest.raises(FormatUnknown):
        write(DEMO, media_type="application/pdf", form=FORM)
