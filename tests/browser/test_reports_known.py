"""What is known before a report is written; time running out; a form sent twice; who looks from outside. Demo data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.ingest.official_files.import_file import import_file
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings
from shared.database import Database
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from tests.browser.person import Person
from tests.browser.reporting import Body, acts
from tests.browser.serving import Served, served_on
from tests.conftest import TestDatabase
from tests.contract.stand_ins import FAR
from tests.integration.gateway.reports import report
from tests.integration.ingest.files import DOCUMENT
from tests.integration.ingest.handing_in import HandingIn, task
from tests.integration.ingest.test_reports_scored import NATIONAL, national

JANUARY, FEBRUARY = Period(2026, 1), Period(2026, 2)
MARCH = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def served(database: TestDatabase) -> Iterator[Served]:
    """On 2 March: January's report of H38 is signed, and the databases of February are counted."""
    with served_on(database) as made:
        made.clock.now = MARCH
        tasks = [task("NV-01"), task("NV-02", accepted_on="2026-01-20")]
        at = datetime(2026, 2, 2, 2, 0, tzinfo=UTC)
        made.run(lambda database: HandingIn(database).report("H38", JANUARY, at, tasks=tasks))
        made.run(lambda _: count_databases(made.database.app_url, {("dat-dai", "H38"): 70, ("ho-tich", "G06"): 9}))
        yield made


async def count_databases(url: str, figures: dict[tuple[str, str], int]) -> None:
    database = Database(url, role="ingest", pool_size=2)
    try:
        ingest = Runtime(database, IngestSettings(), lambda: FAR)
        file = national(FEBRUARY, figures)
        await import_file(ingest, NATIONAL, FEBRUARY, files=[file], actor="local:test", **DOCUMENT)
    finally:
        await database.close()


@pytest.fixture
def february(served: Served) -> Body:
    return Body(served, "H38", str(FEBRUARY))


def test_what_is_known_stands_beside_what_is_asked(person: Person, february: Body) -> None:
    person.signs_in(february.key("drafter"))
    person.opens(february.pages)
    person.presses("Tạo báo cáo mới")
    person.reads("Chưa lưu nội dung nào")
    person.opens(f"{february.pages}/1/content/report")
    person.types("Số văn bản báo cáo", "13/BC-DEMO")
    person.presses("Lưu")
    assert set(february.content(1)) == {"report"}, "saving one section states no other"
    person.opens(f"{february.pages}/1/handovers")
    person.reads("2 dòng của báo cáo kỳ trước chờ khai")
    person.opens(f"{february.pages}/1/content/registered_tasks")
    person.reads("Số dòng của các kỳ trước, chưa khai: 2")
    person.looks("table-offered")
    person.opens(f"{february.pages}/1/content/registered_tasks/rows/1")
    person.reads("kể cả 2 dòng của báo cáo các kỳ trước")
    person.opens(f"{february.pages}/1/content/registered_tasks")
    person.presses("Khai 2 dòng này")
    person.reads("Số dòng: 2")
    person.reads("như kỳ trước")
    for section in ("reported_databases", "narratives"):
        person.opens(f"{february.pages}/1/content/{section}")
        person.presses("Khai: không có dòng nào")
        person.reads("Đã lưu")
    person.opens(f"{february.pages}/1/content/registered_tasks")
    person.reads("2 nhiệm vụ đã có trong báo cáo các kỳ trước")
    person.looks("table-known")
    person.follows("Dòng 2")
    aside = person.page.get_by_role("complementary", name="Đã biết từ trước").inner_text()
    assert "tháng 01/2026" in aside
    assert "20/01/2026" in aside
    person.types("Ngày nghiệm thu", "21/1/2026")
    person.presses("Lưu")
    person.reads("báo cáo kỳ 2026-01")
    person.looks("row-known")
    kept = february.content(1)
    assert [each["task_code"] for each in kept["registered_tasks"]] == ["NV-01", "NV-02"]
    assert kept["registered_tasks"][1]["accepted_on"] == "2026-01-21"
    person.opens(f"{february.pages}/1/handovers")
    person.reads("1 chuyển nguyên từ báo cáo kỳ trước, 1 sửa so với kỳ trước, 0 mới")

    person.opens(f"{february.pages}/1/content/reported_databases")
    shown = person.page.get_by_role("row", name="dat-dai").inner_text()
    assert "70" in shown
    assert "snap_" in shown
    assert "ho-tich" not in person.text, "another body's"
    person.looks("table-automatic")
    acts(person, "Thêm dòng")
    for label, text in (
        ("Mã cơ sở dữ liệu", "dat-dai"),
        ("Tên cơ sở dữ liệu", "Đất đai (minh họa)"),
        ("Số bản ghi mới", "7000"),
    ):
        person.types(label, text)
    person.presses("Lưu")
    person.reads("Hệ thống tự đếm")
    assert "snap_" in person.page.get_by_role("complementary", name="Đã biết từ trước").inner_text()
    person.looks("row-automatic")


def test_time_runs_out(person: Person, february: Body) -> None:
    served = february.served
    try:
        served.clock.now = legal_report_deadline(FEBRUARY)
        person.signs_in(february.key("drafter"))
        person.opens(february.pages)
        person.reads("đã qua")
        person.looks("month-late")
    finally:
        served.clock.now = MARCH


def test_a_report_that_was_not_sent_whole_says_what_is_missing(person: Person, served: Served) -> None:
    body = Body(served, "G06", str(FEBRUARY))
    content = report("G06", str(FEBRUARY))
    del content["narratives"]
    sequence = body.begun(content)
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}/content/narratives")
    person.reads("Phần này chưa được khai")
    person.looks("section-not-stated")
    person.presses("Khai: không có dòng nào")
    person.reads("Đã lưu")
    assert body.content(sequence)["narratives"] == []


def test_a_form_sent_twice_does_nothing_twice(person: Person, served: Served) -> None:
    body = Body(served, "G01", str(FEBRUARY))
    person.signs_in(body.key("drafter"))
    person.opens(body.pages)
    cookies = {each["name"]: each["value"] for each in person.page.context.cookies()}
    form = person.page.locator("form", has_text="Tạo báo cáo mới")
    sent: dict[str, Any] = {name: form.locator(f"input[name={name}]").get_attribute("value") for name in ("csrf", "once")}
    answers = [httpx.post(f"{served.url}{body.pages}", cookies=cookies, data=sent) for _ in range(2)]
    assert {each.headers["location"] for each in answers} == {f"{body.pages}/1?done=begun"}
    listed = served.call("GET", body.path, body.key("drafter")).json()["items"]
    assert len(listed) == 1


def test_national_readers_see_what_was_signed_and_no_buttons(person: Person, served: Served) -> None:
    body = Body(served, "G08", str(FEBRUARY))
    sequence = body.approved()
    body.step(sequence, "signatures", "signer", digest=body.state(sequence)["content"]["digest"])
    under_way = Body(served, "G09", str(FEBRUARY))
    hidden = under_way.begun(report("G09", str(FEBRUARY)))
    for role in ("reader", "operator", "auditor"):
        person.signs_in(served.key(f"Người có vai {role}", role))
        person.opens(f"{body.pages}/{sequence}")
        person.reads("Đã tiếp nhận")
        assert person.page.locator("main form, main .button").count() == 0
        person.opens(f"{body.pages}/{sequence}/content/registered_tasks")
        person.reads("NV-0002")
        assert person.opens(f"{under_way.pages}/{hidden}").status == 404
    person.opens(body.pages)
    person.looks("month-from-outside")
