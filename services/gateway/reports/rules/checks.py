"""Every check a rule may name: what of a report it reads, its parameters, the words it gives and the context it needs.

A check is a pure function of a rule, a report and a context. It sees; how grave that is and in which words, the rule says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from services.gateway.reports.form.report import NotApplicable, Observation, Report
from services.gateway.reports.rules import checks_databases as databases
from services.gateway.reports.rules import checks_figures as figures
from services.gateway.reports.rules import checks_history as history
from services.gateway.reports.rules import checks_outliers as outliers
from services.gateway.reports.rules import checks_tasks as tasks
from services.gateway.reports.rules import checks_text as text
from services.gateway.reports.rules.context import Context
from services.gateway.reports.rules.rule_types import Rule

Find = Callable[[Rule, Report, Context], Iterable[Observation]]
Needs = Literal["agency", "period", "earlier", "automatic", "former_records", "history"]
# A whole number, a number of months a report's history may hold, a list of words, or a list of measures.
Parameter = Literal["number", "months", "words", "measures"]


@dataclass(frozen=True)
class Check:
    """``reads`` are the sections of the report it looks at, and no other (INT-07); ``words`` are placeholders it fills.

    ``idle`` names the rows it has nothing to compare with; its rule then has words for that.
    """

    find: Find
    reads: frozenset[str]
    words: frozenset[str] = frozenset()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    needs: Needs | None = None
    idle: Callable[[Rule, Report, Context], NotApplicable | None] | None = None


def agency_as_addressed(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    if report.agency != context.agency:
        yield Observation(rule.id, "report", 0, "agency", report.agency, context.agency)


def period_as_addressed(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    if report.period != context.period:
        yield Observation(rule.id, "report", 0, "period", report.period, context.period)


HEAD: Final = frozenset({"report"})
TASKS: Final = frozenset({tasks.SECTION})
DATABASES: Final = frozenset({databases.SECTION})
NARRATIVES: Final = frozenset({"narratives"})

_FORMER = frozenset({"former", "former_period"})
_TRIAL: Final[Mapping[str, Parameter]] = {"trial": "words", "beside": "words"}
_TOLERANCE: Final[Mapping[str, Parameter]] = {"tolerance_percent": "number"}
_COUNTED = frozenset({"automatic", "gap", "snapshot"})
_BESIDE = _COUNTED | {"tolerance"}
_OTHER = frozenset({"other"})

CHECKS: Final[Mapping[str, Check]] = {
    "agency-as-addressed": Check(agency_as_addressed, HEAD, needs="agency"),
    "period-as-addressed": Check(period_as_addressed, HEAD, needs="period"),
    "registered-after-period": Check(tasks.registered_after_period, HEAD | TASKS),
    "registered-long-ago": Check(tasks.registered_long_ago, HEAD | TASKS, parameters={"years": "number"}),
    "accepted-before-registered": Check(tasks.accepted_before_registered, TASKS),
    "accepted-after-period": Check(tasks.accepted_after_period, HEAD | TASKS),
    "accepted-in-earlier-year": Check(tasks.accepted_in_earlier_year, HEAD | TASKS),
    "acceptance-without-document": Check(tasks.acceptance_without_document, TASKS, frozenset({"accepted_on"})),
    "document-without-acceptance": Check(tasks.document_without_acceptance, TASKS),
    "acceptance-document-shared": Check(tasks.acceptance_document_shared, TASKS, frozenset({"other", "other_day", "document"})),
    "no-tasks": Check(tasks.no_tasks, TASKS),
    "code-similar": Check(text.code_similar, TASKS, _OTHER),
    "title-repeated": Check(text.title_repeated, TASKS, _OTHER),
    "title-short": Check(text.title_short, TASKS, frozenset({"least"}), {"letters": "number"}),
    "title-trial": Check(text.title_trial, TASKS, parameters=_TRIAL),
    "narrative-trial": Check(text.narrative_trial, NARRATIVES, parameters=_TRIAL),
    "database-name-repeated": Check(text.database_name_repeated, DATABASES, _OTHER),
    "task-gone": Check(history.task_gone, TASKS, frozenset({"former_period"}), needs="earlier"),
    "registration-changed": Check(history.registration_changed, TASKS, _FORMER, needs="earlier"),
    "acceptance-changed": Check(history.acceptance_changed, TASKS, _FORMER, needs="earlier"),
    "acceptance-withdrawn": Check(history.acceptance_withdrawn, TASKS, _FORMER, needs="earlier"),
    "acceptance-backdated": Check(history.acceptance_backdated, TASKS, _FORMER, needs="earlier"),
    "acceptance-document-changed": Check(history.acceptance_document_changed, TASKS, _FORMER, needs="earlier"),
    "title-changed": Check(history.title_changed, TASKS, _FORMER, needs="earlier"),
    "task-appeared-late": Check(history.task_appeared_late, TASKS, frozenset({"former_period"}), needs="earlier"),
    "registered-count-fell": Check(history.registered_count_fell, TASKS, frozenset({"former"}), needs="earlier"),
    "accepted-count-fell": Check(history.accepted_count_fell, HEAD | TASKS, frozenset({"former"}), needs="earlier"),
    "automatic-agrees": Check(databases.automatic_agrees, DATABASES, _BESIDE, _TOLERANCE, "automatic"),
    "automatic-differs": Check(databases.automatic_differs, DATABASES, _BESIDE, _TOLERANCE, "automatic"),
    "automatic-same": Check(databases.automatic_same, DATABASES, _COUNTED, needs="automatic"),
    "automatic-near": Check(databases.automatic_near, DATABASES, _BESIDE, _TOLERANCE, "automatic"),
    "figure-jumped": Check(
        databases.figure_jumped,
        DATABASES,
        frozenset({"former", "factor"}),
        {"factor": "number", "least": "number"},
        "former_records",
    ),
    "figure-off-median": Check(
        outliers.figure_off_median,
        HEAD | DATABASES,
        frozenset({"median", "median_vi", "factor", "count", "window"}),
        {"factor": "number", "least": "number", "months": "months"},
        "history",
        outliers.figure_without_history,
    ),
    "database-gone": Check(databases.database_gone, DATABASES, frozenset({"former"}), needs="former_records"),
    "no-new-records": Check(databases.no_new_records, DATABASES),
}

# Checks of what is no report: figures that units state about what sources count (checks_figures).
BESIDE_REPORTS: Final[Mapping[str, tuple[frozenset[str], Mapping[str, Parameter]]]] = {
    figures.FIGURES: (figures.WORDS, {"measures": "measures", "tolerance_percent": "number"}),
}
