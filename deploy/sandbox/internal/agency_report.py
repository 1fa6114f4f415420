"""What the 56 bodies report themselves: the year's science and innovation tasks, and records digitised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from deploy.sandbox.bodies import bodies, quality
from deploy.sandbox.dice import below, between
from deploy.sandbox.months import Month, instant
from deploy.sandbox.national_database import WITHOUT_AUTOMATIC, Database, fed_by, records

CONTRACT = "agency_report/1.0"
NOTICE = "DỮ LIỆU MÔ PHỎNG: toàn bộ báo cáo là giả định. / Demo data: the whole report is invented."
_CONFIRMED_BY = "Bộ Công an (dữ liệu mô phỏng)"
_WITHOUT_TASKS = "G30"
"""Registered no task for the year: D1 has a zero denominator."""
_SUBJECTS = (
    "Ứng dụng trí tuệ nhân tạo trong xử lý văn bản",
    "Nền tảng dữ liệu dùng chung",
    "Tự động hóa quy trình nghiệp vụ",
    "Giám sát an toàn thông tin tập trung",
    "Số hóa hồ sơ và tái sử dụng dữ liệu",
    "Trợ lý ảo phục vụ công chức",
)

Rows = dict[str, list[Mapping[str, object]]]


def as_of(period: Month) -> datetime:
    """Reports count when they are in before day 05 of the next month."""
    return instant(period.plus(1).day(5), 0)


def datasets(seed: int, period: Month) -> Rows:
    """The three datasets of one period, all 56 bodies in each that asks for them."""
    tasks = {code: list(_tasks(seed, period, code)) for code in bodies()}
    reported = {code: list(_records(seed, period, code)) for code in bodies()}
    reports = [
        {
            "agency": code,
            "submitted_at": _submitted_at(seed, period, code),
            "document": f"DEMO-{between(10, 999, seed, 'report', period.index, code)}/BC-{code}",
            "registered_tasks": len(tasks[code]),
            "reported_databases": len(reported[code]),
        }
        for code in bodies()
    ]
    return {
        "reports": list(reports),
        "registered_tasks": [row for code in bodies() for row in tasks[code]],
        "reported_records": [row for code in bodies() for row in reported[code]],
    }


def _submitted_at(seed: int, period: Month, code: str) -> datetime:
    return instant(period.plus(1).first, 8 * 60) + timedelta(minutes=below(3 * 1440, seed, "submitted", period.index, code))


def _tasks(seed: int, period: Month, code: str) -> Iterator[Mapping[str, object]]:
    count = 0 if code == _WITHOUT_TASKS else between(8, 30, seed, "registered", period.year, code)
    for number in range(1, count + 1):
        words = (seed, "task", period.year, code, number)
        accepted = _accepted_on(period.year, quality(seed, code), words)
        known = accepted is not None and accepted <= period.last
        yield {
            "agency": code,
            "task_code": f"DEMO-{period.year}-{code}-{number:02d}",
            "title": f"{_SUBJECTS[below(len(_SUBJECTS), *words)]} (nhiệm vụ mô phỏng số {number})",
            "registered_on": date(period.year, 1, between(2, 20, *words, "registered")),
            "accepted_on": accepted if known else None,
            "acceptance_document": f"DEMO-{below(1000, *words, 'document')}/QĐ-{code}" if known else None,
        }


def _accepted_on(year: int, ability: int, words: tuple[object, ...]) -> date | None:
    """Some are carried over and accepted in January already, the others over the year, a few never."""
    throw = below(1000, *words, "accepted")
    if throw < (ability - 480) * 9 // 10:
        return date(year, 1, between(21, 31, *words, "day"))
    if throw < ability:
        return date(year, between(2, 12, *words, "month"), between(1, 28, *words, "day"))
    return None


def _records(seed: int, period: Month, code: str) -> Iterator[Mapping[str, object]]:
    """All records of bodies without automatic figures, confirmed; of the others some claims that differ from the automatic."""
    for database in fed_by(code):
        words = (seed, "reported", code, database.code)
        if code in WITHOUT_AUTOMATIC:
            yield _reported(seed, period, code, database, records(seed, period, code, database), confirmed=True)
        elif below(3, *words) == 0:
            claimed = records(seed, period, code, database) * between(97, 118, *words, period.index) // 100
            yield _reported(seed, period, code, database, claimed, confirmed=below(2, *words, "confirmed") == 0)


def _reported(seed: int, period: Month, code: str, database: Database, count: int, *, confirmed: bool) -> Mapping[str, object]:
    moment = _submitted_at(seed, period, code) + timedelta(minutes=between(20, 300, seed, "confirmed", period.index, code))
    return {
        "agency": code,
        "database": database.code,
        "database_name": database.name,
        "listed": database.listed,
        "new_records": count,
        "confirmed_at": moment if confirmed else None,
        "confirmed_by": _CONFIRMED_BY if confirmed else None,
    }
