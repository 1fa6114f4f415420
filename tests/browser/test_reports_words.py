"""Long, broken and late input to a report's pages: it is told as it is, to the one who typed it. All figures are invented."""

from __future__ import annotations

import httpx

from tests.browser.person import Person
from tests.browser.reporting import PERIOD, Body
from tests.browser.serving import Served
from tests.integration.gateway.reports import report, task


def test_long_and_broken_text_is_shown_with_what_to_do(person: Person, served: Served) -> None:
    body = Body(served, "G11")
    tasks = [task(1, title="dài" * 6_000), task(2, title="dòng một\ndòng hai"), task(3, registered_on="31/02/2026")]
    narratives = [{"section": "C1", "visibility": "public", "text": "lời " * 6_000}]
    sequence = body.begun(report("G11", PERIOD, tasks=tasks, narratives=narratives))
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}/findings")
    person.reads("viết lại thành một dòng")
    person.reads("ngày/tháng/năm, ví dụ 05/01/2026")
    person.reads("gửi phần dài thành tài liệu minh chứng")
    assert "YYYY-MM-DD" not in person.text
    assert ".." not in person.text
    person.looks("findings-long")
    person.opens(f"{body.pages}/{sequence}/content/registered_tasks")
    assert "dài" * 70 not in person.text, "a table shows the beginning"
    width = person.page.evaluate("document.querySelector('main table').scrollWidth")
    assert width <= 1_100, "one long title does not push the other columns off the page"
    person.looks("table-long")
    person.opens(f"{body.pages}/{sequence}/content/registered_tasks/rows/1")
    assert person.field("Tên nhiệm vụ").input_value() == "dòng một\ndòng hai", "not glued together"


def test_a_row_that_is_not_there_is_not_removed(person: Person, served: Served) -> None:
    body = Body(served, "G12")
    sequence = body.begun(report("G12", PERIOD, tasks=[task(1), task(2)]))
    person.signs_in(body.key("drafter"))
    row = f"{body.pages}/{sequence}/content/registered_tasks/rows/1"
    person.opens(row)
    cookies = {each["name"]: each["value"] for each in person.page.context.cookies()}
    form = person.page.locator("form[action$=removals]")
    sent = {name: form.locator(f"input[name={name}]").get_attribute("value") for name in ("csrf", "once", "etag", "was")}
    there = f"{served.url}{body.pages}/{sequence}/content/registered_tasks/rows/999/removals"
    assert httpx.post(there, cookies=cookies, data=sent).status_code == 404
    assert len(body.content(sequence)["registered_tasks"]) == 2


def test_a_new_row_typed_on_an_older_page_is_no_row_that_was_removed(person: Person, served: Served) -> None:
    body = Body(served, "G06")
    content = report("G06", PERIOD)
    sequence = body.begun(content)
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}/content/narratives/rows/new")
    etag = body.state(sequence)["content"]["etag"]
    body.put(sequence, {**content, "narratives": []}, etag)
    person.types("Nội dung", "Lời viết ở trang cũ (minh họa).")
    person.presses("Lưu")
    person.reads("Lần lưu mới nhất là của chính bạn")
    person.reads("Nhấn Lưu để thêm dòng của bạn")
    assert "đã bị xóa" not in person.text
    person.presses("Lưu")
    assert [each["text"] for each in body.content(sequence)["narratives"]] == ["Lời viết ở trang cũ (minh họa)."]
