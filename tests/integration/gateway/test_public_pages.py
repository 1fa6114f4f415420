"""Pages for everybody: stored bytes at `/`, at a month and at a body, one ETag whoever asks (DSH-04)."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
import pytest

from shared.canonical import sha256_hex
from shared.ids import new_id
from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.seeds import Published, Seeds

MONTH = "/periods/2026-01"
BODY = f"{MONTH}/agencies/G06"
STYLE = f"{MONTH}/style.css?version=1"
# As browsers send it: nothing that the edge could know by heart.
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
LATEST, IMMUTABLE = "public, no-cache", "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
async def before(house: House) -> dict[str, httpx.Response]:
    """What stands there while nothing is published."""
    return {path: await house.get(path, accept=BROWSER) for path in ("/", MONTH, BODY)}


@pytest.fixture(scope="module")
async def first(before: dict[str, httpx.Response], house: House, seeds: Seeds) -> Published:
    return await seeds.publish(version=1, meeting=True, bundled=True)


async def stored(house: House, period: str, version: int) -> dict[tuple[str, str], bytes]:
    found = await house.facts(
        "SELECT r.agency, r.media_type, r.body FROM scoring.rendering AS r JOIN scoring.publication USING (publication_id)"
        " WHERE period || 'v' || version = :it",
        f"{period}v{version}",
    )
    return {(line["agency"], line["media_type"]): bytes(line["body"]) for line in found}


async def until(what: Callable[[], Awaitable[bool]], *, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not await what():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


async def shelved(house: House, path: str) -> None:
    """Until the edge itself answers."""

    async def kept() -> bool:
        await house.get(path, accept=BROWSER)
        address, _, query = path.partition("?")
        return house.gateway.published.find((address, query.encode(), "")) is not None

    await until(kept)


async def test_before_the_first_month_the_front_page_says_so_and_leads_nobody_to_a_login(
    before: dict[str, httpx.Response],
) -> None:
    front = before["/"]
    assert (front.status_code, front.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Chưa công bố tháng nào" in front.text
    # The clock stands on 10 March: February's reports were due before 5 March.
    assert "Kết quả tháng 02/2026" in front.text
    assert "trước ngày 05/03/2026" in front.text
    assert "content-security-policy" in front.headers
    assert (before[MONTH].status_code, before[BODY].status_code) == (404, 404)
    assert "chưa được công bố" in before[MONTH].text


async def test_the_law_of_a_month_is_a_page_of_its_own(house: House, first: Published) -> None:
    """Stored under a media type of its own, sent as HTML, and leading to the same version's neighbours."""
    answer = await house.get(f"{MONTH}/scheme?version=1", accept=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.content == (await stored(house, "2026-01", 1))["", "text/html; page=scheme"]
    assert answer.headers["etag"] == f'"{sha256_hex(answer.content)}"'
    assert answer.headers["cache-control"] == IMMUTABLE
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert f'<{API}/periods/2026-01/scores?version=1>; rel="alternate"' in answer.headers["link"]
    assert (await house.get(f"{MONTH}/scheme", accept=BROWSER)).headers["cache-control"] == LATEST
    assert (await house.get("/periods/2026-04/scheme", accept=BROWSER)).status_code == 404


@pytest.mark.parametrize("accept", [BROWSER, "*/*", "application/json", "image/png"])
async def test_the_stored_bytes_are_sent_whatever_is_accepted(house: House, first: Published, accept: str) -> None:
    pages = await stored(house, "2026-01", 1)
    expected = {
        "/": ("", "text/html", LATEST),
        MONTH: ("", "text/html", LATEST),
        f"{MONTH}?version=1": ("", "text/html", IMMUTABLE),
        BODY: ("G06", "text/html", LATEST),
        f"{BODY}?version=1": ("G06", "text/html", IMMUTABLE),
        STYLE: ("", "text/css", IMMUTABLE),
    }
    for path, (agency, media_type, cache) in expected.items():
        answer = await house.get(path, accept=accept)
        assert (answer.status_code, answer.content) == (200, pages[agency, media_type])
        assert answer.headers["etag"] == f'"{sha256_hex(pages[agency, media_type])}"'
        assert answer.headers["cache-control"] == cache
        assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["vary"] == "Accept-Encoding"


async def test_a_page_may_run_nothing_and_leads_programs_to_the_data(house: House, first: Published) -> None:
    answer = await house.get(BODY, accept=BROWSER)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    data = re.fullmatch(r'<(.+)>; rel="alternate"; type="application/json"', answer.headers["link"])
    assert data is not None
    document = (await house.get(data[1])).json()
    assert (document["version"], [line["agency"] for line in document["agencies"]]) == (1, ["G06"])


async def test_every_link_of_every_kind_of_page_opens(house: House, first: Published) -> None:
    for path in ("/", BODY):
        page = (await house.get(path, accept=BROWSER)).text
        links = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', page)}
        assert len(links) > 5
        for link in links:
            if link.startswith("#"):
                assert f'id="{link[1:]}"' in page
            else:
                answer = await house.get(link, accept=BROWSER if not link.startswith(API) else "*/*")
                assert answer.status_code in ((200, 303) if link == "/e-form" else (200,)), link


async def test_who_has_a_page_gets_304_by_both_ways(house: House, first: Published) -> None:
    for path in ("/", MONTH, BODY, f"{BODY}?version=1", STYLE):
        house.gateway.published.distrust()
        etag = (await house.get(path)).headers["etag"]
        ordinary = await house.get(f"{path}{'&' if '?' in path else '?'}fbclid=x", **{"if-none-match": etag})
        await shelved(house, path)
        ready = await house.get(path, **{"if-none-match": f'W/"x", {etag}'}, accept=BROWSER)
        for answer in (ordinary, ready):
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
            assert "content-length" not in answer.headers
            assert answer.headers["x-request-id"]


async def test_head_has_the_headers_of_get_and_no_body(house: House, first: Published) -> None:
    for path in ("/", BODY, STYLE):
        await shelved(house, path)
        for address in (path, f"{path}{'&' if '?' in path else '?'}utm_source=x"):
            got, asked = await house.client.get(address), await house.client.head(address)
            different = {"x-request-id"}
            assert asked.content == b""
            assert {k: v for k, v in asked.headers.items() if k not in different} == {
                k: v for k, v in got.headers.items() if k not in different
            }


async def test_the_shelf_keeps_an_address_in_its_one_spelling(house: House, first: Published) -> None:
    await shelved(house, MONTH)
    size = house.gateway.published.size
    for query in ("?fbclid=1", "?version=1&fbclid=2", "?version=1&version=1"):
        assert (await house.get(MONTH + query)).status_code == 200
    assert house.gateway.published.size == size


@pytest.mark.parametrize(
    ("path", "status", "slug", "title"),
    [
        ("/periods/2026-02", 404, "not-yet-published", "Kết quả của kỳ này chưa được công bố"),
        ("/periods/2026-02/agencies/G06", 404, "not-yet-published", "Kết quả của kỳ này chưa được công bố"),
        ("/periods/2025-12", 404, "period-unknown", "Kỳ chấm điểm không tồn tại"),
        ("/periods/2026-04", 404, "period-unknown", "Kỳ chấm điểm không tồn tại"),
        ("/periods/2026-1", 404, "period-unknown", "Kỳ chấm điểm không tồn tại"),
        ("/periods/%00", 404, "period-unknown", "Kỳ chấm điểm không tồn tại"),
        (f"{MONTH}?version=9", 404, "version-unknown", "Không có phiên bản này"),
        (f"{MONTH}/agencies/Z99", 404, "agency-unknown", "Cơ quan không có trong danh mục"),
        (f"{MONTH}/agencies/Z99?version=1", 404, "agency-unknown", "Cơ quan không có trong danh mục"),
        (f"{MONTH}/agencies/%00", 404, "agency-unknown", "Cơ quan không có trong danh mục"),
        (f"{MONTH}/agencies/h38", 404, "agency-unknown", "Cơ quan không có trong danh mục"),
        (f"{MONTH}/other", 404, "not-found", "Không tìm thấy"),
        ("/periods", 404, "not-found", "Không tìm thấy"),
        ("/quatsch", 404, "not-found", "Không tìm thấy"),
        (f"{MONTH}?version=0", 422, "input-invalid", "Dữ liệu đầu vào không hợp lệ"),
        (f"{MONTH}?version=abc", 422, "input-invalid", "Dữ liệu đầu vào không hợp lệ"),
        (f"{MONTH}?version=99999999999999999999", 422, "input-invalid", "Dữ liệu đầu vào không hợp lệ"),
    ],
)
async def test_a_browser_is_refused_by_a_page_and_a_program_by_a_problem(
    house: House, first: Published, path: str, status: int, slug: str, title: str
) -> None:
    page = await house.get(path, accept=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert f"<h1>{title} <span" in page.text
    assert 'href="/"' in page.text
    for accept in ("application/json", "*/*", "application/problem+json, text/html;q=0.5"):
        problem = await house.get(path, accept=accept)
        assert (problem.status_code, problem.headers["content-type"]) == (status, "application/problem+json")
        assert problem.json()["type"].endswith(f"/problems/{slug}")


async def test_a_refusal_speaks_vietnamese_and_names_what_is_wrong(house: House, first: Published) -> None:
    """Whatever the browser was installed in; a program's problem goes by its own header."""
    page = await house.get(f"{MONTH}?version=x", accept=BROWSER, **{"accept-language": "en-GB,en;q=0.9"})
    assert '<h1>Dữ liệu đầu vào không hợp lệ <span class="en" lang="en">Invalid input</span></h1>' in page.text
    assert "?version: " in page.text


async def test_browsers_get_the_icon_that_they_ask_for(house: House) -> None:
    icon = await house.get("/favicon.ico", accept="image/*")
    assert (icon.status_code, icon.headers["content-type"]) == (200, "image/svg+xml")
    assert icon.text.startswith("<svg ")


async def test_a_page_takes_nothing(house: House, first: Published) -> None:
    for path in ("/", MONTH, BODY):
        page = await house.client.post(path, headers={"accept": BROWSER})
        assert (page.status_code, page.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert (await house.client.options(path)).status_code == 204


async def test_a_publication_changes_the_latest_at_once_at_every_address_and_a_pinned_one_never(
    house: House, seeds: Seeds, first: Published
) -> None:
    old = await stored(house, "2026-01", 1)
    for version in range(2, 5):
        for path in ("/", MONTH, BODY):
            await shelved(house, path)
        await seeds.publish(version=version)
        new = await stored(house, "2026-01", version)

        async def is_latest(page: bytes = new["", "text/html"]) -> bool:
            return (await house.get("/", accept=BROWSER)).content == page

        await until(is_latest, seconds=2)
        assert (await house.get(MONTH, accept=BROWSER)).content == new["", "text/html"]
        assert (await house.get(BODY, accept=BROWSER)).content == new["G06", "text/html"]
        assert (await house.get(f"{MONTH}?version=1", accept=BROWSER)).content == old["", "text/html"]
        assert (await house.get(f"{BODY}?version=1", accept=BROWSER)).content == old["G06", "text/html"]


async def test_without_the_listener_the_database_is_asked(house: House, seeds: Seeds, first: Published) -> None:
    await shelved(house, "/")
    house.gateway.published.distrust()
    await seeds.publish(version=5)
    assert "Phiên bản 5" in (await house.get("/", accept=BROWSER)).text


async def test_a_later_month_takes_the_front_page_and_an_earlier_one_does_not(
    house: House, seeds: Seeds, first: Published
) -> None:
    await shelved(house, "/")
    await seeds.publish("2026-02", version=1)

    async def is_february() -> bool:
        return "Bảng điểm tháng 02/2026</title>" in (await house.get("/", accept=BROWSER)).text.replace(" · Bảng Điểm", "")

    await until(is_february, seconds=2)
    assert "tháng 01/2026" in (await house.get(MONTH, accept=BROWSER)).text
    await seeds.publish("2026-01", version=6)
    await until(is_february, seconds=2)
    assert (await house.get("/", accept=BROWSER)).content == (await stored(house, "2026-02", 1))["", "text/html"]


async def test_a_version_of_before_there_were_pages_says_where_it_stands(house: House, seeds: Seeds, first: Published) -> None:
    """Nothing is made up afterwards: what is published is never added to."""
    row = await seeds.run("2026-03")
    header = {"publication_id": new_id("pub"), "period": "2026-03", "version": 1, "run_id": row["run_id"]}
    known = {"publisher": "local:second", "reason": "chỉ có dữ liệu", "published_at": datetime.now(UTC), "digest": "sha256:0"}
    only = {"publication_id": header["publication_id"], "agency": ""}
    renderings = [
        {**only, "media_type": media_type, "body": b"{}", "digest": "sha256:0"}
        for media_type in ("application/json", "text/csv")
    ]
    await seeds.insert_publication({**header, **known}, renderings)
    for path in ("/", "/periods/2026-03", "/periods/2026-03?version=1", "/periods/2026-03/agencies/G06"):

        async def is_refused(path: str = path) -> bool:
            return (await house.get(path, accept=BROWSER)).status_code == 404

        await until(is_refused, seconds=2)
        page = await house.get(path, accept=BROWSER)
        assert "được công bố khi chưa có trang" in page.text
        links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/api[^"]+)"', page.text)]
        assert len(links) == 2
        assert {(await house.get(link)).status_code for link in links} == {200}
        problem = (await house.get(path)).json()
        assert problem["type"].endswith("/problems/page-not-published")
        assert problem["context"] == {"period": "2026-03", "version": "1"}


async def test_pages_are_no_part_of_the_api(house: House) -> None:
    document = json.loads((await house.get("/openapi.json")).content)
    assert [path for path in document["paths"] if path == "/" or path.startswith(("/periods", "/style"))] == []
