"""Reports and bodies for these tests; every figure is demo data."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import xlsxwriter
from hypothesis import strategies as some

from services.gateway.reports.form.canonical_report import digest_of
from services.gateway.reports.form.form import form_for
from services.gateway.reports.form.report import Narrative, Observation, RegisteredTask, Report, ReportedDatabase, SentReport
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.formats.reading import read
from services.gateway.reports.formats.unreadable import tidy
from services.gateway.reports.rules.judging import cell_of
from shared.canonical import SAFE_INTEGER

FORM = form_for("2026-01")
DEMO = Report(
    form="monthly-report/1",
    agency="G06",
    period="2026-01",
    document="12/BC-DEMO",
    registered_tasks=(
        RegisteredTask("0007", "Nền tảng dữ liệu trình diễn", date(2026, 1, 5), None, None, "dòng 1"),
        RegisteredTask("ĐT.02/26", "Đề tài trình diễn; có “dấu”, phẩy", date(2026, 1, 6), date(2026, 1, 30), "5/BB-DEMO"),
    ),
    reported_databases=(ReportedDatabase("d1", "Cơ sở dữ liệu trình diễn", 1200),),
    narratives=(Narrative("D1", "public", "Hai nhiệm vụ.\nMột đã nghiệm thu."), Narrative("general", "private", "Nội bộ.")),
)


def understood(body: bytes, media_type: str) -> tuple[Report | None, list[Observation]]:
    return understand(read(body, media_type=media_type), FORM)


def digest(body: bytes, media_type: str) -> str:
    report, observations = understood(body, media_type)
    assert observations == []
    assert report is not None
    return digest_of(report)


def rules(sent: SentReport) -> list[tuple[str, str, int | None, str | None]]:
    return [(each.rule, each.section, each.ordinal, each.field) for each in understand(sent, FORM)[1]]


def cell_name(sent: SentReport, section: str, ordinal: int | None = None, field: str | None = None) -> str | None:
    return cell_of(Observation("", section, ordinal, field), sent)


def sheets(content: Mapping[str, list[list[Any]]], *, also: Callable[[Any], None] = lambda _: None) -> bytes:
    """A workbook somebody made by hand: sheets of rows of cells."""
    whole = io.BytesIO()
    workbook = xlsxwriter.Workbook(whole, {"in_memory": True})
    day = workbook.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in content.items():
        sheet = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                write = sheet.write_datetime if isinstance(cell, date) else sheet.write
                write(number, column, cell, *([day] if isinstance(cell, date) else []))
    also(workbook)
    workbook.close()
    return whole.getvalue()


def with_part(body: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry.filename, change(part) if entry.filename == name else part)
    return whole.getvalue()


def _words(longest: int, *, also: str = "") -> some.SearchStrategy[str]:
    """Tidy text of one line, or of many with ``also``: letters of any script, marks, punctuation, figures, emoji."""
    letters = some.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff")
    found = some.text(letters | some.sampled_from("ạÂĐ,;\"'=+-@_x0041_ /\u0301" + also), min_size=1, max_size=longest)
    return found.map(tidy).filter(lambda text: isinstance(text, str) and len(text) <= 2 * longest)  # type: ignore[return-value]


def _codes() -> some.SearchStrategy[str]:
    return some.from_regex("0{0,3}[A-ZĐa-z0-9]{1,6}([./-][0-9]{1,4})?", fullmatch=True)


_days = some.dates(min_value=date(1890, 1, 1), max_value=date(2100, 12, 31))
_reference = some.none() | _words(20)
_tasks = some.builds(
    RegisteredTask, _codes(), _words(40), _days, some.none() | _days, some.none() | _words(20), client_ref=_reference
)
_databases = some.builds(
    ReportedDatabase, _codes(), _words(40), some.integers(min_value=0, max_value=SAFE_INTEGER), client_ref=_reference
)
_narratives = some.builds(
    Narrative,
    some.sampled_from(["general", "A1", "C1", "D1", "E3"]),
    some.sampled_from(["public", "private"]),
    _words(60, also="\n\t"),
    client_ref=_reference,
)


def _unique(rows: some.SearchStrategy[Any], key: Callable[[Any], Any]) -> some.SearchStrategy[tuple[Any, ...]]:
    return some.lists(rows, max_size=4, unique_by=key).map(tuple)


reports = some.builds(
    Report,
    some.just("monthly-report/1"),
    some.from_regex("[A-Z][0-9]{2}", fullmatch=True),
    some.sampled_from(["2026-01", "2026-12", "2031-07"]),
    _words(30),
    _unique(_tasks, lambda task: task.task_code),
    _unique(_databases, lambda database: database.database),
    _unique(_narratives, lambda narrative: (narrative.section, narrative.visibility)),
)
