"""The registers of the Government Office as two officers keep them: one enters, the other confirms. All of it is demo data."""

from __future__ import annotations

import hashlib

import httpx
import pytest

from tests.browser.person import Person
from tests.browser.serving import Served

PAPER = "biên bản minh họa".encode()
MINUTES: dict[str, object] = {"name": "biên bản.pdf", "mimeType": "application/pdf", "buffer": PAPER}
DIGEST = "sha256:" + hashlib.sha256(PAPER).hexdigest()
TOPIC = "Phiên họp minh họa về chuyển đổi số"


@pytest.fixture(scope="module")
def one(served: Served) -> str:
    return served.key("Cán bộ một", "officer")


@pytest.fixture(scope="module")
def two(served: Served) -> str:
    return served.key("Cán bộ hai", "officer")


def enter_meeting(person: Person, *, topic: str = TOPIC) -> None:
    person.opens("/e-form/meetings/new")
    person.types("Ngày họp", "8/1/2026")
    person.types("Chủ trì", "Phó Thủ tướng Chính phủ")
    person.types("Chủ đề", topic)
    person.types("Giấy mời", "Giấy mời 1/GM-VPCP (minh họa)")


def test_two_officers_enter_and_confirm_a_meeting(person: Person, one: str, two: str) -> None:
    person.signs_in(one)
    person.follows("Sổ họp")
    person.reads("Chưa có cuộc họp nào")
    person.looks("register-empty")
    enter_meeting(person)
    person.looks("meeting-new")
    person.goes_by(person.page.get_by_role("button", name="Ghi vào sổ").last)
    person.reads("Dữ liệu đầu vào không hợp lệ")
    person.looks("meeting-refused")
    assert person.field("Chủ đề").input_value() == TOPIC
    person.page.get_by_label("G06").check()
    person.attaches("Tệp", MINUTES)
    person.chooses("Đánh dấu nhiều cơ quan", "Cấp phó")
    person.presses("Các tỉnh, thành phố")
    assert person.field("Mã băm SHA-256").input_value() == DIGEST
    person.reads("(35/56)")
    person.looks("meeting-many")
    person.goes_by(person.page.get_by_role("button", name="Ghi vào sổ").last)
    person.reads("Đã ghi vào sổ")
    person.reads("Người thứ hai")
    person.looks("meeting-entered")
    assert person.page.get_by_role("button", name="Xác nhận").count() == 0
    address = person.address.partition("?")[0]
    person.signs_in(two)
    person.opens(address)
    person.looks("meeting-to-confirm")
    person.presses("Xác nhận phiên bản 1")
    person.reads("Đã xác nhận")
    person.reads("có hiệu lực")
    person.looks("meeting-confirmed")


def meeting_of(served: Served, one: str, two: str, *bodies: str, topic: str = TOPIC, day: str = "2026-01-15") -> str:
    """A meeting in force, made over the API."""
    content = {
        "held_on": day, "summoned_by": "government_leader", "chair": "Phó Thủ tướng Chính phủ", "topic": topic,
        "summons_document": "Giấy mời 2/GM-VPCP (minh họa)", "evidence_digest": DIGEST,
        "summons": [{"agency": each, "required_role": "head", "online_allowed": False} for each in bodies],
    }  # fmt: skip
    made = served.call("POST", "/meetings", one, json=content).json()["entry_id"]
    served.call("POST", f"/meetings/{made}/confirmations", two, json={"version": 1})
    return str(made)


