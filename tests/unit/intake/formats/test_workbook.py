"""Workbooks as officials fill them, and as nobody should: every cell by its name, and nothing unpacked without bounds."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date, datetime
from typing import Any

import pytest

from services.gateway.reports.formats.media_types import WORKBOOK
from services.gateway.reports.formats.reading import read
from services.gateway.reports.formats.unreadable import ReportTooLarge, ReportUnreadable
from tests.unit.intake.formats.make import cell_name, rules, sheets, understood, with_part

HEADINGS = ["Mã nhiệm vụ", "Tên nhiệm vụ", "Ngày đăng ký", "Ngày nghiệm thu", "Văn bản nghiệm thu"]
PAIRS = [["Biểu mẫu", "monthly-report/1"], ["Mã cơ quan", "G06"], ["Kỳ báo cáo", "2026-01"], ["Số văn bản báo cáo", "1/DEMO"]]


def filled(tasks: list[list[Any]], records: object = 12) -> dict[str, list[list[Any]]]:
    return {
        "Báo cáo": PAIRS,
        "Nhiệm vụ": [HEADINGS, *tasks],
        "Cơ sở dữ liệu": [["Mã cơ sở dữ liệu", "Tên cơ sở dữ liệu", "Số bản ghi mới"], ["d1", "Trình diễn", records]],
        "Thuyết minh": [["Thuyết minh cho mục", "Mức công khai", "Nội dung"]],
    }


def test_dates_are_dates_or_text_and_whole_numbers_have_no_fraction() -> None:
    tasks = [["007", "Một", date(2026, 1, 5), "30/01/2026", "1/DEMO"], [8.0, "Hai", "2026-01-06", None, None]]
    report, observations = understood(sheets(filled(tasks)), WORKBOOK)
    assert observations == []
    assert report is not None
    assert [task.task_code for task in report.registered_tasks] == ["007", "8"]
    assert [str(task.accepted_on) for task in report.registered_tasks] == ["2026-01-30", "None"]
    assert report.reported_databases[0].new_records == 12


@pytest.mark.parametrize("records", [12.5, "1.200", "1,200", -1, True, 2**53 - 1, date(2026, 1, 1), "mười hai"])
def test_what_is_no_exact_count_is_observed(records: object) -> None:
    sent = read(sheets(filled([], records)), media_type=WORKBOOK)
    assert rules(sent) == [("cell-type", "reported_databases", 0, "new_records")]
    assert cell_name(sent, "reported_databases", 0, "new_records") == "Cơ sở dữ liệu!C2"


def test_cells_are_named_as_the_workbook_names_them() -> None:
    content = filled([["1", "Một", "sớm", None, None]])
    content["Báo cáo"] = [*PAIRS[:1], ["Mã cơ quan", "Bộ"], *PAIRS[2:]]
    content["Nhiệm vụ"].insert(1, [None])
    sent = read(sheets(content), media_type=WORKBOOK)
    assert rules(sent) == [("cell-pattern", "report", 0, "agency"), ("cell-type", "registered_tasks", 0, "registered_on")]
    assert cell_name(sent, "report", 0, "agency") == "Báo cáo!B2"
    assert cell_name(sent, "registered_tasks", 0, "registered_on") == "Nhiệm vụ!C3"
    assert cell_name(sent, "registered_tasks", 0) == "Nhiệm vụ!3"
    assert cell_name(sent, "report", 0) == "Báo cáo"


def test_a_code_that_a_spreadsheet_made_a_date_is_no_code() -> None:
    sent = read(sheets(filled([[date(2026, 5, 12), "Một", "05/01/2026", None, None]])), media_type=WORKBOOK)
    assert rules(sent) == [("cell-pattern", "registered_tasks", 0, "task_code")]


def test_a_date_with_a_time_of_day_is_no_date() -> None:
    tasks = [["1", "Một", datetime(2026, 1, 5, 12, 30), None, None]]  # noqa: DTZ001 - workbooks know no time zones
    (found,) = understood(sheets(filled(tasks)), WORKBOOK)[1]
    assert (found.rule, found.field, found.seen) == ("cell-type", "registered_on", "2026-01-05T12:30:00")


def test_saved_values_of_formulas_are_read_and_missing_ones_refused() -> None:
    def formulas(workbook: Any) -> None:
        sheet = workbook.get_worksheet_by_name("Nhiệm vụ")
        sheet.write_formula("A2", '="00"&"7"', None, "007")
        sheet.write_formula("B2", "=NA()", None, "#N/A")
        sheet.write_formula("D2", "=C2", None, "")

    body = sheets(filled([[None, None, "05/01/2026"]]), also=formulas)
    body = with_part(body, "xl/worksheets/sheet2.xml", lambda part: part.replace(b"<f>C2</f><v></v>", b"<f>C2</f>"))
    with pytest.raises(ReportUnreadable) as refused:
        read(body, media_type=WORKBOOK)
    assert [(fault.place, fault.seen) for fault in refused.value.faults] == [
        ("Nhiệm vụ!B2", "#N/A"),
        ("Nhiệm vụ!D2", "a formula without its value"),
    ]


def test_what_the_form_does_not_know_is_observed_and_notes_are_not() -> None:
    content = filled([["1", "Một", "05/01/2026", None, None, "đỏ", None]])
    content["Nhiệm vụ"][0] = [*HEADINGS, "Màu"]
    content["Báo cáo"] = [*PAIRS, ["Tổng số", 5], [None, None, "lạc"]]
    sent = read(sheets({**content, "Ghi chú": [["riêng"]], "Trống": [], "Hướng dẫn": [["xem"]]}), media_type=WORKBOOK)
    assert sent.strays == (("Báo cáo!A5", "Tổng số"), ("Báo cáo!C6", "lạc"), ("Nhiệm vụ!F1", "Màu"), ("Ghi chú", "riêng"))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"Nhiệm vụ": []}, "Nhiệm vụ!A1"),
        ({"Nhiệm vụ": [[*HEADINGS, "Mã nhiệm vụ"]]}, "Nhiệm vụ!F1"),
        ({"Báo cáo": [*PAIRS, PAIRS[0]]}, "Báo cáo!A5"),
        ({"registered_tasks": [HEADINGS]}, "registered_tasks"),
    ],
)
def test_tables_that_cannot_be_told_apart_are_refused(change: dict[str, list[list[Any]]], place: str) -> None:
    with pytest.raises(ReportUnreadable) as refused:
        read(sheets({**filled([]), **change}), media_type=WORKBOOK)
    assert [fault.place for fault in refused.value.faults] == [place]


def test_a_sheet_not_sent_is_missing_and_one_with_headings_alone_is_empty() -> None:
    content = filled([])
    del content["Thuyết minh"]
    assert rules(read(sheets(content), media_type=WORKBOOK)) == [("section-missing", "narratives", None, None)]


BODY = sheets(filled([["1", "Một", "05/01/2026", None, None]]))
SHEET = "xl/worksheets/sheet2.xml"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"section,text\n",
        b"PK\x03\x04",
        BODY[:-40],
        BODY[: len(BODY) // 2],
        with_part(BODY, "xl/workbook.xml", lambda part: part[:200]),
        with_part(BODY, SHEET, lambda part: part[:300]),
        with_part(BODY, SHEET, lambda part: part.replace(b'r="A2"', b'r="2A"')),
        with_part(BODY, SHEET, lambda part: part.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY y "z">]><worksheet', 1)),
    ],
)
def test_what_is_no_workbook_is_refused(body: bytes) -> None:
    with pytest.raises(ReportUnreadable, match="not a workbook"):
        read(body, media_type=WORKBOOK)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/worksheets/sheet1.xml", "w") as part:
        for _ in range(200):
            part.write(b" " * 2**20)
    assert len(whole.getvalue()) < 2**20
    tracemalloc.start()
    try:
        with pytest.raises(ReportTooLarge, match="unpacked bytes"):
            read(whole.getvalue(), media_type=WORKBOOK)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


def test_a_part_that_is_larger_than_it_says_is_refused() -> None:
    whole = bytearray(with_part(BODY, SHEET, lambda part: part + b" " * 1_000_000))
    at = whole.rindex(SHEET.encode()) - 46  # its entry in the directory; the unpacked size stands 24 bytes in
    whole[at + 24 : at + 28] = (100).to_bytes(4, "little")
    with pytest.raises(ReportUnreadable, match="not a workbook"):
        read(bytes(whole), media_type=WORKBOOK)


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576"])
def test_one_cell_far_away_does_not_ask_for_gigabytes(place: str) -> None:
    far = b'<row r="1048576"><c r="%s"><v>1</v></c></row></sheetData>' % place.encode()
    body = with_part(BODY, SHEET, lambda part: part.replace(b"</sheetData>", far))
    with pytest.raises(ReportTooLarge, match="cells"):
        read(body, media_type=WORKBOOK)


def test_cells_without_names_are_counted_too() -> None:
    wide = b"<row>" + b"<c><v>1</v></c>" * 3000 + b"</row>" + b"<row><c><v>1</v></c></row>" * 1000
    body = with_part(BODY, SHEET, lambda part: part.replace(b"</sheetData>", wide + b"</sheetData>"))
    with pytest.raises(ReportTooLarge, match="cells"):
        read(body, media_type=WORKBOOK)


def test_a_second_table_of_shared_texts_is_refused() -> None:
    whole = io.BytesIO(BODY)
    with zipfile.ZipFile(whole, "a") as packed:
        packed.writestr("other/SharedStrings.xml", b"<sst/>")
    with pytest.raises(ReportUnreadable, match="more than one table of shared texts"):
        read(whole.getvalue(), media_type=WORKBOOK)


def test_a_long_text_named_many_times_is_refused() -> None:
    body = with_part(BODY, "xl/sharedStrings.xml", lambda part: part.replace(b"<t>", b"<t>" + b"x" * 30_000, 1))
    again = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(10, 5010))
    body = with_part(body, SHEET, lambda part: part.replace(b"</sheetData>", again + b"</sheetData>"))
    with pytest.raises(ReportTooLarge, match="bytes of text"):
        read(body, media_type=WORKBOOK)
