"""What the pages tell beside a month's own figures: the months around it, the place in the kind, whom the decision commends,
and the law it was computed by."""

from __future__ import annotations

import copy
import html
import json
import re
from fractions import Fraction
from typing import Any

import pytest

from services.scoring.beside import Beside
from services.scoring.records import Former
from shared.law.exact import decimal_text
from shared.law.scheme import packaged_schemes
from shared.public_pages.law import plain
from shared.public_pages.months import History, history_of
from shared.public_pages.publication_list import FORMER_FIELDS, REGISTER_FIELDS
from shared.public_pages.rendering import HTML, LAW, pages_of, style
from shared.public_pages.words import KINDS
from shared.writing import decimal_comma
from tests.unit.public_pages import published
from tests.unit.public_pages.published import BARRED, GAPS, IDLE, PLAIN
from tests.unit.public_pages.reading import Reader, Row
from tests.unit.public_pages.test_publication_list import places

DOCUMENT = published.document()
LINES = {line["agency"]: line for line in DOCUMENT["agencies"]}


def pages(
    document: dict[str, Any] = DOCUMENT, history: History | None = None, register: dict[str, Any] | None = published.REGISTER
) -> dict[str, str]:
    """By body, the month's table under '' and the law's page under ``law``."""
    made = pages_of(document, published.scheme(), {}, published.history() if history is None else history, register)
    found = {
        page.agency if page.media_type == HTML else "law": page.body.decode() for page in made if "html" in page.media_type
    }
    assert LAW != HTML
    return found


PAGES = pages()


def text(page: str) -> str:
    return " ".join(Reader(page.encode()).text.split())


def board_row(page: str, agency: str) -> Row:
    (found,) = [row for row in Reader(page.encode()).rows if any(LINES[agency]["name_vi"] in each for each in row.all("name"))]
    return found


def drawing(page: str, name: str) -> str:
    (found,) = re.findall(rf'<svg class="{name}".*?</svg>', page, flags=re.DOTALL)
    return str(found)


def near(share: Fraction, first: int, last: int) -> str:
    return decimal_text(first + share * (last - first), places=2)


def test_the_change_is_against_the_version_that_the_document_names() -> None:
    moved = LINES[PLAIN]["total"] - 57
    assert board_row(PAGES[""], PLAIN).cell("change") == f"+{moved} từ 57 C hạng 2 (56,81)"
    assert board_row(PAGES[""], IDLE).cell("change") == f"−{90 - LINES[IDLE]['total']} từ 90 A hạng 1 (90,00)"
    assert board_row(PAGES[""], BARRED).cell("change") == "– không có gì để so"
    assert '<a href="/periods/2025-12?version=3">tháng 12/2025, phiên bản 3</a>' in PAGES[""]


def test_without_a_month_before_nothing_is_compared() -> None:
    """The month before that one is not the month before; sheets of before name none at all."""
    older = DOCUMENT | {"former_months": [each for each in DOCUMENT["former_months"] if each["period"] != "2025-12"]}
    older_still = {name: value for name, value in DOCUMENT.items() if name not in ("former_months", "next_month")}
    for document in (older, older_still):
        page = pages(document)[""]
        assert {board_row(page, code).cell("change") for code in LINES} == {"– không có gì để so"}
        assert "chưa có bảng điểm tháng 12/2025, nên không có gì để so" in text(page)
    assert "Kỳ tiếp theo" not in pages(older_still)[""]


def test_a_total_that_did_not_move_is_no_dash() -> None:
    same = published.former("2025-12", 1, {PLAIN: (LINES[PLAIN]["total"], "75", 1, "B")})
    named = DOCUMENT | {"former_months": Beside([same]).parts()["former_months"]}
    assert board_row(pages(named, Beside([same]).history())[""], PLAIN).cell("change").split()[0] == "0"


