"""A month's report from an empty draft to its receipt, by three people at a browser. All figures are invented."""

from __future__ import annotations

from playwright.sync_api import Browser

from services.gateway.reports.rules.catalogue import catalogue_in_force
from tests.browser.person import Person
from tests.browser.reporting import PERIOD, Body, acts
from tests.browser.serving import Served
from tests.integration.gateway.reports import report, task

AGENCY = "H38"
MONTH = f"/e-form/agencies/{AGENCY}/periods/2026-01/submissions"


def test_a_report_goes_from_an_empty_draft_to_its_receipt(person: Person, served: Served) -> None:
    body = Body(served, AGENCY)
    person.signs_in(body.key("drafter"))
    person.goes_by(person.page.locator("tr", has_text="01/2026").get_by_role("link", name="Báo cáo"))
    person.reads("Kỳ này chưa có báo cáo nào được ký")
    person.reads("05/02/2026 00:00:00")
    person.looks("month-empty")
    person.presses("Tạo báo cáo mới")
    person.reads("Đã tạo báo cáo mới")
    assert person.address.startswith(f"{MONTH}/1")
    person.looks("overview-empty")

    person.goes_by(person.page.locator("main").get_by_role("link", name="Báo cáo", exact=True))
    assert person.field("Mã cơ quan").input_value() == AGENCY
    person.types("Số văn bản báo cáo", "12/BC-DEMO")
    person.looks("section-report")
    person.presses("Lưu")
    person.reads("Đã lưu")
    person.follows("Phần tiếp theo chưa xong: ")
    assert person.address.startswith(f"{MONTH}/1/content/registered_tasks")

    assert set(body.content(1)) == {"report"}, "what nobody stated stays unsaid"
    person.opens(f"{MONTH}/1")
    assert person.page.locator("td .missing", has_text="chưa khai").count() == 3
    assert "second" in (person.page.get_by_role("link", name="Chuyển duyệt").get_attribute("class") or "")
    person.opens(f"{MONTH}/1/handovers")
    person.presses("Chuyển duyệt")
    person.reads("Còn lỗi, cảnh báo chưa được xử lý")
    assert person.page.locator("dd .missing", has_text="chưa khai").count() == 3
    person.looks("handover-unsaid")
    for section in ("reported_databases", "narratives"):
        person.opens(f"{MONTH}/1/content/{section}")
        person.reads("Phần này chưa được khai")
        person.presses("Khai: không có dòng nào")
        person.reads("Số dòng: 0 (khai: không có dòng nào)")

    person.opens(f"{MONTH}/1/content/registered_tasks")
    person.reads("Phần này chưa được khai")
    acts(person, "Thêm dòng")
    person.looks("row-new")
    person.types("Mã nhiệm vụ", "007")
    person.types("Tên nhiệm vụ", "Nền tảng dữ liệu minh họa")
    person.types("Ngày đăng ký", "ngày năm tháng một")
    person.presses("Lưu")
    person.reads("Còn nội dung phải xử lý")
    assert person.field("Ngày đăng ký").input_value() == "ngày năm tháng một", "what was typed is kept"
    beside = person.page.locator(".field", has_text="Ngày đăng ký").first
    assert "không đọc được" in beside.inner_text()
    assert person.field("Ngày đăng ký").get_attribute("aria-invalid") == "true"
    person.looks("row-with-findings")
    person.types("Ngày đăng ký", "05/01/2026")
    person.types("Ngày nghiệm thu", "2026-01-20")
    person.presses("Lưu")
    person.reads("thiếu văn bản nghiệm thu")
    assert person.field("Ngày nghiệm thu").input_value() == "20/01/2026"
    person.types("Văn bản nghiệm thu", "5/BB-DEMO")
    person.presses("Lưu và thêm dòng khác")
    person.types("Mã nhiệm vụ", "008")
    person.types("Tên nhiệm vụ", "Nhiệm vụ chuyển tiếp minh họa")
    person.types("Ngày đăng ký", "05/01/2010")
    person.presses("Lưu")
    person.looks("row-to-confirm")
    person.opens(f"{MONTH}/1/content/registered_tasks")
    person.reads("Số dòng: 2")
    person.reads("20/01/2026")
    person.looks("table")
    assert person.page.locator(".onward").count() == 0, "this section alone is left"

    person.opens(f"{MONTH}/1/handovers")
    person.presses("Chuyển duyệt")
    person.reads("Còn lỗi, cảnh báo chưa được xử lý")
    person.looks("handover-refused")
    person.opens(f"{MONTH}/1/findings")
    person.looks("findings")
    person.follows("Xác nhận kèm lý do")
    person.types("Lý do số liệu này là đúng", "nhiệm vụ chuyển tiếp từ năm 2010 (minh họa)")
    person.looks("confirmation")
    person.presses("Xác nhận")
    person.reads("Đã xác nhận")
    person.reads("Không còn lỗi, cảnh báo nào phải xử lý")
    person.opens(f"{MONTH}/1/content/registered_tasks")
    person.follows("Mọi phần đã xong: xem lại và chuyển duyệt")
    person.reads("Báo cáo khai những gì")

    person.opens(f"{MONTH}/1")
    acts(person, "Chuyển duyệt")
    person.reads("khai: không có dòng nào")
    person.looks("handover")
    person.presses("Chuyển duyệt")
    person.reads("Đã chuyển duyệt")
    person.reads("Bây giờ đến lượt người duyệt báo cáo")
    person.looks("overview-in-review")
    person.opens(f"{MONTH}/1/content/registered_tasks/rows/0")
    assert person.page.get_by_role("button", name="Lưu").count() == 0
    person.looks("row-locked")

    person.signs_in(body.key("approver"))
    person.opens(f"{MONTH}/1")
    person.looks("overview-approver")
    acts(person, "Duyệt")
    person.presses("Duyệt")
    person.reads("Đã duyệt")

    person.signs_in(body.key("signer"))
    person.opens(f"{MONTH}/1")
    acts(person, "Ký")
    person.reads("không bắt buộc")
    said = dict(zip(person.page.locator("dt").all_inner_texts(), person.page.locator("dd").all_inner_texts(), strict=True))
    assert said["Nếu ký bây giờ"].startswith("đúng hạn còn")
    assert said["Hạn của cơ quan"] == "trước 05/02/2026 00:00:00"
    assert (said["D1: nhiệm vụ đã đăng ký"], said["D1: đã nghiệm thu từ đầu năm"]) == ("2", "1")
    assert (said["C1: cơ sở dữ liệu báo cáo"], said["C1: tổng số bản ghi mới"]) == ("0", "0")
    person.looks("signature")
    person.presses("Ký và gửi")
    person.reads("Đã ký và tiếp nhận")
    person.reads("BN-2026-01-H38-")
    person.looks("receipt")
    person.opens(f"{MONTH}/1")
    person.looks("overview-accepted")
    person.signs_in(served.key("Người đọc", "reader"))
    person.opens(f"{MONTH}/1")
    assert "chưa kiểm tra xong" not in person.text, "what a reader may not see is not unfinished"
    person.signs_in(body.key("signer"))
    person.opens(MONTH)
    person.reads("đúng hạn")
    person.looks("month")


