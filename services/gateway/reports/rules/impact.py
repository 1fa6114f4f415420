"""What another rule catalogue would make of reports that are here already: asked before it is put in force (DQ-09)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.gateway.reports.form.report import Observation, Report, Severity
from services.gateway.reports.rules.context import Context
from services.gateway.reports.rules.judging import severity_of
from services.gateway.reports.rules.observing import observe
from services.gateway.reports.rules.rule_types import Catalogue


@dataclass(frozen=True)
class Impact:
    """A report that the new catalogue would stop where the former did not: the rules, fatal ones and those to confirm."""

    id: str
    fatal: tuple[str, ...]
    confirm: tuple[str, ...]


@dataclass(frozen=True)
class _Stop:
    """What stops a report, told apart by what was checked and seen, since two catalogues may name their rules differently."""

    rule: str
    severity: Severity
    seen: tuple[str, str, str | None, str | None]


def impact(reports: Iterable[tuple[str, Report, Context]], *, former: Catalogue, new: Catalogue) -> tuple[Impact, ...]:
    """Every report that would newly fail, in the order given. Both catalogues are narrowed to each report's period.

    Rules of cells are left out: a stored report has passed them, and its form does not change with the catalogue.
    """
    return tuple(found for name, report, context in reports if (found := _impact(name, report, context, former, new)))


def _impact(name: str, report: Report, context: Context, former: Catalogue, new: Catalogue) -> Impact | None:
    before = {(stop.seen, stop.severity) for stop in _stops(report, context, former)}
    newly = [stop for stop in _stops(report, context, new) if not _stood(stop, before)]
    by: dict[Severity, set[str]] = {"fatal": set(), "confirm": set()}
    for stop in newly:
        by[stop.severity].add(stop.rule)
    return Impact(name, tuple(sorted(by["fatal"])), tuple(sorted(by["confirm"]))) if newly else None


def _stood(stop: _Stop, before: set[tuple[tuple[str, str, str | None, str | None], Severity]]) -> bool:
    """Whether the former catalogue stopped the same thing at least as hard: fatal before is nothing new as a confirmation."""
    return (stop.seen, "fatal") in before or (stop.seen, stop.severity) in before


def _stops(report: Report, context: Context, catalogue: Catalogue) -> Iterator[_Stop]:
    rules = {rule.id: rule for rule in catalogue.within(report.period).rules}
    for seen in observe(report, context, catalogue.within(report.period)).observations:
        rule = rules[seen.rule]
        severity = severity_of(seen, rule)
        if severity != "notice":
            yield _Stop(rule.id, severity, (rule.check, *_place(seen)))


def _place(seen: Observation) -> tuple[str, str | None, str | None]:
    return f"{seen.section}/{seen.identity}", seen.field, seen.seen or seen.missing
