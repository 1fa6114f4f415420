"""The form is dated data: pinned to the month, closed, and refused when it is faulty (INT-19)."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from services.gateway.reports.form.form import (
    FORMS,
    Form,
    FormInvalid,
    FormUnknown,
    form_for,
    load_forms,
    packaged_forms,
    read_form,
)
from services.gateway.reports.form.report import SECTIONS
from shared.period import Period

PACKAGED = FORMS / "monthly-report-1.yaml"


def later(form: Form, *, version: int, first_period: str, longest_title: int) -> Form:
    """The same form as it might go live in another month, with shorter titles."""
    document = form.model_dump()
    document |= {"version": version, "first_period": first_period}
    for section in document["sections"]:
        for field in section["fields"]:
            if field["name"] == "form":
                field["choices"] = [{"value": f"monthly-report/{version}"}]
            if field["name"] == "title":
                field["max_length"] = longest_title
    return Form.model_validate(document)


def test_january_keeps_januarys_form_after_february_s_is_live() -> None:
    january = form_for("2026-01")
    february = later(january, version=2, first_period="2026-02", longest_title=50)
    forms = (february, january)
    assert form_for(Period(2026, 1), forms=forms) is january
    assert form_for("2026-02", forms=forms) is form_for("2031-12", forms=forms) is february
    assert january.section("registered_tasks").field("title").max_length == 1000


def test_no_form_before_the_first() -> None:
    with pytest.raises(FormUnknown, match=r"2025-12.*2026-01"):
        form_for("2025-12")
    with pytest.raises(FormUnknown, match="none"):
        form_for("2026-01", forms=())


def test_every_word_is_nfc_and_every_part_has_both_languages_and_a_citation() -> None:
    text = PACKAGED.read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    for form in packaged_forms():
        assert [section.name for section in form.sections] == list(SECTIONS)
        for part in [part for section in form.sections for part in (section, *section.fields)]:
            assert part.citation
            assert part.label.vi != part.label.en
            assert part.hint.vi != part.hint.en


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("version: 1", "version: 1\nversion: 2", "stands twice"),
        ("version: 1", "version: 1\nnumber: 2", "number: Extra inputs"),
        ("version: 1", "version: 1.5", "version: Input should be a valid integer"),
        ("version: 1", "version: 2", "its one choice must be monthly-report/2"),
        ('"2026-01"', '"2026-13"', "first_period"),
        ("- name: title", "- name: heading", "registered_tasks: fields must be task_code"),
        ("- name: narratives", "- name: words", "sections must be report"),
        ("key: [database]", "key: [client_ref]", "reported_databases/key"),
        ("key: [task_code]", "key: []", "registered_tasks/key"),
        ("type: count", "type: text", "new_records: type must be count"),
        ("flat: about", "flat: chapter\n        max_length: 3", "max_length belongs to text"),
        ("        flat: about\n", "", "give the field another flat name"),
        ('pattern: "^[A-Z][0-9]{2}$"', 'pattern: "^[A-Z"', "pattern"),
        ("vi: Tên nhiệm vụ,", "vi: Nội dung,", "the label nội dung means text and title"),
        ("vi: Tên nhiệm vụ,", "vi: PHẦN,", "the label phần means section and title"),
        ("{value: public, vi: Công khai, en: Public}", "{value: public, colour: red}", "Extra inputs"),
        ("required: false", "required: true", "accepted_on: required must be false"),
        ("    rows: many", "    rows: one", "registered_tasks: only the section report has exactly one row"),
        ("        choices: [{value: monthly-report/1}]\n", "", "form: choices belong to a choice"),
        ("type: date", 'type: date\n        pattern: "^2"', "registered_on: a pattern belongs to text and code"),
        ("name: monthly-report", "name: [", "not readable as YAML"),
    ],
)
def test_a_faulty_form_is_refused_by_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = PACKAGED.read_text("utf-8")
    assert old in text
    (tmp_path / "form.yaml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(FormInvalid, match=re.escape(words)):
        read_form(tmp_path / "form.yaml")


def test_two_forms_may_not_start_together(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(PACKAGED.read_text("utf-8"), "utf-8")
    with pytest.raises(FormInvalid, match="first_period 2026-01"):
        load_forms(tmp_path)


def test_parts_are_found_by_name() -> None:
    form = form_for("2026-01")
    with pytest.raises(KeyError):
        form.section("tasks")
    with pytest.raises(KeyError):
        form.section("report").field("total")