def test_attendance_of_all_bodies_stands_on_one_page(person: Person, served: Served, one: str, two: str) -> None:
    path = f"/e-form/meetings/{meeting_of(served, one, two, 'G06', 'G22', 'H38', 'H24')}/attendances"
    person.signs_in(served.key("Cán bộ của G22", "officer", agency="G22"))
    person.opens(path)
    person.reads("Chưa có trong sổ: 4")
    person.looks("attendance-empty")
    person.presses("Ghi vào sổ")
    person.reads("Dữ liệu đầu vào không hợp lệ")
    box = person.page.get_by_label("Bộ Khoa học và Công nghệ: Người đứng đầu, trực tiếp")
    box.fill("1")
    person.page.get_by_label("Ủy ban nhân dân tỉnh Lào Cai: Cấp phó, trực tuyến").fill("nhiều")
    person.page.get_by_label("Văn phòng Chính phủ: Người đứng đầu, trực tiếp").fill("1")
    person.attaches("Tệp", MINUTES)
    person.presses("Ghi vào sổ")
    person.reads("Bị từ chối: 2")
    person.reads("Không được kiểm tra cơ quan của chính mình")
    person.reads("Chưa có trong sổ: 3")
    assert person.page.get_by_label("Ủy ban nhân dân tỉnh Lào Cai: Cấp phó, trực tuyến").input_value() == "nhiều"
    person.looks("attendance-refused")
    person.page.get_by_label("Văn phòng Chính phủ: Người đứng đầu, trực tiếp").fill("")
    person.page.get_by_label("Ủy ban nhân dân tỉnh Lào Cai: Cấp phó, trực tuyến").fill("")
    person.page.get_by_label("Không ai dự: Ủy ban nhân dân tỉnh Lào Cai").check()
    person.presses("Ghi vào sổ")
    person.reads("Đã ghi vào sổ")
    person.reads("Không ai dự")
    assert person.page.get_by_label("xác nhận").count() == 0
    person.signs_in(two)
    person.opens(path)
    person.presses("Xác nhận các mục đã đánh dấu")
    person.reads("chưa đánh dấu mục nào")
    person.follows("Đánh dấu tất cả")
    person.looks("attendance-to-confirm")
    person.presses("Xác nhận các mục đã đánh dấu")
    person.reads("Đã xác nhận")
    person.reads("Chờ xác nhận: 0")
    missing = served.call("GET", path.removeprefix("/e-form").removesuffix("/attendances"), one).json()["attendance_missing"]
    assert missing == ["G22", "H24"]
    person.looks("attendance-confirmed")
    person.follows("Bộ Khoa học và Công nghệ (G06)")
    person.reads("Cuộc họp triệu tập cơ quan")
    person.looks("register-of-a-body")


def test_an_attendance_is_corrected_and_withdrawn_with_reasons(person: Person, served: Served, one: str, two: str) -> None:
    meeting = meeting_of(served, one, two, "G06")
    said = {"agency": "G06", "attendees": [{"role": "deputy", "mode": "in_person"}], "evidence_digest": DIGEST}
    entry = served.call("POST", f"/meetings/{meeting}/attendances", one, json=said).json()["entry_id"]
    served.call("POST", f"/attendances/{entry}/confirmations", two, json={"version": 1})
    person.signs_in(one)
    person.opens(f"/e-form/attendances/{entry}")
    person.follows("Lập phiên bản mới")
    assert person.page.get_by_label("Cấp phó, trực tiếp").input_value() == "1"
    person.ticks("Không ai dự")
    person.types("Lý do sửa", "Theo biên bản (minh họa)")
    person.attaches("Tệp", MINUTES)
    person.goes_by(person.page.get_by_role("button", name="Ghi vào sổ").last)
    person.reads("Dữ liệu đầu vào không hợp lệ")
    person.looks("attendance-unclear")
    person.page.get_by_label("Cấp phó, trực tiếp").fill("")
    person.goes_by(person.page.get_by_role("button", name="Ghi vào sổ").last)
    person.reads("phiên bản 1 vẫn được tính")
    person.looks("attendance-corrected")
    assert served.call("GET", f"/attendances/{entry}", one).json()["version_in_force"] == 1
    person.signs_in(two)
    person.opens(f"/e-form/attendances/{entry}")
    person.presses("Xác nhận phiên bản 2")
    person.reads("Đã xác nhận")
    person.page.get_by_text("Rút nội dung này").click()
    person.types("Lý do rút", "Nhầm cuộc họp (minh họa)")
    person.presses("Rút")
    person.reads("Dữ liệu đầu vào không hợp lệ")
    person.looks("attendance-withdrawal-refused")
    assert person.field("Lý do rút").input_value() == "Nhầm cuộc họp (minh họa)"
    person.attaches("Tệp", MINUTES)
    person.presses("Rút")
    person.reads("chờ xác nhận việc rút")
    person.signs_in(one)
    person.opens(f"/e-form/attendances/{entry}")
    person.presses("Xác nhận phiên bản 3")
    person.reads("đã rút")
    person.looks("attendance-withdrawn")


