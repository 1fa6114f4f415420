"""Tables of oversight for people: headings in words, semicolons for a spreadsheet in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.csv_files import csv_file
from shared.problems import Language


def people_csv(headings: Sequence[str], lines: Iterable[Sequence[object]], language: Language) -> bytes:
    """UTF-8 with a byte order mark; what is not known is empty."""
    return csv_file([headings, *lines], delimiter=";" if language == "vi" else ",")
