"""Checks of registered tasks within one report: days, acceptance documents, an empty plan (D1; readings D-1, D-3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.gateway.reports.form.report import Observation, RegisteredTask, Report
from services.gateway.reports.rules.checks_text import squeezed
from services.gateway.reports.rules.context import Context
from services.gateway.reports.rules.rule_types import Rule
from shared.period import Period


def registered_after_period(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    """A task registered after the month ended is no part of that month's plan."""
    last = Period.parse(report.period).last_day
    for ordinal, task in enumerate(report.registered_tasks):
        if task.registered_on > last:
            yield day_seen(rule, ordinal, task, "registered_on", f"≤ {last}")


def registered_long_ago(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    """More years back than a task is carried over: rather a slip of the pen."""
    year = Period.parse(report.period).year - rule.number("years")
    for ordinal, task in enumerate(report.registered_tasks):
        if task.registered_on.year < year:
            yield day_seen(rule, ordinal, task, "registered_on", f"≥ {year}-01-01")


def accepted_before_registered(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    for ordinal, task in enumerate(report.registered_tasks):
        if task.accepted_on is not None and task.accepted_on < task.registered_on:
            yield day_seen(rule, ordinal, task, "accepted_on", f"≥ {task.registered_on}")


def accepted_after_period(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    """Accepted after the month ended counts in the month in which it was accepted."""
    last = Period.parse(report.period).last_day
    for ordinal, task in enumerate(report.registered_tasks):
        if task.accepted_on is not None and task.accepted_on > last:
            yield day_seen(rule, ordinal, task, "accepted_on", f"≤ {last}")


def accepted_in_earlier_year(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    """Accepted tasks count from 1 January of the period's year (D-1), so this one would only enlarge the denominator."""
    first = date(Period.parse(report.period).year, 1, 1)
    for ordinal, task in enumerate(report.registered_tasks):
        if task.accepted_on is not None and task.accepted_on < first:
            yield day_seen(rule, ordinal, task, "accepted_on", f"≥ {first}")


def acceptance_without_document(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    for ordinal, task in enumerate(report.registered_tasks):
        if task.accepted_on is not None and not task.acceptance_document:
            words = {"accepted_on": str(task.accepted_on)}
            yield Observation(rule.id, SECTION, ordinal, "acceptance_document", None, None, task.task_code, words)


def document_without_acceptance(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    for ordinal, task in enumerate(report.registered_tasks):
        if task.accepted_on is None and task.acceptance_document:
            seen = task.acceptance_document
            yield Observation(rule.id, SECTION, ordinal, "acceptance_document", seen, identity=task.task_code)


def acceptance_document_shared(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    """One document may accept several tasks, on one day; on two days one of them is wrong."""
    first: dict[str, RegisteredTask] = {}
    for ordinal, task in enumerate(report.registered_tasks):
        if task.accepted_on is None or not task.acceptance_document:
            continue
        other = first.setdefault(squeezed(task.acceptance_document), task)
        if other.accepted_on != task.accepted_on:
            words = {"other": other.task_code, "other_day": str(other.accepted_on), "document": task.acceptance_document}
            seen = str(task.accepted_on)
            yield Observation(rule.id, SECTION, ordinal, "accepted_on", seen, str(other.accepted_on), task.task_code, words)


def no_tasks(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    """An empty plan is 0 points by reading D-3, so it is asked for, never assumed."""
    if not report.registered_tasks:
        yield Observation(rule.id, SECTION, seen="0")


def day_seen(rule: Rule, ordinal: int, task: RegisteredTask, field: str, expected: str) -> Observation:
    return Observation(rule.id, SECTION, ordinal, field, str(getattr(task, field)), expected, task.task_code)


SECTION = "registered_tasks"
