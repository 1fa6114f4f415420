"""The bonus from proposal to decision, each step by another person at their own pages; what a body sees of its register."""

from __future__ import annotations

import hashlib

import pytest

from tests.browser.person import Person
from tests.browser.serving import Served

PAPER = "tờ trình minh họa".encode()
FILE: dict[str, object] = {"name": "tờ trình.pdf", "mimeType": "application/pdf", "buffer": PAPER}
DIGEST = "sha256:" + hashlib.sha256(PAPER).hexdigest()
TITLE = "Trợ lý ảo trả lời người dân (minh họa)"
OWN = "/e-form/agencies/H38/initiatives"


def proposal(title: str, period: str = "2026-01") -> dict[str, str]:
    words = {"explanation": "Giảm thời gian chờ (minh họa)", "document": "12/TTr-UBND (minh họa)", "document_digest": DIGEST}
    return {"period": period, "title": title, **words}


@pytest.fixture
def drafter(served: Served) -> str:
    return served.key("Người soạn H38", "agency_drafter", agency="H38")


@pytest.fixture
def approver(served: Served) -> str:
    return served.key("Người duyệt H38", "agency_approver", agency="H38")


def handed_in(served: Served, drafter: str, approver: str, title: str) -> str:
    """Its id, over the API."""
    made = served.call("POST", "/agencies/H38/initiatives", drafter, json=proposal(title)).json()["initiative_id"]
    served.call("POST", f"/agencies/H38/initiatives/{made}/approvals", approver, json={})
    return str(made)


def test_a_body_proposes_and_a_colleague_hands_it_in(person: Person, served: Served, drafter: str, approver: str) -> None:
    person.signs_in(drafter)
    person.follows("Sáng kiến")
    person.looks("initiatives-none")
    person.follows("Đề xuất sáng kiến")
    person.chooses("Tháng của sáng kiến", "tháng 01/2026")
    person.types("Tên sáng kiến", TITLE)
    person.types("Thuyết minh", "Giảm thời gian chờ (minh họa)")
    person.types("Văn bản đề nghị", "12/TTr-UBND (minh họa)")
    person.types("Mã băm SHA-256", "không phải mã băm")
    person.presses("Gửi đề xuất")
    person.reads("Dữ liệu đầu vào không hợp lệ")
    assert person.field("Mã băm SHA-256").get_attribute("aria-invalid") == "true"
    assert person.field("Tên sáng kiến").input_value() == TITLE
    person.looks("initiative-refused")
    person.attaches("Tệp", FILE)
    person.presses("Gửi đề xuất")
    person.reads("Đã gửi đề xuất")
    person.page.locator("details.id summary").first.click()
    person.reads(DIGEST)
    assert person.page.get_by_role("button", name="Duyệt").count() == 0
    person.reads("không phải người đề xuất")
    person.looks("initiative-proposed")
    address = person.address.partition("?")[0]
    person.signs_in(served.key("Người đọc", "reader"))
    person.opens("/e-form/initiatives")
    assert TITLE not in person.text, "before it is handed in it is the body's own"
    person.signs_in(approver)
    person.opens(address)
    person.looks("initiative-to-approve")
    person.presses("Duyệt và gửi đi")
    person.reads("Đã duyệt")
    person.reads("chờ thẩm định")
    person.signs_in(served.key("Người soạn G06", "agency_drafter", agency="G06"))
    assert person.opens(address).status in (403, 404)


