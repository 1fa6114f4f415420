"""Signing in with an office's account: over the identity provider's own page and back, also for a second factor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from shared.database import Database
from tests.browser.person import Person
from tests.browser.serving import Served, served_on
from tests.conftest import TestDatabase
from tests.integration.gateway.issuer import AUDIENCE, CLIENT, SECRET, Issuer
from tests.integration.gateway.people import grant_at_the_machine


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with Issuer() as running:
        yield running


@pytest.fixture(scope="module")
def served(database: TestDatabase, issuer: Issuer) -> Iterator[Served]:
    settings = {"url": issuer.url, "audience": AUDIENCE, "client_id": CLIENT, "client_secret": SECRET, "refetch_seconds": 0}
    with served_on(database, issuers={"vpcp": settings}, second_factor=frozenset({"acr:loa3"})) as made:
        issuer.clock = made.clock
        made.run(lambda _: _people(database.superuser_url))
        yield made


async def _people(url: str) -> None:
    """Two administrators of a body, and one request that the second approves."""
    owner = Database(url, role=None, pool_size=1)
    try:
        for sub in ("an", "binh"):
            await grant_at_the_machine(owner, sub, ["agency_admin"], agency="H38")
    finally:
        await owner.close()


@pytest.fixture
def person(chromium: Browser, served: Served) -> Iterator[Person]:
    with Person.at(chromium, served.url) as made:
        yield made


def goes_to_the_provider(person: Person) -> None:
    person.follows("Đăng nhập qua vpcp")
    person.reads("Từ chối")


def test_over_the_providers_page_and_back_to_the_page_wanted(person: Person, issuer: Issuer) -> None:
    issuer.person = "an"
    person.opens("/e-form")
    person.looks("login-providers")
    goes_to_the_provider(person)
    person.presses("Đồng ý")
    person.reads("Đã đăng nhập")
    assert person.address == "/e-form?done=signed-in"
    person.reads("Quản trị cơ quan")
    person.presses("Đăng xuất")
    person.reads("Đã đăng xuất")


def test_who_declines_there_may_try_again(person: Person, issuer: Issuer) -> None:
    issuer.person = "an"
    person.opens("/e-form")
    goes_to_the_provider(person)
    person.presses("Từ chối")
    person.reads("Hệ thống định danh không cho đăng nhập")
    person.looks("login-declined")
    goes_to_the_provider(person)
    person.presses("Đồng ý")
    person.reads("Đã đăng nhập")
    person.page.go_back()
    person.presses("Đồng ý")
    person.reads("Lần đăng nhập này không còn hiệu lực")
    person.looks("login-stale")


def test_who_has_no_role_here_is_told_whom_to_ask(person: Person, issuer: Issuer) -> None:
    issuer.person = "dung"
    person.opens("/e-form")
    goes_to_the_provider(person)
    person.presses("Đồng ý")
    person.reads("Tài khoản chưa được cấp vai trò")
    person.looks("login-no-role")


def test_an_act_that_needs_a_second_factor_leads_to_it_and_back(person: Person, issuer: Issuer) -> None:
    issuer.person = "an"
    person.opens("/e-form/agencies/H38/members/new")
    goes_to_the_provider(person)
    person.presses("Đồng ý")
    person.reads("Đề nghị cấp vai trò")
    person.types("Họ tên, chức vụ", "Người được cấp (minh họa)")
    person.types("Tài khoản ở hệ thống đó", "chi")
    person.ticks("Soạn báo cáo")
    person.types("Lý do", "theo phân công")
    person.presses("Gửi đề nghị")
    person.reads("Đã ghi yêu cầu")
    there = person.address.partition("?")[0]
    person.presses("Đăng xuất")
    person.reads("Đã đăng xuất")

    issuer.person = "binh"
    person.opens(there)
    goes_to_the_provider(person)
    person.presses("Đồng ý")
    person.reads("Đã đăng nhập")
    person.types("Lý do", "đã kiểm tra")
    person.presses("Phê duyệt")
    person.reads("Cần xác thực yếu tố thứ hai")
    person.looks("second-factor-needed")
    person.follows("Đăng nhập lại với yếu tố thứ hai")
    person.reads("Từ chối")
    assert issuer.wanted["acr_values"] == "loa3"
    person.presses("Đồng ý")
    person.reads("Đã đăng nhập")
    assert person.address.partition("?")[0] == there
    person.types("Lý do", "đã kiểm tra")
    person.presses("Phê duyệt")
    person.reads("Đang có hiệu lực")


def test_a_key_is_no_second_factor_so_its_holder_is_led_to_the_provider(person: Person, served: Served, issuer: Issuer) -> None:
    issuer.person = "an"
    asked = {"person": {"issuer": "vpcp", "sub": "dao"}, "holder": "Người khác", "roles": ["agency_drafter"], "reason": "thử"}
    made = served.call("POST", "/agencies/H38/members", served.key("Một", "agency_admin", agency="H38"), json=asked).json()
    person.signs_in(served.key("Hai", "agency_admin", agency="H38"))
    person.opens(f"/e-form/agencies/H38/members/{made['grant_id']}")
    person.types("Lý do", "đã kiểm tra")
    person.presses("Phê duyệt")
    person.follows("Đăng nhập lại với yếu tố thứ hai")
    person.reads("Việc vừa rồi cần xác thực yếu tố thứ hai")
    person.looks("login-second-factor")
    goes_to_the_provider(person)
    assert issuer.wanted["acr_values"] == "loa3"
    person.presses("Đồng ý")
    person.reads("Người khác")
