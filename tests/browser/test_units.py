"""Inside a body, at the pages: units and their people, the plan, sections sent and returned, the board, the assembly."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from tests.browser.person import Person
from tests.browser.serving import Served
from tests.integration.units.province import AGENCY, DAY_FOUR, DAY_TWO, PERIOD, REASON

UNITS = f"/e-form/agencies/{AGENCY}/units"
PLANS = f"/e-form/agencies/{AGENCY}/unit-plans"
BOARD = f"/e-form/agencies/{AGENCY}/periods/{PERIOD}/sections"
INDICATORS = ("A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "C1", "C2", "D1", "D2", "E1", "E2", "E3")
LETTER = "Công văn …/UBND-NC tháng 01/2026 (minh họa)"


def employed(served: Served, name: str, *roles: str) -> tuple[str, str]:
    """A key that one administrator asked for and another approved: (id, key)."""
    one, two = administrators(served)
    body = {"holder": name, "roles": list(roles), "expires_at": (DAY_TWO + timedelta(days=60)).isoformat(), **REASON}
    made = served.call("POST", f"/agencies/{AGENCY}/credentials", one, json=body).json()
    key_id = made["credential"]["key_id"]
    served.call("POST", f"/agencies/{AGENCY}/credentials/{key_id}/approvals", two, json=REASON)
    return key_id, made["key"]


def administrators(served: Served) -> tuple[str, str]:
    return tuple(served.key(f"Quản trị {number}", "agency_admin", agency=AGENCY) for number in (1, 2))  # type: ignore[return-value]


def adds_unit(person: Person, code: str, name: str, contact: str) -> None:
    person.opens(UNITS)
    person.types("Mã đơn vị", code)
    person.types("Tên đơn vị", name)
    person.types("Họ và tên", contact)
    person.types("Chức vụ", "Trưởng phòng")
    person.types("Điện thoại", "0214 000 0001")
    person.types("Thư điện tử", f"{code}@laocai.example.vn")
    person.types("Lý do", "theo phân công (minh họa)")
    person.presses("Thêm đơn vị")
    person.reads("Đã lưu")


def enters(person: Person, unit: str, key_id: str) -> None:
    person.opens(f"{UNITS}/{unit}/members")
    person.page.locator("select[name=subject]").select_option(f"key:{key_id}")
    person.types("Lý do", "cán bộ của đơn vị (minh họa)")
    person.goes_by(person.page.get_by_role("button", name="Thêm vào đơn vị"))
    person.reads("Đã lưu")


def asks_for_plan(person: Person, units: dict[str, str], *, lead: str, document: str = LETTER, stay: bool = False) -> None:
    """``units`` by indicator."""
    if not stay:
        person.opens(f"{PLANS}/new")
    person.page.locator("select[name=first_period]").select_option(PERIOD)
    person.types("Văn bản phân công", document)
    person.page.locator("select[name=lead_unit]").select_option(lead)
    for code, unit in units.items():
        person.page.locator(f"select[name=unit-{code}]").select_option(unit)
    person.types("Lý do", "theo phân công (minh họa)")
    person.presses("Đề nghị phê duyệt")


def types_row(person: Person, number: int, **cells: object) -> None:
    for name, value in cells.items():
        person.page.locator(f'[name="rows.{number}.{name}"]').fill("" if value is None else str(value))


def state_of(person: Person, indicator: str) -> str:
    """As the board's table says it."""
    line = person.page.get_by_role("row").filter(has=person.page.get_by_role("link", name=indicator, exact=True)).first
    return line.locator(".tag").first.inner_text()


