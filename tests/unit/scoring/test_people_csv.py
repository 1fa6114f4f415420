"""The CSV for people: a spreadsheet in Vietnamese reads of it what was published, and makes nothing of it (PUB-20)."""

from __future__ import annotations

import copy
import csv
import io
import re
from fractions import Fraction
from typing import Any

import pytest

from services.scoring.exports.people_csv import exact_text, people_csv
from shared.csv_files import guarded
from tests.unit.public_pages import published

DOCUMENT = published.document()
# What an office program in Vietnamese takes for a number, and for a date: 27/2, 5-3, 1/2026, 05:30, 3 thg 2.
NUMBER = re.compile(r"-?[0-9]+(,[0-9]+)?")
DATE = re.compile(r"[0-9]{1,4}\s*[/\-:.]\s*[0-9]{1,4}(\s*[/\-:.]\s*[0-9]{1,4})?|[0-9]+\s+(thg|tháng)\s.*", re.IGNORECASE)


def table(document: dict[str, Any] = DOCUMENT) -> list[dict[str, str]]:
    text = people_csv(document, published.scheme()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def number_of(cell: str) -> Fraction:
    return Fraction(cell.replace(",", ".").replace("\u2044", "/"))


def test_it_is_stored_beside_the_one_for_programs_with_a_byte_order_mark() -> None:
    stored = published.renderings()["", "text/csv; locale=vi"]
    assert stored == people_csv(DOCUMENT, published.scheme())
    assert stored.startswith("\ufeffTháng;".encode())


def test_headings_follow_the_decision() -> None:
    scheme = published.scheme()
    order = [re.match(r"([A-E][1-5]?)\. ", heading) for heading in table()[0]]
    codes = [code for group in scheme.groups for code in (group, *scheme.indicators_of(group)) if code != "bonus"]
    assert list(dict.fromkeys(found[1] for found in order if found)) == codes
    assert list(table()[0]).index("Điểm khuyến khích") < list(table()[0]).index("Tổng điểm")


def test_every_value_equals_the_document() -> None:
    rows = {row["Mã cơ quan"]: row for row in table()}
    assert list(rows) == [line["agency"] for line in sorted(DOCUMENT["agencies"], key=lambda line: line["rank"])]
    for line in DOCUMENT["agencies"]:
        row = rows[line["agency"]]
        assert (row["Hạng"], row["Hạng trong khối"]) == (str(line["rank"]), str(line["rank_in_kind"]))
        assert (row["Tổng điểm"], row["Xếp loại"]) == (str(line["total"]), line["grade"])
        assert number_of(row["Tổng điểm (chính xác)"]) == Fraction(line["total_exact"])
        assert number_of(row["Điểm xếp hạng"]) == Fraction(line["shown_total"])
        assert row["Người đứng đầu"] == (line["head"]["name"] or "")
        for code, found in line["indicators"].items():
            heading = next(each for each in row if each.startswith("Điểm khuyến khích" if code == "bonus" else f"{code}. "))
            if found["state"] in ("missing", "not_applicable"):
                assert (row[heading], row[f"{heading} (chính xác)"]) == ("", "")
            else:
                assert number_of(row[heading]) == Fraction(found["points"])
                assert number_of(row[f"{heading} (chính xác)"]) == Fraction(found["exact"])


def test_what_is_missing_or_does_not_apply_is_said() -> None:
    rows = {row["Mã cơ quan"]: row for row in table()}
    assert rows[published.GAPS]["Thiếu số liệu"] == "C2"
    assert "B1: Không áp dụng" in rows[published.BARRED]["Ghi chú"]
    assert {row["Tạm tính"] for row in rows.values()} == {"có"}
    assert all(published.NOTICE in row["Lưu ý về số liệu"] for row in rows.values())


def test_no_cell_becomes_a_date_and_no_number_a_text() -> None:
    cells = [(heading, cell) for row in table() for heading, cell in row.items()]
    assert [cell for cell in cells if DATE.fullmatch(cell[1])] == []
    points = [cell for heading, cell in cells if heading[:2] in ("A1", "B.", "E3", "Tổ") and "chính xác" not in heading]
    assert [cell for cell in points if cell and not NUMBER.fullmatch(cell)] == []
    assert {cell[1][0] for cell in cells if cell[1]} & set("=+-@\t") == set()


@pytest.mark.parametrize(
    ("exact", "text"),
    [("27/2", "13,5"), ("25/6", "25\u20446"), ("18", "18"), ("0", "0"), ("453/250", "1,812"), (None, "")],
)
def test_exact_points_are_numbers_where_a_decimal_ends(exact: str | None, text: str) -> None:
    assert exact_text(exact) == text


@pytest.mark.parametrize("words", ["=HYPERLINK(1)", "+84", "-x", "@a", " =1", "\t=1", "'=1", "\u200b=1"])
def test_other_peoples_words_are_no_formula(words: str) -> None:
    assert guarded(words) == f"'{words}"


def test_nothing_beside_the_list_is_written() -> None:
    grown = copy.deepcopy(DOCUMENT)
    grown["secret"] = "bí mật"
    for line in grown["agencies"]:
        line["secret"] = line["indicators"]["A1"]["secret"] = "bí mật"
    assert people_csv(grown, published.scheme()) == people_csv(DOCUMENT, published.scheme())
