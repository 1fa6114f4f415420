"""Every error is a problem document of a known type, with the request's id; ours tell nothing else (PUB-06)."""

from __future__ import annotations

import dataclasses
import json
import re
from html import unescape

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from services.gateway import GatewaySettings, create
from services.gateway.http.pages import GUARDS
from services.gateway.messages.problem_types import register
from shared.database import Database
from shared.service import Platform
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, ENGLISH, HOME, NOW, House

SLUGS = {each.slug for each in register()}
GOOD = {"source": "ndxp", "period": "2026-01", "reason": "thử"}


def check(answer: httpx.Response, status: int, slug: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    document = answer.json()
    assert document["type"] == f"http://127.0.0.1:8000/problems/{slug}"
    assert slug in SLUGS
    assert document["status"] == status
    assert document["instance"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("body", "media_type", "status", "slug"),
    [
        (b"", "application/json", 400, "malformed-request"),
        (b"{", "application/json", 400, "malformed-request"),
        (b"\xff\xfe", "application/json", 400, "malformed-request"),
        (b'{"reason": "\\ud800"}', "application/json", 400, "malformed-request"),
        (b"[" * 60_000, "application/json", 400, "malformed-request"),
        (b"[]", "application/json", 422, "input-invalid"),
        (b"null", "application/json", 422, "input-invalid"),
        (b"1e999", "application/json", 422, "input-invalid"),
        (json.dumps(GOOD).encode(), "text/plain", 415, "media-type-unsupported"),
        (json.dumps(GOOD).encode(), "", 415, "media-type-unsupported"),
        (json.dumps({**GOOD, "reason": "x" * 70_000}).encode(), "application/json", 413, "content-too-large"),
        (b'{"reason": "a\\u0000b", "source": "ndxp", "period": "2026-01"}', "application/json", 422, "input-invalid"),
        (b'{"reason": " \\t", "source": "ndxp", "period": "2026-01"}', "application/json", 422, "reason-missing"),
        (b'{"source": "ndxp", "period": "2026-01"}', "application/json", 422, "reason-missing"),
        (b'{"reason": null, "source": "ndxp", "period": "2026-01"}', "application/json", 422, "reason-missing"),
        (b"{}", "application/json", 422, "input-invalid"),
    ],
)
async def test_a_body_that_cannot_be(house: House, body: bytes, media_type: str, status: int, slug: str) -> None:
    headers = {**house.bearer("operator"), "content-type": media_type}
    check(await house.client.post(f"{API}/pulls", headers=headers, content=body), status, slug)


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"/source": "is missing", "/period": "is missing", "/reason": "is missing"}),
        ({**GOOD, "reason": "một\nhai"}, {"/reason": "must be one line"}),
        ({**GOOD, "reason": 5}, {"/reason": "must be text"}),
        ({**GOOD, "reason": "a\x00b"}, {"/reason": "holds a control character"}),
        ({**GOOD, "reason": "x" * 2001}, {"/reason": "is too long"}),
        ({**GOOD, "period": "2026-13", "reason": " "}, {"/period": "is no month", "/reason": "is blank"}),
        ({**GOOD, "note": "x"}, {"/note": "is no field of this document"}),
    ],
)
async def test_every_fault_is_told_in_words_and_with_what_was_expected(
    house: House, body: dict[str, object], faults: dict[str, str]
) -> None:
    answer = await house.post(f"{API}/pulls", "operator", body, **ENGLISH)
    check(answer, 422, "input-invalid")
    told = answer.json()["errors"]
    assert {each["pointer"]: each["detail"] for each in told} == faults
    assert all(each["expected"] and "x00" not in each["expected"] for each in told)


@pytest.mark.parametrize(
    ("role", "path", "words"),
    [
        ("reader", "/pulls", "Ask the system administrator for that role."),
        ("operator", f"/agencies/{HOME}/periods/2026-01/submissions", "People of national offices act for no body"),
        ("agency_signer", f"/agencies/{HOME}/periods/2026-01/submissions", "This step is another person's: one of your body"),
        ("agency_signer", f"/agencies/{HOME}/periods/2026-01/submissions", "administrator (agency_admin) grants it"),
        ("agency_signer", "/pulls", "for people of national offices"),
        ("reader", f"/agencies/{HOME}/members", "for the role system_administrator ask the system administrator"),
    ],
)
async def test_who_lacks_a_role_is_told_whose_step_it_is(house: House, role: str, path: str, words: str) -> None:
    answer = await house.post(API + path, role, {}, **ENGLISH)
    check(answer, 403, "not-allowed")
    assert words in answer.json()["hint"]


