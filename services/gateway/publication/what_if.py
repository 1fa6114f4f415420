"""Use case: what a published version would say if a body's own figures were otherwise. Nothing is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from services.gateway.access.tenancy import reach_of
from services.gateway.http.errors import AgencyUnknown
from services.gateway.publication.sheets import StoredSheet
from shared.audit import Actor
from shared.errors import Fault, InputInvalid, NotFound
from shared.law import what_if as law
from shared.law.refusals import Fault as Refused
from shared.law.refusals import InputRefused
from shared.law.sheet import AgencyScore
from shared.plans.difference import ends, exact_text, two_decimals


def require_seen(actor: Actor, agency: str) -> None:
    """Published figures are everybody's, so no row security refuses another body's. Raises NotFound."""
    if reach_of(actor)[0] not in ("*", agency):
        raise NotFound("there is no such thing for this key")


def what_if(found: StoredSheet, agency: str, figures: Mapping[str, str | None]) -> dict[str, Any]:
    """The answer as a document. Raises AgencyUnknown, and InputInvalid with every figure that scoring would refuse."""
    sheet = found.restored
    if agency not in sheet.names:
        raise AgencyUnknown(f"no scored body has the code {agency!r} in {found.period}")
    try:
        told = law.what_if(sheet.sheet, agency, figures)
    except InputRefused as error:
        faults = [_fault(each, figures) for each in error.faults]
        raise InputInvalid("scoring would refuse these figures", faults=faults) from error
    return {**said_of(found, told), "measures": dict(figures)}


def said_of(found: StoredSheet, told: law.WhatIf) -> dict[str, Any]:
    """What the version says of the body beside what it would say, as a document."""
    before, after = told.before, told.after
    return {
        "period": found.period,
        "version": found.version,
        "agency": before.agency,
        "total_exact": exact_change(before.total_exact, after.total_exact),
        "total": ends(before.total, after.total),
        "shown_total": ends(two_decimals(before.total_exact), two_decimals(after.total_exact)),
        "grade": ends(before.grade, after.grade),
        "rank": ends(before.rank, after.rank),
        "indicators": [_indicator(code, before, after) for code in before.indicators],
        "newly_best": list(told.newly_best),
        "others": {"agencies": told.others, "lost": _buckets(told.lost), "gained": _buckets(told.gained)},
    }


def _fault(found: Refused, figures: Mapping[str, str | None]) -> Fault:
    """At the figure that was sent; at all of them where it is about several together."""
    place = f"/measures/{found.measure}" if found.measure in figures else "/measures"
    message = f"{found.measure} cannot be this"
    return Fault(place, message, seen=found.value, expected=found.expected, hint=found.hint, rule=found.rule)


def _indicator(code: str, before: AgencyScore, after: AgencyScore) -> dict[str, Any]:
    first, last = before.indicators[code], after.indicators[code]
    return {
        "code": code,
        **exact_change(first.points, last.points),
        "points": ends(two_decimals(first.points), two_decimals(last.points)),
        "state": ends(first.state, last.state),
    }


def exact_change(before: Fraction | None, after: Fraction | None) -> dict[str, Any]:
    """Both ends and what is between them; a missing one counts nothing."""
    return {**ends(exact_text(before), exact_text(after)), "change": str((after or 0) - (before or 0))}


def _buckets(found: Sequence[law.Bucket]) -> list[dict[str, Any]]:
    return [{"above": two_decimals(each.above), "up_to": two_decimals(each.up_to), "agencies": each.agencies} for each in found]