@pytest.fixture(scope="module")
def keys(served: Served, chromium: Browser) -> dict[str, str]:
    """Two units with people and an approved plan, all made at the pages; keys come of the API."""
    served.clock.now = DAY_TWO
    one, two = administrators(served)
    found = {name: employed(served, f"Khóa {name}", f"agency_{role}") for name, role in (
        ("lead", "unit"), ("police", "unit"), ("drafter", "drafter"), ("approver", "approver"),
    )}  # fmt: skip
    with Person.at(chromium, served.url) as person:
        person.signs_in(one)
        person.opens(UNITS)
        person.looks("units-none")
        adds_unit(person, "so-khcn", "Sở Khoa học và Công nghệ", "Cán bộ đầu mối minh họa 1")
        adds_unit(person, "cong-an", "Công an tỉnh", "Cán bộ đầu mối minh họa 2")
        person.looks("units")
        enters(person, "so-khcn", found["lead"][0])
        enters(person, "so-khcn", found["drafter"][0])
        enters(person, "cong-an", found["police"][0])
        person.looks("unit-members")
        person.opens(BOARD)
        person.reads("Chưa có phân công đơn vị")
        assert person.page.locator(".problem").count() == 0, "no fault: a body may have no units"
        person.looks("board-no-plan")
        asks_for_plan(person, {code: "cong-an" if code == "C1" else "so-khcn" for code in INDICATORS}, lead="so-khcn")
        person.reads("chờ người thứ hai phê duyệt")
        person.looks("plan-requested")
        assert person.page.get_by_role("button", name="Phê duyệt phân công").count() == 0
        plan = person.address.partition("?")[0]
        person.signs_in(two)
        person.opens(plan)
        person.types("Lý do", "đúng công văn (minh họa)")
        person.presses("Phê duyệt phân công")
        person.reads("Đã duyệt")
        person.looks("plan-approved")
    return {"one": one, "two": two, **{name: key for name, (_, key) in found.items()}}


def test_a_unit_changes_by_versions_and_a_wrong_code_is_told_at_its_field(person: Person, keys: dict[str, str]) -> None:
    person.signs_in(keys["one"])
    person.follows("Đơn vị")
    person.types("Mã đơn vị", "Sở Tài chính")
    for label in ("Tên đơn vị", "Họ và tên", "Chức vụ", "Lý do"):
        person.types(label, "Sở Tài chính")
    person.types("Điện thoại", "0214 000 0003")
    person.types("Thư điện tử", "so-tai-chinh@laocai.example.vn")
    person.presses("Thêm đơn vị")
    person.looks("units-refused")
    assert person.field("Mã đơn vị").get_attribute("aria-invalid") == "true"
    assert person.field("Mã đơn vị").input_value() == "Sở Tài chính"
    person.types("Mã đơn vị", "so-tai-chinh")
    person.presses("Thêm đơn vị")
    person.reads("Đã lưu")
    person.follows("so-tai-chinh")
    person.types("Họ và tên", "Cán bộ đầu mối minh họa 9")
    person.ticks("Đơn vị ngừng hoạt động")
    person.types("Lý do", "sáp nhập (minh họa)")
    person.presses("Lưu thành bản mới")
    person.reads("Đã lưu")
    assert "đã ngừng" in person.text
    assert person.page.get_by_role("rowheader", name="2").count() == 1
    person.looks("unit")
    person.opens(f"{UNITS}/cong-an")
    person.ticks("Đơn vị ngừng hoạt động")
    person.types("Lý do", "sáp nhập (minh họa)")
    person.presses("Lưu thành bản mới")
    person.reads("Đơn vị đang được phân công")


def test_a_plan_is_refused_at_its_field_and_keeps_what_was_chosen(person: Person, keys: dict[str, str]) -> None:
    person.signs_in(keys["one"])
    person.opens(PLANS)
    person.looks("plans")
    person.follows("Lập phân công mới")
    assert person.page.locator("select[name=unit-C1]").input_value() == "cong-an", "filled with the last plan"
    person.looks("plan-form")
    person.types("Giờ", "25:00")
    asks_for_plan(person, {"D2": "cong-an"}, lead="so-khcn", stay=True)
    assert person.field("Giờ").get_attribute("aria-invalid") == "true"
    assert person.page.locator("select[name=unit-D2]").input_value() == "cong-an"
    person.looks("plan-refused")