async def test_a_body_without_a_length_is_measured_as_it_comes(house: House) -> None:
    async def endless():  # type: ignore[no-untyped-def]
        for _ in range(100):
            yield b" " * 10_000

    headers = {**house.bearer("operator"), "content-type": "application/json"}
    check(await house.client.post(f"{API}/pulls", headers=headers, content=endless()), 413, "content-too-large")


async def test_unknown_places_and_methods(house: House) -> None:
    check(await house.get("/nowhere"), 404, "not-found")
    check(await house.get(f"{API}/agencies/"), 404, "not-found")
    refused = await house.client.delete(f"{API}/rulings")
    check(refused, 405, "method-not-allowed")
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    asked = await house.client.options(f"{API}/rulings")
    assert (asked.status_code, asked.headers["allow"], asked.content) == (204, "GET, HEAD, OPTIONS, POST", b"")
    assert (await house.client.options(f"{API}/pulls")).headers["allow"] == "OPTIONS, POST"
    assert (await house.client.head(f"{API}/pulls")).status_code == 405
    assert (await house.client.head(f"{API}/pulls")).content == b""


async def test_titles_follow_the_caller_and_types_do_not(house: House) -> None:
    answers = [await house.get("/nowhere", **{"accept-language": words}) for words in ("vi", "en-GB, vi;q=0.5", "fr")]
    assert [answer.json()["title"] for answer in answers] == ["Không tìm thấy", "Not found", "Không tìm thấy"]
    assert [answer.headers["content-language"] for answer in answers] == ["vi", "en", "vi"]
    assert len({answer.json()["type"] for answer in answers}) == 1


async def test_every_word_of_a_problem_follows_the_caller(house: House) -> None:
    """Who names no language, or any (`*`), reads Vietnamese; nobody reads two languages in one answer."""
    each = (await house.get("/problems/not-found", accept="application/json")).json()
    sentences = {"vi": "không tìm thấy gì tại '/nowhere'", "en": "nothing is found at '/nowhere'"}
    for accept, language in (
        ({}, "vi"),
        ({"accept-language": "*"}, "vi"),
        ({"accept-language": "fr"}, "vi"),
        ({"accept-language": "en, vi;q=0.9"}, "en"),
        ({"accept-language": "vi-VN, en;q=0.8"}, "vi"),
        ({"accept-language": "vi;q=0, *"}, "vi"),
    ):
        told = (await house.get("/nowhere", **accept)).json()
        assert (told["cause"], told["remedy"]) == (each[f"cause_{language}"], each[f"remedy_{language}"])
        assert told["detail"] == sentences[language]


async def test_every_fault_is_told_in_vietnamese(house: House) -> None:
    body = {"source": "system57", "period": "2026-13", "reason": "một\nhai", "note": 1}
    answer = await house.post(f"{API}/pulls", "operator", body)
    check(answer, 422, "input-invalid")
    assert {each["pointer"]: (each["detail"], each["expected"]) for each in answer.json()["errors"]} == {
        "/period": ("không phải là một tháng", "tháng theo dạng NĂM-THÁNG, ví dụ 2026-01"),
        "/reason": ("phải là một dòng", "một dòng văn bản, không để trống"),
        "/note": ("không phải là trường của văn bản này", "không có trường này"),
    }


async def test_request_ids_are_kept_when_sane_and_made_otherwise(house: House) -> None:
    async def given(request_id: str) -> str:
        return str((await house.get("/healthz", **{"x-request-id": request_id})).headers["x-request-id"])

    assert await given("abc-1.2:3~4_5") == "abc-1.2:3~4_5"
    for insane in ("a b", "<script>", "x" * 129, "", "-a"):
        assert re.fullmatch(r"req_[0-9a-f]{12}-[0-9a-f]+", await given(insane))
    ids = [await given("") for _ in range(50)]
    assert len(set(ids)) == 50