def test_every_filter_leaves_the_rows_that_it_counts() -> None:
    """By the style sheet alone: the anchor stands before the table, beside it, and a rule hides what is not of its class."""
    page = PAGES[""]
    links = dict(re.findall(r'<a href="#((?:kind|grade)-\w+)">[^<(]*\((\d+)\)</a>', page))
    rows = re.findall(r'<tr class="(kind-\w+) (grade-\w+)">', page)
    assert {mark: int(count) for mark, count in links.items()} == {
        mark: sum(mark in each for each in rows) for mark in {mark for each in rows for mark in each}
    }
    assert len(rows) == len(LINES)
    before, _, _ = page.partition('<table class="board"')
    assert [mark for mark in links if f'<p class="chosen" id="{mark}">' not in before] == []


def test_the_style_sheet_knows_every_kind_and_grade() -> None:
    grades = {grade.grade for scheme in packaged_schemes() for grade in scheme.grading.grades}
    for mark in [f"kind-{kind}" for kind in KINDS] + [f"grade-{grade}" for grade in grades]:
        assert f"#{mark}:target ~ .board tbody tr:not(.{mark})" in style().decode()


def test_grade_a_is_commended_and_nobody_else() -> None:
    words = published.scheme().passages["commendation"]
    section = PAGES[""].partition('<section id="commended">')[2].partition("</section>")[0]
    assert "Tháng 01/2026 không có cơ quan nào xếp loại A" in section
    assert f"“{words.text.removeprefix('- ')}” ({words.item}, Quyết định" in section
    assert "không đặt ra danh sách nào khác" in section
    named = pages(DOCUMENT | {"commended": [PLAIN, IDLE], "commended_by_rounding": [IDLE]})[""]
    section = named.partition('<section id="commended">')[2].partition("</section>")[0]
    entries = re.findall(r"<li>(.*?)</li>", section)
    assert [f"/agencies/{code}?version=1" in entry for code, entry in zip((PLAIN, IDLE), entries, strict=True)] == [True, True]
    assert ["nhờ làm tròn" in entry for entry in entries] == [False, True]


def test_the_next_month_is_due_as_the_document_says() -> None:
    said = text(PAGES[""])
    assert "Kỳ tiếp theo: tháng 02/2026" in said
    assert "chốt hết ngày 01/03/2026, báo cáo của các cơ quan nhận trước 17:30 ngày 06/03/2026" in said
    moved = {"period": "2026-02", "cutoff": "2026-03-02T09:15:00+07:00", "report_deadline": "2026-03-05T00:00:00+07:00"}
    said = text(pages(DOCUMENT | {"next_month": moved})[""])
    assert "chốt lúc 09:15 ngày 02/03/2026, báo cáo của các cơ quan nhận trước ngày 05/03/2026" in said


def test_the_trend_joins_neighbours_leaves_gaps_and_hollows_corrected_months() -> None:
    drawn = drawing(PAGES[PLAIN], "trend")
    marks = re.findall(r'<circle class="(\w+)" cx="([\d.]+)" cy="([\d.]+)"', drawn)
    totals = {7: 51, 8: 58, 10: 60, 11: 57, 12: LINES[PLAIN]["total"]}
    along = {number: near(Fraction(number - 1, 11), 48, 396) for number in totals}
    assert marks == [
        ("hollow" if number == 11 else "full", along[number], near(Fraction(total, 100), 130, 20))
        for number, total in totals.items()
    ]
    lines = [re.findall(r"([\d.]+),", points) for points in re.findall(r'<polyline[^>]* points="([^"]*)"', drawn)]
    assert lines == [[along[7], along[8]], [along[10], along[11], along[12]]]
    assert "tháng 10/2025: không có" in drawn
    assert "tháng 12/2025: 57, loại C (đã điều chỉnh)" in drawn


