"""Running the rules of a catalogue over a report, and saying of which of them nothing could be said (DQ-04)."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.intake.checks import CHECKS
from services.gateway.intake.context import Context
from services.gateway.intake.report import NotApplicable, Observation, Report
from services.gateway.intake.rules import Catalogue


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
    unchecked: list[str] = []
    idle: list[NotApplicable] = []
    for rule in catalogue.rules:
        check = CHECKS.get(rule.check)
        if check is None:
            continue
        if check.needs is None or getattr(context, check.needs) is not None:
            observations.extend(check.find(rule, report, context))
            nothing = check.idle(rule, report, context) if check.idle else None
            idle.extend([nothing] if nothing else [])
            continue
        unchecked.append(rule.id)
        if rule.on_missing != "skip":
            observations.append(Observation(rule.id, "report", missing=check.needs))
    return Observed(tuple(observations), tuple(unchecked), tuple(idle))


def unread(catalogue: Catalogue) -> tuple[str, ...]:
    """Every rule of meaning: none of them was tried on a report some cell of which cannot be read, and that is said."""
    return tuple(rule.id for rule in catalogue.rules if rule.check in CHECKS)