async def test_every_answer_carries_the_guards_of_a_browser(house: House) -> None:
    for path in ("/healthz", "/nowhere", f"{API}/rulings", f"{API}/agencies", "/docs", "/problems", "/openapi.json"):
        headers = (await house.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        if headers["content-type"].startswith("text/html"):
            assert headers["content-security-policy"] == GUARDS["content-security-policy"]
            assert "default-src 'none'; style-src 'sha256-" in headers["content-security-policy"]
            assert headers["referrer-policy"] == "no-referrer"


async def test_a_fault_of_ours_tells_nothing_but_the_id(house: House, capfd: pytest.CaptureFixture[str]) -> None:
    """A route that divides by zero is put beside the real ones; its words stay in the log."""

    async def broken() -> None:
        secret = "mật khẩu"
        raise ZeroDivisionError(secret)

    app = house.gateway.app
    app.add_api_route("/broken", broken)
    try:
        answer = await house.get("/broken")
    finally:
        app.router.routes.pop()
    check(answer, 500, "internal")
    told = answer.json()
    assert set(told) == {"type", "title", "status", "remedy", "instance"}
    assert told["remedy"] == (await house.get("/problems/internal", accept="application/json")).json()["remedy_vi"]
    assert "mật khẩu" not in answer.text
    # To which of the two is the configuration's affair.
    assert answer.headers["x-request-id"] in "".join(capfd.readouterr())


async def test_a_connection_lost_in_the_middle_is_503_and_the_next_request_works(house: House) -> None:
    async def cut() -> None:
        async with house.runtime.database.read() as connection:
            mine = await connection.scalar(text("SELECT pg_backend_pid()"))
            await house.facts("SELECT pg_terminate_backend(:it, 5000)", mine)
            await connection.execute(text("SELECT 1"))

    app = house.gateway.app
    app.add_api_route("/cut", cut)
    try:
        check(await house.get("/cut"), 503, "unavailable")
    finally:
        app.router.routes.pop()
    assert (await house.get("/readyz")).status_code == 200


async def test_a_database_that_is_away_is_503_with_retry_after(house: House) -> None:
    nowhere = Platform("postgresql://app@127.0.0.1:1/none", clock=lambda: NOW)
    gateway = create(GatewaySettings(key_pepper=SecretStr("p" * 40)), nowhere)
    away = Database(nowhere.database_url, role="gateway")
    gateway.app.state.runtime = dataclasses.replace(house.runtime, database=away)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=gateway), base_url="http://gateway") as client:
        for path in (f"{API}/agencies", "/readyz", f"{API}/periods/2026-01/scores"):
            answer = await client.get(path)
            check(answer, 503, "database-unavailable")
            assert answer.headers["retry-after"].isdigit()
            assert "DATABASE_URL" not in answer.text
        assert (await client.get("/healthz")).json() == {"status": "alive"}


async def test_another_schema_is_not_ready(house: House, database: TestDatabase) -> None:
    assert (await house.get("/readyz")).json()["status"] == "ready"
    house.gateway.app.state.runtime = dataclasses.replace(house.runtime, schema_head="9999")
    try:
        check(await house.get("/readyz"), 503, "not-ready")
    finally:
        house.gateway.app.state.runtime = house.runtime


async def test_every_type_has_a_page_in_two_languages(house: House) -> None:
    listed = (await house.get("/problems", accept="application/json")).json()["items"]
    assert {each["slug"] for each in listed} == SLUGS
    for each in listed:
        path = each["type"].removeprefix("http://127.0.0.1:8000")
        page = await house.get(path)
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert each["title_en"] in page.text.replace("&#x27;", "'")
        assert (await house.get(path, accept="application/json")).json() == each
        for language in ("vi", "en"):
            text = unescape((await house.get(path, **{"accept-language": language})).text)
            assert each[f"cause_{language}"] in text
            assert each[f"remedy_{language}"] in text
            assert f'"type": "{each["type"]}"' in text
    check(await house.get("/problems/no-such-type"), 404, "not-found")
    check(await house.get("/problems/internal", accept="image/png"), 406, "not-acceptable")
    page = await house.get("/problems", **{"accept-language": "en"})
    assert "Problem types" in page.text
    again = await house.get("/problems", **{"accept-language": "en", "if-none-match": page.headers["etag"]})
    assert again.status_code == 304


async def test_the_pages_fetch_nothing_from_elsewhere(house: House) -> None:
    for path in ("/docs", "/problems", "/problems/internal"):
        text = (await house.get(path)).text
        assert not re.search(r"(src|href)=\"(?!/)", text)
        assert "<script" not in text
