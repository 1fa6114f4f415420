"""CSV files for spreadsheets. What these would take for a formula is led by an apostrophe when written, not when read. Pure.

Other people's words stand in such cells, and a formula in them would run on the reader's computer.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

# What begins a formula, also after blanks that a spreadsheet does not show; and what was led by apostrophes already, so that
# reading takes off exactly what writing put there.
_FORMULA: Final = re.compile(r"'*(?:[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")


def csv_file(lines: Iterable[Sequence[object]], *, delimiter: str = ",") -> bytes:
    """RFC 4180, UTF-8 with a byte order mark, by which spreadsheets know it; None is an empty cell."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """What ``guarded`` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
