"""The formats a report comes in, and which of them a file's name speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from shared.errors import InputInvalid

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Final = (JSON, NDJSON, CSV, WORKBOOK)
SUFFIXES: Final[Mapping[str, str]] = {".json": JSON, ".ndjson": NDJSON, ".jsonl": NDJSON, ".csv": CSV, ".xlsx": WORKBOOK}


class FormatUnknown(InputInvalid):
    """The file or body is of no format that a report may have."""

    slug = "report-format-unknown"
    title_vi = "Định dạng báo cáo không được hỗ trợ"
    title_en = "Report format unknown"


def media_type_of(name: str) -> str:
    """The format a file's name speaks of. Raises FormatUnknown."""
    found = SUFFIXES.get(PurePath(name).suffix.lower())
    if found is None:
        raise FormatUnknown(f"{name} has no suffix of a report", hint=f"Name it with one of {', '.join(SUFFIXES)}.")
    return found
