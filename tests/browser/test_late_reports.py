"""Who reported in time, extensions and late reports that count, as a publisher meets them. Figures are invented."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.law.scheme import legal_report_deadline
from shared.period import Period
from tests.browser.person import Person
from tests.browser.serving import Served
from tests.integration.ingest.handing_in import HandingIn, records

JANUARY = Period(2026, 1)
AFTER = legal_report_deadline(JANUARY) + timedelta(days=1)


@pytest.fixture(scope="module")
def handed_in(served: Served) -> None:
    served.clock.now = AFTER
    figures = [records("đất-đai", 70)]
    in_time, late = legal_report_deadline(JANUARY) - timedelta(hours=1), AFTER - timedelta(hours=1)
    served.run(lambda database: HandingIn(database).report("G06", JANUARY, in_time, databases=figures))
    served.run(lambda database: HandingIn(database).report("H38", JANUARY, late, databases=figures))


@pytest.fixture
def publisher(served: Served, handed_in: None) -> str:
    return served.key("Người công bố", "publisher")


def test_who_reported_in_time_stands_on_one_page(person: Person, served: Served, handed_in: None) -> None:
    person.signs_in(served.key("Người đọc", "reader"))
    person.opens("/e-form/periods/2026-01/reporting")
    person.reads("1 / 56")
    person.looks("reporting")
    person.goes_by(person.page.get_by_role("link", name="nộp muộn"))
    person.reads("Các cơ quan: 1")
    person.reads("Ủy ban nhân dân tỉnh Lào Cai")
    person.follows("Gia hạn")
    assert person.page.get_by_role("button", name="gia hạn").count() == 0


def test_a_publisher_puts_one_deadline_off(person: Person, served: Served, publisher: str) -> None:
    person.signs_in(publisher)
    person.opens("/e-form/extensions?period=2026-01")
    person.chooses("Cơ quan", "Bộ Công an (G01)")
    person.types("Đến", "1/2/2026 9:00")
    person.chooses("Hiệu lực", "nộp trong thời gian gia hạn là đúng hạn")
    person.types("Văn bản", "9/QĐ (minh họa)")
    person.types("Lý do", "Sự cố hệ thống (minh họa)")
    person.presses("Đề xuất gia hạn")
    person.reads("Dữ liệu đầu vào không hợp lệ")
    assert person.field("Đến").get_attribute("aria-invalid") == "true"
    assert person.field("Đến").input_value() == "1/2/2026 9:00"
    person.reads("muộn hơn 06/02/2026 00:00:00")
    person.reads("Công bố cùng kết quả của tháng, ai cũng đọc được.")
    person.reads("Đến: đã qua")
    person.looks("extension-refused")
    person.types("Đến", "10/02/2026")
    person.presses("Đề xuất gia hạn")
    person.reads("chờ người thứ hai phê duyệt")
    person.reads("11/02/2026 00:00:00")
    person.reads("chờ duyệt, chưa có hiệu lực")
    assert person.page.get_by_role("link", name="Xem và duyệt").count() == 0, "nobody approves what they proposed"
    person.looks("extensions")
    listed = served.call("GET", "/extensions?period=2026-01&agency=G01", publisher).json()["items"]
    approval = f"/e-form/extensions/{listed[0]['extension_id']}/approvals"
    person.opens(approval)
    person.reads("đang chờ một người công bố khác")
    assert person.page.get_by_role("button", name="Duyệt gia hạn").count() == 0, "a form that could only be refused"
    person.opens("/e-form/periods/2026-01/reporting")
    assert "đã dời" not in person.page.inner_text("main")
    person.signs_in(served.key("Người công bố của G01", "publisher", agency="G01"))
    person.opens(approval)
    person.reads("là của cơ quan bạn thuộc về")
    assert person.page.get_by_role("button", name="Duyệt gia hạn").count() == 0
    person.signs_in(served.key("Người công bố thứ hai", "publisher"))
    person.opens("/e-form/extensions?period=2026-01")
    person.follows("Xem và duyệt")
    person.reads("Sự cố hệ thống (minh họa)")
    person.looks("extension-approval")
    person.types("Lý do duyệt", "Đồng ý (minh họa)")
    person.presses("Duyệt gia hạn")
    person.reads("Đã duyệt.")
    person.reads("Đồng ý (minh họa)")
    person.looks("extensions-approved")
    person.switches("English")
    person.reads("Propose an extension")
    person.looks("extensions-english")
    person.switches("Tiếng Việt")
    person.opens("/e-form/periods/2026-01/reporting")
    person.reads("đã dời: 9/QĐ (minh họa)")


def test_a_late_report_counts_by_a_decision(person: Person, served: Served, publisher: str) -> None:
    person.signs_in(served.key("Người công bố của H38", "publisher", agency="H38"))
    person.opens("/e-form/late-acceptances?period=2026-01")
    late = person.page.get_by_label("Báo cáo muộn").last
    late.select_option(index=1)
    person.types("Văn bản", "10/QĐ (minh họa)")
    person.types("Lý do", "Mất mạng cả tỉnh (minh họa)")
    person.presses("Chấp nhận")
    person.reads("Không được kiểm tra cơ quan của chính mình")
    person.looks("late-own-body")
    person.signs_in(publisher)
    person.opens("/e-form/late-acceptances?period=2026-01")
    person.page.get_by_label("Báo cáo muộn").last.select_option(index=1)
    person.types("Văn bản", "10/QĐ (minh họa)")
    person.types("Lý do", "Mất mạng cả tỉnh (minh họa)")
    person.presses("Chấp nhận")
    person.reads("Đã lưu")
    person.reads("10/QĐ (minh họa)")
    person.reads("Không có báo cáo muộn nào")
    person.looks("late-accepted")
