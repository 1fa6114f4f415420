"""Checks of reported databases: against automatic figures (C-2), against the body's last figure, of what is zero."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.reports.form.report import Observation, Report, ReportedDatabase
from services.gateway.reports.rules.context import AutomaticFigure, Context
from services.gateway.reports.rules.rule_types import Rule

SECTION = "reported_databases"
WHOLE = 100


def automatic_agrees(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    """A source counted this database too and the two figures are as near as the tolerance: the source's counts (C-2)."""
    for ordinal, row, figure, snapshot in _counted(report, context):
        if not beyond(row.new_records, figure, percent=rule.number("tolerance_percent")):
            yield _beside(rule, ordinal, row, figure, snapshot)


def automatic_same(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    """A source counted this database too and says the same: the row says nothing new (C-2)."""
    for ordinal, row, figure, snapshot in _counted(report, context):
        if row.new_records == figure:
            yield _beside(rule, ordinal, row, figure, snapshot)


def automatic_near(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    """Another figure than the one counted, within the tolerance: no contradiction, but a reason is asked for (INT-17)."""
    for ordinal, row, figure, snapshot in _counted(report, context):
        if row.new_records != figure and not beyond(row.new_records, figure, percent=rule.number("tolerance_percent")):
            yield _beside(rule, ordinal, row, figure, snapshot)


def automatic_differs(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    """The same beyond the tolerance: either figure may be wrong, so the body says that its own is right (DQ-03)."""
    for ordinal, row, figure, snapshot in _counted(report, context):
        if beyond(row.new_records, figure, percent=rule.number("tolerance_percent")):
            yield _beside(rule, ordinal, row, figure, snapshot)


def figure_jumped(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    """So many times above or below the last reported figure; among small figures a jump means nothing."""
    factor, least = rule.number("factor"), rule.number("least")
    former_records = context.former_records or {}
    for ordinal, row in enumerate(report.reported_databases):
        former = former_records.get(row.database)
        if former is None:
            continue
        lower, higher = sorted((row.new_records, former))
        if higher >= least and higher >= factor * lower and higher > lower:
            words = {"former": str(former), "factor": str(factor)}
            yield _figure(rule, ordinal, row, former, words)


def database_gone(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    """Reported last time, now neither reported nor counted by a source: missing, and missing is not zero."""
    present = {row.database for row in report.reported_databases} | set(_figures(context))
    for database, former in sorted((context.former_records or {}).items()):
        if database not in present:
            yield Observation(rule.id, SECTION, expected=database, identity=database, words={"former": str(former)})


def no_new_records(rule: Rule, report: Report, _context: Context) -> Iterator[Observation]:
    for ordinal, row in enumerate(report.reported_databases):
        if row.new_records == 0:
            yield Observation(rule.id, SECTION, ordinal, "new_records", "0", identity=row.database)


def beyond(reported: int, figure: int, *, percent: int) -> bool:
    """Whether the gap is more than so many per cent of the source's figure; exact."""
    return abs(reported - figure) * WHOLE > percent * figure


def _figures(context: Context) -> dict[str, AutomaticFigure]:
    return {name: each for name, each in (context.automatic or {}).items() if each.new_records is not None}


def _counted(report: Report, context: Context) -> Iterator[tuple[int, ReportedDatabase, int, str]]:
    figures = context.automatic or {}
    for ordinal, row in enumerate(report.reported_databases):
        figure = figures.get(row.database)
        if figure is not None and figure.new_records is not None:
            yield ordinal, row, figure.new_records, figure.snapshot_id


def _beside(rule: Rule, ordinal: int, row: ReportedDatabase, figure: int, snapshot: str) -> Observation:
    words = {"automatic": str(figure), "gap": f"{row.new_records - figure:+d}", "snapshot": snapshot}
    words |= {"tolerance": str(rule.number("tolerance_percent"))} if "tolerance_percent" in rule.parameters else {}
    return _figure(rule, ordinal, row, figure, words)


def _figure(rule: Rule, ordinal: int, row: ReportedDatabase, expected: int, words: dict[str, str]) -> Observation:
    return Observation(rule.id, SECTION, ordinal, "new_records", str(row.new_records), str(expected), row.database, words)
