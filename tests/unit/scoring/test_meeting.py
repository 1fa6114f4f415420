"""The document for the meeting: it says what was published, and its bytes are always the same (XPT-03, XPT-06)."""

from __future__ import annotations

import copy
import json
import re
import sys
import unicodedata
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
import typst

from services.scoring.exports import meeting_pdf as made_by
from services.scoring.exports.meeting_contents import Around, contents
from services.scoring.exports.meeting_pdf import NotTypeset, inputs_of, meeting_pdf, template
from services.scoring.exports.workbook import decisions_table
from services.scoring.records import Outcome
from shared.canonical import canonical_bytes, sha256_hex
from shared.law.exact import decimal_text
from shared.law.explanation import sentences_of
from shared.law.restored import restored
from shared.public_pages.words import STATES
from shared.writing import decimal_comma
from tests.unit.public_pages import published
from tests.unit.public_pages.published import BARRED, GAPS, PLAIN
from tests.unit.scoring.pdf_files import attached, metadata, root_file
from tests.unit.scoring.test_workbook import TIE, made

Document = dict[str, Any]
DOCUMENT = published.document()


@cache
def pdf() -> bytes:
    return meeting_pdf(DOCUMENT, published.scheme(), published.said())


def told(document: Document, before: Document | None = None) -> Document:
    found = restored(document)
    said = sentences_of(found.sheet, found.names)
    return contents(document, canonical_bytes(document), published.scheme(), said, Around(before=before))


def renamed(name: str) -> Document:
    document = copy.deepcopy(DOCUMENT)
    next(line for line in document["agencies"] if line["agency"] == PLAIN)["name_vi"] = name
    return document


def body(found: Document, agency: str) -> Document:
    (one,) = (each for each in found["bodies"] if each["code"] == agency)
    return one


def indicators(found: Document, agency: str) -> dict[str, Document]:
    return {one["code"]: one for group in body(found, agency)["groups"] for one in group["indicators"]}


def test_the_same_document_gives_the_same_bytes_whenever_it_is_made() -> None:
    assert meeting_pdf(copy.deepcopy(DOCUMENT), published.scheme(), published.said()) == pdf()
    instants = set(re.findall(rb"D:[0-9]+[^)]*", pdf()))
    assert instants == {published.PUBLISHED_AT.strftime("D:%Y%m%d%H%M%SZ").encode()}


def test_it_is_a_pdf_for_archives_with_the_published_document_in_it() -> None:
    said = metadata(pdf())
    assert ("<pdfaid:part>3</pdfaid:part>" in said, "<pdfaid:conformance>B</pdfaid:conformance>" in said) == (True, True)
    assert '<rdf:li xml:lang="vi">Bảng điểm tháng 01/2026</rdf:li>' in said or "Bảng điểm tháng 01/2026" in said
    inside = attached(pdf())
    assert inside == canonical_bytes(DOCUMENT)
    assert ["Mã băm dữ liệu công bố", sha256_hex(inside)] in told(DOCUMENT)["origin"]


def headings(document: Document) -> list[str]:
    """The names of bodies as the setter has them in the document it makes."""
    inputs = inputs_of(document, published.scheme(), published.said())
    found = typst.query(template().encode(), "heading.where(level: 3)", sys_inputs=inputs, ignore_system_fonts=True)
    return ["".join(part.get("text", " ") for part in _parts(each["body"])) for each in json.loads(found)]


def _parts(node: Document) -> list[Document]:
    return [part for child in node["children"] for part in _parts(child)] if "children" in node else [node]


@pytest.mark.parametrize(
    "name", ['#panic("x") *b* _c_ `d`', "$x^2$ \\ @y <z> [w] ]", "= // /* - + ~", "\" ' #{ #let", "<Mẫu> & Cộng sự"]
)
def test_a_name_prints_as_it_is_written(name: str) -> None:
    assert name in headings(renamed(name))


def test_every_character_that_is_let_through_can_be_set() -> None:
    """In every look of the template: of one that cannot, no PDF/A could be made, and so no month published."""
    letters = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]
    shown = [each for each in letters if not made_by._UNSHOWN.search(each)]
    vietnamese = set(unicodedata.normalize("NFC", "ăâđêôơưĂÂĐÊÔƠƯ")) | {chr(code) for code in range(0x1EA0, 0x1EFA)}
    assert vietnamese <= set(shown)
    # A mark stands on a letter.
    text = " ".join(f"a{each}" if unicodedata.combining(each) else each for each in shown)
    document = renamed(text)
    document["agencies"][0]["head"]["name"] = text
    document["omissions"][0]["title_vi"] = document["omissions"][0]["reason"] = text
    document["snapshots"][0]["notices"] = [text]
    document["publication"] = "漢字"
    assert meeting_pdf(document, published.scheme(), published.said()).startswith(b"%PDF-1.7")