def test_a_stale_confirmation_is_refused_on_the_page(person: Person, served: Served, one: str, two: str) -> None:
    meeting = meeting_of(served, one, two, "G06")
    said = {"agency": "G06", "attendees": [], "evidence_digest": DIGEST}
    entry = served.call("POST", f"/meetings/{meeting}/attendances", one, json=said).json()["entry_id"]
    person.signs_in(two)
    person.opens(f"/e-form/attendances/{entry}")
    newer = {**said, "attendees": [{"role": "head", "mode": "online"}], "reason": "Sửa (minh họa)"}
    del newer["agency"]
    served.call("POST", f"/attendances/{entry}/corrections", one, json=newer)
    person.presses("Xác nhận phiên bản 1")
    person.reads("Nội dung trong sổ đã thay đổi")
    person.reads("Người đứng đầu, trực tuyến")
    person.looks("confirmation-stale")
    assert served.call("GET", f"/attendances/{entry}", one).json()["version_in_force"] is None


def test_a_speech_qualifies_with_a_note(person: Person, served: Served, one: str, two: str) -> None:
    path = f"/e-form/meetings/{meeting_of(served, one, two, 'G06', 'H38')}/speeches"
    person.signs_in(one)
    person.opens(path)
    person.chooses("Cơ quan", "Bộ Khoa học và Công nghệ (G06)")
    person.chooses("Hình thức", "Báo cáo chuyên đề")
    person.chooses("Có chia sẻ kinh nghiệm", "Có, được tính")
    person.attaches("Tệp", MINUTES)
    person.presses("Ghi vào sổ")
    person.reads("Dữ liệu đầu vào không hợp lệ")
    assert person.field("Vì sao được tính").get_attribute("aria-invalid") == "true"
    person.looks("speech-refused")
    person.types("Vì sao được tính", "Kinh nghiệm dùng chung dữ liệu (minh họa)")
    person.presses("Ghi vào sổ")
    person.reads("Đã ghi vào sổ")
    person.looks("speech-entered")
    person.signs_in(two)
    person.opens(path)
    person.page.get_by_label("xác nhận").check()
    person.presses("Xác nhận các mục đã đánh dấu")
    person.reads("có hiệu lực")
    person.looks("speeches")


def test_a_month_is_closed_once_nothing_lacks(person: Person, served: Served, one: str, two: str) -> None:
    person.signs_in(one)
    person.opens("/e-form/meetings?period=2026-01")
    person.looks("register")
    person.follows("Khóa sổ tháng")
    person.types("Số cuộc họp", "nhiều")
    person.attaches("Tệp", MINUTES)
    person.goes_by(person.page.get_by_role("button", name="Ghi vào sổ").last)
    person.reads("Dữ liệu đầu vào không hợp lệ")
    person.looks("closing-refused")
    person.types("Số cuộc họp", "1")
    person.goes_by(person.page.get_by_role("button", name="Ghi vào sổ").last)
    person.reads("Đã ghi vào sổ")
    address = person.address.partition("?")[0]
    person.signs_in(two)
    person.opens(address)
    person.presses("Xác nhận phiên bản 1")
    person.reads("Sổ theo dõi của tháng chưa đầy đủ")
    person.looks("closing-incomplete")


