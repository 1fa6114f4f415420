# ruff: noqa: S311 - seeded pseudo-randomness is the point of a corpus that is the same everywhere
"""Five hundred report files with planted faults, the same on every machine: whoever checks them must find the same.

A document is written in all four formats, so each name ends in .json, .ndjson, .csv or .xlsx. All figures are demo data.
`corpus()` speaks to the context `addressed()`, `history_corpus()` to `remembered()`, whose last accepted report is EARLIER.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from services.gateway.reports.form.form import form_for
from services.gateway.reports.form.report import RegisteredTask, Report, ReportedDatabase
from services.gateway.reports.formats.media_types import CSV, JSON, NDJSON, SUFFIXES, WORKBOOK
from services.gateway.reports.rules.context import Context
from services.gateway.reports.rules.remembering import Former, context_after

AGENCY, PERIOD = "H38", "2026-02"
DOCUMENTS = 125
FORM = form_for(PERIOD)
Cells = dict[str, Any]
Document = dict[str, list[Cells]]
Plant = Callable[[Document, random.Random], str]
File = tuple[str, str, bytes, tuple[str, ...]]

EARLIER = Report(
    form=FORM.id,
    agency=AGENCY,
    period="2026-01",
    document="01/BC-DEMO",
    registered_tasks=(
        RegisteredTask("CU-1", "Nền tảng dữ liệu mở cấp xã trình diễn", date(2026, 1, 5), None, None),
        RegisteredTask("CU-2", "Trợ lý ảo cho cán bộ một cửa trình diễn", date(2026, 1, 6), date(2026, 1, 20), "2/BB-DEMO"),
    ),
    reported_databases=(ReportedDatabase("cu-a", "Dữ liệu hộ tịch trình diễn", 5_000),),
    narratives=(),
)


def addressed() -> Context:
    """What is known of `corpus()`: to which body and month the files were sent."""
    return Context(agency=AGENCY, period=PERIOD)


def remembered() -> Context:
    """The same, and what EARLIER reported."""
    return context_after([Former(EARLIER.period, "demo", EARLIER)], agency=AGENCY, period=PERIOD)


def corpus(seed: int = 4585) -> Iterator[File]:
    """500 of (name, media type, body, rule ids found, each as often as found, sorted)."""
    for number in range(DOCUMENTS):
        source = random.Random(f"{seed}/{number}")
        document = sound(number, source)
        expected = [] if number % 5 == 0 else planted(document, number, source)
        yield from files(f"{number:03}", document, expected)


def history_corpus() -> Iterator[File]:
    """One document for each rule that needs EARLIER, in four formats."""
    for number, (rules, plant) in enumerate(HISTORY):
        document = sound(900 + number, random.Random(number))
        document["registered_tasks"] = [task("TH2-1", "Đề tài trình diễn đăng ký trong tháng 2", "2026-02-03")]
        document["registered_tasks"] += [_task_of(task) for task in EARLIER.registered_tasks]
        document["reported_databases"] += [_database_of(row) for row in EARLIER.reported_databases]
        plant(document)
        yield from files(f"history-{rules[0] if rules else 'none'}", document, list(rules))


def files(name: str, document: Document, expected: list[str]) -> Iterator[File]:
    for suffix, media_type, write in WRITERS:
        yield f"{name}{suffix}", media_type, write(document), tuple(sorted(expected))


def sound(number: int, source: random.Random) -> Document:
    """A document in which no rule finds anything."""
    tasks = []
    for each in range(source.randint(2, 7)):
        accepted = source.random() < 0.4
        tasks.append(
            task(
                f"NV.{number:03}.{each:02}",
                f"Nhiệm vụ trình diễn {number}/{each} về {source.choice(('dữ liệu mở', 'đô thị thông minh', 'giống lúa'))}",
                date(2026, 1, source.randint(1, 10)).isoformat() if not accepted else "2025-12-20",
                date(2026, 2, source.randint(1, 28)).isoformat() if accepted else None,
                f"{number}.{each}/BB-DEMO" if accepted else None,
                f"dòng {each}" if source.random() < 0.5 else None,
            )
        )
    databases = [
        database(f"csdl-{number}-{each}", f"Cơ sở dữ liệu trình diễn {number}.{each}", source.randint(1, 99_999))
        for each in range(source.randint(1, 3))
    ]
    narratives = [
        {"section": "D1", "visibility": "public", "text": "Số liệu trình diễn.\nKhông có vướng mắc.", "client_ref": None}
    ]
    head = {"form": FORM.id, "agency": AGENCY, "period": PERIOD, "document": f"{number}/BC-DEMO"}
    return {"report": [head], "registered_tasks": tasks, "reported_databases": databases, "narratives": narratives}


def task(
    code: str, title: str, registered: str | None, accepted: str | None = None, paper: str | None = None, ref: str | None = None
) -> Cells:
    cells = {"task_code": code, "title": title, "registered_on": registered}
    return {**cells, "accepted_on": accepted, "acceptance_document": paper, "client_ref": ref}


def database(code: str, name: str, records: Any) -> Cells:
    return {"database": code, "database_name": name, "new_records": records, "client_ref": None}


def planted(document: Document, number: int, source: random.Random) -> list[str]:
    """Faults of cells or faults of meaning, never both: a report that cannot be read is checked no further."""
    kinds = CELLS if number % 5 in (1, 2) else MEANINGS
    first = kinds[(number // 5 * 2 + number % 2) % len(kinds)]
    others = source.sample(kinds, source.randint(0, 3))
    if first is no_tasks:
        return [first(document, source)]
    return [plant(document, source) for plant in dict.fromkeys([first, *others]) if plant is not no_tasks]


def another(source: random.Random, *, title: str | None = None, **cells: Any) -> Cells:
    """A further task that is sound but for what is given."""
    code = f"KH-{source.randrange(10**9):09}"
    return {**task(code, title or f"Đề tài trình diễn mang mã {code}", "2026-01-04"), **cells}


# Faults of cells


def section_missing(document: Document, _: random.Random) -> str:
    del document["narratives"]
    return "section-missing"


def cell_required(document: Document, source: random.Random) -> str:
    document["registered_tasks"].append({**another(source), "title": None})
    return "cell-required"


def cell_type(document: Document, source: random.Random) -> str:
    wrong = source.choice([{"registered_on": "31/02/2026"}, {"accepted_on": "tháng 2"}, {"registered_on": "2026-13-01"}])
    document["registered_tasks"].append(another(source, **wrong))
    return "cell-type"


def count_type(document: Document, source: random.Random) -> str:
    wrong = source.choice(["1.000", "-5", "12,5", "nhiều"])
    document["reported_databases"].append(database(f"sai-{source.randrange(10**6)}", "Dữ liệu trình diễn ghi sai số", wrong))
    return "cell-type"


def cell_pattern(document: Document, source: random.Random) -> str:
    document["reported_databases"].append(database(f"co cach {source.randrange(10**6)}", "Dữ liệu trình diễn có cách", 12))
    return "cell-pattern"


def cell_too_long(document: Document, source: random.Random) -> str:
    document["registered_tasks"].append(another(source, title="Dài " * 251))
    return "cell-too-long"


def cell_choice(document: Document, _: random.Random) -> str:
    if "narratives" in document:
        document["narratives"].append({"section": "F9", "visibility": "public", "text": "Thuyết minh lạc chỗ."})
        return "cell-choice"
    document["report"][0]["form"] = "monthly-report/999"
    return "cell-choice"


def cell_unknown(document: Document, source: random.Random) -> str:
    document["registered_tasks"].append(another(source, ghi_chu="cột lạ"))
    return "cell-unknown"


def row_repeated(document: Document, _: random.Random) -> str:
    document["registered_tasks"].append({**document["registered_tasks"][0], "title": "Đề tài trình diễn ghi lại mã cũ"})
    return "row-repeated"


# Faults of meaning


def report_agency(document: Document, _: random.Random) -> str:
    document["report"][0]["agency"] = "H39"
    return "report-agency"


def report_period(document: Document, _: random.Random) -> str:
    document["report"][0]["period"] = "2026-03"
    return "report-period"


def registered_after(document: Document, source: random.Random) -> str:
    document["registered_tasks"].append(another(source, registered_on="2026-04-02"))
    return "task-registered-after-period"


def registered_long_ago(document: Document, source: random.Random) -> str:
    document["registered_tasks"].append(another(source, registered_on="2009-05-01"))
    return "task-registered-long-ago"


def accepted_early(document: Document, source: random.Random) -> str:
    days = {"registered_on": "2026-01-20", "accepted_on": "2026-01-10", "acceptance_document": "truoc/BB-DEMO"}
    document["registered_tasks"].append(another(source, **days))
    return "task-accepted-before-registered"


def accepted_after(document: Document, source: random.Random) -> str:
    document["registered_tasks"].append(another(source, accepted_on="2026-04-05", acceptance_document="sau/BB-DEMO"))
    return "task-accepted-after-period"


def accepted_last_year(document: Document, source: random.Random) -> str:
    days = {"registered_on": "2025-03-01", "accepted_on": "2025-11-11", "acceptance_document": "nam-truoc/BB-DEMO"}
    document["registered_tasks"].append(another(source, **days))
    return "task-accepted-in-earlier-year"


def no_paper(document: Document, source: random.Random) -> str:
    document["registered_tasks"].append(another(source, accepted_on="2026-02-11"))
    return "task-acceptance-without-document"


def only_paper(document: Document, source: random.Random) -> str:
    document["registered_tasks"].append(another(source, acceptance_document="chi-co-so/BB-DEMO"))
    return "task-document-without-acceptance"


def shared_paper(document: Document, source: random.Random) -> str:
    for day in ("2026-02-11", "2026-02-12"):
        document["registered_tasks"].append(another(source, accepted_on=day, acceptance_document="chung/BB-DEMO"))
    return "task-acceptance-document-shared"


def no_tasks(document: Document, _: random.Random) -> str:
    document["registered_tasks"] = []
    return "tasks-none"


def similar_code(document: Document, source: random.Random) -> str:
    code = document["registered_tasks"][0]["task_code"].replace(".", "-").lower()
    document["registered_tasks"].append(another(source, task_code=code))
    return "task-code-similar"


def zero_records(document: Document, source: random.Random) -> str:
    code = source.randrange(10**6)
    document["reported_databases"].append(database(f"khong-{code}", f"Dữ liệu trình diễn rỗng {code}", 0))
    return "database-zero"


def same_title(document: Document, source: random.Random) -> str:
    document["registered_tasks"].append(another(source, title=document["registered_tasks"][0]["title"].upper()))
    return "task-title-repeated"


def short_title(document: Document, source: random.Random) -> str:
    document["registered_tasks"].append(another(source, title="Cầu số 7"))
    return "task-title-short"


def trial_title(document: Document, source: random.Random) -> str:
    document["registered_tasks"].append(another(source, title="Nhiệm vụ demo 3"))
    return "task-title-trial"


def same_database(document: Document, source: random.Random) -> str:
    name = document["reported_databases"][0]["database_name"]
    document["reported_databases"].append(database(f"lai-{source.randrange(10**6)}", name, 7))
    return "database-name-repeated"


def trial_narrative(document: Document, _: random.Random) -> str:
    document["narratives"].append({"section": "E1", "visibility": "private", "text": "Nội dung test 1", "client_ref": "tm"})
    return "narrative-trial"


CELLS: list[Plant] = [
    section_missing, cell_required, cell_type, count_type, cell_pattern, cell_too_long, cell_choice, cell_unknown, row_repeated,
]  # fmt: skip
MEANINGS: list[Plant] = [
    report_agency, report_period, registered_after, registered_long_ago, accepted_early, accepted_after, accepted_last_year,
    no_paper, only_paper, shared_paper, no_tasks, similar_code, zero_records, same_title, short_title, trial_title,
    same_database, trial_narrative,
]  # fmt: skip


# Faults against EARLIER, whose two tasks and one database stand last in each document


def _set(section: str, row: int, **cells: Any) -> Callable[[Document], None]:
    return lambda document: document[section][row].update(cells)


def _drop(section: str) -> Callable[[Document], None]:
    def drop(document: Document) -> None:
        document[section].pop()

    return drop


def _only(document: Document) -> None:
    """One new task in the place of two: the count falls by one."""
    document["registered_tasks"] = [task("MOI-1", "Đề tài trình diễn mới nhất của năm", "2026-02-03")]


HISTORY: list[tuple[tuple[str, ...], Callable[[Document], None]]] = [
    ((), lambda _: None),
    (("accepted-count-fell", "task-gone"), _drop("registered_tasks")),
    (("accepted-count-fell", "registered-count-fell", "task-gone", "task-gone"), _only),
    (("task-registration-changed",), _set("registered_tasks", -2, registered_on="2026-01-07")),
    (("task-acceptance-changed",), _set("registered_tasks", -1, accepted_on="2026-01-21")),
    (
        ("accepted-count-fell", "task-acceptance-withdrawn"),
        _set("registered_tasks", -1, accepted_on=None, acceptance_document=None),
    ),
    (("task-acceptance-backdated",), _set("registered_tasks", -2, accepted_on="2026-01-15", acceptance_document="9/BB-DEMO")),
    (("task-document-changed",), _set("registered_tasks", -1, acceptance_document="3/BB-DEMO")),
    (("task-title-changed",), _set("registered_tasks", -2, title="Một tên trình diễn hoàn toàn khác")),
    (("task-appeared-late",), _set("registered_tasks", 0, registered_on="2026-01-31")),
    (("database-jump",), _set("reported_databases", -1, new_records=50_000)),
    (("database-gone",), _drop("reported_databases")),
]


def _task_of(found: RegisteredTask) -> Cells:
    accepted = found.accepted_on.isoformat() if found.accepted_on else None
    return task(found.task_code, found.title, found.registered_on.isoformat(), accepted, found.acceptance_document)


def _database_of(found: ReportedDatabase) -> Cells:
    return database(found.database, found.database_name, found.new_records)


# Writing a document as it is, faults and all


def _as_json(document: Document) -> bytes:
    sections = {name: rows[0] if name == "report" else rows for name, rows in document.items()}
    return json.dumps(sections, ensure_ascii=False).encode()


def _flat(section: str, row: Cells) -> Cells:
    names = {field.name: field.flat_name for field in FORM.section(section).fields}
    return {names.get(name, name): cell for name, cell in row.items() if cell is not None}


def _as_lines(document: Document) -> bytes:
    lines = [{"section": name, **_flat(name, row)} for name, rows in document.items() for row in rows or [{}]]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _as_csv(document: Document) -> bytes:
    rows = [{"section": name, **_flat(name, row)} for name, found in document.items() for row in found or [{}]]
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, list(dict.fromkeys(name for row in rows for name in row)), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue().encode()


def _as_workbook(document: Document) -> bytes:
    whole = io.BytesIO()
    workbook = xlsxwriter.Workbook(whole, {"in_memory": True, "strings_to_formulas": False})
    workbook.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC)})
    for name, rows in document.items():
        section = FORM.section(name)
        labels = {field.name: field.label.vi for field in section.fields}
        sheet = workbook.add_worksheet(section.label.vi)
        if name == "report":
            for number, (field, cell) in enumerate(rows[0].items()):
                sheet.write_row(number, 0, [labels[field], cell])
            continue
        fields = list(dict.fromkeys([*labels, *(field for row in rows for field in row)]))
        sheet.write_row(0, 0, [labels.get(field, field) for field in fields])
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, [row.get(field) for field in fields])
    workbook.close()
    return whole.getvalue()


WRITERS = (
    (".json", JSON, _as_json),
    (".ndjson", NDJSON, _as_lines),
    (".csv", CSV, _as_csv),
    (".xlsx", WORKBOOK, _as_workbook),
)
assert all(SUFFIXES[suffix] == media_type for suffix, media_type, _ in WRITERS)
