"""Whole ways through the product, from the first page to what they are for, by keyboard alone, at a desk and on a phone.

Every page passed is looked at as in the other tests: accessibility, the edge of the screen, the focus that is seen.
"""

from __future__ import annotations

import asyncio
import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser

from tests.browser.demonstrating import Demo
from tests.browser.keyboard import WIDTHS, Keys
from tests.browser.operated import Site
from tests.browser.serving import Served
from tests.integration.gateway.seeds import Seeds

BODY = "Ủy ban nhân dân tỉnh Lào Cai"
# Whose reports and scores nobody else's test touches: one body a width.
REPORTING = {1280: "H42", 390: "H44"}
TASK = {"Mã nhiệm vụ": "007", "Tên nhiệm vụ": "Nền tảng dữ liệu minh họa", "Ngày đăng ký": "05/02/2026"}
# A month a width, published by nobody else.
CLOSING = {1280: "2026-03", 390: "2026-04"}
AWAY = "Hệ thống của Bộ Tài chính"
WHY = "Chốt bù (minh họa)"
AGAINST = "Đề nghị đối chiếu số giao dịch với NDXP (minh họa)"


@pytest.fixture(scope="module")
def published(served: Served) -> Served:
    """Two months, of which the earlier was corrected."""

    async def publish() -> None:
        seeds = Seeds(served.database.app_url)
        await seeds.publish("2026-01", version=1)
        await seeds.publish("2026-01", version=2)
        await seeds.publish("2026-02", version=1, beside=True)

    asyncio.run_coroutine_threadsafe(publish(), served.loop).result(120)
    return served


@pytest.mark.parametrize("width", WIDTHS)
def test_a_citizen_reads_the_table_a_body_a_trend_and_an_old_version(chromium: Browser, published: Served, width: int) -> None:
    with Keys.at(chromium, published.url, width) as keys:
        person = keys.person
        assert person.opens("/").status == 200
        keys.looks("citizen-table")
        keys.skips()
        keys.follows(re.compile(r"^tỉnh, thành phố \(\d+\)"))
        assert person.page.locator(".chosen:visible").count() == 1
        keys.follows(BODY)
        assert person.address == "/periods/2026-02/agencies/H38?version=1"
        keys.looks("citizen-body")
        keys.skips()
        trend = person.page.locator("#trend")
        assert trend.locator("svg.trend circle.hollow").count() == 1, "the corrected month is drawn hollow"
        keys.follows("2", trend.get_by_role("row").filter(has_text="đã điều chỉnh"))
        assert person.address == "/periods/2026-01/agencies/H38?version=2"
        keys.follows("Bảng điểm tháng 01/2026")
        person.opens("/periods/2026-01?version=1")
        person.reads("Có thể đã có phiên bản mới hơn")
        keys.looks("citizen-old-version")
        keys.follows("xem phiên bản mới nhất")
        assert person.address == "/periods/2026-01"
        person.reads("Phiên bản 2, công bố")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_body_goes_from_its_board_to_the_receipt_and_from_its_score_to_an_objection(
    chromium: Browser, demo: Demo, width: int
) -> None:
    agency = REPORTING[width]
    with Keys.at(chromium, demo.url, width) as keys:
        person = keys.person
        keys.signs_in(demo.key("agency_drafter", agency))
        keys.looks("body-board")
        keys.skips()
        keys.follows("Tạo báo cáo tháng 02/2026")
        keys.looks("body-month")
        keys.presses("Tạo báo cáo mới")
        report = person.address.partition("?")[0]
        keys.looks("body-report")
        keys.skips()
        keys.follows(re.compile("^Báo cáo$"), person.page.locator("main table"))
        keys.types("Số văn bản báo cáo", "12/BC-DEMO")
        keys.looks("body-section")
        keys.presses("Lưu")
        keys.follows("Phần tiếp theo chưa xong: ")
        keys.looks("body-rows")
        keys.follows("Thêm dòng")
        for label, text in (
            ("Mã nhiệm vụ", "007"),
            ("Tên nhiệm vụ", "Nền tảng dữ liệu minh họa"),
            ("Ngày đăng ký", "05/02/2026"),
        ):
            keys.types(label, text)
        keys.looks("body-row")
        keys.enters()
        person.reads("Đã lưu")
        for section in ("Cơ sở dữ liệu", "Thuyết minh"):
            keys.follows(re.compile(f"Phần tiếp theo chưa xong: {section}"))
            keys.presses("Khai: không có dòng nào")
        keys.follows(re.compile("^Báo cáo số"))
        keys.follows("Xem danh sách")
        keys.looks("body-findings")
        while person.page.get_by_role("link", name="Xác nhận kèm lý do").count():
            keys.follows("Xác nhận kèm lý do")
            keys.types("Lý do số liệu này là đúng", "Tháng này không phát sinh (minh họa)")
            keys.presses("Xác nhận")
        keys.follows(re.compile("^Báo cáo số"))
        keys.follows("Chuyển duyệt")
        person.reads("Báo cáo khai những gì")
        keys.looks("body-check")
        keys.presses("Chuyển duyệt")
        person.reads("Đã chuyển duyệt")

        keys.signs_in(demo.key("agency_approver", agency))
        keys.follows(re.compile("^Duyệt báo cáo số"))
        keys.looks("body-approval")
        keys.presses("Duyệt")
        person.reads("Đã duyệt")
        keys.signs_in(demo.key("agency_signer", agency))
        keys.follows(re.compile("^Ký báo cáo số"))
        keys.looks("body-signature")
        keys.presses("Ký và gửi")
        person.reads(f"BN-2026-02-{agency}-")
        assert person.address.startswith(f"{report}/receipt")
        keys.looks("body-receipt")

        keys.signs_in(demo.key("agency_drafter", agency))
        keys.follows("Xem điểm từng chỉ số và cách tăng điểm")
        keys.looks("body-scores")
        keys.follows("Đề nghị xác minh", person.page.locator("#C2"))
        asked = [person.field(label).input_value() for label in ("Loại", "Chỉ số", "Kỳ")]
        assert asked == ["verification", "C2", "2026-01"]
        digest = person.page.locator("[name='evidence.0.digest']").input_value()
        keys.types("Nội dung", AGAINST)
        keys.looks("body-objection")
        keys.presses("Gửi")
        person.reads("Đề nghị xác minh số liệu C2, tháng 01/2026")
        assert digest in person.page.content(), "with the version it saw"
        keys.looks("body-objection-sent")


