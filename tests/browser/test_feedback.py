"""Feedback about data at the pages: a body asks, offices answer, forward and decline, a citizen's is entered; invented."""

from __future__ import annotations

import hashlib

import pytest

from tests.browser.person import Person
from tests.browser.serving import Served

OWN = "/e-form/agencies/H38/feedback"
ALL = "/e-form/feedback"


@pytest.fixture(scope="module")
def keys(served: Served) -> dict[str, str]:
    return {
        "drafter": served.key("Người soạn", "agency_drafter", agency="H38"),
        "approver of G06": served.key("Người duyệt của bộ", "agency_approver", agency="G06"),
        "officer": served.key("Cán bộ theo dõi", "officer"),
        "assessor": served.key("Cán bộ thẩm định", "assessor"),
        "reader": served.key("Người đọc", "reader"),
    }


def writes(person: Person, kind: str, subject: str) -> None:
    person.chooses("Loại", kind)
    person.types("Tóm tắt", subject)
    person.types("Nội dung", "Dòng một (minh họa).\nDòng hai.")


def takes(person: Person, link: str, label: str, words: str, button: str) -> None:
    person.goes_by(person.page.locator("main").get_by_role("link", name=link, exact=True))
    person.types(label, words)
    person.goes_by(person.page.locator("main").get_by_role("button", name=button, exact=True))
    person.reads("Đã gửi")


def test_a_body_asks_is_answered_after_an_explanation_and_reopens(person: Person, keys: dict[str, str]) -> None:
    person.signs_in(keys["drafter"])
    person.follows("Phản hồi")
    person.reads("Không có phản hồi, kiến nghị nào")
    person.looks("feedback-none")
    person.follows("Gửi phản hồi, kiến nghị")
    person.looks("feedback-form")
    writes(person, "Đề nghị xác minh số liệu", "Số hồ sơ chưa khớp (minh họa)")
    person.page.locator("select[name=about_agency]").select_option("G06")
    person.page.locator("select[name=indicator]").select_option("C2")
    person.page.locator("select[name=period]").select_option("2026-01")
    person.page.get_by_role("group", name="Minh chứng 2").get_by_label("Tên tài liệu").fill("Biên bản đối chiếu (minh họa)")
    person.presses("Gửi")
    person.looks("feedback-refused")
    first = person.page.get_by_role("group", name="Minh chứng 1")
    assert first.get_by_label("Tên tài liệu").input_value() == "Biên bản đối chiếu (minh họa)"
    assert first.locator(".fault").count() == 1, "a title alone shows nothing"
    assert person.page.locator("select[name=about_agency]").input_value() == "G06"
    file = b"bien ban minh hoa"
    first.get_by_label("Tệp").set_input_files({"name": "bien-ban.pdf", "mimeType": "application/pdf", "buffer": file})
    person.presses("Gửi")
    person.reads("Đã gửi")
    assert hashlib.sha256(file).hexdigest() in person.page.content()
    there = person.address.partition("?")[0]
    number = person.page.locator("h1").inner_text().partition(":")[0]
    assert number == "PA-2026-000001"
    assert person.page.locator("main .actions a").count() == 0, "it is the office's turn"
    person.looks("feedback-sent")

    person.signs_in(keys["officer"])
    person.opens(ALL)
    person.looks("feedback-office")
    person.follows(number)
    takes(person, "Bắt đầu xử lý", "Ghi chú", "", "Bắt đầu xử lý")
    person.follows("Chuyển cơ quan")
    assert person.page.locator("select[name=agency]").input_value() == "G06", "whom it is about"
    person.looks("feedback-forwarding")
    person.types("Yêu cầu giải trình", "Đề nghị giải trình (minh họa)")
    person.presses("Chuyển cơ quan")
    person.reads("Đã gửi")
    person.reads("chờ giải trình của")

    person.signs_in(keys["approver of G06"])
    person.follows("Phản hồi")
    person.follows(number)
    takes(person, "Giải trình", "Giải trình", "Số liệu đã được đối chiếu (minh họa)", "Giải trình")

    person.signs_in(keys["assessor"])
    person.opens(ALL)
    person.follows(number)
    takes(person, "Trả lời", "Nội dung trả lời", "Số liệu đúng theo nguồn (minh họa)", "Trả lời")

    person.signs_in(keys["drafter"])
    person.opens(there)
    person.reads("Số liệu đúng theo nguồn (minh họa)")
    person.looks("feedback-answered")
    takes(person, "Mở lại", "Vì sao chưa thỏa đáng", "Còn thiếu một hồ sơ (minh họa)", "Mở lại")
    assert "mở lại" in person.page.locator(".tag").first.inner_text()
    person.opens(OWN)
    person.chooses("Trạng thái", "mở lại")
    person.presses("Lọc")
    person.page.wait_for_url("**state=reopened*")
    assert number in person.text
    person.chooses("Trạng thái", "đã đóng")
    person.presses("Lọc")
    person.reads("Không có phản hồi, kiến nghị nào")

    person.signs_in(keys["officer"])
    person.opens(ALL)
    person.follows(number)
    takes(person, "Bắt đầu xử lý", "Ghi chú", "", "Bắt đầu xử lý")
    takes(person, "Từ chối", "Lý do từ chối", "Ngoài phạm vi (minh họa)", "Từ chối")
    person.signs_in(keys["drafter"])
    person.opens(there)
    takes(person, "Đóng", "Ghi chú", "", "Đóng")
    assert "đã đóng" in person.page.locator(".tag").first.inner_text()
    person.looks("feedback-closed")


def test_an_office_enters_a_citizens_and_readers_see_no_name(person: Person, keys: dict[str, str]) -> None:
    person.signs_in(keys["officer"])
    person.opens(ALL)
    person.follows("Ghi thay tổ chức, cá nhân")
    person.chooses("Là", "Cá nhân")
    person.chooses("Gửi bằng", "điện thoại")
    person.types("Tên", "Người gửi minh họa")
    person.types("Điện thoại", "0000 000 000")
    writes(person, "Kiến nghị", "Bổ sung chỉ dẫn (minh họa)")
    person.looks("feedback-for-others")
    person.presses("Ghi vào sổ")
    person.reads("Người gửi minh họa")
    there = person.address.partition("?")[0]
    person.looks("feedback-of-a-citizen")
    person.signs_in(keys["reader"])
    person.follows("Phản hồi")
    assert person.page.get_by_role("link", name="Ghi thay tổ chức, cá nhân").count() == 0
    person.opens(there)
    person.reads("Bổ sung chỉ dẫn (minh họa)")
    assert "Người gửi minh họa" not in person.text
    person.opens(f"{there}/answers")
    person.reads("Hiện bạn không phải xử lý nội dung nào tại đây")


def test_feedback_is_kept_apart_and_reads_in_english(person: Person, keys: dict[str, str]) -> None:
    person.signs_in(keys["approver of G06"])
    assert person.opens(OWN).status == 404
    person.looks("feedback-of-another-body")
    person.signs_in(keys["officer"])
    person.switches("English")
    person.opens(ALL)
    assert person.page.locator("h1").inner_text() == "Feedback about data"
    person.looks("feedback-english")
