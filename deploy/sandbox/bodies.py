"""The 56 bodies, the ways sources spell them, and how well each one does in the invented world."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from deploy.sandbox.dice import below, between

DATA = Path(__file__).parent / "data"
WITHOUT_PROCEDURES = frozenset({"G27", "G28", "G30", "G31", "G32"})
"""Government agencies that hardly handle public procedures: the portal does not list them."""


@dataclass(frozen=True, slots=True)
class Body:
    """One scored body: code, kind and its names with the day each began."""

    code: str
    kind: str
    names: tuple[tuple[date, str], ...]

    def name(self, on: date) -> str:
        """The official name in force on a day; the first one before any."""
        return max((row for row in self.names if row[0] <= on), default=self.names[0])[1]


def rows(name: str) -> list[dict[str, str]]:
    """One of the copied data files, words unchanged."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def bodies() -> dict[str, Body]:
    """All 56 by code, in code order."""
    found: dict[str, Body] = {}
    for row in rows("agencies.csv"):
        name = (date.fromisoformat(row["valid_from"]), row["name_vi"])
        earlier = found.get(row["code"])
        found[row["code"]] = Body(row["code"], row["kind"], (*(earlier.names if earlier else ()), name))
    return dict(sorted(found.items()))


def codes(*kinds: str) -> tuple[str, ...]:
    """Codes of the bodies of the given kinds, of all when none is given."""
    return tuple(code for code, body in bodies().items() if not kinds or body.kind in kinds)


def spelled(code: str, on: date, style: int) -> str:
    """A body as sources write it; ``style`` 0…99: short code, long code, name, name in decomposed Unicode."""
    if style < 55:
        return code
    if style < 68:
        return f"000.00.00.{code}"
    name = bodies()[code].name(on)
    return name if style < 88 else unicodedata.normalize("NFD", name)


@cache
def quality(seed: int, code: str) -> int:
    """How well a body does, per mille: 560 … 995, invented, and the same in every month."""
    return between(560, 995, seed, "quality", code)


def quiet(code: str, month_index: int) -> bool:
    """Whether System 57 holds nothing at all for the body in that month (A1 without tasks)."""
    return _QUIET.get(code) == month_index % 6


_QUIET = {"G32": 0, "G31": 1, "G20": 2, "G21": 3, "H12": 4, "H35": 5}


def style_of(*words: object) -> int:
    """Which spelling a source uses for a row: stable, so that a row keeps its natural key over the months."""
    return below(100, "style", *words)