def test_two_editors_lose_nothing(person: Person, chromium: Browser, served: Served) -> None:
    body = Body(served, "H42")
    sequence = body.begun(report("H42", PERIOD, tasks=[task(1), task(2)]))
    row = f"{body.pages}/{sequence}/content/registered_tasks/rows/1"
    person.signs_in(body.key("drafter"))
    person.opens(row)
    with Person.at(chromium, served.url) as other:
        other.signs_in(served.key("Người soạn thứ hai của H42", "agency_drafter", agency="H42"))
        other.opens(row)
        other.types("Tên nhiệm vụ", "Tên do người thứ hai viết")
        other.presses("Lưu")
        other.reads("Đã lưu")
        other.opens(f"{body.pages}/{sequence}/content/registered_tasks/rows/0")
        other.page.locator("summary").click()
        other.presses("Xóa dòng")
        other.reads("Đã xóa dòng")
    person.types("Tên nhiệm vụ", "Tên do người thứ nhất viết")
    person.types("Mã tham chiếu", "dòng của tôi")
    person.presses("Lưu")
    person.reads("Nội dung đã thay đổi")
    person.reads("Tên do người thứ hai viết")
    assert person.field("Tên nhiệm vụ").input_value() == "Tên do người thứ nhất viết"
    assert person.field("Mã tham chiếu").input_value() == "dòng của tôi"
    person.looks("two-editors")
    person.presses("Lưu")
    person.reads("Đã lưu")
    (kept,) = body.content(sequence)["registered_tasks"]
    assert (kept["task_code"], kept["title"], kept["client_ref"]) == ("NV-0002", "Tên do người thứ nhất viết", "dòng của tôi")


def test_a_first_save_over_somebody_elses_first_save(person: Person, served: Served) -> None:
    body = Body(served, "H41")
    sequence = body.begun()
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}/content/registered_tasks/rows/new")
    person.types("Mã nhiệm vụ", "NV-0009")
    body.put(sequence, report("H41", PERIOD))
    person.presses("Lưu")
    person.reads("Nhấn Lưu để thêm dòng của bạn vào nội dung mới")
    person.presses("Lưu")
    person.reads("Còn nội dung phải xử lý")
    codes = [each["task_code"] for each in body.content(sequence)["registered_tasks"]]
    assert codes == ["NV-0001", "NV-0002", "NV-0009"]


