"""The usage report at a page: for auditors and system administrators, as a table and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from tests.browser.person import Person
from tests.browser.serving import Served


def test_an_auditor_reads_how_a_month_was_used_and_saves_the_table(person: Person, served: Served) -> None:
    # Audit rows carry the database's own time, whatever the gateway's clock says.
    served.clock.now = datetime.now(UTC)
    auditor = served.key("Kiểm toán", "auditor")
    person.signs_in(served.key("Cán bộ theo dõi", "officer"))
    person.signs_in(auditor)
    person.follows("Sử dụng")
    offered = person.page.locator("select[name=period] option")
    latest, said = offered.first.get_attribute("value"), offered.first.inner_text()
    person.page.locator("select[name=period]").select_option(latest)
    person.presses("Xem")
    assert said in person.page.locator("h1").inner_text()
    usage = served.call("GET", f"/usage?period={latest}", auditor).json()
    assert usage["entries"] > 0
    assert sum(group["page_sessions"] for group in usage["groups"]) == len(("officer", "auditor"))
    for group in usage["groups"]:
        line = person.page.get_by_role("row").filter(has_text=group["name_vi"]).first
        assert line.locator("td.number").first.inner_text() == str(group["entries"])
    person.page.get_by_text("Hành động").first.click()
    person.reads("session.begin")
    person.looks("usage")
    saved_file = person.downloads("Tải bảng CSV")
    assert saved_file.suggested_filename == f"usage-{latest}.csv"
    lines = list(csv.DictReader(io.StringIO(saved_file.path().read_text("utf-8-sig"))))
    assert sum(int(each["entries"]) for each in lines) == usage["entries"]


def test_others_are_refused(person: Person, served: Served) -> None:
    person.signs_in(served.key("Người đọc", "reader"))
    assert person.page.get_by_role("link", name="Sử dụng").count() == 0
    assert person.opens("/e-form/usage").status == 403
    person.looks("usage-refused")
