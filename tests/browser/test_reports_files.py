"""A report sent as a file, its templates, large files, and files that evidence it. All figures are invented."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator
from datetime import date

import psycopg
import pytest

from tests.browser.person import Person
from tests.browser.reporting import PERIOD, Body, acts
from tests.browser.serving import Served, served_on
from tests.conftest import TestDatabase
from tests.integration.gateway.reports import report, task
from tests.unit.intake.formats.make import with_part

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
_PATIENCE = 60.0
# The last row of the template's first sheet, with or without a cell for the document's number.
_LAST_CELL = re.compile(r'(?:<c r="B4"[^>]*/>)?</row></sheetData>')


@pytest.fixture(scope="module")
def served(database: TestDatabase) -> Iterator[Served]:
    """Reports of more than 100 KiB are checked by a job here."""
    with served_on(database, check_at_once_bytes=100 * 1024) as made:
        yield made


def file(name: str, content: bytes, media_type: str = "application/octet-stream") -> dict[str, object]:
    return {"name": name, "mimeType": media_type, "buffer": content}


def downloaded(person: Person, link: str) -> tuple[str, bytes]:
    saved_file = person.downloads(link)
    return saved_file.suggested_filename, saved_file.path().read_bytes()


def filled(template: bytes, *cells: str) -> bytes:
    """The workbook with its document's number and one task, as a spreadsheet program writes them."""
    document = '<c r="B4" t="inlineStr"><is><t>12/BC-DEMO</t></is></c></row></sheetData>'
    begun = with_part(template, "xl/worksheets/sheet1.xml", lambda part: _LAST_CELL.sub(document, part.decode()).encode())
    row = f'<row r="2">{"".join(cells)}</row></sheetData>'.encode()
    return with_part(begun, "xl/worksheets/sheet2.xml", lambda part: part.replace(b"</sheetData>", row))


def text_cell(name: str, text: str) -> str:
    return f'<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>'


def day_cell(name: str, day: date) -> str:
    """Spreadsheets count days from 30 December 1899; style 3 of the template shows them as a date."""
    return f'<c r="{name}" s="3"><v>{(day - date(1899, 12, 30)).days}</v></c>'


def test_the_template_is_filled_checked_mended_and_saved(person: Person, served: Served) -> None:
    body = Body(served, "H38")
    sequence = body.begun()
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}")
    acts(person, "Tải tệp lên hoặc xuống")
    person.looks("upload")
    name, template = downloaded(person, "Nội dung hiện có, bảng tính")
    assert name == f"H38-{PERIOD}-{sequence}.xlsx"
    assert downloaded(person, "Mẫu trống")[0].endswith(".xlsx")
    row = (text_cell("A2", "007"), text_cell("B2", "Nền tảng minh họa"), day_cell("C2", date(2026, 1, 5)))
    faulty = filled(template, *row, text_cell("D2", "chưa rõ"))
    person.attaches("Tệp báo cáo", file("bao-cao.xlsx", faulty))
    person.presses("Chỉ kiểm tra")
    person.reads("Chỉ kiểm tra, chưa lưu gì")
    person.reads("Nhiệm vụ!D2")
    person.looks("upload-checked")
    assert body.state(sequence)["content"] is None
    person.attaches("Tệp báo cáo", file("bao-cao.xlsx", faulty))
    person.presses("Lưu vào báo cáo")
    person.reads("Đã tải lên")
    person.looks("findings-of-file")
    person.follows("Nhiệm vụ!D2")
    assert person.field("Ngày nghiệm thu").input_value() == "chưa rõ"
    person.opens(f"{body.pages}/{sequence}/content")
    person.attaches("Tệp báo cáo", file("bao-cao.xlsx", filled(template, *row)))
    person.presses("Lưu vào báo cáo")
    person.reads("Không có lỗi, cảnh báo nào")
    assert body.state(sequence)["content"]["media_type"] == WORKBOOK
    person.opens(f"{body.pages}/{sequence}/content")
    for suffix in ("csv", "ndjson", "json"):
        name, content = downloaded(person, f"Nội dung hiện có, {suffix.upper()}")
        assert name.endswith(suffix)
        assert "Nền tảng minh họa" in content.decode("utf-8-sig")