def test_what_no_font_can_show_is_a_square() -> None:
    assert "Bộ □□□ □" in headings(renamed("Bộ 漢\U0001f600\x01 \u202e"))


def test_a_fault_of_the_template_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_by, "template", lambda: '#panic("mẫu hỏng")')
    with pytest.raises(NotTypeset, match="mẫu hỏng"):
        meeting_pdf(DOCUMENT, published.scheme(), published.said())


def test_every_body_has_a_sheet_in_the_order_of_ranks() -> None:
    lines = sorted(DOCUMENT["agencies"], key=lambda line: (line["rank"], line["agency"]))
    assert headings(DOCUMENT) == [line["name_vi"] for line in lines]
    found = told(DOCUMENT)
    for line in lines:
        one = body(found, line["agency"])
        assert one["total"] == str(line["total"])
        assert one["shown_total"] == line["shown_total"].replace(".", ",")
        assert one["grade"].startswith(f"Loại {line['grade']}")
        for code, points in line["indicators"].items():
            mine = indicators(found, line["agency"])["KK" if code == "bonus" else code]
            assert (mine["points"] == "–") == (points["state"] in ("missing", "not_applicable")), (line["agency"], code)
            assert mine["points"] in ("–", str(points["points"]).replace(".", ","))
            assert mine["notes"][0] == published.said()[line["agency"]][code]["vi"]


def test_what_is_missing_is_a_dash_with_its_state_and_never_zero() -> None:
    found = told(DOCUMENT)
    gap, barred = indicators(found, GAPS)["C2"], indicators(found, BARRED)["B1"]
    assert (gap["points"], gap["state"]) == ("–", "Thiếu số liệu")
    assert (barred["points"], barred["state"]) == ("–", "Không áp dụng")
    marks = {words: mark for mark, words in found["legend"]}
    rows = [row["code"] for row in found["table"]["rows"]]
    columns = dict(zip((each["code"] for each in found["bodies"]), found["table"]["columns"], strict=True))
    assert columns[GAPS]["cells"][rows.index("C2")] == ["–", marks["Thiếu số liệu"]]
    assert columns[BARRED]["cells"][rows.index("B1")] == ["–", marks["Không áp dụng"]]
    assert set(marks) == {words.vi for words in STATES.values() if words}


def test_rows_and_headings_are_the_decisions() -> None:
    found, words = told(DOCUMENT)["table"], decisions_table(published.scheme().id)
    assert (found["headings"], found["total"]) == (words["headings"], words["total"])
    assert [row["code"] for row in found["rows"]] == [*words["rows"], ""]
    for row in found["rows"][:-1]:
        assert row["name"] == words["rows"][row["code"]]["name"]
        assert row["formula"] == words["rows"][row["code"]].get("formula", "")
    assert all(len(column["cells"]) == len(found["rows"]) for column in found["columns"])
    for line in DOCUMENT["agencies"]:
        (column,) = (each for each in found["columns"] if each["name"] == line["name_vi"])
        (cell,) = (cell for cell, row in zip(column["cells"], found["rows"], strict=True) if row["code"] == "A")
        assert cell[0] == line["groups"]["A"].replace(".", ",")


def test_bodies_of_the_best_grade_are_proposed_by_the_decisions_own_words() -> None:
    document = made(0, rich=True)[0]
    listed = told(document)["commendation"]
    names = {line["agency"]: line["name_vi"] for line in document["agencies"]}
    assert TIE in document["commended"]
    assert {each[0] for each in listed["bodies"]} == {names[agency] for agency in document["commended"]}
    assert {each[0] for each in listed["bodies"] if each[4]} == {names[each] for each in document["commended_by_rounding"]}
    assert listed["words"].startswith("Đối với cơ quan được Loại A, kiến nghị Thủ tướng Chính phủ xem xét tuyên dương")
    assert listed["clause"] == "Phụ lục, mục 4, Quyết định số 4585/QĐ-BKHCN"


