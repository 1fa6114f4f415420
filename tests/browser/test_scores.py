"""Why a score is what it is, at the pages of the demo: a body's people, a national reader, an operator and two publishers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from tests.browser.demonstrating import Demo, outcome
from tests.browser.person import Person

OWN = "/e-form/agencies/H38/periods/2026-01"


@pytest.fixture
def person(chromium: Browser, demo: Demo) -> Iterator[Person]:
    with Person.at(chromium, demo.url) as made:
        yield made


def test_the_first_page_has_the_bodys_last_points(person: Person, demo: Demo) -> None:
    person.signs_in(demo.key("agency_signer", "H38"))
    points = person.page.get_by_role("region", name="Điểm của chúng tôi, tháng 01/2026")
    assert points.get_by_role("rowheader").count() == 3
    assert "59" in points.inner_text()
    person.looks("board-points")
    person.follows("Xem điểm từng chỉ số")
    assert person.address == f"{OWN}/scores"


def test_an_operator_finds_what_is_late(person: Person, demo: Demo) -> None:
    person.signs_in(demo.key("operator"))
    person.reads("cơ quan đã nộp đúng hạn")
    person.looks("board-operator")


def test_a_body_reads_why_it_has_its_points_and_which_task_was_late(person: Person, demo: Demo) -> None:
    person.signs_in(demo.key("agency_drafter", "H38"))
    person.goes_by(person.page.get_by_role("link", name="Điểm", exact=True).first)
    assert person.address == f"{OWN}/scores"
    person.reads("12 trong 16 nhiệm vụ của kỳ hoàn thành đúng hạn: 12/16 × 18 = 13,50 điểm.")
    person.reads("Thêm 1 nhiệm vụ của kỳ hoàn thành đúng hạn.")
    person.reads("Phiên bản này thay cho phiên bản")
    person.looks("own-score")
    person.goes_by(person.page.locator("#A2").get_by_role("link", name="Các dòng số liệu"))
    person.chooses("Kết luận về dòng", "tồn đọng từ trước, hoàn thành trong kỳ")
    person.presses("Lọc")
    rows = person.page.locator("tbody tr")
    assert rows.count() == 1
    assert "31/12/2025" in rows.inner_text()
    assert "11/01/2026" in rows.inner_text()
    person.looks("own-rows")
    file = person.downloads("Tải các dòng này")
    assert file.suggested_filename == "rows-2026-01-H38-A2.csv"
    assert len(Path(file.path()).read_text("utf-8-sig").splitlines()) == 2


def test_a_body_tries_other_figures_and_nothing_is_kept(person: Person, demo: Demo) -> None:
    person.signs_in(demo.key("agency_drafter", "H38"))
    person.opens(f"{OWN}/scores")
    person.follows("Nếu số liệu khác đi thì sao?")
    person.types("Số nhiệm vụ hoàn thành đúng hạn", "13")
    person.presses("Tính thử")
    person.reads("59 → 60")
    person.reads("13,50 → 14,63")
    assert person.field("Số nhiệm vụ hoàn thành đúng hạn").input_value() == "13"
    person.looks("what-if")
    person.types("Số bản ghi dữ liệu đã được số hoá trong tháng", "1.042.413.000")
    person.presses("Tính thử")
    person.reads("điểm của các cơ quan khác được tính lại")
    person.types("Số nhiệm vụ hoàn thành đúng hạn", "mười ba")
    person.presses("Tính thử")
    assert person.field("Số nhiệm vụ hoàn thành đúng hạn").get_attribute("aria-invalid") == "true"
    person.looks("what-if-refused")


def test_a_body_asks_for_verification_with_what_it_saw(person: Person, demo: Demo) -> None:
    person.signs_in(demo.key("agency_drafter", "H38"))
    person.opens(f"{OWN}/scores")
    person.goes_by(person.page.locator("#C2").get_by_role("link", name="Đề nghị xác minh"))
    assert person.field("Loại").input_value() == "verification"
    assert (person.field("Chỉ số").input_value(), person.field("Kỳ").input_value()) == ("C2", "2026-01")
    digest = person.page.locator("[name='evidence.0.digest']").input_value()
    person.types("Nội dung", "Đề nghị đối chiếu số giao dịch với NDXP (minh họa)")
    person.looks("verification")
    person.presses("Gửi")
    person.reads("Đề nghị xác minh số liệu C2, tháng 01/2026, phiên bản 2")
    assert digest in person.page.content()


def test_a_body_reads_why_the_later_version_differs(person: Person, demo: Demo) -> None:
    person.signs_in(demo.key("agency_approver", "H38"))
    person.opens(f"{OWN}/scores")
    person.follows("Vì sao điểm thay đổi")
    person.reads("+1,16 do số liệu của chính cơ quan")
    person.reads("C2 Giao dịch chia sẻ dữ liệu")
    person.looks("own-changes")
    person.follows("Các dòng thay đổi")
    person.reads("2.642.719 → 3.142.719")
    person.looks("own-row-changes")


def test_a_body_states_its_own_points_of_the_running_month(person: Person, demo: Demo) -> None:
    person.signs_in(demo.key("agency_drafter", "H38"))
    person.opens("/e-form/agencies/H38/periods/2026-02/self-scores")
    person.types("A1 Điểm hoàn thành nhiệm vụ đúng hạn", "99")
    person.presses("Ghi điểm tự đánh giá")
    assert person.field("A1 Điểm hoàn thành nhiệm vụ đúng hạn").get_attribute("aria-invalid") == "true"
    person.types("A1 Điểm hoàn thành nhiệm vụ đúng hạn", "12,5")
    person.presses("Ghi điểm tự đánh giá")
    person.reads("Đã lưu")
    assert person.field("A1 Điểm hoàn thành nhiệm vụ đúng hạn").input_value() == "12,5"
    person.looks("self-score")


def test_another_bodys_pages_are_not_there(person: Person, demo: Demo) -> None:
    person.signs_in(demo.key("agency_drafter", "H12"))
    assert person.opens(f"{OWN}/scores/A1/rows").status == 404
    assert person.opens(f"{OWN}/scores").status == 404
    assert person.opens(f"{OWN}/what-if").status == 404
    assert person.opens("/e-form/agencies/H12/periods/2026-01/scores").status == 200


def test_a_national_reader_reads_the_month_and_what_changed(person: Person, demo: Demo) -> None:
    person.signs_in(demo.key("reader"))
    person.goes_by(person.page.get_by_role("link", name="Điểm", exact=True).first)
    assert person.address == "/e-form/periods/2026-01/scores"
    assert person.page.locator("tbody tr").count() == 56
    person.looks("month")
    person.follows("58,00 → 59,16")
    person.reads("+1,16 do số liệu của chính cơ quan")
    person.follows("phiên bản 1 → 2")
    person.reads("1 cơ quan có thay đổi")
    person.looks("changes")
    assert person.opens("/e-form/periods/2026-01/publishing").status == 200
    assert person.page.get_by_role("button", name="Chấm điểm").count() == 0


def test_a_run_says_what_was_noticed_of_the_snapshots_it_rests_on(person: Person, demo: Demo) -> None:
    """The month's first run rests on the portal's answer with a row that could not be true; a later one no more."""
    headers = {"authorization": f"Bearer {demo.key('operator')}"}
    answer = httpx.get(f"{demo.url}/api/v1/score-runs?period=2026-01&limit=200", headers=headers, timeout=30)
    first = min(answer.json()["items"], key=lambda each: str(each["recorded_at"]))
    person.signs_in(demo.key("operator"))
    person.opens(f"/e-form/score-runs/{first['run_id']}")
    person.reads("1 × ING-ROW-ASIDE")
    person.reads("/api/v1/findings?period=2026-01&source=public_service_portal")
    person.looks("run-noticed")


def test_an_operator_scores_and_two_publishers_let_a_former_version_stand_again(person: Person, demo: Demo) -> None:
    person.signs_in(demo.key("operator"))
    person.opens("/e-form/periods/2026-01/publishing")
    person.types("Lý do", "Tính lại để đối chiếu (minh họa)")
    person.presses("Chấm điểm")
    outcome(person)
    person.reads("đã công bố")
    person.looks("run")
    person.signs_in(demo.key("publisher"))
    person.opens("/e-form/periods/2026-01/publishing")
    person.looks("publishing")
    person.follows("Khôi phục phiên bản này")
    person.types("Lý do", "Công bố nhầm (minh họa)")
    person.presses("Đề nghị khôi phục")
    person.reads("chờ người thứ hai đồng ý")
    waiting = person.address.partition("?")[0]
    assert person.page.get_by_role("button", name="Đồng ý").count() == 0
    person.signs_in(demo.key("approver"))
    person.opens(waiting)
    person.looks("restoration")
    person.types("Lý do đồng ý", "Đã đối chiếu (minh họa)")
    person.presses("Đồng ý, công bố lại phiên bản đó")
    outcome(person)
    person.reads("Đã công bố.")
    person.reads("khôi phục một bản đã công bố")
    person.looks("restored")


def test_a_version_waits_for_its_release_and_nobody_else_sees_it(person: Person, demo: Demo) -> None:
    """The last test here: while a version waits nothing else of the month is restored."""
    demo.exempt("G31", "E3")
    person.signs_in(demo.key("operator"))
    person.opens("/e-form/periods/2026-01/publishing")
    person.types("Lý do", "Có quyết định không áp dụng (minh họa)")
    person.presses("Chấm điểm")
    outcome(person)
    person.reads("Đã chấm điểm.")
    run = person.address.partition("?")[0]
    former = httpx.get(f"{demo.url}/periods/2026-01", timeout=30)
    person.signs_in(demo.key("publisher"))
    person.opens(run)
    person.types("Lý do", "Công bố theo giờ hẹn (minh họa)")
    person.types("Hẹn giờ công bố", "31/2/2027 17:30")
    person.presses("Công bố")
    assert person.page.get_by_label("Hẹn giờ công bố").input_value() == "31/2/2027 17:30"
    assert person.page.locator(".field.faulty .fault").count() == 1
    at = in_vietnam_time(datetime.now(UTC) + timedelta(days=2))
    person.types("Hẹn giờ công bố", at)
    person.presses("Công bố")
    outcome(person)
    person.reads("Phiên bản chờ đến giờ công bố")
    person.reads("Công bố theo giờ hẹn (minh họa)")
    person.looks("release-waits")
    person.follows("Xem trước toàn bảng")
    person.reads("Chưa công bố.")
    assert person.page.locator("tbody tr").count() == 56
    person.looks("preview")
    own = "/e-form/agencies/G31/periods/2026-01/preview"
    assert person.opens(own).status == 200
    assert person.page.get_by_role("region", name="Từng chỉ số").locator("tbody tr").count() > 10
    person.looks("preview-own")
    person.signs_in(demo.key("agency_signer", "H38"))
    assert person.opens(own).status == 404
    assert person.opens("/e-form/periods/2026-01/preview").status in (403, 404)
    assert person.opens("/e-form/agencies/H38/periods/2026-01/preview").status == 200
    person.reads("Chưa công bố.")
    later = httpx.get(f"{demo.url}/periods/2026-01", timeout=30)
    assert (later.content, later.headers["etag"]) == (former.content, former.headers["etag"])


def in_vietnam_time(at: datetime) -> str:
    """As people type it."""
    return at.astimezone(timezone(timedelta(hours=7))).strftime("%d/%m/%Y %H:%M")
