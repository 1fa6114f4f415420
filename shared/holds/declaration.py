"""What a hold is: facts that are open, of which bodies, and what is at stake. Pure.

A kind of hold is a module beside this one that finds its open facts, and a line in ``shared.holds.register``. What a recorded
decision of two people left out is taken off every kind alike, item by item, so a kind need not know of decisions.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from shared.canonical import canonical_bytes, sha256_hex
from shared.database import Connection
from shared.law.exact import decimal_text
from shared.period import Period, in_vietnam

_POINTS_PLACES = 2


@dataclass(frozen=True)
class HeldItem:
    """One open fact. ``key`` names it for ever: a fact that says something else has another key. ``facts`` are plain JSON and
    hold no text of a person or a task."""

    key: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class HeldBody:
    """One body's open facts, and the points it would gain (or, below zero, lose) by them; None where nobody can say yet."""

    agency: str
    items: Sequence[HeldItem]
    points: Fraction | None

    def as_document(self) -> dict[str, Any]:
        return {
            "agency": self.agency,
            "points": None if self.points is None else _shown(self.points),
            "exact": None if self.points is None else str(self.points),
            "items": [{"key": each.key, **each.facts} for each in self.items],
        }


@dataclass(frozen=True)
class Hold:
    """Open facts of one kind from one source. ``since`` is when they were found; ``evidence`` names what they rest on."""

    kind: str
    period: Period
    source: str
    since: datetime
    bodies: Sequence[HeldBody]
    evidence: Mapping[str, Any]

    @property
    def keys(self) -> list[str]:
        return sorted(each.key for body in self.bodies for each in body.items)

    @property
    def hold_id(self) -> str:
        """Follows from what is open: a decision on it is a decision on these very facts."""
        content = {"kind": self.kind, "period": str(self.period), "source": self.source, "keys": self.keys}
        return "hold_" + sha256_hex(canonical_bytes(content)).removeprefix("sha256:")[:32]

    def without(self, left_out: Collection[str]) -> Hold | None:
        """What stays open, None when nothing does. Points of a body of which a part was left out are not known any more."""
        bodies = [each for body in self.bodies if (each := _less(body, left_out)) is not None]
        return replace(self, bodies=bodies) if bodies else None

    def as_document(self) -> dict[str, Any]:
        return {
            "hold_id": self.hold_id,
            "kind": self.kind,
            "source": self.source,
            "since": in_vietnam(self.since),
            "evidence": dict(self.evidence),
            "bodies": [body.as_document() for body in self.bodies],
        }


@dataclass(frozen=True)
class Kind:
    """One way in which facts can be open. ``find`` gives at most one hold for each source; ``settled_by`` says, for people,
    what takes the facts in."""

    code: str
    title_vi: str
    title_en: str
    settled_by_vi: str
    settled_by_en: str
    find: Callable[[Connection, Period], Awaitable[Sequence[Hold]]]


def _less(body: HeldBody, left_out: Collection[str]) -> HeldBody | None:
    items = [each for each in body.items if each.key not in left_out]
    if len(items) == len(body.items):
        return body
    return HeldBody(body.agency, items, None) if items else None


def _shown(points: Fraction) -> str:
    """Half-up by size: what a body loses is rounded as what it gains."""
    text = decimal_text(abs(points), places=_POINTS_PLACES)
    return f"-{text}" if points < 0 else text