def test_the_trend_has_its_table() -> None:
    section = PAGES[PLAIN].partition('<section id="trend">')[2].partition("</section>")[0]
    rows = [" ".join(text for _, text in row.cells) for row in Reader(section.encode()).rows][1:]
    line, shown = LINES[PLAIN], decimal_comma(decimal_text(Fraction(LINES[PLAIN]["total_exact"]), places=2))
    assert rows == [
        f"01/2026 {line['total']} {line['grade']} {line['rank']} ({shown}) 1",
        "12/2025 57 C 2 (56,81) 3 , đã điều chỉnh corrected",
        "11/2025 60 C 1 (60,00) 1",
        "10/2025 – không có kết quả no results",
        "09/2025 58 C 1 (57,50) 1",
        "08/2025 51 C 2 (51,00) 1",
    ]
    assert f'href="/periods/2025-12/agencies/{PLAIN}?version=3"' in section


def test_a_body_of_one_month_has_no_trend() -> None:
    assert "<polyline" not in PAGES[BARRED]
    assert "cơ quan mới có kết quả của tháng 01/2026 nên chưa có biểu đồ" in PAGES[BARRED]


def test_the_strip_shows_the_kind_and_nobody_else() -> None:
    drawn, scale = drawing(PAGES[GAPS], "strip"), Fraction(100)
    exact = {code: Fraction(LINES[code]["total_exact"]) / scale for code in (GAPS, IDLE)}
    assert re.findall(r'class="other" cx="([\d.]+)"', drawn) == [near(exact[IDLE], 10, 410)]
    assert re.findall(r'line class="own" x1="([\d.]+)"', drawn) == [near(exact[GAPS], 10, 410)]
    shown = {code: decimal_comma(decimal_text(share * scale, places=2)) for code, share in exact.items()}
    middle = decimal_comma(decimal_text(sum(exact.values()) * scale / 2, places=2))
    assert f"thứ 2 trên 2; cao nhất {shown[IDLE]}, ở giữa {middle}, thấp nhất {shown[GAPS]}" in drawn
    table = PAGES[GAPS].partition('<section id="cohort">')[2].partition("</section>")[0]
    assert f"Cao nhất Highest {shown[IDLE]} Ủy ban nhân dân tỉnh Vĩnh Long" in text(table)


def test_a_bar_marks_the_most_that_any_body_has() -> None:
    label = published.scheme().indicators["D2"].label.vi
    had = [Fraction(line["indicators"]["D2"]["points"]) for line in LINES.values()]
    (drawn,) = [
        each for each in re.findall(r"<svg.*?</svg>", PAGES[GAPS], flags=re.DOTALL) if f"<title>{label}</title>" in each
    ]
    assert LINES[GAPS]["indicators"]["D2"]["points"] == "0.00"
    assert f'<rect class="best-mark" x="{near(max(had) / 10, 0, 158)}"' in drawn
    assert f"; cao nhất trong các cơ quan {decimal_comma(decimal_text(max(had), places=2))}</desc>" in drawn


@pytest.mark.parametrize("code", published.scheme().indicators)
def test_the_law_tells_each_indicator_with_maximum_formula_and_the_decisions_words(code: str) -> None:
    letter, found = ("KK" if code == "bonus" else code), published.scheme().indicators[code]
    told = html.unescape(PAGES["law"].partition(f'<article id="{letter}">')[2].partition("</article>")[0])
    most = decimal_comma(decimal_text(found.maximum.value, places=2).rstrip("0").rstrip("."))
    assert f"{letter}. {found.label.vi}, tối đa {most}" in told
    (formula,) = re.findall(r'<p class="formula">(.*?)</p>', told)
    counted = getattr(found.formula, "counted", None) or getattr(found.formula, "index", None) or found.formula.measures[0]
    assert f"“{published.scheme().measures[counted].label.vi}”" in formula
    for passage in DOCUMENT["citations"][code]:
        assert passage["item"] in PAGES["law"]
    assert plain(published.scheme().passages[found.maximum.cite].text) in told
    assert "**" not in told