def acts(keys: Keys, button: str) -> None:
    """With a reason, and until it is done: who asked looks again."""
    keys.types("Lý do", WHY)
    keys.presses(re.compile(f"^{button}$"))
    while keys.person.page.get_by_role("link", name="Xem lại", exact=True).count():
        keys.person.page.wait_for_timeout(300)
        keys.follows(re.compile("^Xem lại$"))


@pytest.mark.parametrize("width", WIDTHS)
def test_an_operator_goes_from_a_dead_source_to_the_month_on_the_public_page(chromium: Browser, site: Site, width: int) -> None:
    month = CLOSING[width]
    site.brings_back()
    site.prepares(month)
    site.takes_away()
    with Keys.at(chromium, site.url, width) as keys:
        person = keys.person
        source = person.page.get_by_role("row").filter(has_text=AWAY)
        keys.signs_in(site.keys["operator"])
        person.opens(f"/e-form/operations?period={month}")
        assert "quá hạn, chưa chốt" in source.inner_text()
        keys.looks("operator-board")
        keys.skips()
        keys.follows("Chốt số liệu", source)
        keys.looks("operator-source")
        acts(keys, "Chốt số liệu")
        person.reads("Vì sao không thực hiện được")
        keys.looks("operator-failed")
        keys.follows("Bảng vận hành")
        work = person.page.get_by_role("table", name="Việc đang chạy hoặc không thực hiện được")
        assert "không thực hiện được" in work.inner_text()

        site.brings_back()
        keys.follows("Chốt số liệu", source)
        acts(keys, "Lấy thử")
        keys.looks("operator-pulled")
        keys.follows("Bảng vận hành")
        keys.follows("Chốt số liệu", source)
        acts(keys, "Chốt số liệu")
        keys.looks("operator-frozen")
        keys.follows("Bảng vận hành")
        assert "đã chốt" in source.inner_text()
        keys.follows("Chấm điểm")
        keys.looks("operator-publishing")
        acts(keys, "Chấm điểm")
        person.reads("công bố được")
        assert person.page.get_by_role("button", name="Công bố").count() == 0, "who scored does not publish"

        publishes(keys, site.keys["publisher"], month)
        assert person.opens(f"/periods/{month}").status == 200
        person.reads("Phiên bản 1, công bố")
        assert person.page.locator("table.board tbody tr").count() == 56


def publishes(keys: Keys, key: str, month: str) -> None:
    """What another person scored, from the first page to the version."""
    run = keys.person.address.partition("?")[0]
    keys.signs_in(key)
    keys.person.opens(run)
    keys.looks("publisher-run")
    acts(keys, "Công bố")
    keys.person.reads("Đã công bố.")
    keys.looks("publisher-published")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_government_office_goes_from_the_plan_to_the_printed_pack(chromium: Browser, site: Site, width: int) -> None:
    month = CLOSING[width]
    site.brings_back()
    site.publishes(month)
    site.exempts("G22", "E3" if width == WIDTHS[0] else "E2", month)
    with Keys.at(chromium, site.url, width) as keys:
        person = keys.person
        keys.signs_in(site.keys["operator"])
        person.opens(f"/e-form/periods/{month}/publishing")
        acts(keys, "Xem trước thay đổi")
        person.page.get_by_role("row", name="(G22)").wait_for()
        keys.looks("office-plan")
        acts(keys, "Chấm điểm")
        publishes(keys, site.keys["publisher"], month)
        person.opens("/")
        person.opens(f"/periods/{month}")
        person.reads("Phiên bản 2, công bố")
        keys.skips()
        document = keys.downloads("Tài liệu phục vụ cuộc họp (PDF)")
        assert document.path().read_bytes().startswith(b"%PDF-")
        bundle = keys.downloads("Trọn gói ZIP")
        with ZipFile(bundle.path()) as files:
            assert files.read(next(name for name in files.namelist() if name.endswith(".pdf"))) == document.path().read_bytes()
