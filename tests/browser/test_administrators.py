"""Administrators at the pages: people and roles, keys of systems, who may sign; always two people, and never a secret twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Browser

from tests.browser.person import Person
from tests.browser.serving import Served, served_on
from tests.conftest import TestDatabase
from tests.unit.signature.authority import Holder, Wish, issue

BODY = "H38"
ISSUER = {"url": "https://id.example", "audience": "bangdiem"}
PLACE = f"/e-form/agencies/{BODY}"


@pytest.fixture(scope="module")
def served(database: TestDatabase) -> Iterator[Served]:
    """People of a provider are given roles; nobody signs in with it here."""
    with served_on(database, issuers={"vpcp": ISSUER}, webhook_networks="127.0.0.1/32") as made:
        yield made


@pytest.fixture
def person(chromium: Browser, served: Served) -> Iterator[Person]:
    with Person.at(chromium, served.url) as made:
        yield made


@pytest.fixture(scope="module")
def first(served: Served) -> str:
    return served.key("Quản trị thứ nhất", "agency_admin", agency=BODY)


@pytest.fixture(scope="module")
def second(served: Served) -> str:
    return served.key("Quản trị thứ hai", "agency_admin", agency=BODY)


@pytest.fixture(scope="module")
def national(served: Served) -> str:
    return served.key("Quản trị hệ thống", "system_administrator")


def certificate(organisation: str | None = "VN-H38") -> Holder:
    return issue(Wish("Người ký minh họa", organisation=organisation))


def keeps_it_while_another_language_opens(person: Person, secret: str) -> None:
    with person.page.context.expect_page() as opened:
        person.page.get_by_role("navigation").get_by_role("link", name="English").click()
    opened.value.get_by_role("link", name="Tiếng Việt").click()
    opened.value.close()
    assert person.page.locator(".secret code").inner_text() == secret


def asks_for_roles(person: Person, *, name: str, account: str, role: str) -> None:
    person.follows("Đề nghị cấp vai trò")
    person.types("Họ tên, chức vụ", name)
    person.types("Tài khoản ở hệ thống đó", account)
    person.ticks(role)
    person.types("Lý do", "theo phân công")


def test_roles_are_asked_for_by_one_approved_by_another_and_revoked(person: Person, first: str, second: str) -> None:
    person.signs_in(first)
    person.follows("Quản trị")
    person.looks("administration")
    person.follows("Người dùng và vai trò")
    person.reads("Chưa cấp vai trò cho ai")
    person.looks("members-empty")
    asks_for_roles(person, name="Nguyễn Văn Soạn (minh họa)", account="soan", role="Soạn báo cáo")
    person.ticks("Duyệt báo cáo")
    person.types("Có hiệu lực đến hết ngày", "31/12/2026")
    person.types("Văn bản phân công", "Quyết định 12/QĐ-UBND (minh họa)")
    person.looks("member-new")
    person.presses("Gửi đề nghị")
    person.reads("Đã ghi yêu cầu, chờ người thứ hai phê duyệt")
    person.reads("hết ngày 31/12/2026")
    person.reads("Người đề nghị và người được cấp không tự phê duyệt")
    person.looks("member-requested")
    there = person.address.partition("?")[0]

    person.signs_in(second)
    person.follows("Quản trị")
    person.follows("Người dùng và vai trò")
    person.looks("members-waiting")
    person.follows("Nguyễn Văn Soạn (minh họa)")
    assert person.address == there
    person.types("Lý do", "đã đối chiếu quyết định")
    person.looks("member-approving")
    person.presses("Phê duyệt")
    person.reads("Đã duyệt.")
    person.reads("Đang có hiệu lực")
    person.page.get_by_text("Thu hồi các vai trò này ngay").click()
    person.types("Lý do", "chuyển công tác")
    person.presses("Thu hồi")
    person.reads("Đã thu hồi.")
    person.looks("member-revoked")
    assert person.page.get_by_role("button", name="Thu hồi").count() == 0


def test_what_was_typed_stays_beside_what_is_wrong_with_it(person: Person, first: str) -> None:
    person.signs_in(first)
    person.opens(f"{PLACE}/members/new")
    person.types("Họ tên, chức vụ", "Trần Thị Duyệt (minh họa)")
    person.types("Tài khoản ở hệ thống đó", "duyet")
    person.types("Có hiệu lực đến hết ngày", "1/1/2020")
    person.types("Lý do", "theo phân công")
    person.presses("Gửi đề nghị")
    assert person.page.locator("fieldset.faulty").count() == 1
    assert person.field("Họ tên, chức vụ").input_value() == "Trần Thị Duyệt (minh họa)"
    assert person.field("Có hiệu lực đến hết ngày").input_value() == "1/1/2020"
    person.looks("member-new-refused")
    person.ticks("Duyệt báo cáo")
    person.presses("Gửi đề nghị")
    person.page.locator("#f-ends_at-fault").wait_for()
    assert person.field("Duyệt báo cáo").is_checked()
    assert person.page.locator(".field.faulty").count() == 1


def test_who_asked_is_refused_as_the_second_person(person: Person, served: Served, first: str) -> None:
    """The page offers no button; the form of a page opened otherwise is refused by the API."""
    person.signs_in(first)
    person.opens(f"{PLACE}/members")
    asks_for_roles(person, name="Lê Ký (minh họa)", account="ky", role="Ký báo cáo")
    person.presses("Gửi đề nghị")
    person.reads("Đã ghi yêu cầu")
    assert person.page.get_by_role("button", name="Phê duyệt").count() == 0
    there = person.address.partition("?")[0]
    cookies = {each["name"]: each["value"] for each in person.page.context.cookies()}
    csrf = person.page.locator("input[name=csrf]").first.get_attribute("value")
    answer = httpx.post(f"{served.url}{there}/approvals", cookies=cookies, data={"csrf": csrf, "reason": "tự duyệt"})
    assert answer.status_code == 403
    assert "same-person" in answer.text


def test_a_key_is_shown_once_and_opens_after_an_approval(person: Person, served: Served, first: str, second: str) -> None:
    person.signs_in(first)
    person.opens(f"{PLACE}/credentials")
    person.looks("keys-empty")
    person.follows("Tạo khóa")
    person.types("Tên hệ thống", "Hệ thống báo cáo (minh họa)")
    person.ticks("Soạn báo cáo")
    person.types("Có hiệu lực đến hết ngày", "31/12/2026")
    person.types("Chỉ từ các mạng", "127.0.0.0/8\nkhông phải mạng")
    person.types("Lý do", "kết nối hệ thống")
    person.presses("Tạo khóa")
    assert person.field("Chỉ từ các mạng").input_value() == "127.0.0.0/8\nkhông phải mạng"
    assert person.page.locator(".field.faulty").count() == 1
    person.looks("key-new-refused")
    person.types("Chỉ từ các mạng", "127.0.0.0/8")
    person.presses("Tạo khóa")
    person.reads("Chép khóa này ngay")
    key = person.page.locator(".secret code").inner_text()
    person.looks("key-made")
    keeps_it_while_another_language_opens(person, key)
    assert key.startswith("bd_")
    assert key not in person.page.url
    assert httpx.get(f"{served.url}/api/v1/request-keys", headers={"authorization": f"Bearer {key}"}).status_code == 401
    # Sent a second time, as by reloading the page: the same key, without its secret.
    person.page.reload()
    person.reads("mã bí mật đã hiện một lần")
    assert key not in person.page.content()
    person.looks("key-made-again")
    person.follows("Tôi đã chép khóa")
    there = person.address
    assert key not in person.page.content()

    person.signs_in(second)
    person.opens(there)
    person.types("Lý do", "đã kiểm tra")
    person.presses("Phê duyệt")
    person.reads("Đang có hiệu lực")
    assert httpx.get(f"{served.url}/api/v1/request-keys", headers={"authorization": f"Bearer {key}"}).status_code == 200
    person.looks("key")

    person.page.get_by_text("Tạo khóa kế nhiệm với mã bí mật khác").click()
    person.types("Số giờ dùng song song", "9999")
    person.page.locator("form[action$=rotations] input[name=reason]").fill("định kỳ")
    person.presses("Tạo khóa kế nhiệm")
    assert person.field("Số giờ dùng song song").input_value() == "9999"
    person.looks("key-rotation-refused")
    person.types("Số giờ dùng song song", "2")
    person.presses("Tạo khóa kế nhiệm")
    successor = person.page.locator(".secret code").inner_text()
    assert successor != key
    person.follows("Tôi đã chép khóa")
    person.reads("Thay cho khóa")
    there = person.address

    person.signs_in(first)
    person.opens(there)
    person.types("Lý do", "đã kiểm tra")
    person.presses("Phê duyệt")
    person.reads("Đang có hiệu lực")
    person.page.get_by_text("Thu hồi khóa này ngay").click()
    person.page.locator("form[action$=revocations] input[name=reason]").fill("thử xong")
    person.presses("Thu hồi")
    person.reads("Đã thu hồi.")
    assert httpx.get(f"{served.url}/api/v1/request-keys", headers={"authorization": f"Bearer {successor}"}).status_code == 401
    person.opens(f"{PLACE}/credentials")
    person.looks("keys")


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER], ids=["pem", "der"])
def test_a_mandate_is_recorded_from_the_certificates_file(
    person: Person, first: str, second: str, tmp_path: Path, encoding: Encoding
) -> None:
    file = tmp_path / "nguoi-ky.cer"
    file.write_bytes(certificate().certificate.public_bytes(encoding))
    other = tmp_path / "khong-to-chuc.cer"
    other.write_bytes(certificate(None).certificate.public_bytes(encoding))
    person.signs_in(first)
    person.opens(f"{PLACE}/mandates")
    person.follows("Ghi ủy quyền ký số")
    person.types("Người ký", "Phó Chủ tịch (minh họa)")
    person.attaches("Tệp chứng thư", other)
    person.types("Được ký từ ngày", "01/02/2026")
    person.types("Văn bản ủy quyền ký số", "Quyết định 7/QĐ-UBND (minh họa)")
    person.types("Lý do", "ủy quyền ký báo cáo")
    person.looks("mandate-new")
    person.presses("Gửi đề nghị")
    person.reads("Chứng thư số không dùng được")
    assert "BEGIN CERTIFICATE" in person.field("Nội dung PEM").input_value()
    person.looks("mandate-new-refused")
    person.attaches("Tệp chứng thư", file)
    person.presses("Gửi đề nghị")
    person.reads("VN-H38")
    person.looks("mandate-requested")
    there = person.address.partition("?")[0]

    person.signs_in(second)
    person.opens(there)
    person.types("Lý do", "đã đối chiếu chứng thư")
    person.presses("Phê duyệt")
    person.reads("Đang có hiệu lực")
    person.opens(f"{PLACE}/mandates")
    person.looks("mandates")
    person.opens(there)
    person.page.get_by_text("Rút ủy quyền này ngay").click()
    person.types("Lý do", "hết nhiệm kỳ")
    person.presses("Rút ủy quyền ký số")
    person.reads("Đã rút.")


def test_a_system_administrator_appoints_and_demands_signatures(person: Person, national: str) -> None:
    person.signs_in(national)
    person.follows("Quản trị")
    person.looks("administration-bodies")
    person.follows("Người dùng của G06")
    person.follows("Đề nghị cấp vai trò")
    assert person.page.get_by_role("checkbox").count() == 1
    assert person.field("Quản trị cơ quan").is_checked()
    person.opens("/e-form/agencies/G06/mandates")
    person.chooses("Từ nay", "bắt buộc ký bằng chứng thư số")
    person.types("Lý do", "theo quy chế (minh họa)")
    person.looks("demand")
    person.presses("Ghi quyết định")
    person.reads("Đã lưu.")
    person.reads("theo quy chế (minh họa)")
    person.opens("/e-form/members")
    asks_for_roles(person, name="Cán bộ đọc (minh họa)", account="doc", role="Người đọc")
    person.looks("officer-new")
    person.presses("Gửi đề nghị")
    person.reads("Đã ghi yêu cầu")
    person.opens("/e-form/members")
    keys = person.page.get_by_role("region", name="Khóa cấp tại máy chủ")
    assert "quản trị hệ thống" in keys.inner_text().lower()
    person.looks("officers")


def test_bodies_are_kept_apart_and_others_are_told_they_may_not(person: Person, served: Served, first: str) -> None:
    person.signs_in(first)
    assert person.opens("/e-form/agencies/G06/members").status == 404
    assert person.opens("/e-form/agencies/G06/credentials").status == 404
    assert person.opens("/e-form/members").status == 403
    person.signs_in(served.key("Người soạn", "agency_drafter", agency=BODY))
    assert person.opens(f"{PLACE}/members").status == 403
    person.looks("members-not-allowed")
    person.follows("Ủy quyền ký số")
    person.reads("Quản trị hệ thống quyết định việc này")
    assert person.page.get_by_role("link", name="Ghi ủy quyền ký số").count() == 0


def test_where_events_go_is_registered_and_its_secret_shown_once(person: Person, first: str) -> None:
    person.signs_in(first)
    person.opens("/e-form/administration")
    person.follows("Nơi nhận sự kiện của hệ thống cơ quan")
    person.looks("webhooks-empty")
    person.follows("Đăng ký địa chỉ")
    person.types("Địa chỉ nhận", "https://10.0.0.8/su-kien")
    person.ticks("công bố điểm (scores.published)")
    person.types("Lý do", "kết nối hệ thống")
    person.presses("Đăng ký")
    person.reads("thuộc mạng không được phép")
    person.looks("webhook-new-refused")
    # Nobody listens there.
    person.types("Địa chỉ nhận", "https://127.0.0.1:9/su-kien")
    person.presses("Đăng ký")
    person.reads("Chép khóa bí mật này ngay")
    secret = person.page.locator(".secret code").inner_text()
    person.looks("webhook-made")
    keeps_it_while_another_language_opens(person, secret)
    person.follows("Tôi đã chép khóa")
    assert secret not in person.page.content()
    person.looks("webhook")
    person.page.get_by_text("Gửi lại mọi sự kiện từ một ngày").click()
    person.types("Từ ngày", "01/01/2020")
    person.page.locator("form[action$=replays] input[name=reason]").fill("thử")
    person.presses("Gửi lại")
    person.reads("quá lâu về trước")
    person.looks("webhook-replay-refused")
    person.page.get_by_text("Ngừng ngay và vĩnh viễn").click()
    person.page.locator("form[action$=ends] input[name=reason]").fill("thử xong")
    person.presses("Ngừng sử dụng")
    person.reads("Đã ngừng sử dụng.")
    person.looks("webhook-ended")
    person.follows("Nơi nhận sự kiện")
    person.looks("webhooks")


def test_in_english(person: Person, first: str) -> None:
    person.signs_in(first)
    person.switches("English")
    for path, heading in (
        ("/e-form/administration", "Administration"),
        (f"{PLACE}/members", "People and roles"),
        (f"{PLACE}/members/new", "Ask for roles"),
        (f"{PLACE}/credentials", "Keys of the body's systems"),
        (f"{PLACE}/credentials/new", "Make a key for a system"),
        (f"{PLACE}/webhooks", "Webhooks"),
        (f"{PLACE}/webhooks/new", "Register a webhook"),
        (f"{PLACE}/mandates", "Mandates to sign"),
        (f"{PLACE}/mandates/new", "Record a mandate to sign"),
    ):
        person.opens(path)
        assert person.page.locator("h1").inner_text() == heading
        person.looks(f"english-{heading.lower().replace(' ', '-').replace(chr(39), '')}")
