"""A month's report from an empty draft to its receipt, by three people at a browser. All figures are invented."""

from __future__ import annotations

from tests.browser.person import Person
from tests.browser.serving import Served

AGENCY = "H38"
MONTH = f"/e-form/agencies/{AGENCY}/periods/2026-01/submissions"


def key(served: Served, role: str, agency: str = AGENCY) -> str:
    """Each role is another person."""
    return served.key(f"Người có vai {role} của {agency}", f"agency_{role}", agency=agency)


def test_a_report_goes_from_an_empty_draft_to_its_receipt(person: Person, served: Served) -> None:
    person.signs_in(key(served, "drafter"))
    person.page.locator("tr", has_text="2026-01").get_by_role("link", name="Báo cáo").click()
    person.reads("Kỳ này chưa có báo cáo nào được ký")
    person.reads("05/02/2026 00:00:00")
    person.looks("month-empty")
    person.presses("Tạo báo cáo mới")
    person.reads("Đã tạo báo cáo mới")
    assert person.address.startswith(f"{MONTH}/1")
    person.looks("overview-empty")

    person.page.locator("main").get_by_role("link", name="Báo cáo", exact=True).click()
    assert person.field("Mã cơ quan").input_value() == AGENCY
    person.types("Số văn bản báo cáo", "12/BC-DEMO")
    person.looks("section-report")
    person.presses("Lưu")
    person.reads("Đã lưu")

    person.opens(f"{MONTH}/1/content/registered_tasks")
    person.reads("Số dòng: 0")
    person.follows("Thêm dòng")
    person.looks("row-new")
    person.types("Mã nhiệm vụ", "007")
    person.types("Tên nhiệm vụ", "Nền tảng dữ liệu minh họa")
    person.types("Ngày đăng ký", "ngày năm tháng một")
    person.presses("Lưu")
    person.reads("Còn điểm phải xử lý")
    assert person.field("Ngày đăng ký").input_value() == "ngày năm tháng một", "what was typed is kept"
    beside = person.page.locator(".field", has_text="Ngày đăng ký").first
    assert "không đọc được" in beside.inner_text()
    assert person.field("Ngày đăng ký").get_attribute("aria-invalid") == "true"
    person.looks("row-with-findings")
    person.types("Ngày đăng ký", "05/01/2026")
    person.types("Ngày nghiệm thu", "2026-01-20")
    person.presses("Lưu")
    person.reads("thiếu văn bản nghiệm thu")
    assert person.field("Ngày nghiệm thu").input_value() == "20/01/2026"
    person.types("Văn bản nghiệm thu", "5/BB-DEMO")
    person.presses("Lưu và thêm dòng khác")
    person.types("Mã nhiệm vụ", "008")
    person.types("Tên nhiệm vụ", "Nhiệm vụ chuyển tiếp minh họa")
    person.types("Ngày đăng ký", "05/01/2010")
    person.presses("Lưu")
    person.looks("row-to-confirm")
    person.opens(f"{MONTH}/1/content/registered_tasks")
    person.reads("Số dòng: 2")
    person.reads("20/01/2026")
    person.looks("table")

    person.opens(f"{MONTH}/1/handovers")
    person.presses("Trình duyệt")
    person.reads("Còn phát hiện chưa được xử lý")
    person.looks("handover-refused")
    person.opens(f"{MONTH}/1/findings")
    person.looks("findings")
    person.follows("Xác nhận kèm lý do")
    person.types("Lý do số liệu này là đúng", "nhiệm vụ chuyển tiếp từ năm 2010 (minh họa)")
    person.looks("confirmation")
    person.presses("Xác nhận")
    person.reads("Đã xác nhận")
    person.reads("Không còn phát hiện nào phải xử lý")

    person.opens(f"{MONTH}/1")
    person.follows("Trình duyệt")
    person.looks("handover")
    person.presses("Trình duyệt")
    person.reads("Đã trình duyệt")
    person.reads("Bây giờ đến lượt người duyệt báo cáo")
    person.looks("overview-in-review")
    person.opens(f"{MONTH}/1/content/registered_tasks/rows/0")
    assert person.page.get_by_role("button", name="Lưu").count() == 0
    person.looks("row-locked")

    person.signs_in(key(served, "approver"))
    person.opens(f"{MONTH}/1")
    person.looks("overview-approver")
    person.follows("Duyệt")
    person.presses("Duyệt")
    person.reads("Đã duyệt")

    person.signs_in(key(served, "signer"))
    person.opens(f"{MONTH}/1")
    person.follows("Ký")
    person.reads("không bắt buộc")
    person.looks("signature")
    person.presses("Ký và gửi")
    person.reads("Đã ký và tiếp nhận")
    person.reads("BN-2026-01-H38-")
    person.looks("receipt")
    person.opens(f"{MONTH}/1")
    person.looks("overview-accepted")
    person.opens(MONTH)
    person.reads("đúng hạn")
    person.looks("month")