def test_others_read_the_register_and_bodies_do_not(person: Person, served: Served) -> None:
    person.signs_in(served.key("Người đọc", "reader"))
    person.opens("/e-form/meetings?period=2026-01")
    assert person.page.get_by_role("link", name="Ghi cuộc họp").count() == 0
    person.follows(TOPIC)
    person.looks("meeting-read")
    person.switches("English")
    person.reads("Meeting")
    person.looks("meeting-english")
    person.switches("Tiếng Việt")
    person.signs_in(served.key("Người soạn", "agency_drafter", agency="G06"))
    assert person.page.get_by_role("link", name="Sổ họp").count() == 0
    assert person.opens("/e-form/meetings").status == 403


def test_enter_in_a_field_sends_the_meeting_and_ticks_nobody(person: Person, one: str) -> None:
    person.signs_in(one)
    enter_meeting(person)
    person.page.get_by_label("G06").check()
    person.field("Chủ đề").press("Enter")
    person.reads("Dữ liệu đầu vào không hợp lệ")
    person.reads("(1/56)")
    person.field("Chủ đề").focus()
    person.page.keyboard.press("Tab")
    person.page.keyboard.press("Tab")
    assert person.page.locator(":focus").get_attribute("name") == "role-of-many"


def test_a_form_sent_twice_enters_once(person: Person, served: Served, one: str, two: str) -> None:
    meeting = meeting_of(served, one, two, "G06", topic="Phiên họp gửi hai lần (minh họa)")
    person.signs_in(one)
    person.opens(f"/e-form/meetings/{meeting}/speeches")
    hidden = {each: person.page.locator(f"main input[name={each}]").last.input_value() for each in ("csrf", "once")}
    cookies = {each["name"]: each["value"] for each in person.page.context.cookies()}
    said = {"agency": "G06", "speech_kind": "speech", "speaker_role": "head", "qualifying": "no", "evidence_digest": DIGEST}
    places = {
        httpx.post(f"{served.url}/e-form/meetings/{meeting}/speeches", data={**hidden, **said}, cookies=cookies).headers[
            "location"
        ]
        for _ in range(2)
    }
    assert len(places) == 1
    assert len(served.call("GET", f"/meetings/{meeting}/speeches", one).json()["items"]) == 1
    person.switches("English")
    person.looks("speeches-english")
    person.opens(f"/e-form/meetings/{meeting}/attendances")
    person.looks("attendance-english")


def test_a_bare_digest_is_taken_and_a_publisher_confirms(person: Person, served: Served, one: str, two: str) -> None:
    meeting = meeting_of(served, one, two, "G06", topic="Phiên họp sửa (minh họa)")
    person.signs_in(one)
    person.opens(f"/e-form/meetings/{meeting}")
    person.follows("Lập phiên bản mới")
    assert person.page.get_by_label("G06").is_checked()
    person.goes_by(person.page.get_by_role("button", name="Tất cả"))
    person.reads("(56/56)")
    person.types("Chủ đề", "Phiên họp sửa lần hai (minh họa)")
    person.types("Mã băm SHA-256", DIGEST.removeprefix("sha256:").upper())
    person.types("Lý do sửa", "Triệu tập thêm (minh họa)")
    person.looks("meeting-correction")
    person.goes_by(person.page.get_by_role("button", name="Ghi vào sổ").last)
    person.reads("phiên bản 1 vẫn được tính")
    person.page.locator("details.id summary").first.click()
    person.reads(DIGEST)
    person.signs_in(served.key("Người công bố", "publisher"))
    person.opens(f"/e-form/meetings/{meeting}")
    assert person.page.get_by_role("link", name="Lập phiên bản mới").count() == 0
    person.reads("Nội dung thay đổi: Chủ đề")
    person.reads("Thêm cơ quan (55): Bộ Công an (G01): Người đứng đầu")
    person.looks("meeting-changes")
    person.presses("Xác nhận phiên bản 2")
    person.reads("Đã xác nhận")
    assert len(served.call("GET", f"/meetings/{meeting}", one).json()["attendance_missing"]) == 56
    person.looks("meeting-two-versions")