def test_without_a_month_before_a_sentence_says_so() -> None:
    assert told(DOCUMENT)["movers"] == {
        "absent": "Chưa có bảng điểm tháng 12/2025 được công bố nên không có số liệu để so sánh."
    }
    assert {each["change"] for each in told(DOCUMENT)["ranking"]} == {"–"}


def test_movers_are_told_by_the_totals_that_both_tables_show() -> None:
    before, after = (copy.deepcopy(made(seed, rich=False)[0]) for seed in (1, 0))
    before["agencies"] = [line for line in before["agencies"] if line["agency"] != "X56"]
    found = told(after, before)
    first, last = ({line["agency"]: line for line in each["agencies"]} for each in (before, after))
    names = {code: line["name_vi"] for code, line in last.items()}
    by = {code: Fraction(last[code]["shown_total"]) - Fraction(first[code]["shown_total"]) for code in first}
    up = sorted((code for code in by if by[code] > 0), key=lambda code: (-by[code], code))[:10]
    down = sorted((code for code in by if by[code] < 0), key=lambda code: (by[code], code))[:10]
    movers = found["movers"]
    assert [each["name"] for each in movers["up"]] == [names[code] for code in up]
    assert {each["name"] for each in movers["down"]} == {names[code] for code in down}
    assert (movers["uncompared"], movers["same_law"]) == ([names["X56"]], True)
    assert {each[0] for each in movers["regraded"]} == {
        names[code] for code in first if first[code]["grade"] != last[code]["grade"]
    }
    one = movers["up"][0]
    most = {
        code: Fraction(last[up[0]]["indicators"][code]["points"]) - Fraction(points["points"])
        for code, points in first[up[0]]["indicators"].items()
        if {points["state"], last[up[0]]["indicators"][code]["state"]}.isdisjoint({"missing", "not_applicable"})
    }
    largest = sorted((code for code in most if most[code]), key=lambda code: -abs(most[code]))[:3]
    assert [each.split()[0] for each in one["because"]] == ["KK" if code == "bonus" else code for code in largest]
    assert f"phiên bản {before['version']} (mã công bố {before['publication']})" in movers["with"]


def test_what_has_no_points_on_either_side_is_no_cause() -> None:
    before, after = copy.deepcopy(DOCUMENT), copy.deepcopy(DOCUMENT)
    for line in before["agencies"]:
        line["total_exact"] = str(Fraction(line["total_exact"]) - 1)
        line["indicators"]["C2"] |= {"state": "scored", "points": "9.00", "exact": "9"}
    (gap,) = (each for each in told(after, before)["movers"]["up"] if each["name"].endswith("Lào Cai"))
    assert [each.split()[0] for each in gap["because"] if each.startswith("C2")] == []
    assert gap["by"] == "+1,00"


def test_nothing_beside_the_publication_list_is_told() -> None:
    grown = copy.deepcopy(DOCUMENT)
    grown["secret"] = grown["agencies"][0]["secret"] = grown["agencies"][0]["indicators"]["A1"]["secret"] = "bí mật"
    first, last = (contents(each, b"", published.scheme(), published.said()) for each in (DOCUMENT, grown))
    assert first == last


def test_what_was_decided_stands_with_the_month_and_with_the_bodies_of_it() -> None:
    found = told(DOCUMENT)
    assert found["correction"]["bodies"] == [["Ủy ban nhân dân tỉnh Lào Cai", "61 (D)", "63 (B)"]]
    for part in ("taken_in", "left_out", "put_aside"):
        assert len(found[part]) == 1
    assert body(found, GAPS)["left_out"][0]["bodies"] == ["Ủy ban nhân dân tỉnh Lào Cai: 41"]
    assert body(found, BARRED)["left_out"] == []
    assert [source for source, words in found["notices"] if words == published.NOTICE]


ROOT = "sha256:" + "5" * 64
# On which page each part begins.
PAGES = """
#context [#metadata(query(heading.where(level: 1)).map(it => (it.location().page(), repr(it.body)))) <pages>]
"""
OTHERS = {"D": "A", "C": "D", "B": "C", "A": "B"}


def outcome(reading: str, alternative: str, by: dict[str, tuple[str, bool]]) -> Outcome:
    """As a run keeps it: ``by`` how much a body moves, and whether its grade would be another."""
    lines = []
    for line in DOCUMENT["agencies"]:
        mine = {name: line[name] for name in ("total", "total_exact", "grade", "rank", "shown_total")}
        moved, regraded = by.get(line["agency"], ("0", False))
        exact = Fraction(line["total_exact"]) + Fraction(moved)
        theirs = mine | {"total_exact": str(exact), "shown_total": decimal_text(exact, places=2)} if Fraction(moved) else mine
        theirs = theirs | {"grade": OTHERS[mine["grade"]]} if regraded else theirs
        lines.append({"agency": line["agency"], "in_force": mine, "alternative": theirs})
    return Outcome(reading=reading, alternative=alternative, body=canonical_bytes({"agencies": lines}))


