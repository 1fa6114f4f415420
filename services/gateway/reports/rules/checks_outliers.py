"""Figures far from the body's own: against the exact median of its accepted figures of the months before (DQ-05, C-5)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from services.gateway.reports.form.report import NotApplicable, Observation, Report
from services.gateway.reports.rules.context import Context, EarlierFigure
from services.gateway.reports.rules.remembering import WINDOW
from services.gateway.reports.rules.rule_types import Rule
from shared.medians import median, spans, written
from shared.period import Period

SECTION = "reported_databases"


def figure_off_median(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    """So many times above or below the median; among small figures a jump means nothing.

    The window are the rule's months before the report's own; months without an accepted figure of the database make it
    smaller, and without any there is nothing to compare with (``figure_without_history`` says so).
    """
    factor, least = rule.number("factor"), rule.number("least")
    for ordinal, row in enumerate(report.reported_databases):
        known = _within(rule, report, context, row.database)
        if not known:
            continue
        middle = median([each.new_records for each in known])
        lower, higher = sorted((Fraction(row.new_records), middle))
        if higher >= least and higher >= factor * lower and higher > lower:
            exact = written(middle)
            words = {"median": exact, "median_vi": exact.replace(".", ","), "factor": str(factor)}
            words |= {"count": str(len(known)), "window": spans([each.period for each in known])}
            yield Observation(rule.id, SECTION, ordinal, "new_records", str(row.new_records), exact, row.database, words)


def figure_without_history(rule: Rule, report: Report, context: Context) -> NotApplicable | None:
    """The databases that no accepted report of the window has a figure of."""
    rows = tuple(row.database for row in report.reported_databases if not _within(rule, report, context, row.database))
    if not rows:
        return None
    period = Period.parse(report.period)
    months = [str(period.shifted(months=-back)) for back in range(rule.number(WINDOW), 0, -1)]
    words = {"count": str(len(rows)), "window": spans(months)}
    return NotApplicable(rule.id, rows, words)


def _within(rule: Rule, report: Report, context: Context, database: str) -> list[EarlierFigure]:
    first = _first(rule, report)
    return [each for each in (context.history or {}).get(database, ()) if first <= each.period < report.period]


def _first(rule: Rule, report: Report) -> str:
    return str(Period.parse(report.period).shifted(months=-rule.number(WINDOW)))
