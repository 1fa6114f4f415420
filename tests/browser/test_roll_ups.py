"""A body checks its own line of a quarter before release, at a page for its people alone (RUL-14). All figures are invented."""

from __future__ import annotations

import pytest

from tests.browser.person import Person
from tests.browser.serving import Served
from tests.rolled import insert_roll_up

HOME, OTHER, STRANGER = "H38", "H12", "G06"
ALL = f"/e-form/agencies/{HOME}/roll-ups"


@pytest.fixture(scope="module")
def roll_up(served: Served) -> str:
    return insert_roll_up(served.database.superuser_url, "2026-Q1", agencies=(OTHER, HOME), published=False)


def test_who_signs_objects_and_then_agrees(person: Person, served: Served, roll_up: str) -> None:
    person.signs_in(served.key("Người ký", "agency_signer", agency=HOME))
    person.opens(ALL)
    person.page.get_by_role("link", name="quý I/2026", exact=True).click()
    person.reads("71 điểm (chính xác 71 = 71,00)")
    person.reads("Không có ý kiến đến hạn được coi là không phản đối")
    person.looks("roll-up-check")
    person.page.get_by_label("Ý kiến của cơ quan").select_option("objects")
    person.page.get_by_role("button", name="Gửi ý kiến").click()
    person.reads("lý do")
    person.page.get_by_label("Ý kiến của cơ quan").select_option("objects")
    person.page.get_by_label("Lý do").fill("Tháng 02 đang được xác minh (minh họa)")
    person.page.get_by_role("button", name="Gửi ý kiến").click()
    person.reads("không đồng ý: Tháng 02 đang được xác minh (minh họa)")
    person.page.get_by_label("Ý kiến của cơ quan").select_option("agrees")
    person.page.get_by_role("button", name="Gửi ý kiến").click()
    person.reads("Ý kiến đã gửi")
    assert person.page.get_by_role("listitem").filter(has_text="đồng ý").count() == 2


def test_others_of_the_body_read_it_and_another_body_finds_nothing(person: Person, served: Served, roll_up: str) -> None:
    person.signs_in(served.key("Người soạn", "agency_drafter", agency=HOME))
    person.opens(f"{ALL}/{roll_up}")
    person.reads("Người ký của cơ quan gửi ý kiến tại đây.")
    assert person.page.get_by_role("button", name="Gửi ý kiến").count() == 0


def test_a_stranger_finds_nothing(person: Person, served: Served, roll_up: str) -> None:
    person.signs_in(served.key("Người ký khác", "agency_signer", agency=STRANGER))
    assert person.opens(f"{ALL}/{roll_up}").status == 404
    person.opens(f"/e-form/agencies/{STRANGER}/roll-ups")
    person.reads("Chưa có quý hoặc năm nào được tổng hợp.")


def test_a_publisher_answers_an_objection_and_sees_when_it_may_be_published(
    person: Person, served: Served, roll_up: str
) -> None:
    person.signs_in(served.key("Người ký", "agency_signer", agency=OTHER))
    person.opens(f"/e-form/agencies/{OTHER}/roll-ups/{roll_up}")
    person.page.get_by_label("Ý kiến của cơ quan").select_option("objects")
    person.types("Lý do", "Tháng 03 thiếu một dòng (minh họa)")
    person.presses("Gửi ý kiến")
    person.signs_in(served.key("Người công bố", "publisher"))
    person.goes_by(person.page.get_by_role("link", name="Quý, năm", exact=True).first)
    person.looks("roll-ups-national")
    person.page.get_by_role("link", name="quý I/2026", exact=True).click()
    person.reads("Tháng 03 thiếu một dòng (minh họa)")
    person.reads("Công bố được khi hết hạn kiểm tra.")
    person.types(f"Trả lời {OTHER}", "Đã đối chiếu, số liệu đủ (minh họa)")
    person.looks("roll-up-national")
    person.presses("Gửi trả lời")
    person.reads("Đã đối chiếu, số liệu đủ (minh họa)")
    assert person.page.get_by_role("button", name="Gửi trả lời").count() == 0
    person.signs_in(served.key("Người vận hành", "operator"))
    person.opens("/e-form/roll-ups")
    person.types("Quý hoặc năm", "2026-Q2")
    person.types("Các cơ quan kiểm tra đến", "20/8/2027 17:00")
    person.types("Lý do", "Tổng hợp quý II (minh họa)")
    person.presses("Tổng hợp")
    person.reads("các tháng chưa công bố của 2026-Q2")


def test_everybody_reads_a_published_quarter_and_is_told_when_there_is_none(person: Person, served: Served) -> None:
    insert_roll_up(served.database.superuser_url, "2027-Q1", agencies=(OTHER, HOME), published=True)
    person.opens("/quarters/2027-Q1")
    person.reads("Điểm trung bình quý I/2027")
    person.reads("các tháng: 71; 71; 71; chính xác 71")
    person.reads("1 cơ quan không có ý kiến, được coi là không phản đối")
    person.looks("public-quarter")
    for wrong in ("/quarters/2027-Q2", "/quarters/2027", "/years/2027-Q1", "/quarters/2027-Q1?version=2"):
        assert person.opens(wrong).status == 404, wrong
