"""Findings of one rule, severity or section, or those still open; and how many there are of each. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from services.gateway.intake.findings_summary import SEVERITIES, unresolved
from services.gateway.intake.report import SECTIONS, Finding

# A section of the report; `whole` is where a finding belongs that is about no section alone.
Place = Literal["report", "registered_tasks", "reported_databases", "narratives", "whole"]
WHOLE: Final = "whole"
PLACES: Final[tuple[Place, ...]] = get_args(Place)


@dataclass(frozen=True)
class Choice:
    """None, or ``open_only`` False, chooses all."""

    rule: str | None = None
    severity: str | None = None
    section: str | None = None
    open_only: bool = False

    def holds(self, finding: Finding, still_open: Collection[str]) -> bool:
        """``still_open`` are the keys of what stands in the way of a hand-over."""
        return (
            self.rule in (None, finding.rule)
            and self.severity in (None, finding.severity)
            and self.section in (None, place_of(finding))
            and (not self.open_only or finding.key in still_open)
        )


def place_of(finding: Finding) -> str:
    """The section that a finding's pointer leads into, or ``WHOLE``."""
    first = finding.pointer.removeprefix("/").partition("/")[0]
    return first if first in SECTIONS else WHOLE


def chosen(findings: Sequence[Finding], confirmed: Collection[str], choice: Choice) -> list[tuple[int, Finding]]:
    """Each with its number in the complete list, from 1 on, so that a place in it means the same under every choice."""
    still_open = open_keys(findings, confirmed)
    return [(number, each) for number, each in enumerate(findings, 1) if choice.holds(each, still_open)]


def open_keys(findings: Sequence[Finding], confirmed: Collection[str]) -> frozenset[str]:
    return frozenset(each.key for each in unresolved(findings, confirmed))


def counts(findings: Sequence[Finding], confirmed: Collection[str]) -> dict[str, Any]:
    """Of the complete list by severity, ``confirmed`` and ``open``; and the same of every section with a finding."""
    still_open = open_keys(findings, confirmed)
    told = [(place_of(each), each.severity, each.key) for each in findings]
    by_place = {place: [each for each in told if each[0] == place] for place in PLACES}
    sections = [{"section": place, **_tally(found, confirmed, still_open)} for place, found in by_place.items() if found]
    return {**_tally(told, confirmed, still_open), "sections": sections}


def _tally(told: Sequence[tuple[str, str, str]], confirmed: Collection[str], still_open: Collection[str]) -> Mapping[str, int]:
    found = Counter(severity for _, severity, _ in told)
    return {
        "total": len(told),
        **{severity: found[severity] for severity in SEVERITIES},
        "confirmed": sum(1 for _, severity, key in told if severity == "confirm" and key in confirmed),
        "open": sum(1 for _, _, key in told if key in still_open),
    }
