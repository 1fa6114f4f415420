"""CSV as spreadsheets in Vietnam write it: marks, semicolons, dates, labels; a shifted row is refused, never guessed."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.gateway.reports.form.canonical_report import digest_of
from services.gateway.reports.formats.media_types import CSV
from services.gateway.reports.formats.reading import read
from services.gateway.reports.formats.unreadable import MOST_ROWS, ReportTooLarge, ReportUnreadable
from services.gateway.reports.formats.writing import write
from shared.csv_files import guarded, unguarded
from tests.unit.intake.formats.make import DEMO, FORM, cell_name, digest, rules, understood

PLAIN = """section,form,agency,period,document,task_code,title,registered_on,accepted_on,acceptance_document
report,monthly-report/1,G06,2026-01,12/BC-DEMO,,,,,
registered_tasks,,,,,007,Trình diễn,05/01/2026,2026-01-30,5/BB-DEMO
narratives,,,,,,,,,
reported_databases,,,,,,,,,
"""


def test_commas_and_own_names_are_read_as_semicolons_and_labels_are() -> None:
    report, observations = understood(PLAIN.encode(), CSV)
    assert observations == []
    assert report is not None
    task = report.registered_tasks[0]
    assert (task.task_code, str(task.registered_on), str(task.accepted_on)) == ("007", "2026-01-05", "2026-01-30")
    assert (report.narratives, report.reported_databases) == ((), ())


def test_with_and_without_a_byte_order_mark() -> None:
    marked = write(DEMO, media_type=CSV, form=FORM)
    assert marked.startswith(b"\xef\xbb\xbf")
    assert digest(marked, CSV) == digest(marked[3:], CSV) == digest_of(DEMO)


@pytest.mark.parametrize(
    ("day", "fits"), [("31/01/2026", True), ("2026-01-31", True), ("31/02/2026", False), ("1/2/2026", False)]
)
def test_dates_are_iso_or_day_month_year_and_never_guessed(day: str, fits: bool) -> None:  # noqa: FBT001 - a case
    body = PLAIN.replace("05/01/2026", day).encode()
    observations = understood(body, CSV)[1]
    assert [(each.rule, each.field, each.seen) for each in observations] == (
        [] if fits else [("cell-type", "registered_on", day)]
    )


def test_vietnamese_labels_and_choices_name_columns_sections_and_values() -> None:
    body = "Phần;Thuyết minh cho mục;MỨC CÔNG KHAI;Nội dung\nThuyết minh;chung;Nội bộ;x\nNhiệm vụ;;;\n"
    sent = read(body.encode(), media_type=CSV)
    assert dict(sent.sections["narratives"][0].values) == {"section": "general", "visibility": "private", "text": "x"}
    assert sent.sections["registered_tasks"] == ()
    assert cell_name(sent, "narratives", 0, "section") == "line 2, Thuyết minh cho mục"
    assert cell_name(sent, "narratives", 0) == "line 2"


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    body = 'section;about;visibility;text\n\nnarratives;D1;public;"one\ntwo"\nnarratives;C1;public;x\n'
    assert [row.at for row in read(body.encode(), media_type=CSV).sections["narratives"]] == ["line 3", "line 5"]


def test_a_row_of_another_width_is_refused_by_its_line() -> None:
    body = "section,about,visibility,text\nnarratives,D1,public\nnarratives,D1,public,a,b\nnarratives,D1,public,a,,\n"
    with pytest.raises(ReportUnreadable) as refused:
        read(body.encode(), media_type=CSV)
    assert [(fault.place, fault.seen) for fault in refused.value.faults] == [("line 2", "3 cells"), ("line 3", "5 cells")]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no column names the sections"),
        (b"a\tb\n1\t2\n", "no column names the sections"),
        (b'section,text\nnarratives,"x\n', "line 2"),
        ("section,text\nnarratives,ý".encode("utf-16"), "byte 0: not UTF-8"),
        (b"section,text,text\nnarratives,a,b\n", "a column stands twice"),
        (b"section,text\nnarratives,a\x00b\n", "NUL"),
        (b"section,text\nnarratives," + b"x" * 200_000, "field larger than field limit"),
    ],
)
def test_what_is_no_table_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(ReportUnreadable, match=words):
        read(body, media_type=CSV)


def test_columns_sections_and_cells_out_of_place_are_observed() -> None:
    body = "section,about,visibility,text,colour,\nnarratives,D1,public,x,red,\ntasks,,,,,\nregistered_tasks,,,y,,\n"
    sent = read(body.encode(), media_type=CSV)
    assert sent.strays == (("line 1/colour", "red"), ("line 3/section", "tasks"), ("line 4/text", "y"))
    assert {rule for rule, *_ in rules(sent)} >= {"cell-unknown", "section-missing"}


def test_too_many_rows_are_refused_by_name() -> None:
    with pytest.raises(ReportTooLarge, match=f"at most {MOST_ROWS}"):
        read(b"section\n" + b"narratives\n" * (MOST_ROWS + 1), media_type=CSV)


FORMULAS = ('=HYPERLINK("http://example.invalid")', "+84", "-1", "@sum", "'=1", "''+1", "\uff1d1")


@pytest.mark.parametrize("title", [*FORMULAS, "'quoted'", "a=b"])
def test_no_spreadsheet_runs_what_was_typed_and_the_report_stays_the_same(title: str) -> None:
    task = dataclasses.replace(DEMO.registered_tasks[0], title=title)
    report = dataclasses.replace(DEMO, registered_tasks=(task,))
    body = write(report, media_type=CSV, form=FORM)
    cells = [cell for line in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";") for cell in line]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\uff1d") and cell]
    back, observations = understood(body, CSV)
    assert observations == []
    assert back is not None
    assert (back.registered_tasks[0].title, digest_of(back)) == (title, digest_of(report))


@given(some.text(alphabet="'=+-@ \ta\u200b"))
def test_what_is_taken_off_is_what_was_put_there(text: str) -> None:
    assert unguarded(guarded(text)) == text
