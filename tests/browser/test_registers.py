"""The registers of the Government Office as two officers keep them: one enters, the other confirms. All of it is demo data."""

from __future__ import annotations

import hashlib

import pytest
from playwright.sync_api import Browser

from tests.browser.person import Person
from tests.browser.serving import Served

MINUTES = {"name": "biên bản.pdf", "mimeType": "application/pdf", "buffer": b"bi\xc3\xaan b\xe1\xba\xa3n minh h\xe1\xbb\x8da"}
DIGEST = "sha256:" + hashlib.sha256(MINUTES["buffer"]).hexdigest()  # type: ignore[arg-type]
TOPIC = "Phiên họp minh họa về chuyển đổi số"


@pytest.fixture(scope="module")
def one(served: Served) -> str:
    return served.key("Cán bộ một", "officer")


@pytest.fixture(scope="module")
def two(served: Served) -> str:
    return served.key("Cán bộ hai", "officer")


def enter_meeting(person: Person, *, topic: str = TOPIC) -> None:
    person.opens("/e-form/meetings/new")
    person.types("Ngày họp", "2026-01-08")
    person.types("Chủ trì", "Phó Thủ tướng Chính phủ")
    person.types("Chủ đề", topic)
    person.types("Giấy mời", "Giấy mời 1/GM-VPCP (minh họa)")


def test_two_officers_enter_and_confirm_a_meeting(person: Person, one: str, two: str) -> None:
    person.signs_in(one)
    person.follows("Sổ họp")
    person.reads("Chưa có cuộc họp nào")
    person.looks("register-empty")
    enter_meeting(person)
    person.looks("meeting-new")
    person.page.get_by_role("button", name="Ghi vào sổ").last.click()
    person.reads("Dữ liệu không hợp lệ")
    person.looks("meeting-refused")
    assert person.field("Chủ đề").input_value() == TOPIC
    person.page.get_by_label("G06").check()
    person.attaches("Tệp", MINUTES)
    person.chooses("Đánh dấu nhiều cơ quan", "Cấp phó")
    person.presses("Các tỉnh, thành phố")
    assert person.field("Mã băm SHA-256").input_value() == DIGEST
    person.reads("(35/56)")
    person.looks("meeting-many")
    person.page.get_by_role("button", name="Ghi vào sổ").last.click()
    person.reads("Đã ghi vào sổ")
    person.reads("Người thứ hai")
    person.looks("meeting-entered")
    assert person.page.get_by_role("button", name="Xác nhận").count() == 0
    address = person.address.partition("?")[0]
    person.signs_in(two)
    person.opens(address)
    person.looks("meeting-to-confirm")
    person.presses("Xác nhận phiên bản 1")
    person.reads("Đã xác nhận")
    person.reads("có hiệu lực")
    person.looks("meeting-confirmed")
