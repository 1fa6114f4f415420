"""The five stand-ins: where each is served, which contract it speaks and where its rows come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from deploy.sandbox import finance, national_database, ndxp, portal
from deploy.sandbox.content import Content
from deploy.sandbox.months import Month
from deploy.sandbox.system57.entries import coverage, kpi_entries
from deploy.sandbox.system57.tasks import tasks

SYSTEM57_NOTICE = (
    "DỮ LIỆU MÔ PHỎNG: tên nhiệm vụ, cơ quan chủ trì và chữ ghi thời hạn lấy từ kế hoạch năm 2025; ngày giao, hạn (đã dời "
    "vào từng tháng), kết quả và chỉ tiêu là giả định. / Demo data: task titles, leads and deadline words are those of the "
    "2025 plan; all dates (re-dated into every month), results and KPI frequencies are invented."
)


@dataclass(frozen=True, slots=True)
class World:
    """What decides every figure: the seed, and how many task rows a period has (None: the plan's natural number)."""

    seed: int
    tasks: int | None = None


Rows = Callable[[World, Month, datetime], Content]


@dataclass(frozen=True, slots=True)
class Source:
    """One stand-in: its name in the contracts, path prefix, contract, notice and datasets."""

    name: str
    prefix: str
    contract: str
    notice: str
    datasets: Mapping[str, Rows]


SOURCES = (
    Source(
        "system57",
        "/system57",
        "system57/1.0",
        SYSTEM57_NOTICE,
        {
            "coverage": lambda world, period, as_of: coverage(world.seed, period, as_of, world.tasks),
            "task_assignments": lambda world, period, as_of: tasks(world.seed, period, as_of, world.tasks).content,
            "kpi_entries": lambda world, period, as_of: kpi_entries(world.seed, period, as_of),
        },
    ),
    Source(
        "public_service_portal",
        "/portal",
        "public_service_portal/1.0",
        portal.NOTICE,
        {"service_scores": lambda world, period, as_of: portal.service_scores(world.seed, period, as_of)},
    ),
    Source(
        "ndxp",
        "/ndxp",
        "ndxp/1.0",
        ndxp.NOTICE,
        {"exchange_volumes": lambda world, period, as_of: ndxp.exchange_volumes(world.seed, period, as_of)},
    ),
    Source(
        "national_database",
        "/national-database",
        "national_database/1.0",
        national_database.NOTICE,
        {"database_growth": lambda world, period, as_of: national_database.database_growth(world.seed, period, as_of)},
    ),
    Source(
        "finance",
        "/finance",
        "finance/1.0",
        finance.NOTICE,
        {"investments": lambda world, period, as_of: finance.investments(world.seed, period, as_of)},
    ),
)


def source_named(name: str) -> Source | None:
    """By the contract's name or the path prefix without its slash."""
    return next((source for source in SOURCES if name in (source.name, source.prefix[1:])), None)
