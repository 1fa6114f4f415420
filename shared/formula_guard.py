"""What a spreadsheet would take for a formula, in CSV files: led by an apostrophe when written and not when read. Pure.

Other people's words stand in such cells, and a formula in them would run on the reader's computer.
"""

from __future__ import annotations

import re
from typing import Final

# What begins a formula, also after blanks that a spreadsheet does not show; and what was led by apostrophes already, so that
# reading takes off exactly what writing put there.
_FORMULA: Final = re.compile(r"'*(?:[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")


def guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """What ``guarded`` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
