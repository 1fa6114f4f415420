"""Pages and registries for unit tests; every figure is made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from services.ingest.contract.reading import Reading
from services.ingest.contract.source import Control, Head, Page, Source, Window
from services.ingest.sources import source_named
from shared.datasets.declaration import Dataset
from shared.law.scheme import legal_cutoff
from shared.period import Period
from shared.registry import Agency, Registry

PERIOD = Period(2026, 1)
WINDOW = Window(PERIOD, legal_cutoff(PERIOD), 100)
SYSTEM57 = source_named("system57")
TASKS = SYSTEM57.dataset("task_assignments")
ICT = timezone(timedelta(hours=7))


def registry() -> Registry:
    kinds = {"G01": "ministry", "G06": "ministry", "H38": "province", "H39": "province"}
    agencies = [Agency(code, kind, code, code, "", "", None, None) for code, kind in kinds.items()]
    return Registry(
        agencies=agencies,
        aliases={"bộ khoa học và công nghệ": "G06"},
        collectives={"các địa phương": ("provinces", ("province",))},
    )


def task(number: int, agency: str = "G06", **changes: Any) -> Any:
    values = {
        "task_id": f"T{number:04}",
        "agency": agency,
        "role": "lead",
        "title": "Nhiệm vụ giả định",
        "assigned_by": "Chính phủ",
        "assigned_on": date(2025, 12, 1),
        "due_on": date(2026, 1, 31),
        "due_text": "Tháng 01/2026",
        "due_precision": "month",
        "extended_due_on": None,
        "extension_approved_on": None,
        "extension_document": None,
        "completed_on": None,
        "reported_at": datetime(2026, 1, 30, 8, 0, 0, 5, tzinfo=ICT),
        "confirmed_at": datetime(2026, 1, 31, 1, 0, tzinfo=UTC),
        "sent_back_at": None,
        "returned_accepted_on": None,
        "percent": 40,
        "late_reason": None,
        "source_document": None,
        "classified": False,
    }
    return TASKS.row(**{**values, **changes})


def page(of: Dataset, rows: Sequence[Any], *, whole: Sequence[Any] | None = None, **changes: Any) -> Page:
    """One page of a dataset whose control totals are right for ``whole`` (default: these rows)."""
    every = rows if whole is None else whole
    sums = {
        name: sum((Decimal(value) for row in every if (value := getattr(row, name)) is not None), Decimal(0))
        for name in of.sums
    }
    head: dict[str, Any] = {
        "contract": SYSTEM57.contract,
        "dataset": of.name,
        "period": str(PERIOD),
        "as_of": WINDOW.as_of,
        "generated_at": WINDOW.as_of,
        "control": Control(len(every), sums),
        "next_page": None,
    }
    return Page(Head(**{**head, **changes}), rows)


def reading(dataset: Dataset = TASKS, source: Source = SYSTEM57) -> Reading:
    return Reading(dataset, contract=source.contract, window=WINDOW, registry=registry())
