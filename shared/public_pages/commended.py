"""Whom the decision has commended: its words on grade A, and who has it. It knows no other list. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.law.scheme import Scheme
from shared.public_pages.words import Words

# Its words are read by G-22: grade A agencies form the list, which suggests and does not award.
READING: Final = "G-22"


@dataclass(frozen=True)
class Commended:
    """``clause`` and ``quote`` are where the decision says it, None in a scheme that says nothing of it; ``bodies`` are code
    and name of those with the highest grade, in the sheet's order, each with whether rounding lifted it there."""

    clause: str | None
    quote: str | None
    bodies: tuple[tuple[str, Words, bool], ...]


def commended(document: Mapping[str, Any], scheme: Scheme, names: Mapping[str, Words]) -> Commended:
    reading = scheme.readings.get(READING)
    passage = scheme.passages[reading.words] if reading and reading.words else None
    rounded = frozenset(document["commended_by_rounding"])
    bodies = tuple((code, names[code], code in rounded) for code in document["commended"] if code in names)
    if passage is None:
        return Commended(None, None, bodies)
    return Commended(passage.item, passage.text.removeprefix("- "), bodies)
