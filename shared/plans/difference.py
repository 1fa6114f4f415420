"""What a sheet would change in the published table: what a plan keeps and a publisher agrees to by its digest.

Pure: the same two sheets give the same bytes, wherever and whenever they are compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from shared.canonical import canonical_bytes, sha256_hex
from shared.errors import Fault
from shared.law.changes import AgencyChange, Causes, Change, changes_of
from shared.law.exact import decimal_text
from shared.law.restored import Restored, SheetNotHeld, restored
from shared.law.sheet import AgencyScore, ScoreSheet, score
from shared.plans.pins import PlanStale

Document = dict[str, Any]
# Decimals of the total that stands beside every rank.
PLACES = 2


@dataclass(frozen=True)
class Former:
    """The version that is published: what it was computed as, by the bytes of its run's sheet."""

    publication_id: str
    version: int
    run_id: str
    result_digest: str
    sheet: bytes

    def named(self) -> Document:
        return {"publication": self.publication_id, "version": self.version, "result_digest": self.result_digest}


@dataclass(frozen=True)
class Difference:
    """``document`` with its canonical bytes; the digest of these is what is agreed to."""

    document: Document

    @property
    def bytes(self) -> bytes:
        return canonical_bytes(self.document)

    @property
    def digest(self) -> str:
        return sha256_hex(self.bytes)


def difference_of(former: Former | None, sheet: Restored, result_digest: str) -> Difference:
    """Between the published version, None where the month has none, and a sheet: ``agencies`` are the bodies whose points,
    total, grade or rank differ, each with both values and the causes. ``compared`` is false where the published version was
    computed by a scheme that is not held any more; then both ends are named, and no body."""
    after = sheet.sheet
    document: Document = {"period": str(after.period), "against": None if former is None else former.named()}
    before = _before(former, after)
    changes = [] if before is None else [each for each in changes_of(before, after) if _moves(each)]
    return Difference(
        document
        | {
            "result_digest": result_digest,
            "provisional": after.provisional,
            "compared": before is not None,
            "agencies_moved": sum(each.moved for each in changes),
            "grades_moved": sum(_end(each.before, "grade") != _end(each.after, "grade") for each in changes),
            "ranks_moved": sum(_end(each.before, "rank") != _end(each.after, "rank") for each in changes),
            "agencies": [told(each) for each in changes],
        }
    )


def refuse_other_difference(run_id: str, seen: str | None, now: Difference) -> None:
    """Raises PlanStale unless the digest that a publisher saw is that of the difference as it is now."""
    if seen != now.digest:
        against = now.document["against"]
        fault = Fault("/plan", "is not the digest of what publishing would change now", seen=seen, expected=now.digest)
        hint = f"Read GET /api/v1/score-runs/{run_id}/readiness again, and publish with the digest that it tells."
        if against is None:
            raise PlanStale(f"{run_id}: what was seen is not what it would change as first version", faults=[fault], hint=hint)
        message = f"{run_id}: what was seen is not what it would change beside version {against['version']}"
        raise PlanStale(message, faults=[fault], hint=hint)


def _before(former: Former | None, after: ScoreSheet) -> ScoreSheet | None:
    if former is None:
        return score(after.scheme, after.period, ())
    try:
        return restored(json.loads(former.sheet)).sheet
    except SheetNotHeld:
        return None


def _moves(change: AgencyChange) -> bool:
    return change.moved or _end(change.before, "rank") != _end(change.after, "rank")


def _end(line: AgencyScore | None, name: str) -> Any:
    return None if line is None else getattr(line, name)


def told(change: AgencyChange) -> Document:
    """One body as documents say it: values exact, causes by name; indicators that are the same in both are left out."""
    first, last = change.before, change.after
    return {
        "agency": change.agency,
        "moved": change.moved,
        "total_exact": _change(change.total_exact),
        "causes": _causes(change.total_exact.causes),
        "total": ends(first and first.total, last and last.total),
        "rounding": str(change.rounding),
        "grade": ends(first and first.grade, last and last.grade),
        "shown_total": ends(two_decimals(change.total_exact.before), two_decimals(change.total_exact.after)),
        "rank": ends(first and first.rank, last and last.rank),
        "rank_causes": _causes(change.rank.causes),
        "indicators": [
            {"code": code, **_change(found), "state": states, "causes": _causes(found.causes)}
            for code, found in change.indicators.items()
            for states in [ends(_state(first, code), _state(last, code))]
            if found.before != found.after or states["from"] != states["to"]
        ],
    }


def _state(line: AgencyScore | None, code: str) -> str | None:
    return line.indicators[code].state if line and code in line.indicators else None


def _change(found: Change) -> Document:
    return {"from": exact_text(found.before), "to": exact_text(found.after), "change": str(found.change)}


def ends(before: object, after: object) -> Document:
    """A value of either side, as documents write it."""
    return {"from": before, "to": after}


def _causes(causes: Causes) -> Mapping[str, str]:
    return {cause: str(share) for cause, share in causes.items()}


def two_decimals(total: Fraction | None) -> str | None:
    """Points as they are shown, null where they are missing."""
    return None if total is None else decimal_text(total, places=PLACES)


def exact_text(value: Fraction | None) -> str | None:
    """An exact value, null where it is missing."""
    return None if value is None else str(value)
