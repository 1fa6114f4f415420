"""Running the rules of a catalogue over a report, and saying of which of them nothing could be said (DQ-04)."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.reports.form.report import NotApplicable, Observation, Report
from services.gateway.reports.rules.checks import CHECKS, Check
from services.gateway.reports.rules.context import Context
from services.gateway.reports.rules.rule_types import Catalogue, Rule


@dataclass(frozen=True)
class Observed:
    """``unchecked`` are the ids of rules that were skipped because the context did not know what they need;
    ``not_applicable`` rules with the rows they have nothing to compare with.
    """

    observations: tuple[Observation, ...]
    unchecked: tuple[str, ...]
    not_applicable: tuple[NotApplicable, ...] = ()


def observe(report: Report, context: Context, catalogue: Catalogue) -> Observed:
    """Every rule of the catalogue that has a check, run over a report."""
    observations: list[Observation] = []
    idle: list[NotApplicable] = []
    for rule in rules_of_reports(catalogue):
        check = CHECKS[rule.check]
        if _knows(context, check):
            observations.extend(check.find(rule, report, context))
            nothing = check.idle(rule, report, context) if check.idle else None
            idle.extend([nothing] if nothing else [])
        elif rule.on_missing != "skip":
            observations.append(Observation(rule.id, "report", missing=check.needs))
    return Observed(tuple(observations), unknown(context, catalogue), tuple(idle))


def rules_of_reports(catalogue: Catalogue) -> tuple[Rule, ...]:
    """Those with a check of a report's meaning; rules of cells are tried by reading them."""
    return tuple(rule for rule in catalogue.rules if rule.check in CHECKS)


def reading(section: str, catalogue: Catalogue) -> Catalogue:
    """Only the rules whose checks read a section (INT-07)."""
    rules = tuple(rule for rule in rules_of_reports(catalogue) if section in CHECKS[rule.check].reads)
    return catalogue.model_copy(update={"rules": rules})


def unknown(context: Context, catalogue: Catalogue) -> tuple[str, ...]:
    """Rules that need what the context does not know."""
    return tuple(rule.id for rule in rules_of_reports(catalogue) if not _knows(context, CHECKS[rule.check]))


def unread(catalogue: Catalogue) -> tuple[str, ...]:
    """Every rule of meaning: none of them was tried on a report some cell of which cannot be read, and that is said."""
    return tuple(rule.id for rule in rules_of_reports(catalogue))


def _knows(context: Context, check: Check) -> bool:
    return check.needs is None or getattr(context, check.needs) is not None
