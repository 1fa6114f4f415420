"""A citizen opens the table and one body's page: on a phone, on paper; nobody signs in. By keyboard: test_journeys.py."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest

from shared.public_pages.rendering import HTML, LAW
from tests.browser.person import Person
from tests.browser.serving import Served
from tests.integration.gateway.seeds import Published, Seeds
from tests.unit.public_pages import published as invented

MONTH, BODY, SCHEME = "/periods/2026-01", "/periods/2026-01/agencies/H38", "/periods/2026-01/scheme"
# 210 mm less the margins of the style sheet, at 96 pixels an inch.
A4_PIXELS = 703
_A4_BOX = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+(59[45][\d.]*)\s+(84[12][\d.]*)\s*\]")


@pytest.fixture(scope="module")
def empty(served: Served) -> str:
    """The front page while nothing is published; asked for by a fixture, so that it is looked at before ``published``."""
    return served.url


@pytest.fixture(scope="module")
def published(empty: str, served: Served) -> dict[str, Any]:
    made: Published = asyncio.run_coroutine_threadsafe(Seeds(served.database.app_url).publish(version=1), served.loop).result(
        60
    )
    found: dict[str, Any] = json.loads(made.json)
    return found


def test_before_the_first_publication(person: Person, empty: str) -> None:
    answer = person.opens("/")
    assert (answer.status, person.address) == (200, "/")
    person.reads("Chưa công bố tháng nào")
    person.looks("public-none")


def test_a_citizen_reads_the_table_and_goes_to_a_body_and_back(person: Person, published: dict[str, Any]) -> None:
    assert person.opens("/").status == 200
    assert person.address == "/"
    assert person.page.locator("table.board tbody tr").count() == len(published["agencies"]) == 56
    person.looks("public-month")
    line = next(line for line in published["agencies"] if line["agency"] == "H38")
    person.follows(line["name_vi"])
    assert person.address == f"{BODY}?version=1"
    assert person.page.locator(".result").inner_text().count(str(line["total"])) >= 1
    assert person.page.locator("table.indicators tbody tr").count() == 16
    person.looks("public-body")
    person.follows("Bảng điểm tháng 01/2026")
    assert person.address == f"{MONTH}?version=1"
    person.follows("xem phiên bản mới nhất")
    assert person.address == MONTH
    person.follows("Đăng nhập")
    assert person.address.startswith("/e-form/login")


@pytest.mark.parametrize("path", ["/", BODY, SCHEME])
@pytest.mark.parametrize("width", [360, 390, 768, 1024, 1280])
def test_nothing_lies_beyond_the_edge(person: Person, published: dict[str, Any], path: str, width: int) -> None:
    glass = person.glass
    glass.set_viewport_size({"width": width, "height": 800})
    glass.goto(person.url + path)
    assert glass.evaluate("document.documentElement.scrollWidth") <= width
    cut = glass.evaluate(
        "() => [...document.querySelectorAll('main *')].filter(each => !each.closest('.unseen, svg') &&"
        " each.getClientRects().length && each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML)"
    )
    assert cut == []


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_states_in_words_lie_within_the_edge_too(person: Person, published: dict[str, Any], width: int) -> None:
    """Bodies to which a group does not apply, whose figures are missing or settled: such a sheet is not published here."""
    glass = person.glass
    glass.set_viewport_size({"width": width, "height": 800})
    for (_, media_type), page in invented.renderings().items():
        if media_type in (HTML, LAW):
            glass.set_content(page.decode("utf-8"), wait_until="networkidle")
            assert glass.locator(".top").evaluate("each => getComputedStyle(each).borderTopWidth") == "4px"
            assert glass.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 1280])
def test_a_long_table_keeps_its_head(person: Person, published: dict[str, Any], width: int) -> None:
    glass = person.glass
    glass.set_viewport_size({"width": width, "height": 800})
    glass.goto(f"{person.url}/")
    glass.locator("table.board tbody tr").nth(40).scroll_into_view_if_needed()
    box = glass.locator("table.board thead th.name").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 40


@pytest.mark.parametrize("path", ["/", BODY])
def test_on_paper_no_column_is_cut(person: Person, published: dict[str, Any], path: str) -> None:
    glass = person.glass
    glass.goto(person.url + path)
    printed = glass.pdf(format="A4")
    boxes = _A4_BOX.findall(printed)
    assert 1 <= len(boxes) <= 5
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == len(boxes)
    glass.emulate_media(media="print")
    glass.set_viewport_size({"width": A4_PIXELS, "height": 1000})
    assert glass.evaluate("document.documentElement.scrollWidth") <= A4_PIXELS
    shown = glass.locator("table.board thead th.group" if path == "/" else "table.indicators tbody td.figures")
    assert all(each.is_visible() for each in shown.all())
    assert not glass.get_by_text("Đăng nhập").is_visible()


def test_a_filter_leaves_its_rows_without_a_script(person: Person, published: dict[str, Any]) -> None:
    """The link changes nothing but the fragment; what it counts is what is seen, on a phone too and on paper."""
    provinces = sum(line["kind"] == "province" for line in published["agencies"])
    glass = person.glass
    for width, media in ((1280, "screen"), (390, "screen"), (A4_PIXELS, "print")):
        glass.emulate_media(media="screen")
        glass.set_viewport_size({"width": width, "height": 900})
        glass.goto(f"{person.url}/")
        glass.get_by_role("link", name=f"tỉnh, thành phố ({provinces})").click()
        glass.emulate_media(media=media)
        rows = glass.locator("table.board tbody tr")
        assert sum(row.is_visible() for row in rows.all()) == provinces < rows.count()
        assert glass.locator(".chosen:visible").count() == 1
        assert glass.evaluate("document.documentElement.scrollWidth") <= width
    glass.emulate_media(media="screen")
    glass.get_by_role("link", name="Xem tất cả").click()
    assert all(row.is_visible() for row in rows.all())


def test_a_citizen_reads_how_points_are_computed(person: Person, published: dict[str, Any]) -> None:
    person.opens("/")
    person.follows("Cách tính điểm: công thức, điều khoản và những chỗ có cách hiểu khác")
    assert person.address == f"{SCHEME}?version=1"
    person.reads("Cách tính điểm tháng 01/2026")
    person.looks("public-scheme")


def test_on_paper_the_law_is_not_cut(person: Person, published: dict[str, Any]) -> None:
    glass = person.glass
    glass.goto(person.url + SCHEME)
    glass.emulate_media(media="print")
    glass.set_viewport_size({"width": A4_PIXELS, "height": 1000})
    assert glass.evaluate("document.documentElement.scrollWidth") <= A4_PIXELS


def test_who_goes_astray_reads_a_page(person: Person, published: dict[str, Any]) -> None:
    assert person.opens("/periods/2027-09").status == 404
    person.reads("Kỳ chấm điểm không tồn tại")
    person.looks("public-astray")
    person.follows("Bảng điểm mới nhất")
    assert person.address == "/"