def register(*computed: tuple[str, str], uncomputed: tuple[str, str]) -> Document:
    def entry(reading: str, alternative: str, *, known: bool) -> Document:
        said = {"id": alternative, "says": {"vi": f"Hiểu {alternative}.", "en": ""}, "computed": known, "ranks_moved": 3}
        return {"id": reading, "clause": "mục 3", "in_force": {"vi": "Đang hiểu.", "en": ""}, "alternatives": [said]}

    return {"readings": [entry(*each, known=True) for each in computed] + [entry(*uncomputed, known=False)]}


def test_contested_readings_are_told_with_whom_they_would_move() -> None:
    codes = [line["agency"] for line in DOCUMENT["agencies"]]
    found = [outcome("A-1", "still", {}), outcome("B-1", "few", {codes[1]: ("-1", False), codes[2]: ("1/1000000", False)})]
    found.append(outcome("C-1", "graded", {codes[0]: ("5/2", True)}))
    listed = register(*((each.reading, each.alternative) for each in found), uncomputed=("D-2", "none"))
    around = Around(readings=listed, outcomes=found)
    told_of = contents(DOCUMENT, b"", published.scheme(), published.said(), around)["contested"]
    assert [each["id"] for each in told_of["told"]] == ["C-1", "B-1"], "what moves a grade comes first"
    first, second = told_of["told"]
    names = {line["agency"]: line for line in DOCUMENT["agencies"]}
    one = names[codes[0]]
    after = decimal_comma(decimal_text(Fraction(one["total_exact"]) + Fraction(5, 2), places=2))
    before = one["shown_total"].replace(".", ",")
    assert first["regraded"] == [f"{one['name_vi']} {before} ({one['grade']}) → {after} ({OTHERS[one['grade']]})"]
    assert (first["bodies"], first["grades"], first["others"]) == (1, 1, [])
    assert (second["bodies"], second["grades"], second["unseen"], len(second["others"])) == (2, 0, 1, 1)
    assert told_of["still"] == ["A-1: Hiểu still."]
    assert told_of["unknown"] == ["D-2: Hiểu none."]


def test_without_readings_a_sentence_says_so() -> None:
    assert told(DOCUMENT)["contested"]["absent"] == "Lần chấm điểm này chưa lưu kết quả theo các cách hiểu khác."


def test_it_states_the_root_whose_signature_it_bears_and_that_figures_are_invented() -> None:
    around = Around(root=ROOT, signer=("Người ký", "sha256:" + "6" * 64), demo=True)
    found = contents(DOCUMENT, canonical_bytes(DOCUMENT), published.scheme(), published.said(), around)
    assert found["proof"] == [
        ["Mã gốc của trọn gói", ROOT], ["Chữ ký số", "Người ký"], ["Mã băm chứng thư ký", "sha256:" + "6" * 64],
    ]  # fmt: skip
    assert found["demo"] is True
    made = meeting_pdf(DOCUMENT, published.scheme(), published.said(), around)
    assert root_file(made) == {"publication": "pub_demo", "digest": sha256_hex(canonical_bytes(DOCUMENT)), "root": ROOT}
    unsigned = told(DOCUMENT)
    assert (unsigned["proof"], unsigned["demo"]) == (
        [["Mã gốc của trọn gói", "–"], ["Chữ ký số", "Tài liệu này không được ký số"]],
        False,
    )


def test_the_press_has_every_body_on_one_page() -> None:
    """The page before the decision's own table, which begins a page of its own."""
    document, _ = made(0, rich=True)
    found = restored(document)
    inputs = inputs_of(document, published.scheme(), sentences_of(found.sheet, found.names), Around(root=ROOT, demo=True))
    pages = json.loads(
        typst.query(
            (template() + PAGES).encode(),
            "<pages>", field="value", one=True, sys_inputs=inputs, ignore_system_fonts=True,
        )
    )  # fmt: skip
    (press,) = (page for page, name in pages if "báo chí" in name)
    (table,) = (page for page, name in pages if "mục 5" in name)
    assert table == press + 1
