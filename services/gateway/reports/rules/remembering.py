"""What the body's own earlier reports let one know, the same whether the database or files gave them (DQ-05, DQ-10, INT-17)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from services.gateway.reports.form.report import Report
from services.gateway.reports.rules.context import Context, EarlierDatabase, EarlierFigure, EarlierTask
from services.gateway.reports.rules.rule_types import Catalogue
from shared.period import Period

# The parameter of a rule that looks so many months back.
WINDOW: Final = "months"


@dataclass(frozen=True)
class Former:
    """A report in force for an earlier month; ``origin`` names it (a submission's id, or a file)."""

    period: str
    origin: str
    report: Report


def context_after(former: Iterable[Former], *, agency: str | None, period: str) -> Context:
    """What these reports, one of a month, let one know. Tasks count as earlier ones within the period's own year only.

    Figures reported last are those of that year's reports, or of the one before it where there is none; the history holds
    the figures of all of them, the oldest first.
    """
    ordered = sorted(former, key=lambda each: each.period)
    same_year = [each for each in ordered if each.period[:4] == period[:4]]
    return Context(
        agency=agency,
        period=period,
        earlier=_tasks(same_year),
        former_records={
            row.database: row.new_records for each in same_year or ordered[-1:] for row in each.report.reported_databases
        },
        history=_history(ordered),
        databases=_databases(ordered),
    )


def first_month_needed(period: str, catalogues: Iterable[Catalogue]) -> str:
    """From which month on earlier reports matter: those of the year, and as far back as a rule looks."""
    lengths = [rule.number(WINDOW) for each in catalogues for rule in each.rules if WINDOW in rule.parameters]
    return min(f"{period[:4]}-01", str(Period.parse(period).shifted(months=-max(lengths, default=0))))


def _tasks(former: Iterable[Former]) -> dict[str, EarlierTask]:
    """As they were last reported."""
    return {
        task.task_code: EarlierTask(
            task.task_code,
            task.title,
            task.registered_on,
            task.accepted_on,
            each.period,
            each.origin,
            task.acceptance_document,
        )
        for each in former
        for task in each.report.registered_tasks
    }


def _databases(former: Iterable[Former]) -> dict[str, EarlierDatabase]:
    """As they were last called, over the year's end too."""
    return {
        row.database: EarlierDatabase(row.database, row.database_name, each.period, each.origin)
        for each in former
        for row in each.report.reported_databases
    }


def _history(former: Sequence[Former]) -> dict[str, tuple[EarlierFigure, ...]]:
    found: dict[str, list[EarlierFigure]] = defaultdict(list)
    for each in former:
        for row in each.report.reported_databases:
            found[row.database].append(EarlierFigure(each.period, row.new_records))
    return {database: tuple(figures) for database, figures in found.items()}