def test_a_membership_ends_with_a_reason(person: Person, served: Served, keys: dict[str, str]) -> None:
    leaving, key = employed(served, "Khóa tạm", "agency_unit")
    person.signs_in(keys["one"])
    enters(person, "cong-an", leaving)
    line = person.page.get_by_role("row").filter(has_text=leaving)
    line.locator("summary").click()
    line.get_by_label("Vì sao kết thúc").fill("dài " * 501)
    person.goes_by(line.get_by_role("button", name="Kết thúc ngay"))
    assert line.get_by_label("Vì sao kết thúc").get_attribute("aria-invalid") == "true"
    assert line.get_by_label("Vì sao kết thúc").input_value().startswith("dài dài")
    assert person.field("Lý do").input_value() == ""
    line.get_by_label("Vì sao kết thúc").fill("chuyển công tác (minh họa)")
    person.goes_by(line.get_by_role("button", name="Kết thúc ngay"))
    person.reads("Đã lưu")
    person.signs_in(key)
    person.reads("Bạn chưa được ghi là người của đơn vị nào")


def test_a_units_person_checks_sends_is_returned_and_sends_again(person: Person, served: Served, keys: dict[str, str]) -> None:
    served.clock.now = DAY_TWO
    person.signs_in(keys["police"])
    person.reads("Hạn nội bộ")
    assert "còn" in person.text
    person.looks("unit-home")
    person.follows("C1")
    person.looks("section-empty")

    types_row(person, 0, database="csdl 1", database_name="Cơ sở dữ liệu minh họa", new_records="mười")
    types_row(person, 1, database="csdl-2", database_name="Cơ sở dữ liệu minh họa 2", new_records="0")
    person.presses("Kiểm tra, chưa gửi")
    person.reads("Kiểm tra thử")
    person.looks("section-checked")
    wrong = person.page.locator('[name="rows.0.new_records"]')
    assert (wrong.input_value(), wrong.get_attribute("aria-invalid")) == ("mười", "true")
    assert person.page.locator('[name="rows.1.new_records"]').get_attribute("aria-invalid") is None
    person.opens(BOARD)
    assert state_of(person, "C1") == "chưa gửi", "a check keeps nothing"

    person.follows("C1")
    types_row(person, 0, database="csdl-1", database_name="Cơ sở dữ liệu minh họa", new_records="120000")
    person.presses("Thêm dòng")
    assert person.page.locator("fieldset.row").count() == 1 + 5
    types_row(person, 1, database="csdl-2", database_name="Thừa", new_records="5")
    person.types("Thuyết minh công khai", "Số bản ghi được số hoá trong tháng (minh họa).")
    person.presses("Gửi đơn vị đầu mối")
    person.reads("Đã gửi")
    person.looks("section-sent")

    person.signs_in(keys["drafter"])
    person.opens(f"{BOARD}/C1")
    assert "120.000" in person.text
    person.types("Lý do trả lại", "Thừa một cơ sở dữ liệu (minh họa)")
    person.looks("section-of-lead")
    person.presses("Trả lại bản 1")
    person.reads("Đã trả lại đơn vị")

    person.signs_in(keys["police"])
    person.reads("Thừa một cơ sở dữ liệu")
    person.follows("C1")
    person.reads("Bị trả lại")
    person.page.get_by_role("group", name="Dòng 2").get_by_label("Bỏ dòng này").check()
    person.presses("Gửi đơn vị đầu mối")
    person.reads("Đã gửi")
    found = served.call("GET", f"/agencies/{AGENCY}/periods/{PERIOD}/sections/C1", keys["police"]).json()
    rows = [{"database": "csdl-1", "database_name": "Cơ sở dữ liệu minh họa", "new_records": 120000}]
    assert (found["version"], found["content"]["rows"]) == (2, rows)
    person.goes_by(person.page.get_by_role("link", name="1", exact=True))
    assert "csdl-2" in person.text
    person.looks("section-version")

    # The next month begins with what was said, and states nothing.
    february = f"/e-form/agencies/{AGENCY}/periods/2026-02/sections"
    person.opens(f"{february}/C1")
    person.reads("Lấy từ mục đơn vị đã gửi, tháng 01/2026")
    assert person.page.locator('[name="rows.0.database"]').input_value() == "csdl-1"
    assert person.page.locator('[name="rows.0.new_records"]').input_value() == "", "a figure is of its month"
    person.looks("section-begun")
    person.opens(february)
    assert state_of(person, "C1") == "chưa gửi"


