"""What a hold is: facts that are open, of which bodies, and what is at stake. Pure.

A kind of hold is a module beside this one that finds its open facts, and a line in ``shared.holds.register``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
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
    """Open facts of one kind from one source. ``since`` is when they were found; ``evidence`` names what they rest on.
    ``scored``: the month's latest run rests on that too, so points that are not told then cannot be told."""

    kind: str
    period: Period
    source: str
    since: datetime
    bodies: Sequence[HeldBody]
    evidence: Mapping[str, Any]
    scored: bool

    @property
    def keys(self) -> list[str]:
        return sorted(each.key for body in self.bodies for each in body.items)

    @property
    def hold_id(self) -> str:
        """Follows from what is open: a decision on it is a decision on these very facts."""
        content = {"kind": self.kind, "period": str(self.period), "source": self.source, "keys": self.keys}
        return "hold_" + sha256_hex(canonical_bytes(content)).removeprefix("sha256:")[:32]

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
    """One way in which facts can be open. ``find`` gives at most one hold for each source, without the keys it is given: what
    two people decided on; the run is the one to be published, None the month's latest. ``settled_by`` says, for people, what
    takes the facts in. Where a decision ``confirms`` the facts, they stay in, and later versions are held by new ones too.
    Where they are ``taken_in``, a later version is held by those that the published one rests on and it would not."""

    code: str
    title_vi: str
    title_en: str
    settled_by_vi: str
    settled_by_en: str
    find: Callable[[Connection, Period, frozenset[str], str | None], Awaitable[Sequence[Hold]]]
    confirms: bool = False
    taken_in: bool = False


def _shown(points: Fraction) -> str:
    """Half-up by size: what a body loses is rounded as what it gains."""
    text = decimal_text(abs(points), places=_POINTS_PLACES)
    return f"-{text}" if points < 0 else text
