"""What a list of findings comes to: counts by rule and severity, and what still stands in the way (DQ-02, INT-06)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.gateway.reports.form.report import Finding, Severity

SEVERITIES: tuple[Severity, ...] = ("fatal", "confirm", "notice")


@dataclass(frozen=True)
class RuleCount:
    rule: str
    severity: Severity
    count: int


@dataclass(frozen=True)
class Summary:
    """``rules`` by severity, the most frequent first."""

    total: int
    fatal: int
    confirm: int
    notice: int
    rules: tuple[RuleCount, ...]


def summary(findings: Iterable[Finding]) -> Summary:
    counts = Counter((each.rule, each.severity) for each in findings)
    rules = [RuleCount(rule, severity, count) for (rule, severity), count in counts.items()]
    rules.sort(key=lambda each: (SEVERITIES.index(each.severity), -each.count, each.rule))
    by = {severity: sum(each.count for each in rules if each.severity == severity) for severity in SEVERITIES}
    return Summary(counts.total(), by["fatal"], by["confirm"], by["notice"], tuple(rules))


def unresolved(findings: Iterable[Finding], confirmed_keys: Collection[str]) -> tuple[Finding, ...]:
    """What keeps a report from being sent on: every fatal finding, and those to confirm whose key nobody confirmed.

    A key names the value seen, so a confirmation of a former value confirms nothing (DQ-07).
    """
    confirmed = frozenset(confirmed_keys)
    return tuple(
        each for each in findings if each.severity == "fatal" or (each.severity == "confirm" and each.key not in confirmed)
    )