def test_no_rows_are_sent_only_where_somebody_says_that_there_are_none(
    person: Person, served: Served, keys: dict[str, str]
) -> None:
    served.clock.now = DAY_TWO
    person.signs_in(keys["lead"])
    person.opens(f"{BOARD}/D1")
    person.presses("Gửi đơn vị đầu mối")
    assert person.page.locator(".problem").count() == 1
    person.looks("section-nothing")
    person.ticks("Không có gì phải báo cáo")
    person.presses("Gửi đơn vị đầu mối")
    person.reads("Đã gửi")
    found = served.call("GET", f"/agencies/{AGENCY}/periods/{PERIOD}/sections/D1", keys["lead"]).json()
    assert found["content"]["rows"] == []


def test_a_file_is_read_into_the_form_and_what_was_typed_outlives_the_session(
    person: Person, served: Served, keys: dict[str, str]
) -> None:
    served.clock.now = DAY_TWO
    lines = [{"section": "reported_databases", "database": f"csdl-{each}", "database_name": f"CSDL {each} (minh họa)",
              "new_records": 7, "lạ": "x" * each} for each in (1, 2)]  # fmt: skip
    file = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines).encode()
    board = served.call("GET", f"/agencies/{AGENCY}/periods/{PERIOD}/sections", keys["police"]).json()
    before = board["items"][0]["version"] or 0
    person.signs_in(keys["police"])
    person.opens(f"{BOARD}/C1")
    person.types("Thuyết minh công khai", "Đọc từ tệp (minh họa).")
    person.presses("Đọc tệp vào biểu mẫu")
    person.reads("chưa chọn tệp")
    assert person.field("Thuyết minh công khai").input_value() == "Đọc từ tệp (minh họa)."
    person.attaches("Tệp", {"name": "c1.ndjson", "mimeType": "", "buffer": file})
    person.presses("Gửi đơn vị đầu mối")
    person.reads("Trong tệp có những chỗ biểu mẫu không có")
    assert person.page.locator('[name="rows.1.database"]').input_value() == "csdl-2"
    person.looks("section-from-file")
    for language, told in (("English", 'line 1, lạ: "x"'), ("Tiếng Việt", 'dòng 1, lạ: "x"')):
        person.switches(language)
        person.reads(told)
    person.presses("Thêm dòng")
    person.reads("c1.ndjson, 2 dòng")
    types_row(person, 1, new_records="bảy")
    person.page.context.clear_cookies(name="bangdiem_session")
    person.presses("Gửi đơn vị đầu mối")
    person.reads("Phiên đã hết")
    assert "Dòng 2, Số bản ghi mới" in person.text
    person.looks("section-kept")
    other = person.page.context.new_page()
    other.goto(f"{served.url}/e-form/login")
    other.locator("[name=credential]").fill(keys["police"])
    with other.expect_navigation():
        other.locator("main button").click()
    other.close()
    for _ in ("the session's form", "the new session's"):
        person.presses("Gửi lại")
    person.reads("Đã gửi")
    found = served.call("GET", f"/agencies/{AGENCY}/periods/{PERIOD}/sections/C1", keys["police"]).json()
    assert (found["version"], found["content"]["rows"][1]["new_records"]) == (before + 1, "bảy")


