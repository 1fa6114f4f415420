"""What a line of a sheet lacks: indicators that are missing, and those that only await a word on a reported figure (C-3). Pure.

The law knows both as missing, and so does the sheet's ``missing``; whoever acts on it does other things about the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

# Of C1: missing only because the Ministry of Public Security has not said its word on a reported figure.
AWAITING: Final = "awaiting_confirmation"

Line = Mapping[str, Any]

# States whose zero, where the sheet has one, is none of a body's making: it is written as a dash wherever people read.
WITHOUT_POINTS: Final = frozenset({"missing", AWAITING, "not_applicable", "not_counted"})


def awaited_of(line: Line) -> list[str]:
    """Indicators that await a word, in the scheme's order."""
    return [code for code, one in line["indicators"].items() if one["state"] == AWAITING]


def missing_of(line: Line) -> list[str]:
    """Indicators without a figure, and not for want of a word."""
    return [code for code in line["missing"] if line["indicators"][code]["state"] != AWAITING]


def own_points(line: Line, code: str) -> str | None:
    """An indicator's points; None where the body has none of its own making."""
    found = line["indicators"][code]
    return None if found["state"] in WITHOUT_POINTS else found["points"]


def own_group_points(line: Line, group: str, codes: Iterable[str]) -> str | None:
    """A group's points; None where none of its indicators, ``codes``, has any. The bonus is a group of one."""
    if all(line["indicators"][code]["state"] in WITHOUT_POINTS for code in codes):
        return None
    found: str | None = line["groups"].get(group, line["indicators"].get(group, {}).get("points"))
    return found