def test_formulas_are_said_with_their_numbers() -> None:
    said = dict(
        re.findall(r'<article id="(\w+)">.*?<p class="formula">(.*?) <span', html.unescape(PAGES["law"]), flags=re.DOTALL)
    )
    assert said["A2"].endswith("” × 18 × 0,5")
    assert said["A3"] == "“Tổng số nhiệm vụ phải thực hiện trong kỳ” ÷ mức lớn nhất trong các cơ quan × 2"
    assert said["B1"].endswith("” ÷ 100 × 20")
    assert said["E2"].startswith("5 khi “Số báo cáo chuyên đề” từ ")


def test_contested_readings_tell_their_effect_where_it_is_known() -> None:
    entries = re.findall(r'<article class="reading" id="reading-([\w-]+)">(.*?)</article>', PAGES["law"], flags=re.DOTALL)
    told = {code: html.unescape(words) for code, words in entries}
    scheme = published.scheme()
    assert set(told) == {code for code, reading in scheme.readings.items() if reading.alternatives}
    assert "đổi tổng điểm của 31, loại của 2 và hạng của 17 trên 4 cơ quan" in told["B-1"]
    assert told["B-1"].count("Không có tác động đã tính của tháng này") == len(scheme.readings["B-1"].alternatives) - 1
    silent = next(one for one in scheme.readings["G-6"].alternatives if not one.computed)
    assert silent.not_computed is not None
    assert f"Không tính được: {silent.not_computed.vi}" in told["G-6"]
    for code, words in told.items():
        assert scheme.readings[code].in_force.vi in words
        assert all(one.says.vi in words for one in scheme.readings[code].alternatives)
    assert "đổi tổng điểm" not in pages(register=None)["law"]


def test_a_revised_reading_stands_as_the_one_in_force() -> None:
    revision = {"number": 1, "first_period": "2026-01", "document": "7/QĐ-MẪU", "readings": {"B-1": "table"}}
    page = html.unescape(pages(DOCUMENT | {"revision": revision})["law"])
    said = page.partition('id="reading-B-1"')[2].partition("</article>")[0]
    (held,) = [one for one in published.scheme().readings["B-1"].alternatives if one.id == "table"]
    assert f"B-1: {held.says.vi}" in said
    assert "Theo bản sửa đổi phương án" in said
    assert f"Cách hiểu khác: {held.says.vi}" not in said
    assert f"Cách hiểu khác: {published.scheme().readings['B-1'].in_force.vi}" in said


def former_documents() -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in published.FORMER]


@pytest.mark.parametrize("field", [each for each in FORMER_FIELDS if each not in ("period", "agencies.*.agency")])
def test_each_field_of_a_former_month_is_shown(field: str) -> None:
    others = {"total": 12, "total_exact": "3/7", "rank": 55, "grade": "B"}
    changed = former_documents()
    for document in changed:
        for container, key in places(document, field.split(".")):
            container[key] = others[key]
    assert pages(history=history_of(changed)) != PAGES


@pytest.mark.parametrize("field", REGISTER_FIELDS)
def test_each_field_of_the_register_is_shown(field: str) -> None:
    changed = copy.deepcopy(published.REGISTER)
    for container, key in list(places(changed, field.split("."))):
        container[key] = "khác" if key == "id" else 7
    assert pages(register=changed)["law"] != PAGES["law"]


def test_a_month_that_the_document_names_and_nobody_gives_is_no_page() -> None:
    with pytest.raises(KeyError):
        pages(history={})


def test_the_document_names_what_its_pages_rest_on() -> None:
    """So that they can be made again: each former version by month, version, publication and the digest of its bytes."""
    named = [
        {name: getattr(each, name) for name in ("period", "version", "publication", "digest")} for each in published.FORMER
    ]
    assert DOCUMENT["former_months"] == named
    assert DOCUMENT["next_month"] == published.NEXT_MONTH
    assert all(isinstance(each, Former) for each in published.FORMER)