def test_a_figure_left_empty_is_missing_and_no_zero(person: Person, served: Served, keys: dict[str, str]) -> None:
    served.clock.now = DAY_TWO
    person.signs_in(keys["lead"])
    person.opens(f"{BOARD}/B1")
    person.page.locator('[name="figures.transparency"]').fill("mười")
    person.presses("Gửi đơn vị đầu mối")
    assert person.page.locator('[name="figures.transparency"]').get_attribute("aria-invalid") == "true"
    assert person.page.locator('[name="figures.transparency"]').input_value() == "mười"
    person.looks("figures-refused")
    person.page.locator('[name="figures.transparency"]').fill("18,57")
    person.presses("Kiểm tra, chưa gửi")
    person.looks("figures-too-many")
    person.page.locator('[name="figures.transparency"]').fill("8,50")
    person.presses("Gửi đơn vị đầu mối")
    person.reads("Đã gửi")
    person.opens(f"{BOARD}/D2")
    person.page.locator('[name="figures.allocated_vnd"]').fill("400000000000")
    person.types("Ghi chú", "Chưa có số giải ngân (minh họa)")
    person.presses("Gửi đơn vị đầu mối")
    person.reads("Đã gửi")
    path = f"/agencies/{AGENCY}/periods/{PERIOD}/sections"
    assert served.call("GET", f"{path}/B1", keys["lead"]).json()["content"]["figures"] == {"transparency": "8.50"}
    figures = served.call("GET", f"{path}/D2", keys["lead"]).json()["content"]["figures"]
    assert figures == {"disbursed_vnd": None, "allocated_vnd": "400000000000"}
    person.signs_in(keys["drafter"])
    person.opens(f"{BOARD}/D2")
    assert person.page.locator("dd .missing").inner_text() == "chưa có"


def test_a_state_secrets_marker_is_refused_and_nothing_kept(person: Person, served: Served, keys: dict[str, str]) -> None:
    served.clock.now = DAY_TWO
    before = served.call("GET", f"/agencies/{AGENCY}/periods/{PERIOD}/sections", keys["police"]).json()["items"]
    person.signs_in(keys["police"])
    person.opens(f"{BOARD}/C1")
    types_row(person, 0, database="csdl-1", database_name="TỐI MẬT", new_records="1")
    person.presses("Gửi đơn vị đầu mối")
    person.reads("Không được gửi bí mật nhà nước qua hệ thống này")
    assert person.page.locator('[name="rows.0.database_name"]').input_value() == "TỐI MẬT"
    assert person.page.locator('[name="rows.0.database_name"]').get_attribute("aria-invalid") == "true"
    person.looks("section-marker")
    after = served.call("GET", f"/agencies/{AGENCY}/periods/{PERIOD}/sections", keys["police"]).json()["items"]
    assert [each["version"] for each in after] == [each["version"] for each in before]


def test_another_units_indicator_is_refused_with_whom_to_call(person: Person, served: Served, keys: dict[str, str]) -> None:
    person.signs_in(keys["police"])
    person.opens(f"{BOARD}/D1")
    person.reads("Chỉ số này do đơn vị khác phụ trách")
    assert "0214 000 0001" in person.text
    person.looks("section-elsewhere")