def test_a_rejected_report_is_corrected_and_one_given_up(person: Person, served: Served) -> None:
    body = Body(served, "G09")
    sequence = body.begun(report("G09", PERIOD))
    body.step(sequence, "handovers", "drafter")
    person.signs_in(body.key("approver"))
    person.opens(f"{body.pages}/{sequence}")
    acts(person, "Trả lại")
    person.page.get_by_role("button", name="Trả lại").click()
    assert person.field("Lý do").evaluate("field => field.validity.valueMissing"), "the browser asks for it already"
    person.types("Lý do", "Thiếu nhiệm vụ thứ ba (minh họa)")
    person.looks("rejection")
    person.presses("Trả lại")
    person.reads("Đã trả lại")
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}")
    person.reads("Thiếu nhiệm vụ thứ ba (minh họa)")
    person.looks("overview-rejected")
    person.opens(f"{body.pages}/{sequence}/content/registered_tasks")
    acts(person, "Thêm dòng")
    for label, text in (
        ("Mã nhiệm vụ", "NV-0003"),
        ("Tên nhiệm vụ", "Nhiệm vụ thứ ba minh họa"),
        ("Ngày đăng ký", "12/01/2026"),
    ):
        person.types(label, text)
    person.presses("Lưu")
    person.reads("Đã lưu")
    assert body.content(sequence)["registered_tasks"][2]["registered_on"] == "2026-01-12"
    person.opens(f"{body.pages}/{sequence}/reverts")
    person.types("Lý do", "soạn lại từ đầu (minh họa)")
    person.looks("revert")
    person.presses("Bỏ báo cáo")
    person.reads("Đã bỏ báo cáo này")
    person.reads("không còn gì để làm")


def test_other_sections_and_english(person: Person, served: Served) -> None:
    body = Body(served, "H44")
    sequence = body.begun(report("H44", PERIOD))
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}/content/narratives/rows/new")
    person.chooses("Thuyết minh cho mục", "D1")
    person.chooses("Mức công khai", "Nội bộ")
    person.types("Nội dung", "Dòng một.\nDòng hai.")
    person.looks("row-narrative")
    person.presses("Lưu")
    person.reads("Đã lưu")
    (kept,) = body.content(sequence)["narratives"]
    assert kept["text"] == "Dòng một.\nDòng hai."
    person.opens(f"{body.pages}/{sequence}/content/reported_databases/rows/new")
    for label, text in (
        ("Mã cơ sở dữ liệu", "CSDL-1"),
        ("Tên cơ sở dữ liệu", "Cơ sở dữ liệu minh họa"),
        ("Số bản ghi mới", "1.250"),
    ):
        person.types(label, text)
    person.presses("Lưu")
    person.reads("“Số bản ghi mới” không đọc được")
    assert person.field("Số bản ghi mới").input_value() == "1.250"
    person.types("Số bản ghi mới", "1250")
    person.presses("Lưu")
    person.reads("Số liệu tự động của kỳ chưa được chốt")
    assert body.content(sequence)["reported_databases"][0]["new_records"] == 1250
    person.looks("table-databases")
    person.switches("English")
    person.reads("Reported databases")
    person.opens(f"{body.pages}/{sequence}")
    person.reads("What you can do")
    person.looks("overview-english")


def test_a_state_secrets_marker_is_refused_plainly(person: Person, served: Served) -> None:
    body = Body(served, "G06")
    sequence = body.begun(report("G06", PERIOD))
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}/content/narratives/rows/new")
    person.chooses("Thuyết minh cho mục", "D1")
    person.chooses("Mức công khai", "Nội bộ")
    person.types("Nội dung", "TUYỆT MẬT\nNội dung minh họa.")
    person.presses("Lưu")
    person.reads("Không được gửi bí mật nhà nước qua hệ thống này")
    assert "Tuyệt mật" in person.page.locator(".field", has_text="Nội dung").first.inner_text()
    person.looks("marker-refused")
    assert body.content(sequence)["narratives"] == []


def test_a_test_report_and_a_second_one(person: Person, served: Served) -> None:
    body = Body(served, "G10")
    person.signs_in(body.key("drafter"))
    person.opens(body.pages)
    person.ticks("Báo cáo thử")
    person.presses("Tạo báo cáo mới")
    person.reads("báo cáo thử")
    person.opens(body.pages)
    person.presses("Tạo báo cáo mới")
    person.reads("Đã tạo báo cáo mới")
    person.opens(body.pages)
    person.presses("Tạo báo cáo mới")
    person.reads("Đã có một báo cáo đang soạn của kỳ này")
    person.looks("month-refused")


