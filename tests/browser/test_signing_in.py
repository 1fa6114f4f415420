"""Signing in and out, the language, and who a form is taken from."""

from __future__ import annotations

import httpx

from tests.browser.person import Person
from tests.browser.serving import Served

FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_a_person_signs_in_sees_whose_they_are_and_leaves(person: Person, served: Served) -> None:
    person.opens("/e-form")
    assert person.address == "/e-form/login?next=/e-form"
    person.looks("login")
    person.signs_in(served.key("Người soạn", "agency_drafter", agency="H38"))
    person.reads("Soạn báo cáo")
    person.looks("home")
    person.presses("Đăng xuất")
    person.reads("Đã đăng xuất")
    person.opens("/e-form")
    assert person.address.startswith("/e-form/login")


def test_a_wrong_key_is_told_plainly(person: Person) -> None:
    person.opens("/e-form/login")
    person.types("Khóa truy cập (API)", "bd_000000000000_" + "0" * 64)
    person.presses("Đăng nhập")
    person.reads("Chưa xác thực")
    person.looks("login-refused")


def test_english_is_one_link_away_and_stays(person: Person) -> None:
    person.opens("/e-form/login")
    person.switches("English")
    assert person.page.locator("h1").inner_text() == "Sign in"
    person.opens("/e-form")
    assert person.page.locator("html").get_attribute("lang") == "en"
    person.looks("login-english")
    person.switches("Tiếng Việt")
    assert person.page.locator("h1").inner_text() == "Đăng nhập"


def test_a_session_ends_with_its_key_and_a_copied_cookie_with_its_session(person: Person, served: Served) -> None:
    person.signs_in(served.key("Người soạn", "agency_drafter", agency="H38"))
    copied = {each["name"]: each["value"] for each in person.page.context.cookies()}
    assert httpx.get(f"{served.url}/e-form", cookies=copied).status_code == 200
    person.presses("Đăng xuất")
    assert httpx.get(f"{served.url}/e-form", cookies=copied).headers["location"] == "/e-form/login?next=/e-form"


def test_a_form_of_another_site_or_session_is_refused(person: Person, served: Served) -> None:
    person.signs_in(served.key("Người soạn", "agency_drafter", agency="H38"))
    cookies = {each["name"]: each["value"] for each in person.page.context.cookies()}
    token = person.page.locator("input[name=csrf]").first.get_attribute("value")
    for headers, content in (
        ({"sec-fetch-site": "cross-site"}, f"csrf={token}"),
        ({"origin": "https://elsewhere.example"}, f"csrf={token}"),
        ({}, "csrf=" + "0" * 64),
        ({}, ""),
    ):
        refused = httpx.post(f"{served.url}/e-form/logout", cookies=cookies, headers={**FORM, **headers}, content=content)
        assert refused.status_code == 403
        assert "form-foreign" in refused.text
    assert httpx.get(f"{served.url}/e-form", cookies=cookies).status_code == 200


def test_nobody_is_led_elsewhere(served: Served) -> None:
    key = served.key("Người soạn", "agency_drafter", agency="H38")
    for then in (
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/e-form/../x\\y",
        "/e-formal",
        "/e-form#x",
        "/e-form/../docs",
        "/e-form/login?x=1",
        "",
    ):
        answer = httpx.post(f"{served.url}/e-form/login", data={"credential": key, "next": then})
        assert answer.headers["location"] == "/e-form?done=signed-in"


def test_pages_run_and_fetch_nothing_and_are_not_kept(served: Served) -> None:
    answer = httpx.get(f"{served.url}/e-form/login")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert answer.headers["cache-control"] == "no-store"


def test_the_bare_address_is_everybodys_and_leads_here_by_a_link(person: Person) -> None:
    person.opens("/")
    assert person.address == "/"
    person.follows("Đăng nhập")
    assert person.address.startswith("/e-form/login")


def test_what_was_typed_outlives_the_session(person: Person, served: Served) -> None:
    key = served.key("Người quản trị", "agency_admin", agency="H38")
    person.signs_in(key)
    person.opens("/e-form/agencies/H38/mandates/new")
    person.page.locator("main form").evaluate("form => { form.noValidate = true; }")
    person.page.locator("main [name=reason]").fill("Một lý do dài, không ai muốn gõ lại (minh họa)")
    person.page.context.clear_cookies()
    person.goes_by(person.page.locator("main form button"))
    person.reads("Phiên đã hết, hãy đăng nhập lại")
    person.reads("không ai muốn gõ lại")
    person.looks("session-ended")
    other = person.page.context.new_page()
    other.goto(f"{served.url}/e-form/login")
    other.locator("[name=credential]").fill(key)
    with other.expect_navigation():
        other.locator("main button").click()
    other.close()
    person.presses("Gửi lại")
    person.reads("Xem lại những gì bạn đã nhập")
    person.looks("send-again")
    person.presses("Gửi lại")
    assert person.page.locator("main [name=reason]").input_value().startswith("Một lý do dài")


def test_an_address_of_nothing_is_a_page(person: Person, served: Served) -> None:
    person.signs_in(served.key("Người soạn", "agency_drafter", agency="H38"))
    person.opens("/e-form/nowhere")
    person.looks("nowhere")
