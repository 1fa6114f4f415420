"""The first page as a board: each of a body's people finds what waits for them without opening a month (DSH-02, DSH-06)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.browser.person import Person
from tests.browser.reporting import Body
from tests.browser.serving import Served
from tests.integration.gateway.reports import report

LEFT = "còn 2 ngày 15 giờ, đến hết ngày 04/02/2026"


def waits(person: Person) -> list[str]:
    return person.page.locator("ul.tasks li").all_inner_texts()


def test_a_report_goes_from_hand_to_hand_by_the_first_page(person: Person, served: Served) -> None:
    body = Body(served, "H38")
    person.signs_in(body.key("drafter"))
    person.reads(LEFT)
    assert waits(person) == ["Tạo báo cáo tháng 01/2026"]
    person.looks("board-nothing-begun")
    sequence = body.begun(report("H38", body.period))
    person.opens("/e-form")
    assert waits(person) == [f"Chuyển duyệt báo cáo số {sequence}, tháng 01/2026"]
    person.looks("board-drafter")
    person.follows("Chuyển duyệt báo cáo")
    person.presses("Chuyển duyệt")
    person.opens("/e-form")
    person.reads("Không có việc nào chờ bạn.")

    person.signs_in(body.key("approver"))
    person.reads("người duyệt báo cáo")
    person.looks("board-approver")
    person.follows("Duyệt báo cáo số")
    person.presses("Duyệt")

    person.signs_in(body.key("signer"))
    person.reads("đã duyệt, chờ ký")
    person.looks("board-signer")
    person.follows("Ký báo cáo số")
    person.presses("Ký và gửi")
    person.opens("/e-form")
    person.reads("đã tiếp nhận đúng hạn")
    person.reads("Không có việc nào chờ bạn.")
    person.looks("board-accepted")


def test_a_drafter_reads_what_is_left_and_why_a_report_came_back(person: Person, served: Served) -> None:
    body = Body(served, "H12")
    person.signs_in(body.key("drafter"))
    sequence = body.begun()
    person.opens("/e-form")
    person.follows("Nhập nội dung hoặc tải tệp")
    assert person.address == f"{body.pages}/{sequence}/content"
    body.put(sequence, report("H12", body.period))
    body.step(sequence, "handovers", "drafter")
    body.step(sequence, "rejections", "approver", reason="Thiếu số văn bản (minh họa)")
    content: dict[str, Any] = report("H12", body.period)
    del content["narratives"]
    body.put(sequence, content, body.state(sequence)["content"]["etag"])
    person.opens("/e-form")
    person.reads("bị trả lại: Thiếu số văn bản (minh họa)")
    person.reads("Khai phần “Thuyết minh”")
    person.looks("board-drafter-mends")


def test_an_administrator_finds_what_awaits_a_second_person(person: Person, served: Served) -> None:
    first, second = (served.key(f"Quản trị viên {number}", "agency_admin", agency="H38") for number in (1, 2))
    asked: dict[str, Any] = {"holder": "Hệ thống một cửa", "roles": ["agency_drafter"], "reason": "minh họa"}
    asked["expires_at"] = "2026-12-31T17:00:00Z"
    served.call("POST", "/agencies/H38/credentials", first, json=asked)
    person.signs_in(first)
    person.reads("1 đề nghị của bạn về khóa của hệ thống cơ quan chờ người thứ hai")
    person.signs_in(second)
    person.looks("board-administrator")
    person.follows("Phê duyệt 1 đề nghị về khóa")
    assert person.address == "/e-form/agencies/H38/credentials"


def test_a_publisher_reads_who_has_reported_and_what_waits(person: Person, served: Served) -> None:
    publisher = served.key("Người công bố 1", "publisher")
    extension = {
        "agency": "H42", "period": "2026-01", "until": "2026-02-07T17:00:00Z", "effect": "in_time", "reason": "minh họa",
        "document": "Văn bản 2 (minh họa)",
    }  # fmt: skip
    served.call("POST", "/extensions", publisher, json=extension)
    person.signs_in(served.key("Người công bố 2", "publisher"))
    person.reads("cơ quan đã nộp đúng hạn")
    person.reads(LEFT)
    person.looks("board-publisher")
    person.follows("Gia hạn cho H42, tháng 01/2026")
    assert person.address.startswith("/e-form/extensions/")
    served.clock.now = datetime(2026, 2, 4, 17, 0, tzinfo=UTC)
    person.signs_in(served.key("Người công bố 2", "publisher"))
    person.reads("đã quá hạn: hết ngày 04/02/2026")
    person.page.get_by_text("Cơ quan đã quá hạn mà chưa nộp").click()
    person.page.get_by_text("(H42): chưa nộp").wait_for()
    person.looks("board-publisher-late")


def test_an_old_month_whose_deadline_was_put_off_waits_on_the_first_page(person: Person, served: Served) -> None:
    """The last test here: it moves the clock that all of them share."""
    body = Body(served, "H42")
    extension = {
        "agency": "H42", "period": body.period, "until": "2026-05-20T17:00:00Z", "effect": "in_time", "reason": "minh họa",
        "document": "Văn bản 3 (minh họa)",
    }  # fmt: skip
    asked = served.call("POST", "/extensions", served.key("Người công bố 1", "publisher"), json=extension).json()
    second = served.key("Người công bố 2", "publisher")
    served.call("POST", f"/extensions/{asked['extension_id']}/approvals", second, json={"reason": "minh họa"})
    served.clock.now = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)
    person.signs_in(body.key("drafter"))
    assert waits(person) == ["Tạo báo cáo tháng 01/2026", "Tạo báo cáo tháng 04/2026"]
    sequence = body.begun(report("H42", body.period))
    body.step(sequence, "handovers", "drafter")
    person.signs_in(body.key("approver"))
    person.reads("đến lượt: người duyệt báo cáo")
    assert waits(person) == [f"Duyệt báo cáo số {sequence}, tháng 01/2026"]
    person.looks("board-put-off")
