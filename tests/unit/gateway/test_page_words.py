"""What a page says of a refusal: instructions for an official, never for a program; places as people count them."""

from __future__ import annotations

import json

import pytest

from services.gateway.messages.problem_types import by_slug, register
from services.gateway.messages.translating import in_vietnamese, sentences
from services.gateway.pages.moved_deadlines import words_of
from services.gateway.pages.own_api import Answer, Refused
from services.gateway.pages.page_words import FOR_PROGRAMS, REMEDIES, SENTENCES, WHOLE, place_words, remedy_of, said
from services.gateway.pages.problems import problem_context
from shared.problems import Language
from shared.writing import sentence
from tests.tables import whole


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_remedy_at_a_page_speaks_to_a_program(subtests: pytest.Subtests, language: Language) -> None:
    for each in whole(register(), least=189):
        with subtests.test(each.slug):
            told = remedy_of(each.slug, each.remedy(language), language)
            assert told
            assert not FOR_PROGRAMS.search(told)


def test_what_is_said_otherwise_is_what_the_api_says() -> None:
    assert set(SENTENCES) <= set(sentences())
    assert set(WHOLE) | set(REMEDIES) <= set(by_slug())
    for vi, en in [*SENTENCES.values(), *WHOLE.values(), *REMEDIES.values()]:
        assert vi != en
        assert not FOR_PROGRAMS.search(vi)
        assert not FOR_PROGRAMS.search(en)


@pytest.mark.parametrize(
    ("english", "vi"),
    [
        ("a JSON number without decimals", "số nguyên, viết bằng chữ số"),
        ("bodies are at most 33554432 bytes", "nội dung gửi lên nhiều nhất 32 MiB"),
        ("GET /api/v1/submission-machine lists the steps there are.", None),
        ("POST /agencies/H38/periods/2026-01/submissions/1/validations", None),
        ("sha-256=:abc=:", None),
        ("application/json, application/x-ndjson, text/csv", ".json, .ndjson, .csv"),
        ("'agency_signer' or 'agency_unit'", "người ký của cơ quan hoặc người của đơn vị"),
        ("is missing", "chưa có giá trị"),
    ],
)
def test_a_sentence_for_programs_is_said_otherwise_or_not_at_all(english: str, vi: str | None) -> None:
    assert said(in_vietnamese(english), "vi") == vi


@pytest.mark.parametrize(
    ("pointer", "vi", "en"),
    [
        ("/registered_tasks/22/title", "dòng 23", "row 23"),
        ("line 3/Tên nhiệm vụ", "dòng 3, Tên nhiệm vụ", "line 3, Tên nhiệm vụ"),
        ("byte 0", "byte thứ 0", "byte 0"),
        ("/reason", "Lý do", "Reason"),
        ("/until", "Đến", "Until"),
        ("/contact", "", ""),
        ("/content", "", ""),
        ("", "", ""),
        ("Content-Type", "", ""),
        ("/summons/0/agency", "dòng 1", "row 1"),
    ],
)
def test_a_place_is_told_as_people_count(pointer: str, vi: str, en: str) -> None:
    assert vi in place_words(pointer, "vi")
    assert en in place_words(pointer, "en")
    assert "_" not in place_words(pointer, "vi") + place_words(pointer, "en")


def test_a_cell_of_a_report_is_told_by_the_forms_labels() -> None:
    section, row, cell = place_words("/registered_tasks/22/title", "vi").split(", ")
    assert section
    assert cell
    assert row == "dòng 23"


@pytest.mark.parametrize(("name", "shown"), [("zzz", "zzz"), ("a~1b~0", "a/b~"), ("7", "7")])
def test_a_field_that_no_report_has_is_told_by_its_name(name: str, shown: str) -> None:
    assert place_words(f"/registered_tasks/0/{name}", "vi").split(", ")[1:] == ["dòng 1", shown]


def test_open_findings_are_counted_once() -> None:
    faults = [{"pointer": "/content", "detail": "1 lỗi, cảnh báo: lỗi phải sửa", "expected": "0"}] * 3
    told = {
        "type": "x/problems/findings-open",
        "title": "Còn lỗi, cảnh báo",
        "detail": "3 lỗi, cảnh báo chưa xử lý",
        "errors": faults,
    }
    shown = problem_context(Refused(Answer(409, {}, json.dumps(told).encode())), "vi")
    assert shown["faults"] == {}
    assert shown["problem"]["detail"] == "3 lỗi, cảnh báo chưa xử lý"


def test_a_refused_file_is_told_by_suffixes() -> None:
    fault = {
        "pointer": "Content-Type",
        "detail": "không phải là định dạng của báo cáo",
        "expected": "application/json, text/csv",
    }
    told = {"type": "x/problems/media-type-unsupported", "title": "Kiểu", "remedy": "Gửi … Content-Type", "errors": [fault]}
    shown = problem_context(Refused(Answer(415, {}, json.dumps(told).encode())), "vi")
    assert ".xlsx" in shown["problem"]["remedy"]
    assert shown["faults"]["Content-Type"][0]["expected"] == ".json, .csv"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("báo cáo 1 đã tiếp nhận", "Báo cáo 1 đã tiếp nhận."),
        ("đã gửi..", "Đã gửi."),
        ("meet_01m8195zzz chưa được xác nhận", "meet_01m8195zzz chưa được xác nhận."),
        ("bd86af899a30 đã được phê duyệt.", "bd86af899a30 đã được phê duyệt."),
        ("tệp: không phải sổ tính Excel", "Tệp: không phải sổ tính Excel."),
    ],
)
def test_a_sentence_begins_with_a_capital_and_a_code_with_none(words: str, shown: str) -> None:
    assert sentence(words) == shown


def test_what_moved_a_deadline_is_told_by_its_document() -> None:
    calendar = {
        "extensions": [
            {"extension_id": "ext_1", "document": "12/QĐ-MH", "reason": "bão"},
            {"extension_id": "ext_2", "document": "", "reason": "lũ"},
        ],
        "items": [{"entry_id": "cal_1", "reason": "nghỉ Tết"}],
    }
    assert words_of(calendar) == {"ext_1": "12/QĐ-MH", "ext_2": "lũ", "cal_1": "nghỉ Tết"}
