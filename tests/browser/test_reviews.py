"""The Ministry of Public Security's word on reported databases, at its pages. Figures are invented."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.period import Period
from tests.browser.person import Person
from tests.browser.serving import WORKING, Served
from tests.integration.ingest.handing_in import HandingIn, records

JANUARY = Period(2026, 1)


@pytest.fixture(scope="module")
def reported(served: Served) -> None:
    at = WORKING - timedelta(hours=3)
    served.run(lambda database: HandingIn(database).report("G06", JANUARY, at, databases=[records("đất-đai", 70)]))
    served.run(lambda database: HandingIn(database).report("G01", JANUARY, at, databases=[records("cư-trú", 12)]))


def test_a_reviewer_confirms_and_refuses_reported_figures(person: Person, served: Served, reported: None) -> None:
    person.signs_in(served.key("Người rà soát", "records_reviewer", agency="G01"))
    person.opens("/e-form/records-reviews?period=2026-01&state=open")
    person.reads("CSDL đất-đai (demo)")
    person.looks("reviews")
    person.follows("CSDL đất-đai (demo)")
    person.chooses("Ý kiến", "Xác nhận")
    person.types("Lý do", " ")
    person.presses("Ghi ý kiến")
    person.reads("Thiếu lý do thực hiện")
    assert person.field("Lý do").get_attribute("aria-invalid") == "true"
    person.looks("review-refused")
    person.types("Lý do", "Khớp với cơ sở dữ liệu quốc gia (minh họa)")
    person.types("Văn bản", "5/BCA-C06 (minh họa)")
    person.presses("Ghi ý kiến")
    person.reads("Đã lưu")
    person.page.get_by_role("row", name="đất-đai").get_by_text("đã xác nhận").wait_for()
    person.follows("CSDL đất-đai (demo)")
    person.reads("5/BCA-C06")
    person.looks("review-given")


def test_nobody_reviews_their_own_body(person: Person, served: Served, reported: None) -> None:
    person.signs_in(served.key("Người rà soát", "records_reviewer", agency="G01"))
    person.opens("/e-form/records-reviews?period=2026-01&agency=G01")
    person.follows("CSDL cư-trú (demo)")
    person.chooses("Ý kiến", "Không chấp nhận")
    person.types("Lý do", "Không đúng (minh họa)")
    person.presses("Ghi ý kiến")
    person.reads("Không được kiểm tra cơ quan của chính mình")
    assert person.field("Lý do").input_value() == "Không đúng (minh họa)"
    person.looks("review-own-body")


def test_the_body_reads_what_was_said(person: Person, served: Served, reported: None) -> None:
    person.signs_in(served.key("Người đọc", "reader"))
    person.opens("/e-form/records-reviews?period=2026-01")
    person.follows("CSDL đất-đai (demo)")
    assert person.page.get_by_role("button", name="Ghi ý kiến").count() == 0
