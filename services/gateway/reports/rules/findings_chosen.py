"""Findings of one rule, severity or section, or those still open; and how many there are of each. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

from services.gateway.reports.form.report import SECTIONS, Finding
from services.gateway.reports.rules.findings_summary import SEVERITIES, unresolved

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
            and (self.section is None or self.section == place_of(finding))
            and (not self.open_only or finding.key in still_open)
        )


def place_of(finding: Finding) -> Place:
    """The section that a finding's pointer leads into, or ``WHOLE``."""
    first = finding.pointer.removeprefix("/").partition("/")[0]
    return cast("Place", first) if first in SECTIONS else WHOLE


def chosen(findings: Sequence[Finding], confirmed: Collection[str], choice: Choice) -> list[tuple[int, Finding]]:
    """Each with its number in the complete list, from 1 on, so that a place in it means the same under every choice."""
    numbered = enumerate(findings, 1)
    if choice == Choice():
        return list(numbered)
    still_open = open_keys(findings, confirmed)
    return [(number, each) for number, each in numbered if choice.holds(each, still_open)]


def open_keys(findings: Sequence[Finding], confirmed: Collection[str]) -> frozenset[str]:
    return frozenset(each.key for each in unresolved(findings, confirmed))


def counts(findings: Sequence[Finding], confirmed: Collection[str]) -> dict[str, Any]:
    """Of the complete list by severity, ``confirmed`` and ``open``; and the same of every section with a finding."""
    still_open = open_keys(findings, confirmed)
    by_place = {place: Counter[str]() for place in PLACES}
    for each in findings:
        tally = by_place[place_of(each)]
        tally["total"] += 1
        tally[each.severity] += 1
        tally["confirmed"] += each.severity == "confirm" and each.key in confirmed
        tally["open"] += each.key in still_open
    sections = [{"section": place, **_shown(tally)} for place, tally in by_place.items() if tally["total"]]
    return {**_shown(sum(by_place.values(), Counter())), "sections": sections}


def _shown(tally: Counter[str]) -> dict[str, int]:
    return {name: tally[name] for name in ("total", *SEVERITIES, "confirmed", "open")}
