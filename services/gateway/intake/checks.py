"""Every check a rule may name, with the parameters it takes, the words it gives and the context it needs; and their running.

A check is a pure function of a rule, a report and a context. It sees; how grave that is and in which words, the rule says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from services.gateway.intake import checks_databases as databases
from services.gateway.intake import checks_history as history
from services.gateway.intake import checks_tasks as tasks
from services.gateway.intake import checks_text as text
from services.gateway.intake.context import Context
from services.gateway.intake.report import Observation, Report
from services.gateway.intake.rules import Catalogue, Rule

Find = Callable[[Rule, Report, Context], Iterable[Observation]]
Needs = Literal["agency", "period", "earlier", "automatic", "former_records"]


@dataclass(frozen=True)
class Check:
    """``parameters`` says of each whether it is a whole number or a list of words; ``words`` are placeholders it fills."""

    find: Find
    words: frozenset[str] = frozenset()
    parameters: Mapping[str, Literal["number", "words"]] = field(default_factory=dict)
    needs: Needs | None = None


@dataclass(frozen=True)
class Observed:
    """``unchecked`` are the ids of rules that were skipped because the context did not know what they need."""

    observations: tuple[Observation, ...]
    unchecked: tuple[str, ...]


def agency_as_addressed(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    if report.agency != context.agency:
        yield Observation(rule.id, "report", 0, "agency", report.agency, context.agency)


def period_as_addressed(rule: Rule, report: Report, context: Context) -> Iterator[Observation]:
    if report.period != context.period:
        yield Observation(rule.id, "report", 0, "period", report.period, context.period)


_FORMER = frozenset({"former", "former_period"})
_TRIAL: Final[Mapping[str, Literal["number", "words"]]] = {"trial": "words", "beside": "words"}
_TOLERANCE: Final[Mapping[str, Literal["number", "words"]]] = {"tolerance_percent": "number"}
_BESIDE = frozenset({"automatic", "gap"})
_OTHER = frozenset({"other"})

CHECKS: Final[Mapping[str, Check]] = {
    "agency-as-addressed": Check(agency_as_addressed, needs="agency"),
    "period-as-addressed": Check(period_as_addressed, needs="period"),
    "registered-after-period": Check(tasks.registered_after_period),
    "registered-long-ago": Check(tasks.registered_long_ago, parameters={"years": "number"}),
    "accepted-before-registered": Check(tasks.accepted_before_registered),
    "accepted-after-period": Check(tasks.accepted_after_period),
    "accepted-in-earlier-year": Check(tasks.accepted_in_earlier_year),
    "acceptance-without-document": Check(tasks.acceptance_without_document, frozenset({"accepted_on"})),
    "document-without-acceptance": Check(tasks.document_without_acceptance),
    "acceptance-document-shared": Check(tasks.acceptance_document_shared, frozenset({"other", "other_day", "document"})),
    "no-tasks": Check(tasks.no_tasks),
    "code-similar": Check(text.code_similar, _OTHER),
    "title-repeated": Check(text.title_repeated, _OTHER),
    "title-short": Check(text.title_short, frozenset({"least"}), {"letters": "number"}),
    "title-trial": Check(text.title_trial, parameters=_TRIAL),
    "narrative-trial": Check(text.narrative_trial, parameters=_TRIAL),
    "database-name-repeated": Check(text.database_name_repeated, _OTHER),
    "task-gone": Check(history.task_gone, frozenset({"former_period"}), needs="earlier"),
    "registration-changed": Check(history.registration_changed, _FORMER, needs="earlier"),
    "acceptance-changed": Check(history.acceptance_changed, _FORMER, needs="earlier"),
    "acceptance-withdrawn": Check(history.acceptance_withdrawn, _FORMER, needs="earlier"),
    "acceptance-backdated": Check(history.acceptance_backdated, _FORMER, needs="earlier"),
    "title-changed": Check(history.title_changed, _FORMER, needs="earlier"),
    "task-appeared-late": Check(history.task_appeared_late, frozenset({"former_period"}), needs="earlier"),
    "registered-count-fell": Check(history.registered_count_fell, frozenset({"former"}), needs="earlier"),
    "accepted-count-fell": Check(history.accepted_count_fell, frozenset({"former"}), needs="earlier"),
    "automatic-agrees": Check(databases.automatic_agrees, _BESIDE, _TOLERANCE, "automatic"),
    "automatic-differs": Check(databases.automatic_differs, _BESIDE, _TOLERANCE, "automatic"),
    "figure-jumped": Check(
        databases.figure_jumped, frozenset({"former", "factor"}), {"factor": "number", "least": "number"}, "former_records"
    ),
    "database-gone": Check(databases.database_gone, frozenset({"former"}), needs="former_records"),
    "no-new-records": Check(databases.no_new_records),
}


def observe(report: Report, context: Context, catalogue: Catalogue) -> Observed:
    """Every rule of the catalogue that has a check, run over a report."""
    observations: list[Observation] = []
    unchecked: list[str] = []
    for rule in catalogue.rules:
        check = CHECKS.get(rule.check)
        if check is None:
            continue
        if check.needs is None or getattr(context, check.needs) is not None:
            observations.extend(check.find(rule, report, context))
            continue
        unchecked.append(rule.id)
        if rule.on_missing != "skip":
            observations.append(Observation(rule.id, "report", missing=check.needs))
    return Observed(tuple(observations), tuple(unchecked))


def unread(catalogue: Catalogue) -> tuple[str, ...]:
    """Every rule of meaning: none of them was tried on a report some cell of which cannot be read, and that is said."""
    return tuple(rule.id for rule in catalogue.rules if rule.check in CHECKS)
