"""Checks against the body's own earlier reports of the year: nothing leaves or changes silently (D-1, INT-17)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.gateway.reports.form.report import Observation, RegisteredTask, Report
from services.gateway.reports.rules.checks_tasks import SECTION
from services.gateway.reports.rules.checks_text import squeezed
from services.gateway.reports.rules.context import Context, EarlierTask
from services.gateway.reports.rules.rule_types import Rule
from shared.period import Period


def task_gone(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    """A task that an earlier report registered and this one does not: the denominator shrinks (D-1)."""
    present = {task.task_code for task in report.registered_tasks}
    for code, former in sorted((context.earlier or {}).items()):
        if code not in present:
            words = {"former_period": former.period}
            yield Observation(rule.id, SECTION, expected=code, identity=code, words=words)


def registration_changed(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    for ordinal, task, former in _known(report, context):
        if task.registered_on != former.registered_on:
            yield _changed(rule, ordinal, "registered_on", str(task.registered_on), str(former.registered_on), former)


def acceptance_changed(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    for ordinal, task, former in _known(report, context):
        if task.accepted_on and former.accepted_on and task.accepted_on != former.accepted_on:
            yield _changed(rule, ordinal, "accepted_on", str(task.accepted_on), str(former.accepted_on), former)


def acceptance_withdrawn(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    for ordinal, task, former in _known(report, context):
        if former.accepted_on and not task.accepted_on:
            yield _changed(rule, ordinal, "accepted_on", None, str(former.accepted_on), former)


def acceptance_backdated(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    """Accepted in a month already reported on, whose report did not say so."""
    for ordinal, task, former in _known(report, context):
        last = Period.parse(former.period).last_day
        if task.accepted_on and not former.accepted_on and task.accepted_on <= last:
            yield _changed(rule, ordinal, "accepted_on", str(task.accepted_on), f"> {last}", former)


def acceptance_document_changed(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    """Another document for an acceptance that was reported with one."""
    for ordinal, task, former in _known(report, context):
        now, then = task.acceptance_document, former.acceptance_document
        if now and then and squeezed(now) != squeezed(then):
            yield _changed(rule, ordinal, "acceptance_document", now, then, former)


def title_changed(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    for ordinal, task, former in _known(report, context):
        if squeezed(task.title) != squeezed(former.title):
            yield _changed(rule, ordinal, "title", task.title, former.title, former)


def task_appeared_late(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    """Registered in a month already reported on, whose report did not name it; a body's first report has no such month."""
    earlier = context.earlier or {}
    if not earlier:
        return
    reported = max(former.period for former in earlier.values())
    last = Period.parse(reported).last_day
    for ordinal, task in enumerate(report.registered_tasks):
        if task.task_code not in earlier and task.registered_on <= last:
            seen, words = str(task.registered_on), {"former_period": reported}
            yield Observation(rule.id, SECTION, ordinal, "registered_on", seen, f"> {last}", task.task_code, words)


def registered_count_fell(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    now, before = len(report.registered_tasks), len(context.earlier or {})
    if now < before:
        yield Observation(rule.id, SECTION, seen=str(now), expected=f"≥ {before}", words={"former": str(before)})


def accepted_count_fell(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    """Tasks accepted since 1 January can only grow in number during a year."""
    first = date(Period.parse(report.period).year, 1, 1)
    now = sum(_counts(task.accepted_on, first) for task in report.registered_tasks)
    before = sum(_counts(former.accepted_on, first) for former in (context.earlier or {}).values())
    if now < before:
        yield Observation(rule.id, SECTION, seen=str(now), expected=f"≥ {before}", words={"former": str(before)})


def _counts(accepted_on: date | None, first: date) -> bool:
    return accepted_on is not None and accepted_on >= first


def _known(report: Report, context: Context) -> Iterator[tuple[int, RegisteredTask, EarlierTask]]:
    earlier = context.earlier or {}
    for ordinal, task in enumerate(report.registered_tasks):
        if former := earlier.get(task.task_code):
            yield ordinal, task, former


def _changed(rule: Rule, ordinal: int, field: str, seen: str | None, former_value: str, former: EarlierTask) -> Observation:
    words = {"former": former_value, "former_period": former.period}
    return Observation(rule.id, SECTION, ordinal, field, seen, former_value, former.task_code, words)
