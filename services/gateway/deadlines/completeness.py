"""How complete and how timely a month's reports are, per body and for all (DQ-06). Pure.

Timeliness: a body is *in time* when it has an accepted report handed in before the deadline that held for it, *late* when it
has only late ones, and *none* when it has none; the rate is bodies in time of all bodies in the registry. Drafts and test
submissions say nothing.

Completeness: the parts expected of a body are its list of registered tasks (D1; an empty list is a list) and, for C1, every
database that it reports now or reported the month before and that the national database gives no figure of. A part is
received when the report in force has it. The rate is parts received of parts expected, over all bodies.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.gateway.deadlines.store.records import BodyReport, CountedReports

TASKS = "D1"
_CENTS = Decimal("0.01")


@dataclass(frozen=True)
class Month:
    """What is known of all bodies: the reports in force now and the month before, by body; automatic figures of now as
    (body, database); the latest snapshot of reports."""

    reports: Mapping[str, BodyReport]
    before: Mapping[str, BodyReport]
    automatic: Set[tuple[str, str]]
    snapshot: CountedReports | None


@dataclass(frozen=True)
class Due:
    """When a body's report is due: the instants of shared.calendar.Deadline."""

    soft_at: datetime
    hard_at: datetime
    counts_until: datetime
    moved_by: str | None


def body(agency: str, month: Month, due: Due) -> dict[str, Any]:
    """One body's line."""
    report = month.reports.get(agency)
    expected, received = parts(agency, month)
    counted = _counted(agency, month.snapshot)
    held = counted is not None and report is not None and counted["submission_id"] == report.submission_id
    return {
        "agency": agency,
        "state": state_of(report),
        "submission_id": report.submission_id if report else None,
        "sequence": report.sequence if report else None,
        "submitted_at": report.submitted_at if report else None,
        "late": report.late if report else None,
        **vars(due),
        "late_accepted": report is not None and report.late_accepted,
        "counted": counted,
        "counterfactual": report is not None and report.late and not held,
        "uncounted": _uncounted(report),
        "expected": len(expected),
        "received": len(received),
        "missing": sorted(expected - received),
    }


def whole(period: str, lines: list[dict[str, Any]], month: Month, now: datetime) -> dict[str, Any]:
    """The month with its rates."""
    states = [line["state"] for line in lines]
    expected, received = (sum(line[name] for line in lines) for name in ("expected", "received"))
    return {
        "period": period,
        "now": now,
        "frozen": month.snapshot.snapshot_id if month.snapshot else None,
        "bodies": len(lines),
        **{state: states.count(state) for state in ("in_time", "late", "none")},
        "expected": expected,
        "received": received,
        "timeliness": percent(states.count("in_time"), len(lines)),
        "completeness": percent(received, expected),
        "items": lines,
    }


def state_of(report: BodyReport | None) -> str:
    if report is None:
        return "none"
    return "in_time" if report.any_in_time else "late"


def parts(agency: str, month: Month) -> tuple[set[str], set[str]]:
    """What is expected of a body and what it gave; databases are written ``C1:<code>``."""
    report, before = month.reports.get(agency), month.before.get(agency)
    now = set(report.databases) if report else set()
    named = now | (set(before.databases) if before else set())
    wanted = {f"C1:{database}" for database in named if (agency, database) not in month.automatic}
    given = {f"C1:{database}" for database in now} & wanted
    return wanted | {TASKS}, given | ({TASKS} if report else set())


def percent(part: int, whole: int) -> str:
    """Two decimals, halves up; nothing expected is wholly received."""
    share = Decimal(100) if whole == 0 else Decimal(100 * part) / whole
    return str(share.quantize(_CENTS, ROUND_HALF_UP))


def _counted(agency: str, snapshot: CountedReports | None) -> dict[str, Any] | None:
    """The body's submission that the latest snapshot holds, which need not be the one in force now."""
    if snapshot is None:
        return None
    for one in snapshot.reports or ():
        if one["agency"] == agency:
            where = {"snapshot": snapshot.snapshot_id, "version": snapshot.version}
            return {**where, "submission_id": one["submission"], "sequence": one["sequence"], "ground": one["ground"]}
    return None


def _uncounted(report: BodyReport | None) -> dict[str, Any] | None:
    if report is None or report.uncounted_id is None:
        return None
    about = {"submission_id": report.uncounted_id, "sequence": report.uncounted_sequence}
    return {**about, "submitted_at": report.uncounted_at}