def test_a_long_table_is_shown_by_pages(person: Person, served: Served) -> None:
    body = Body(served, "G08")
    sequence = body.begun(report("G08", PERIOD, tasks=[task(number) for number in range(1, 121)]))
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}/content/registered_tasks")
    assert person.page.locator("tbody tr").count() == 50
    person.follows("Trang sau")
    person.follows("Trang sau")
    assert person.page.locator("tbody tr").count() == 20
    person.reads("NV-0120")
    person.looks("table-last-page")


def test_another_body_finds_nothing(person: Person, served: Served) -> None:
    body = Body(served, "H48")
    sequence = body.begun(report("H48", PERIOD))
    person.signs_in(Body(served, "H49").key("drafter"))
    below = ("", "/content", "/content/report", "/content.json", "/findings", "/handovers", "/attachments", "/receipt")
    for place in (body.pages, *(f"{body.pages}/{sequence}{each}" for each in below)):
        answer = person.opens(place)
        assert answer.status in (403, 404), place
        assert "NV-0001" not in person.text


def test_many_findings_are_shown_by_pages_and_by_severity(person: Person, served: Served) -> None:
    body = Body(served, "G11")
    faulty = [{**task(number), "title": None} for number in range(1, 61)]
    sequence = body.begun(report("G11", PERIOD, tasks=faulty))
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}/findings")
    person.follows("Phải sửa (60)")
    assert person.page.locator("tbody tr").count() == 50
    person.looks("findings-many")
    person.follows("Trang sau")
    assert person.page.locator("tbody tr").count() == 10
    person.follows("Nhiệm vụ, dòng 60, Tên nhiệm vụ")
    assert person.address.endswith("/rows/59#f-registered_tasks-59-title")
    assert person.page.locator("#f-registered_tasks-59-title").get_attribute("aria-invalid") == "true"
    person.opens(f"{body.pages}/{sequence}")
    person.follows("Xem lỗi, cảnh báo của phần Nhiệm vụ")
    person.follows("Còn phải xử lý (60)")
    assert person.address.endswith("/findings?severity=to_do&section=registered_tasks")
    person.looks("findings-of-a-section")
    assert len(person.downloads("CSV").path().read_text("utf-8-sig").splitlines()) == 61
    person.follows("Mọi phần (60)")
    assert person.address.endswith("/findings?severity=to_do")
    person.follows("Lưu ý (0)")
    person.reads("Không có lỗi, cảnh báo nào như vậy")


def test_a_change_of_what_was_approved_takes_the_approval_back(person: Person, served: Served) -> None:
    body = Body(served, "G16")
    sequence = body.begun(report("G16", PERIOD))
    body.step(sequence, "handovers", "drafter")
    body.step(sequence, "approvals", "approver")
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}")
    person.reads("Lưu bất kỳ thay đổi nào thì phê duyệt mất hiệu lực")
    person.opens(f"{body.pages}/{sequence}/content/report")
    person.types("Số văn bản báo cáo", "Báo cáo 2/BC (minh họa)")
    person.presses("Lưu")
    person.opens(f"{body.pages}/{sequence}")
    person.reads("Báo cáo cần được duyệt lại")
    person.reads("/report/document")
    person.looks("approval-taken-back")
    person.opens(body.pages)
    person.reads("cần duyệt lại")


def test_an_agreement_lapses_when_the_rules_change(person: Person, served: Served) -> None:
    """Last of this file: it puts other rules in force."""
    body = Body(served, "G15")
    sequence = body.begun(report("G15", PERIOD))
    body.step(sequence, "handovers", "drafter")
    person.signs_in(body.key("approver"))
    person.opens(f"{body.pages}/{sequence}/approvals")
    others = {**catalogue_in_force(PERIOD).content, "id": "kiem-thu", "first_period": PERIOD}
    rules = {"catalogue": others, "reason": "Đổi quy tắc (minh họa)"}
    made = served.call("POST", "/rule-activations", served.key("Người công bố", "publisher"), json=rules).json()
    place, agreed = f"/decisions/{made['activation_id']}/approvals", {"reason": "Đồng ý (minh họa)"}
    served.call("POST", place, served.key("Người công bố thứ hai", "publisher"), json=agreed)
    person.presses("Duyệt")
    person.reads("Phê duyệt đã mất hiệu lực")
    person.reads("Bây giờ đến lượt người soạn báo cáo")
    person.reads("Quy tắc kiểm tra đã đổi, nay là danh mục kiem-thu")
    person.looks("approval-lapsed")
    # In the history it is nobody's act; who ran into it stands beside it.
    person.opens(f"{body.pages}/{sequence}")
    person.reads("gặp lúc")
