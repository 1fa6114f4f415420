"""Days as people here write them, ngày/tháng/năm, and as the API does, year first. Every form reads them by this. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from services.gateway.pages.posted import Posted

_DAY: Final = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_CLOCK: Final = re.compile(r"([^ T]+)[ T]+([0-9]{1,2})[:h]([0-9]{2})")
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What to say of a day that cannot be read, in Vietnamese and English.
TYPED_DAY: Final = (
    "Viết ngày/tháng/năm, ví dụ 05/01/2026; ngày phải có trong lịch.",
    "Write dd/mm/yyyy, such as 05/01/2026; the day must exist.",
)


def read_day(typed: str) -> str:
    """5/1/2026, 05-01-2026 or 2026-01-05 as YYYY-MM-DD; what is no day of the calendar stays as it was typed."""
    match = _DAY.fullmatch(typed)
    if match is None:
        return typed
    try:
        return date(int(match[4]), int(match[3]), int(match[1])).isoformat()
    except ValueError:
        return typed


def read_moment(typed: str) -> str:
    """10/2/2026 17:30 in Vietnam's time as an instant with its zone; anything else stays as it was typed."""
    match = _CLOCK.fullmatch(typed)
    day = read_day(match[1]) if match else ""
    if match is None or not _ISO.fullmatch(day):
        return typed
    return f"{day}T{int(match[2]):02}:{match[3]}:00+07:00"


def written_day(cell: str) -> str:
    """YYYY-MM-DD as dd/mm/yyyy; anything else as it stands."""
    try:
        return date.fromisoformat(cell).strftime("%d/%m/%Y") if _ISO.fullmatch(cell) else cell
    except ValueError:
        return cell


def with_days(posted: Posted, names: Iterable[str]) -> Posted:
    """The form with these fields as the API takes days. The form that was typed is kept for showing it again."""
    days: Mapping[str, list[str]] = {name: [read_day(posted.text(name))] for name in names if name in posted.values}
    return replace(posted, values={**posted.values, **days})
