"""Whole ways through the product by keyboard alone, at a desk and on a phone: a citizen's and a body's. Figures are invented.

An operator's and the Government Office's stand in test_journeys_offices.py, over a demo.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser

from tests.browser.keyboard import WIDTHS, Typist
from tests.browser.reporting import Body
from tests.browser.serving import Served
from tests.integration.gateway.seeds import Seeds

FORMER, MONTH, NEXT = "2026-01", "2026-02", "2026-03"
BODY = "Ủy ban nhân dân tỉnh Lào Cai"


@pytest.fixture(scope="module")
def published(served: Served) -> Served:
    """Two months; the first was corrected after the second."""
    served.clock.now = datetime(2026, 4, 2, 2, 0, tzinfo=UTC)

    async def publish(seeds: Seeds) -> None:
        await seeds.publish(FORMER, version=1)
        await seeds.publish(MONTH, version=1, months=True)
        await seeds.publish(FORMER, version=2)

    asyncio.run_coroutine_threadsafe(publish(Seeds(served.database.app_url)), served.loop).result(120)
    return served


@pytest.mark.parametrize("width", WIDTHS)
def test_a_citizen_reads_the_table_a_body_its_trend_and_an_old_version(
    chromium: Browser, published: Served, width: int
) -> None:
    with Typist.on(chromium, published.url, width) as person:
        person.opens("/")
        person.page.keyboard.press("Tab")
        assert person.page.locator(":focus").inner_text() == "Đến nội dung"
        person.page.keyboard.press("Enter")
        rows = person.page.locator("table.board tbody tr")
        assert rows.count() == 56
        person.looks("journey-table")
        person.activates(person.page.get_by_role("link", name="tỉnh, thành phố (34)"))
        assert sum(row.is_visible() for row in rows.all()) == 34
        person.follows(BODY)
        assert person.address == f"/periods/{MONTH}/agencies/H38?version=1"
        assert person.page.locator("table.indicators tbody tr").count() == 16
        trend = person.page.locator("#trend")
        assert trend.locator("svg").count() == 1
        assert trend.locator("tbody th").all_inner_texts() == ["02/2026", "01/2026"]
        person.looks("journey-body")
        person.goes_by(trend.get_by_role("link", name="1", exact=True))
        assert person.address == f"/periods/{FORMER}/agencies/H38?version=1"
        person.reads("Phiên bản 1, công bố")
        person.follows("xem phiên bản mới nhất")
        person.reads("Phiên bản 2, công bố")
        person.follows("Bảng điểm tháng 01/2026")
        assert person.address == f"/periods/{FORMER}?version=2"
        person.opens("/")
        person.follows("tháng 01/2026, phiên bản 1")
        assert person.address == f"/periods/{FORMER}?version=1"
        person.reads("Có thể đã có phiên bản mới hơn")
        person.looks("journey-old-version")
        person.follows("xem phiên bản mới nhất")
        assert person.address == f"/periods/{FORMER}"
        person.reads("Phiên bản 2, công bố")
        person.follows("Cách tính điểm")
        person.reads("Cách tính điểm tháng 01/2026")
        person.looks("journey-law")


@pytest.mark.parametrize(("width", "agency"), [*zip(WIDTHS, ("H38", "H12"), strict=True)])
def test_a_body_goes_from_its_board_to_the_receipt_and_from_its_score_to_an_objection(
    chromium: Browser, published: Served, width: int, agency: str
) -> None:
    body = Body(published, agency, NEXT)
    with Typist.on(chromium, published.url, width) as person:
        person.signs_in(body.key("drafter"))
        person.looks("journey-board")
        person.follows("Tạo báo cáo tháng 03/2026")
        person.presses("Tạo báo cáo mới")
        person.looks("journey-overview")
        person.goes_by(person.page.locator("main").get_by_role("link", name="Báo cáo", exact=True))
        person.types("Số văn bản báo cáo", "12/BC-DEMO")
        person.presses("Lưu")
        person.follows("Phần tiếp theo chưa xong: ")
        person.follows("Thêm dòng")
        for label, text in (
            ("Mã nhiệm vụ", "NV-0001"),
            ("Tên nhiệm vụ", "Nhiệm vụ minh họa"),
            ("Ngày đăng ký", "12/03/2026"),
        ):
            person.types(label, text)
        person.looks("journey-row")
        person.presses("Lưu")
        person.reads("Đã lưu")
        for _ in ("reported_databases", "narratives"):
            person.follows("Phần tiếp theo chưa xong: ")
            person.presses("Khai: không có dòng nào")
        person.looks("journey-section")
        person.follows("Mọi phần đã xong: xem lại và chuyển duyệt")
        person.looks("journey-handover")
        person.presses("Chuyển duyệt")
        person.reads("Bây giờ đến lượt người duyệt báo cáo")

        person.signs_in(body.key("approver"))
        person.follows("Duyệt báo cáo số")
        person.looks("journey-approval")
        person.presses("Duyệt")
        person.reads("Đã duyệt")

        person.signs_in(body.key("signer"))
        person.follows("Ký báo cáo số")
        person.looks("journey-signature")
        person.presses("Ký và gửi")
        person.reads(f"BN-{NEXT}-{agency}-")
        person.looks("journey-receipt")

        person.signs_in(body.key("drafter"))
        person.follows("Xem điểm từng chỉ số")
        person.looks("journey-score")
        person.goes_by(person.page.locator("#C2").get_by_role("link", name="Đề nghị xác minh"))
        person.chooses("Loại", "Phản hồi")
        person.chooses("Loại", "Đề nghị xác minh số liệu")
        person.types("Nội dung", "Đề nghị đối chiếu số giao dịch với NDXP (minh họa)")
        person.looks("journey-objection")
        person.presses("Gửi")
        person.reads("Đề nghị xác minh số liệu C2, tháng 02/2026")
        person.looks("journey-objection-sent")
