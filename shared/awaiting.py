"""What a line of a sheet lacks: indicators that are missing, and those that only await a word on a reported figure (C-3). Pure.

The law knows both as missing, and so does the sheet's ``missing``; whoever acts on it does other things about the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# Of C1: missing only because the Ministry of Public Security has not said its word on a reported figure.
AWAITING: Final = "awaiting_confirmation"

Line = Mapping[str, Any]


def awaited_of(line: Line) -> list[str]:
    """Indicators that await a word, in the scheme's order."""
    return [code for code, one in line["indicators"].items() if one["state"] == AWAITING]


def missing_of(line: Line) -> list[str]:
    """Indicators without a figure, and not for want of a word."""
    return [code for code in line["missing"] if line["indicators"][code]["state"] != AWAITING]
