"""``kpi_entries`` and ``coverage``: the figures each body owes System 57, and what it states it holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from deploy.sandbox.bodies import bodies, quality, rows, spelled, style_of
from deploy.sandbox.content import Content, content
from deploy.sandbox.dice import below, between, roll
from deploy.sandbox.months import Month, instant
from deploy.sandbox.system57.tasks import tasks

MONTHLY_REPORT = "BCT"
_FREQUENCIES = ("monthly", "monthly", "quarterly", "quarterly", "half_yearly", "yearly")
_MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}


@lru_cache(maxsize=1)
def frequencies() -> dict[str, str]:
    """Each KPI with an invented frequency; strategic ones are yearly."""
    return {
        row["code"]: "yearly" if row["level"] == "strategic" else _FREQUENCIES[roll("frequency", row["code"]) % 6]
        for row in rows("kpis.csv")
    }


@lru_cache(maxsize=8)
def kpi_entries(seed: int, period: Month, as_of: datetime) -> Content:
    """One row per body and figure it owes, due in this period or not."""
    found = (row for code in bodies() for row in _entries(seed, period, as_of, code))
    return content(found, key=("kpi", "agency"))


def coverage(seed: int, period: Month, as_of: datetime, total: int | None) -> Content:
    """All 56 bodies with their numbers of rows, zero included."""
    counts = tasks(seed, period, as_of, total).per_body()
    found = [
        {
            "agency": spelled(code, period.last, style_of(seed, "coverage", code)),
            "task_assignments": counts[code],
            "kpi_entries": len(_owed(seed, code)) + 1,
        }
        for code in bodies()
    ]
    return content(found, key=("agency",), sums=("task_assignments", "kpi_entries"))


def _owed(seed: int, code: str) -> list[str]:
    """The KPI a body answers for: the same ones in every month."""
    return [kpi for kpi in frequencies() if below(100, seed, "owes", code, kpi) < 34]


def _entries(seed: int, period: Month, as_of: datetime, code: str) -> Iterator[dict[str, object]]:
    agency = spelled(code, period.last, style_of(seed, "kpi", code))
    owed = [(kpi, "kpi", frequencies()[kpi]) for kpi in _owed(seed, code)]
    for kpi, kind, frequency in [*owed, (MONTHLY_REPORT, "monthly_report", "monthly")]:
        due = period.number % _MONTHS[frequency] == 0
        updated = _updated_at(seed, period, code, kpi) if due else None
        yield {
            "agency": agency,
            "kpi": kpi,
            "kind": kind,
            "frequency": frequency,
            "due_in_period": due,
            "updated_at": updated if updated is not None and updated < as_of else None,
        }


def _updated_at(seed: int, period: Month, code: str, kpi: str) -> datetime | None:
    """Mostly from the 20th to the end of day 01; some after that, some never."""
    words = (seed, "updated", period.index, code, kpi)
    throw = below(1000, *words)
    if throw < 520 + quality(seed, code) * 47 // 100:
        return instant(period.day(20), 8 * 60) + timedelta(minutes=between(0, 12 * 1440, *words, "in time") % _open(period))
    if throw % 2:
        return period.freeze + timedelta(minutes=between(0, 8 * 1440, *words, "late"))
    return None


def _open(period: Month) -> int:
    """Minutes from the 20th, 08:00, to the end of day 01."""
    return int((period.freeze - instant(period.day(20), 8 * 60)).total_seconds()) // 60