def test_points_are_assessed_and_decided_by_others(person: Person, served: Served, drafter: str, approver: str) -> None:
    title = "Cổng dữ liệu mở (minh họa)"
    path = f"/e-form/initiatives/{handed_in(served, drafter, approver, title)}"
    person.signs_in(served.key("Người thẩm định của H38", "assessor", agency="H38"))
    person.opens(path)
    assert person.page.get_by_role("button", name="Ghi ý kiến").count() == 0
    person.reads("người thẩm định không được thẩm định cơ quan của chính mình")
    assessor = served.key("Người thẩm định", "assessor")
    person.signs_in(assessor)
    person.follows("Sáng kiến")
    person.looks("initiatives")
    person.follows(title)
    person.types("Số điểm đề nghị", "7")
    person.types("Ý kiến thẩm định", "Có tác động rõ (minh họa)")
    person.presses("Ghi ý kiến thẩm định")
    person.reads("Dữ liệu đầu vào không hợp lệ")
    assert person.field("Số điểm đề nghị").get_attribute("aria-invalid") == "true"
    person.looks("assessment-refused")
    person.types("Số điểm đề nghị", "3")
    person.presses("Ghi ý kiến thẩm định")
    person.reads("Đã ghi ý kiến thẩm định")
    person.looks("initiative-assessed")
    person.signs_in(served.key("Cán bộ một", "officer"))
    person.opens(path)
    person.types("Số điểm theo quyết định", "2")
    person.types("Số quyết định", "77/QĐ-TTg (minh họa)")
    person.types("Ngày quyết định", "1/3/2026")
    person.attaches("Tệp", FILE)
    person.types("Ghi chú", "Ghi theo quyết định (minh họa)")
    person.presses("Ghi quyết định")
    person.reads("Dữ liệu đầu vào không hợp lệ")
    assert person.field("Ngày quyết định").get_attribute("aria-invalid") == "true"
    person.looks("decision-refused")
    person.types("Ngày quyết định", "01/02/2026")
    person.presses("Ghi quyết định")
    person.reads("Đã ghi quyết định")
    person.looks("initiative-decided")
    assert "Duyệt báo cáo, H38" in person.text, "of a body's people an officer learns the role"
    assert "Cán bộ một (Cán bộ theo dõi họp)" in person.text
    person.signs_in(drafter)
    person.opens(f"{OWN}/{path.rpartition('/')[2]}")
    person.reads("2 điểm")
    assert "Cán bộ theo dõi họp" in person.text
    assert "Cán bộ một" not in person.text, "of the offices' people a body learns the role"
    person.reads("Có tác động rõ")
    assert person.page.get_by_role("button", name="Rút").count() == 0


def test_a_body_withdraws_with_a_reason(person: Person, served: Served, drafter: str, approver: str) -> None:
    made = handed_in(served, drafter, approver, "Sáng kiến gửi nhầm (minh họa)")
    person.signs_in(drafter)
    person.opens(f"{OWN}/{made}")
    person.page.get_by_text("Rút sáng kiến này").click()
    person.types("Lý do rút", "Gửi nhầm tháng (minh họa)")
    person.presses("Rút sáng kiến")
    person.reads("Cơ quan đã rút sáng kiến này")
    person.looks("initiative-withdrawn")


def test_a_body_sees_what_its_points_are_made_of(person: Person, served: Served, drafter: str) -> None:
    one, two = served.key("Cán bộ một", "officer"), served.key("Cán bộ hai", "officer")
    meeting = {
        "held_on": "2026-01-20", "summoned_by": "steering_committee_leader", "chair": "Phó Trưởng ban (minh họa)",
        "topic": "Phiên họp riêng của H38 (minh họa)", "summons_document": "3/GM (minh họa)", "evidence_digest": DIGEST,
        "summons": [{"agency": each, "required_role": "head", "online_allowed": True} for each in ("G06", "H38")],
    }  # fmt: skip
    made = served.call("POST", "/meetings", one, json=meeting).json()["entry_id"]
    served.call("POST", f"/meetings/{made}/confirmations", two, json={"version": 1})
    said = {"agency": "H38", "evidence_digest": DIGEST, "attendees": [{"role": "acting_head", "mode": "online"}]}
    served.call("POST", f"/meetings/{made}/attendances", one, json=said)
    person.signs_in(drafter)
    person.follows("Dự họp, điểm khuyến khích")
    person.opens("/e-form/agencies/H38/periods/2026-01/register")
    person.reads("Phiên họp riêng của H38")
    person.reads("Người được giao quyền, phụ trách, trực tuyến")
    person.reads("chưa được tính")
    person.reads("chưa khóa sổ")
    assert "Cán bộ" not in person.text
    person.looks("own-register")
    person.opens("/e-form/agencies/H38/periods/2026-02/register")
    person.reads("Chưa có cuộc họp nào")
    assert person.opens("/e-form/agencies/G06/periods/2026-01/register").status in (403, 404)
