"""An operator at the board: a source that is away, a month that gets frozen and scored, and the second person beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from deploy.sandbox.environment import variables as source_settings
from shared.postgres import EmbeddedPostgres
from tests.browser.person import Person
from tests.conftest import TEMPLATE
from tests.e2e import processes
from tests.e2e.processes import Process, bangdiem, environment, stop_all
from tests.e2e.test_month import wait_until_ready

MONTH = "2026-02"
BOARD = f"/e-form/operations?period={MONTH}"
AWAY, THERE = "Hệ thống của Bộ Tài chính", "Nền tảng chia sẻ dữ liệu NDXP"
WHY = "Chốt bù tháng 02 (minh họa)"


@dataclass(frozen=True)
class Site:
    url: str
    keys: dict[str, str]


@pytest.fixture(scope="module")
def site(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """All services over stand-in sources, of which one is away."""
    folder = tmp_path_factory.mktemp("operators")
    postgres.create_database("test_operators", template=TEMPLATE)
    with processes.sandbox(folder) as described:
        away = {"BANGDIEM_INGEST_FINANCE__BASE_URL": "http://127.0.0.1:9"}
        env = environment(
            DATABASE_URL=postgres.dsn("app", database="test_operators").url,
            BANGDIEM_DATA_DIR=str(folder),
            BANGDIEM_GATEWAY_KEY_PEPPER="operators-pepper-of-thirty-two-characters-or-more",
            **{**source_settings(described), **away},
        )
        keys = {
            name: bangdiem("key", "create", name, "--role", role, "--reason", "thử", env=env).stdout.strip()
            for name, role in (("operator", "operator"), ("publisher", "publisher"), ("second", "publisher"))
        }
        running = Process("up", "--port", "0", env=env)
        try:
            url = running.wait_for(r"REST: (http://\S+)/api/v1")[1]
            wait_until_ready(url)
            yield Site(url, keys)
        finally:
            stop_all([running])


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


def test_a_source_that_is_away_is_told_with_the_reason_and_what_to_do(person: Person, site: Site) -> None:
    person.signs_in(site.keys["operator"])
    assert person.page.get_by_role("heading", level=1).inner_text().startswith("Bảng vận hành")
    person.opens(BOARD)
    person.looks("operators-board")
    row = person.page.get_by_role("row").filter(has_text=AWAY)
    assert "quá hạn, chưa chốt" in row.inner_text()
    person.goes_by(row.get_by_role("link", name="Chốt số liệu"))
    person.looks("operators-source")
    acts(person, "Chốt số liệu")
    until_done(person)
    person.reads("Vì sao không thực hiện được")
    person.looks("operators-failed")
    person.opens(BOARD)
    work = person.page.get_by_role("table", name="Việc đang chạy hoặc không thực hiện được")
    assert "không thực hiện được" in work.inner_text()


def test_a_month_is_frozen_and_scored_and_another_person_sees_what_holds_it(person: Person, site: Site) -> None:
    person.signs_in(site.keys["operator"])
    person.opens(BOARD)
    person.goes_by(person.page.get_by_role("row").filter(has_text=THERE).get_by_role("link", name="Chốt số liệu"))
    acts(person, "Chốt số liệu")
    until_done(person)
    person.opens(BOARD)
    row = person.page.get_by_role("row").filter(has_text=THERE)
    assert "đã chốt" in row.inner_text()
    person.opens(f"/e-form/periods/{MONTH}/publishing")
    acts(person, "Chấm điểm")
    # Most sources are not frozen: that is said, and nothing is scored before it is meant.
    person.reads("7 nguồn chưa chốt số liệu")
    person.reads("Chưa chấm điểm")
    person.looks("operators-unaware")
    person.ticks("Vẫn chấm điểm dù còn nguồn chưa chốt")
    acts(person, "Chấm điểm")
    until_done(person)
    run = person.address.partition("?")[0]
    assert re.fullmatch(r"/e-form/score-runs/run_[0-9a-z]{26}", run)
    person.signs_in(site.keys["publisher"])
    assert person.opens(run).status == 200
    assert person.opens(f"/e-form/periods/{MONTH}/publishing").status == 200


def test_a_snapshot_is_superseded_by_two_people_or_the_request_is_taken_back(person: Person, site: Site) -> None:
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


def test_everybodys_deadline_is_moved_by_two(person: Person, site: Site) -> None:
    person.signs_in(site.keys["publisher"])
    person.opens(BOARD)
    person.follows("Thời điểm chốt và thời hạn chung")
    person.reads("Tháng này theo đúng thời hạn của Quyết định.")
    person.page.get_by_label("Mốc", exact=True).select_option("report_deadline")
    person.page.get_by_label("Nguồn", exact=True).select_option("agency_report")
    person.types("Dời đến", "31/2/2027 00:00")
    acts(person, "Gửi đề nghị", "Nghỉ lễ (minh họa)")
    assert person.page.locator(".field.faulty .fault").count() == 1
    person.types("Dời đến", "1/3/2027 00:00")
    person.looks("operators-calendar")
    person.presses("Gửi đề nghị")
    person.reads("chờ người thứ hai")
    waiting = person.address.partition("?")[0]
    person.opens(f"/e-form/calendar?period={MONTH}")
    person.reads("hết ngày 28/02/2027")
    person.signs_in(site.keys["second"])
    person.opens(waiting)
    person.types("Lý do duyệt hoặc từ chối", "Đồng ý (minh họa)")
    person.presses("Duyệt")
    person.opens(f"/e-form/calendar?period={MONTH}")
    person.reads("đang có hiệu lực")
    person.signs_in(site.keys["operator"])
    person.opens(f"/e-form/calendar?period={MONTH}")
    assert person.page.get_by_role("button", name="Gửi đề nghị").count() == 0


def test_nothing_holds_a_month_of_which_nothing_is_open(person: Person, site: Site) -> None:
    person.signs_in(site.keys["publisher"])
    person.opens(BOARD)
    person.follows("Việc giữ công bố, đề nghị để ngoài")
    person.looks("operators-holds")
    person.reads("giữ việc công bố")
