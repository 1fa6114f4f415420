"""Pages say what the published document says, digit by digit, and carry nothing that runs or comes from elsewhere."""

from __future__ import annotations

import html
import re
import unicodedata
from fractions import Fraction

import pytest

from shared.law.exact import decimal_text
from shared.law.readings import Readings
from shared.law.scheme import legal_report_deadline
from shared.public_pages.rendering import (
    CSS,
    CSV_VI,
    HTML,
    LAW,
    SDMX,
    XLSX,
    Refusal,
    nothing_published,
    pages_of,
    refusal_page,
    style,
)
from shared.writing import decimal_comma, grouped
from tests.unit.public_pages import published
from tests.unit.public_pages.published import BARRED, GAPS, IDLE, PLAIN
from tests.unit.public_pages.reading import Reader, Row

DOCUMENT = published.document()
STORED = published.renderings()
LINES = {line["agency"]: line for line in DOCUMENT["agencies"]}
PAGES = {agency: body for (agency, media_type), body in STORED.items() if media_type == HTML}
SCHEME_PAGE = STORED["", LAW]
STATES = {
    "missing": "Thiếu số liệu", "no_events": "Không phát sinh", "not_applicable": "Không áp dụng",
    "settled": "Theo quyết định xử lý",
}  # fmt: skip


def board_row(agency: str) -> Row:
    rows = [row for row in Reader(PAGES[""]).rows if any(LINES[agency]["name_vi"] in text for text in row.all("name"))]
    (found,) = rows
    return found


def indicator_row(agency: str, code: str) -> Row:
    letter = "KK" if code == "bonus" else code
    rows = [row for row in Reader(PAGES[agency]).rows if row.all("figures") and row.cells[0][1].startswith(f"{letter} ")]
    (found,) = rows
    return found


def test_the_sheet_a_style_and_a_page_of_every_body_are_stored() -> None:
    assert set(PAGES) == {"", *LINES}
    assert STORED["", CSS] == style()
    assert {media_type for _, media_type in STORED} == {HTML, LAW, CSS, CSV_VI, XLSX, SDMX, "application/json", "text/csv"}


def test_the_invented_sheet_has_every_state() -> None:
    states = {found["state"] for line in LINES.values() for found in line["indicators"].values()}
    assert states == {"scored", *STATES}


@pytest.mark.parametrize(
    ("chosen", "by"), [({}, "chưa làm tròn"), ({"G-23": "published"}, "đã công bố")], ids=["in force", "revised"]
)
def test_the_table_says_by_which_total_ranks_go(chosen: dict[str, str], by: str) -> None:
    """A revision may rank by the published total (reading G-23)."""
    scheme = Readings.of(published.scheme(), chosen).applied_to(published.scheme())
    page = next(
        page
        for page in pages_of(DOCUMENT, scheme, published.said(), published.history(), published.REGISTER)
        if (page.agency, page.media_type) == ("", HTML)
    )
    (said,) = re.findall(r"Theo tổng điểm (chưa làm tròn|đã công bố)", page.body.decode())
    assert said == by


@pytest.mark.parametrize("agency", LINES)
def test_every_indicator_says_how_its_points_came_about(agency: str) -> None:
    """The explanation's sentence, which a property test reads back against its tree."""
    page, told = html.unescape(PAGES[agency].decode()), published.said()[agency]
    for code in LINES[agency]["indicators"]:
        assert f'<p class="why">{told[code]["vi"]} <span class="en" lang="en">{told[code]["en"]}</span></p>' in page


def test_a_body_reads_on_its_own_page_what_was_decided_of_it_and_of_nobody_else() -> None:
    told = {"omissions": 'id="left-out"', "taken_in": 'id="taken-in"', "rows_put_aside": 'id="rows-put-aside"'}
    for agency, page in PAGES.items():
        if agency:
            text = page.decode()
            for part, mark in told.items():
                (decided,) = DOCUMENT[part]
                assert (mark in text) is (agency in {body["agency"] for body in decided["bodies"]})


def test_rows_put_aside_say_why_and_what_became_of_them() -> None:
    again, standing = (" ".join(Reader(PAGES[code]).text.split()) for code in (IDLE, GAPS))
    assert "1 dòng; điểm nhỏ hơn 0 hoặc vượt mức tối đa của nhóm; được cung cấp lại ở bản chốt phiên bản 2" in again
    assert "2 dòng; cơ quan có hai dòng trùng nhau; nguồn chưa cung cấp lại, không tính" in standing


