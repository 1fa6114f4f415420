"""Whole ways through the product by keyboard alone, at a desk and on a phone: an operator's and the Government Office's.

Over one demo: each journey publishes a version of January. Figures are invented.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download

from tests.browser.demonstrating import Demo, outcome
from tests.browser.keyboard import WIDTHS, Typist

MONTH = "/e-form/periods/2026-01/publishing"
BOARD = "/e-form/operations?period=2026-01"
SOURCE = "/e-form/periods/2026-01/sources/ndxp"
NDXP = "Nền tảng chia sẻ dữ liệu NDXP"


def acts(person: Typist, button: str, why: str) -> None:
    person.types("Lý do", why)
    person.presses(button)
    outcome(person)


def scores_and_publishes(person: Typist, demo: Demo, why: str) -> None:
    """The operator, who is at the month's page, scores; a publisher publishes what they looked at."""
    acts(person, "Chấm điểm", why)
    person.reads("Đã chấm điểm.")
    run = person.address.partition("?")[0]
    assert person.page.get_by_role("button", name="Công bố").count() == 0
    person.signs_in(demo.key("publisher"))
    person.opens(run)
    person.looks("journey-run")
    acts(person, "Công bố", why)
    person.reads("Đã công bố.")


@pytest.mark.parametrize(("width", "agency"), [*zip(WIDTHS, ("G32", "G28"), strict=True)])
def test_the_government_office_goes_from_the_plan_to_the_printed_pack(
    chromium: Browser, demo: Demo, width: int, agency: str
) -> None:
    """Two publishers exempted one body from an indicator: the month is computed otherwise."""
    demo.exempt(agency, "E3")
    with Typist.on(chromium, demo.url, width) as person:
        person.signs_in(demo.key("operator"))
        person.opens(MONTH)
        person.looks("journey-publishing")
        acts(person, "Xem trước thay đổi", "Có quyết định không áp dụng (minh họa)")
        person.reads("Đã tính kế hoạch.")
        person.page.get_by_role("row", name=f"({agency})").get_by_text("quyết định xử lý, không áp dụng").wait_for()
        person.looks("journey-plan")
        scores_and_publishes(person, demo, "Theo kế hoạch (minh họa)")
        person.signs_in(demo.key("reader"))
        person.looks("journey-nation")
        person.goes_by(person.page.locator("main").get_by_role("link", name="Bảng điểm", exact=True))
        person.looks("journey-scores")
        person.follows("Trang công khai")
        version = person.address.rpartition("=")[2]
        person.looks("journey-pack")
        printed = saved(person.downloads("Tài liệu phục vụ cuộc họp (PDF)"), f"bang-diem-2026-01-v{version}.pdf")
        assert printed.startswith(b"%PDF-")
        whole = saved(person.downloads("Trọn gói tài liệu họp của tháng (ZIP)"), f"bang-diem-2026-01-v{version}.zip")
        with zipfile.ZipFile(io.BytesIO(whole)) as pack:
            assert pack.testzip() is None
            manifest = json.loads(pack.read("manifest.json"))
            assert printed in [pack.read(each["path"]) for each in manifest["files"]]


@pytest.mark.parametrize("width", WIDTHS)
def test_an_operator_goes_from_a_dead_source_to_the_published_month(chromium: Browser, demo: Demo, width: int) -> None:
    """A source is away, comes back with a figure mended, is taken in by two people, scored, published by the second."""
    with Typist.on(chromium, demo.url, width) as person:
        person.signs_in(demo.key("operator"))
        with demo.without("ndxp"):
            person.opens(BOARD)
            person.follows(NDXP)
            person.looks("journey-source")
            acts(person, "Lấy thử", "Nguồn có trả lời không (minh họa)")
            person.reads("Vì sao không thực hiện được")
            person.looks("journey-failed")
            person.opens(BOARD)
            work = person.page.get_by_role("table", name="Việc đang chạy hoặc không thực hiện được")
            assert "không thực hiện được" in work.inner_text()
            person.looks("journey-operations")
        where = {"source": "ndxp", "dataset": "exchange_volumes", "period": "2026-01"}
        demo.slips({**where, "match": {"agency": "000.00.00.H38"}, "change": {"transactions": -300_000}, "set": {}})
        person.follows(NDXP)
        acts(person, "Lấy thử", "Nguồn đã trả lời (minh họa)")
        person.opens(SOURCE)
        person.goes_by(person.page.get_by_role("link", name=re.compile(r"^Bản \d+$")).first)
        acts(person, "Đề nghị thay thế", "Nguồn đã sửa (minh họa)")
        person.signs_in(demo.key("publisher"))
        person.follows("Chờ người thứ hai")
        person.looks("journey-waiting")
        person.follows("Duyệt hoặc từ chối")
        person.types("Lý do duyệt hoặc từ chối", "Đã kiểm tra (minh họa)")
        person.presses("Duyệt")
        outcome(person)
        person.reads("Xem bản chốt")
        person.signs_in(demo.key("operator"))
        person.opens(MONTH)
        scores_and_publishes(person, demo, "Theo bản chốt mới (minh họa)")
        person.opens("/")
        person.reads("Điều chỉnh so với phiên bản")
        assert "Ủy ban nhân dân tỉnh Lào Cai" in person.page.locator("#correction").inner_text()
        person.looks("journey-published")
        person.follows("Xem phiên bản")
        person.reads("Có thể đã có phiên bản mới hơn")


def saved(file: Download, name: str) -> bytes:
    assert file.suggested_filename == name
    return Path(file.path()).read_bytes()
