"""Which accepted report of a body counts in a version of the month's snapshot. Pure (G-8, G-12, INT-11).

Version 1 takes what was handed in before the deadline that held for the body, and before the instant of the freeze. A
superseding version also takes late reports that a recorded decision or an extension lets count. Of a body's reports that
count, the one handed in last is in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Ground = Literal["in_time", "late_acceptance", "extension", "not_counted"]


@dataclass(frozen=True)
class Accepted:
    """One accepted submission. ``deadline`` is the instant that held for the body when it came; ``late``: not before it."""

    submission_id: str
    agency: str
    sequence: int
    digest: str
    submitted_at: datetime
    deadline: datetime
    late: bool
    receipt_number: str | None = None


@dataclass(frozen=True)
class Extension:
    """Of a body's extensions of the month the one that ends last: reports handed in before ``until`` may count."""

    extension_id: str
    until: datetime


@dataclass(frozen=True)
class Decisions:
    """What people decided about late reports: submissions accepted one by one, and extensions by body."""

    accepted: frozenset[str] = frozenset()
    extensions: Mapping[str, Extension] = field(default_factory=dict)


@dataclass(frozen=True)
class Chosen:
    """A report that is taken, on which ground, and by which extension when that is the ground."""

    report: Accepted
    ground: Ground
    extension: str | None = None


def in_force(reports: Iterable[Accepted], decisions: Decisions | None, *, as_of: datetime) -> list[Chosen]:
    """Per body, in code order, the report that counts among those handed in before ``as_of``.

    ``decisions`` None is version 1, in which no late report counts.
    """
    counting = (judged(report, decisions) for report in reports if report.submitted_at < as_of)
    return _latest(one for one in counting if one.ground != "not_counted")


def handed_in(reports: Iterable[Accepted], decisions: Decisions, *, as_of: datetime) -> list[Chosen]:
    """Per body the report handed in last before ``as_of``, whether it counts or not: what came after a freeze is seen so."""
    return _latest(judged(report, decisions) for report in reports if report.submitted_at < as_of)


def judged(report: Accepted, decisions: Decisions | None) -> Chosen:
    """Whether a report counts, and why. A decision on the very submission is named before an extension."""
    if not report.late:
        return Chosen(report, "in_time")
    if decisions is None:
        return Chosen(report, "not_counted")
    if report.submission_id in decisions.accepted:
        return Chosen(report, "late_acceptance")
    extension = decisions.extensions.get(report.agency)
    if extension is not None and report.submitted_at < extension.until:
        return Chosen(report, "extension", extension.extension_id)
    return Chosen(report, "not_counted")


def _latest(chosen: Iterable[Chosen]) -> list[Chosen]:
    last: dict[str, Chosen] = {}
    for one in sorted(chosen, key=lambda one: (one.report.submitted_at, one.report.sequence)):
        last[one.report.agency] = one
    return [last[agency] for agency in sorted(last)]