def test_a_refused_figure_says_why_on_the_bodys_page_and_other_words_are_not_shown() -> None:
    said = indicator_row(PLAIN, "C1").cell("figures")
    assert "Cơ sở dữ liệu mẫu: Bộ Công an không chấp nhận số liệu báo cáo" in said
    assert "Không khớp hồ sơ (minh họa)" in said
    assert "1.234" in said
    assert "Cơ sở dữ liệu thứ hai" not in said
    assert "Không khớp hồ sơ" not in PAGES[""].decode()


def test_what_was_taken_in_names_the_version_with_its_reason_and_instant() -> None:
    text = " ".join(Reader(PAGES[PLAIN]).text.split())
    assert "bản chốt phiên bản 2, do hai người quyết định, lập 09/02/2026 08:00:00: Bổ sung (minh họa)" in text
    assert "key:a" not in text


def test_a_later_version_says_what_it_corrects_and_of_whom() -> None:
    whole, mine, others = (" ".join(Reader(PAGES[code]).text.split()) for code in ("", GAPS, PLAIN))
    why = "Lý do: quyết định xử lý số liệu; bản chốt số liệu được thay thế."
    for text in (whole, mine):
        assert why in text
        assert "61 (D) → 63 (B)" in text
    assert "Điều chỉnh so với phiên bản 1" in others
    assert '?version=1">phiên bản 1</a>'.encode() in PAGES[PLAIN], "the version before is a link away"
    assert "Điểm không thay đổi." in others
    assert "61 (D)" not in others


@pytest.mark.parametrize("agency", LINES)
def test_the_table_says_what_the_document_says(agency: str) -> None:
    line, row = LINES[agency], board_row(agency)
    assert row.cell("rank") == str(line["rank"])
    # Wherever a rank stands, the total to two decimals stands beside it.
    assert row.cell("by") == decimal_comma(decimal_text(Fraction(line["total_exact"]), places=2))
    assert (row.cell("total"), row.cell("grade")) == (str(line["total"]), line["grade"])
    shown = [text.split()[0] for text in row.all("group")]
    expected = [*line["groups"].values(), line["indicators"]["bonus"]["points"]]
    assert shown == [decimal_comma(points) for points in expected]


@pytest.mark.parametrize("agency", LINES)
def test_a_bodys_page_says_what_the_document_says(agency: str) -> None:
    line = LINES[agency]
    for code, found in line["indicators"].items():
        row = indicator_row(agency, code)
        most = Fraction(found["max"])
        assert row.cell("most") == decimal_comma(decimal_text(most, places=2).rstrip("0").rstrip("."))
        if found["points"] is None:
            assert row.cell("points").startswith("– thiếu số liệu")
        else:
            assert row.cell("points").split()[0] == decimal_comma(found["points"])
        for name in published.scheme().indicators[code].formula.measures:
            value, label = line["measures"][name], published.scheme().measures[name].label
            said = "thiếu số liệu" if value is None else grouped(value)
            assert f"{label.vi} {label.en} {said}" in row.cell("figures")
        for passage in DOCUMENT["citations"][code]:
            assert passage["item"] in row.cells[0][1]


@pytest.mark.parametrize("agency", LINES)
def test_a_state_is_said_in_words(agency: str) -> None:
    for code, found in LINES[agency]["indicators"].items():
        said = indicator_row(agency, code).cell("points")
        assert {state for state, words in STATES.items() if words in said} == {found["state"]} - {"scored"}


def test_what_is_missing_is_never_a_zero() -> None:
    assert LINES[GAPS]["missing"] == ["C2"]
    own, _, best = indicator_row(GAPS, "C2").cell("points").partition("cao nhất")
    assert "0" not in own
    assert best.strip() == "10,00"
    drawn = next(part for part in PAGES[GAPS].decode().split("<svg") if "Giao dịch chia sẻ dữ liệu</title>" in part)
    assert 'class="none"' in drawn
    assert 'class="have"' not in drawn


def test_a_group_that_does_not_apply_is_no_silent_zero() -> None:
    assert LINES[BARRED]["groups"]["B"] == "0.00"
    assert board_row(BARRED).all("group")[1] == "0,00 không áp dụng"
    assert board_row(PLAIN).all("group")[1] == "15,96"
    assert "34/QĐ-MẪU" in indicator_row(BARRED, "B1").cell("points")


