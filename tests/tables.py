"""Tables of many rows, each the matter of one test that tries every row and reports all that fail, by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Row = TypeVar("Row")


def whole(rows: Iterable[Row], *, least: int) -> list[Row]:
    """The rows, which are ``least`` at the least: a loop over a table that was read wrong would prove nothing."""
    found = list(rows)
    assert len(found) >= least, f"a table of {len(found)} rows, where {least} were known: was it read wrong, or are rows gone?"
    return found
