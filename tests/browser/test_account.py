"""Who is signed in, and the keys with which a system signs its requests."""

from __future__ import annotations

import json

import httpx
from joserfc import jws
from joserfc.jwk import ECKey

from tests.browser.person import Person
from tests.browser.serving import Served


def test_an_account_says_who_it_is_and_registers_a_request_key(person: Person, served: Served) -> None:
    key = served.key("Hệ thống báo cáo (minh họa)", "agency_drafter", agency="H38")
    key_id = key.split("_")[1]
    person.signs_in(key)
    person.follows("Tài khoản")
    person.reads(f"key:{key_id}")
    person.looks("account")
    person.page.get_by_text("Đăng ký khóa ký yêu cầu").click()
    person.types("Khóa công khai", "{không phải JSON")
    person.types("Chứng minh sở hữu", "a.b.c")
    person.types("Lý do", "ký yêu cầu")
    person.presses("Đăng ký")
    assert person.field("Khóa công khai").input_value() == "{không phải JSON"
    assert person.page.locator(".field.faulty").count() == 1
    person.looks("account-refused")

    own = ECKey.generate_key("P-256")
    words = json.dumps({"api_key": key_id, "purpose": "bangdiem request key"}, separators=(",", ":"))
    assert words in person.text
    person.types("Khóa công khai", json.dumps(own.as_dict(private=False)))
    person.types("Chứng minh sở hữu", jws.serialize_compact({"alg": "ES256"}, words.encode(), own))
    person.presses("Đăng ký")
    person.reads("Đã lưu.")
    person.reads("ecdsa-p256-sha256")
    person.reads("Mọi thao tác ghi bằng khóa truy cập này phải được ký")
    person.looks("account-signed")
    unsigned = httpx.post(f"{served.url}/api/v1/request-keys", headers={"authorization": f"Bearer {key}"}, json={})
    assert "request-signature-missing" in unsigned.text