def test_a_ruling_is_told_with_its_document_and_reason() -> None:
    said = indicator_row(GAPS, "D2").cell("figures")
    assert "0 theo quyết định xử lý 12/KL-MẪU: Kho bạc xác nhận chưa giải ngân" in said


def test_the_largest_of_all_is_named_with_who_has_it() -> None:
    assert "Lớn nhất trong các cơ quan Largest of all bodies Viện <Mẫu> & Cộng sự 15" in indicator_row(PLAIN, "A3").cell(
        "figures"
    )


def test_rank_and_head_stand_on_a_bodys_page() -> None:
    line, text = LINES[IDLE], " ".join(Reader(PAGES[IDLE]).text.split())
    shown = decimal_comma(decimal_text(Fraction(line["total_exact"]), places=2))
    assert f"Hạng, với {shown} điểm Rank, by {shown} points {line['rank']} trên 4 cơ quan" in text
    assert f"Hạng trong nhóm tỉnh, thành phố, với {shown} điểm Among provinces and cities {line['rank_in_kind']} trên 2" in text
    assert "Chủ tịch tỉnh Chairman" in text
    assert "Họ Tên Mẫu , Bộ trưởng" in " ".join(Reader(PAGES[PLAIN]).text.split())


def test_a_grade_that_rounding_lifted_is_said_in_words() -> None:
    said = LINES[IDLE]["lifted"]
    assert said == {
        "from": "C",
        "vi": "Tổng điểm 69,52 được làm tròn thành 70 nên xếp loại B; theo điểm chưa làm tròn là loại C.",
        "en": "Rounding the total to 70 lifted the grade from C to B.",
    }
    assert [code for code, line in LINES.items() if line["lifted"]] == [IDLE]
    assert DOCUMENT["commended_by_rounding"] == []
    for agency, page in PAGES.items():
        assert (said["vi"] in " ".join(Reader(page).text.split())) is (agency in ("", IDLE))


def test_the_total_on_the_applicable_maximum_stands_beside_the_official_one() -> None:
    """Information (G-15): group B's 20 points do not apply to one body, everything applies to the others."""
    line = LINES[BARRED]
    exact = Fraction(line["total_exact"]) * 100 / 80
    assert line["applicable"] == {"maximum": "80", "total": 59, "total_exact": str(exact), "grade": "C"}
    assert (line["total"], line["grade"]) == (47, "D")
    page, board = (" ".join(Reader(PAGES[name]).text.split()) for name in (BARRED, ""))
    assert "mức tối đa 80 điểm của các chỉ số áp dụng: 58,52 trên 100, làm tròn 59, loại C. Chỉ để tham khảo" in page
    assert board.count("Trên mức tối đa áp dụng 80 điểm (tham khảo): 59, loại C") == 1
    for agency in LINES.keys() - {BARRED}:
        same = {name: LINES[agency][name] for name in ("total", "total_exact", "grade")}
        assert LINES[agency]["applicable"] == {"maximum": "100", **same}
        assert "mức tối đa" not in " ".join(Reader(PAGES[agency]).text.split()).partition("Theo bộ chỉ số")[0]


def test_every_page_says_its_version_month_and_what_sources_say_of_their_figures() -> None:
    for agency, page in PAGES.items():
        text = " ".join(Reader(page).text.split())
        assert "Phiên bản 1, công bố 10/02/2026 09:30:00" in text
        assert "tháng 01/2026" in text
        assert text.count(published.NOTICE) == 2
        latest = f"/periods/2026-01/agencies/{agency}" if agency else "/periods/2026-01"
        assert f'<a href="{latest}">xem phiên bản mới nhất</a>'.encode() in page
        assert "Kết quả tạm tính" in text
    law = " ".join(Reader(SCHEME_PAGE).text.split())
    assert "Phiên bản 1, công bố 10/02/2026 09:30:00" in law
    assert law.count(published.NOTICE) == 2
    assert b'<a href="/periods/2026-01/scheme">' in SCHEME_PAGE
    assert b"#correction" not in SCHEME_PAGE


def test_pages_of_a_version_lead_to_the_same_version() -> None:
    links = [given["href"] for tag, given in Reader(PAGES[""]).tags if tag == "a"]
    assert {link for link in links if "/agencies/" in link} == {f"/periods/2026-01/agencies/{code}?version=1" for code in LINES}
    assert links.count("/e-form") == 1


