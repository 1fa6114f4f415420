"""An operator at the board, and the second person beside them; the way from a dead source to a published month is a journey."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.operated import WHY as REASON
from tests.browser.operated import Site
from tests.browser.person import Person

MONTH = "2026-02"
BOARD = f"/e-form/operations?period={MONTH}"
WHY = "Chốt bù tháng 02 (minh họa)"


@pytest.fixture(scope="module")
def frozen(site: Site) -> None:
    """One source of the month is frozen already."""
    site.brings_back()
    site.does("operator", "/freezes", {"source": "ndxp", "period": MONTH, **REASON})
    site.takes_away()


@pytest.fixture
def person(chromium: Browser, site: Site) -> Iterator[Person]:
    with Person.at(chromium, site.url) as made:
        yield made


def acts(person: Person, button: str, why: str = WHY) -> None:
    person.types("Lý do", why)
    person.presses(button)


def until_done(person: Person) -> None:
    """As somebody who presses until it is done."""
    for _ in range(30):
        if not person.page.get_by_role("link", name="Xem lại", exact=True).count():
            return
        person.follows("Xem lại")
        person.page.wait_for_timeout(500)


def test_a_snapshot_is_superseded_by_two_people_or_the_request_is_taken_back(person: Person, site: Site, frozen: None) -> None:
    person.signs_in(site.keys["operator"])
    person.opens(f"/e-form/periods/{MONTH}/sources/ndxp")
    person.follows("Bản 1")
    person.looks("operators-snapshot")
    acts(person, "Đề nghị thay thế", "Nguồn đã sửa (minh họa)")
    person.looks("operators-supersession")
    person.types("Lý do rút lại", "Không còn cần (minh họa)")
    person.presses("Rút lại đề nghị")
    person.reads("đã rút lại")
    person.reads("Không còn cần (minh họa)")

    person.opens(f"/e-form/periods/{MONTH}/sources/ndxp")
    person.follows("Bản 1")
    acts(person, "Đề nghị thay thế", "Nguồn đã sửa lần hai (minh họa)")
    person.opens(BOARD)
    person.reads("Nguồn đã sửa lần hai (minh họa)")
    person.signs_in(site.keys["publisher"])
    person.goes_by(person.page.get_by_role("link", name="Chờ người thứ hai", exact=True).first)
    person.looks("operators-waiting")
    person.follows("Duyệt hoặc từ chối")
    person.types("Lý do duyệt hoặc từ chối", "Đã kiểm tra (minh họa)")
    person.presses("Duyệt")
    until_done(person)
    person.reads("Xem bản chốt")
    person.follows("Xem bản chốt")
    person.reads("Nguồn đã sửa lần hai (minh họa)")
    person.opens("/e-form/waiting-requests")
    person.reads("Không có đề nghị nào chờ người thứ hai.")


def test_a_ruling_is_asked_for_by_one_publisher_and_approved_by_another(person: Person, site: Site) -> None:
    person.signs_in(site.keys["publisher"])
    person.opens(f"/e-form/rulings?period={MONTH}")
    person.page.locator("[name=agency]").select_option("H38")
    person.page.locator("[name=measure]").select_option("speeches")
    person.types("Giá trị", "2")
    person.types("Văn bản", "Công văn 7 (minh họa)")
    person.looks("operators-rulings")
    acts(person, "Gửi đề nghị")
    person.reads("Người công bố khác mở trang này để duyệt.")
    decision = person.address.partition("?")[0]
    person.signs_in(site.keys["second"])
    person.opens(decision)
    person.looks("operators-decision")
    person.types("Lý do duyệt hoặc từ chối", "Đúng văn bản (minh họa)")
    person.presses("Duyệt")
    person.reads("đang có hiệu lực")
    person.types("Văn bản", "Công văn 8 (minh họa)")
    acts(person, "Đề nghị rút", "Nguồn đã gửi số liệu (minh họa)")
    person.types("Lý do rút lại", "Để nguyên (minh họa)")
    person.presses("Rút lại đề nghị")
    person.reads("đã rút lại")


def test_an_indicator_is_exempted_by_two_and_an_operator_decides_nothing(person: Person, site: Site) -> None:
    person.signs_in(site.keys["publisher"])
    person.opens(f"/e-form/applicability?period={MONTH}")
    person.page.locator("[name=agency]").select_option("G27")
    person.page.locator("[name=indicator]").select_option("B1")
    person.types("Văn bản", "Công văn 9 (minh họa)")
    acts(person, "Gửi đề nghị")
    person.reads("Người công bố khác mở trang này để duyệt.")
    decision = person.address.partition("?")[0]
    person.signs_in(site.keys["operator"])
    person.opens(decision)
    assert person.page.get_by_role("button", name="Duyệt").count() == 0
    person.reads("Chờ một người công bố khác duyệt.")


def test_bodies_are_filtered_by_their_state(person: Person, site: Site) -> None:
    person.signs_in(site.keys["operator"])
    person.opens(BOARD)
    bodies = person.page.get_by_role("table", name="Báo cáo của các cơ quan")
    assert bodies.get_by_role("rowheader").count() == 56
    person.opens(f"{BOARD}&state=in_time")
    assert bodies.get_by_role("rowheader").count() == 0
    person.goes_by(person.page.get_by_role("link", name="quá hạn, chưa nộp"))
    assert bodies.get_by_role("rowheader").count() == 56