def test_files_that_are_no_report_and_one_section(person: Person, served: Served) -> None:
    body = Body(served, "H42")
    sequence = body.begun(report("H42", PERIOD))
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}/content")
    person.attaches("Tệp báo cáo", file("bao-cao.json", b"{"))
    person.presses("Lưu vào báo cáo")
    person.reads("Không đọc được tệp báo cáo")
    person.looks("upload-refused")
    person.attaches("Tệp báo cáo", file("bao-cao.docx", b"PK"))
    person.presses("Lưu vào báo cáo")
    person.reads("Kiểu nội dung không được hỗ trợ")
    person.attaches("Tệp báo cáo", file("nhiem-vu.json", json.dumps([task(7)], ensure_ascii=False).encode()))
    person.chooses("Thay", "Chỉ phần Nhiệm vụ")
    person.presses("Lưu vào báo cáo")
    person.reads("Đã tải lên")
    assert [each["task_code"] for each in body.content(sequence)["registered_tasks"]] == ["NV-0007"]


def test_a_file_over_newer_content_is_not_saved(person: Person, served: Served) -> None:
    body = Body(served, "H44")
    sequence = body.begun(report("H44", PERIOD))
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}/content")
    body.put(sequence, report("H44", PERIOD, tasks=[task(5)]), body.state(sequence)["content"]["etag"])
    person.attaches("Tệp báo cáo", file("bao-cao.json", json.dumps(report("H44", PERIOD)).encode()))
    person.presses("Lưu vào báo cáo")
    person.reads("Nội dung đã thay đổi")
    assert [each["task_code"] for each in body.content(sequence)["registered_tasks"]] == ["NV-0005"]


def test_a_large_file_is_checked_by_and_by(person: Person, served: Served) -> None:
    body = Body(served, "H41")
    sequence = body.begun()
    content = json.dumps(report("H41", PERIOD, tasks=[task(number) for number in range(1, 1001)])).encode()
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}/content")
    person.attaches("Tệp báo cáo", file("bao-cao.json", content))
    with psycopg.connect(served.database.superuser_url) as holding:
        # The job cannot write what it found before the page was looked at, however fast it is.
        holding.execute("LOCK TABLE intake.validation IN SHARE ROW EXCLUSIVE MODE")
        person.presses("Lưu vào báo cáo")
        person.reads("đang được kiểm tra")
        person.looks("validation-waiting")
    until = time.monotonic() + _PATIENCE
    while "Đã kiểm tra xong" not in person.text and time.monotonic() < until:
        person.follows("Xem lại")
    person.looks("validation-done")
    person.follows("Xem lỗi, cảnh báo")
    person.reads("Tải danh sách đầy đủ")
    name, listed = downloaded(person, "NDJSON")
    assert name.endswith(".ndjson")
    assert len(listed.splitlines()) == body.state(sequence)["validation"]["total"]


def test_files_that_evidence_a_report(person: Person, served: Served) -> None:
    body = Body(served, "G09")
    sequence = body.begun(report("G09", PERIOD))
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}")
    person.follows("Tài liệu minh chứng")
    person.reads("20 MiB")
    person.attaches("Tệp", file("bien-ban.pdf", PDF, "application/pdf"))
    person.chooses("Minh chứng cho phần", "Nhiệm vụ")
    person.types("Mã băm SHA-256", hashlib.sha256(PDF).hexdigest())
    person.presses("Gửi tệp")
    person.reads("Đã tải lên")
    person.reads("chưa quét")
    assert hashlib.sha256(PDF).hexdigest() in person.page.content()
    person.looks("attachments")
    assert downloaded(person, "bien-ban.pdf") == ("bien-ban.pdf", PDF)
    person.attaches("Tệp", file("bien-ban-2.pdf", PDF, "application/pdf"))
    person.types("Mã băm SHA-256", "0" * 64)
    person.presses("Gửi tệp")
    person.reads("Mã băm khai báo không khớp")
    assert person.field("Mã băm SHA-256").get_attribute("aria-invalid") == "true"
    person.looks("attachment-digest-refused")
    assert person.field("Mã băm SHA-256").input_value() == "0" * 64
    person.types("Mã băm SHA-256", "abc")
    person.attaches("Tệp", file("bien-ban-2.pdf", PDF, "application/pdf"))
    person.presses("Gửi tệp")
    assert "64" in person.page.locator(".field.faulty").inner_text()
    person.types("Mã băm SHA-256", "")
    person.attaches("Tệp", file("anh.pdf", b"no such thing", "application/pdf"))
    person.presses("Gửi tệp")
    person.reads("Nội dung tệp không đúng với kiểu khai báo")
    body.step(sequence, "handovers", "drafter")
    person.opens(f"{body.pages}/{sequence}/attachments")
    assert person.page.get_by_role("button", name="Gửi tệp").count() == 0
    listed = served.call("GET", f"{body.path}/{sequence}/attachments", body.key("drafter")).json()["items"]
    assert [each["name"] for each in listed] == ["bien-ban.pdf"]