def test_the_lead_unit_assembles_and_a_missing_section_needs_a_reason(
    person: Person, served: Served, keys: dict[str, str]
) -> None:
    """After the sections above: C1 is sent again by nobody, D1 says that there is none."""
    served.clock.now = DAY_FOUR
    month = f"/agencies/{AGENCY}/periods/{PERIOD}"
    sent = served.call("GET", f"{month}/sections/D1", keys["drafter"]).json()
    returned = {"version": sent["version"], "reason": "Còn thiếu (minh họa)"}
    served.call("POST", f"{month}/sections/D1/returns", keys["drafter"], json=returned)
    person.signs_in(keys["drafter"])
    person.follows("Chỉ số của các đơn vị")
    person.opens(BOARD)
    assert state_of(person, "D1") == "bị trả lại"
    assert state_of(person, "E1") == "chưa gửi"
    assert "Khóa lead (Đơn vị)" in person.text, "who sent it, by name"
    assert "Cổng Dịch vụ công quốc gia" in person.text
    assert "public_service_portal" not in person.text
    person.looks("board")
    person.presses("Tạo báo cáo mới để tổng hợp")
    person.types("Số, ký hiệu báo cáo", "Báo cáo 1/BC-UBND (minh họa)")
    person.presses("Tổng hợp vào báo cáo")
    person.reads("Còn thiếu mục báo cáo của đơn vị")
    assert person.page.locator("#f-sections-D1 .fault").count() == 1
    person.looks("assembly-missing")
    person.ticks("Bỏ qua mục D1")
    person.presses("Tổng hợp vào báo cáo")
    assert person.field("Lý do bỏ qua D1").get_attribute("aria-invalid") == "true"
    person.types("Lý do bỏ qua D1", "Đơn vị chưa gửi lại (minh họa)")
    person.presses("Kiểm tra, chưa tổng hợp")
    person.reads("báo cáo chưa thay đổi")
    assert person.field("Bỏ qua mục D1").is_checked()
    person.looks("assembly-checked")
    person.presses("Tổng hợp vào báo cáo")
    person.reads("Đã tổng hợp vào báo cáo")
    person.looks("assembly-done")
    assert "Đơn vị chưa gửi lại (minh họa)" in person.text
    person.opens(BOARD)
    assert state_of(person, "C1") == "đã tổng hợp"


def test_the_board_reads_in_english(person: Person, keys: dict[str, str]) -> None:
    person.signs_in(keys["approver"])
    person.opens(BOARD)
    person.switches("English")
    assert "Units' indicators" in person.text or "The units' indicators" in person.text
    person.opens(BOARD)
    person.looks("board-english")


def test_the_other_language_keeps_what_was_typed(person: Person, served: Served, keys: dict[str, str]) -> None:
    """The switch is a button of the page's form, and never what Enter presses."""
    served.clock.now = DAY_TWO
    path = f"/agencies/{AGENCY}/periods/{PERIOD}/sections"
    before = served.call("GET", path, keys["police"]).json()["items"][0]["version"]
    person.signs_in(keys["police"])
    person.opens(f"{BOARD}/C1")
    types_row(person, 0, database="csdl 9", database_name="Đang gõ dở (minh họa)", new_records="mười hai")
    person.types("Thuyết minh nội bộ", "Chưa gõ xong")
    person.attaches("Tệp", {"name": "c1.json", "mimeType": "", "buffer": b"[]"})
    person.switches("English")
    person.reads("A chosen file cannot be kept")
    assert person.field("Private narrative").input_value() == "Chưa gõ xong"
    assert person.page.locator('[name="rows.0.new_records"]').input_value() == "mười hai"
    assert person.page.locator(".fault, .problem").count() == 0, "nothing was asked, so nothing is found fault with"
    person.looks("section-in-english")
    person.switches("Tiếng Việt")
    person.field("Thuyết minh nội bộ").fill("Gõ xong")
    person.page.locator('[name="rows.0.database"]').focus()
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    person.reads("Kiểm tra thử")
    assert person.field("Thuyết minh nội bộ").input_value() == "Gõ xong"
    assert served.call("GET", path, keys["police"]).json()["items"][0]["version"] == before

    # Two forms: which one was begun nobody can tell, so the page stays and another one opens.
    person.signs_in(keys["one"])
    person.opens(f"{UNITS}/cong-an/members")
    person.types("Lý do", "đang gõ (minh họa)")
    with person.page.context.expect_page() as opened:
        person.page.get_by_role("link", name="English").click()
    opened.value.get_by_text("People of the unit").first.wait_for()
    opened.value.close()
    person.opens("/e-form/language?to=vi")