def test_nothing_runs_and_nothing_comes_from_elsewhere() -> None:
    others = [
        nothing_published(published.scheme().first_period, legal_report_deadline(published.scheme().first_period)),
        refusal_page(Refusal("Không tìm thấy", "", ("Không có trang <b>này</b>.",), ("2026-01", 1))),
    ]
    for page in [*PAGES.values(), SCHEME_PAGE, *others]:
        reader = Reader(page)
        assert not {tag for tag, _ in reader.tags} & {"script", "style", "iframe", "img", "object", "embed", "form"}
        for tag, given in reader.tags:
            assert "style" not in given
            assert not [name for name in given if name.startswith("on")]
            for name in ("href", "src", "action"):
                assert re.match(r"[/#](?!/)", given.get(name, "/")), (tag, given)
    assert not re.search(rb"url\(|@import|https?:", style())


def test_words_are_composed_and_escaped() -> None:
    for page in [*PAGES.values(), SCHEME_PAGE]:
        text = page.decode("utf-8")
        assert unicodedata.is_normalized("NFC", text)
        assert "<Mẫu>" not in text
    assert "Viện &lt;Mẫu&gt; &amp; Cộng sự".encode() in PAGES[BARRED]


def test_points_have_a_decimal_comma() -> None:
    """In Vietnamese; what is said in English beside it has a point."""
    for page in [*PAGES.values(), SCHEME_PAGE]:
        said = re.sub(r'<svg.*?</svg>|<span class="en" lang="en">[^<]*</span>', "", page.decode("utf-8"), flags=re.DOTALL)
        text = re.sub(r"<[^>]*>", " ", said)
        assert not re.findall(r"(?<![\d.])\d{1,3}\.\d{1,2}(?![\d.])", text)


def test_drawings_are_true_to_the_points_and_tell_them() -> None:
    for agency, line in LINES.items():
        drawn = PAGES[agency].decode("utf-8").split("<svg")
        for code, found in line["indicators"].items():
            label = published.scheme().indicators[code].label.vi
            part = [each for each in drawn if f"<title>{label}</title>" in each][-1]
            if found["points"] is not None:
                width = decimal_text(min(Fraction(found["points"]) / Fraction(found["max"]), Fraction(1)) * 160, places=2)
                assert f'class="have" width="{width}"' in part
                assert f"<desc>{decimal_comma(found['points'])} trên " in part
    for page in PAGES.values():
        svgs = re.findall(r"<svg.*?</svg>", page.decode("utf-8"), flags=re.DOTALL)
        assert svgs
        for each in svgs:
            assert each.count("<title>") == each.count("<desc>") == 1


def test_the_same_document_gives_the_same_bytes() -> None:
    again = {
        (page.agency, page.media_type): page.body
        for page in pages_of(DOCUMENT, published.scheme(), published.said(), published.history(), published.REGISTER)
    }
    assert again == {key: body for key, body in STORED.items() if key[1] in (HTML, LAW, CSS)}
    later = published.renderings(version=2)
    assert later["", HTML] != STORED["", HTML]
    assert b"?version=2" in later["", HTML]
    corrected = '?version=1">phiên bản 1</a>'.encode()
    assert later["", HTML].count(b"?version=1") == later["", HTML].count(corrected), "but to what it corrects"


def test_a_sheet_of_nobody_can_be_shown() -> None:
    page, _, sheet_style = pages_of(
        {**DOCUMENT, "agencies": []}, published.scheme(), {}, published.history(), published.REGISTER
    )
    assert "Xếp loại 0 cơ quan" in Reader(page.body).text
    assert sheet_style.media_type == CSS


def test_the_page_before_the_first_month_says_what_comes_and_when() -> None:
    first = published.scheme().first_period
    text = " ".join(Reader(nothing_published(first, legal_report_deadline(first))).text.split())
    assert "Chưa công bố tháng nào" in text
    assert "Kết quả tháng 01/2026" in text
    assert "trước ngày 05/02/2026" in text


def test_a_refusal_leads_on() -> None:
    reader = Reader(refusal_page(Refusal("Không tìm thấy", "Not found", ("Không có gì ở đây.",))))
    for words in ("Không tìm thấy", "Not found", "Không có gì ở đây.", "Bảng điểm mới nhất"):
        assert words in reader.text
