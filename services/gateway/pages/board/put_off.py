"""Months whose report deadline was put off: by the calendar for everybody, or by an extension for one body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.gateway.pages.board.words import left_words, seconds_between
from services.gateway.pages.page import Page
from services.gateway.pages.page_words import Words
from services.gateway.pages.registers.roster import LONGEST

_DEADLINE: Final = "report_deadline"


async def put_off_of(page: Page, now: str) -> set[str]:
    """Months that may still be reported though their turn is over; what holds for the body is asked of each by who uses it."""
    found: set[str] = set()
    cursor: str | None = None
    while True:
        calendar = await page.api.get("/calendar", cursor=cursor, limit=LONGEST)
        found |= put_off(calendar, now)
        cursor = calendar["next"]
        if cursor is None:
            return found


def put_off(calendar: Mapping[str, Any], now: str) -> set[str]:
    """Of a page of the calendar, months with a moved or extended report deadline that lies ahead. Pure."""
    moved = {
        each["period"]
        for each in calendar["items"]
        if each["in_force"] and each["kind"] == _DEADLINE and seconds_between(now, each["falls_at"]) > 0
    }
    return moved | {each["period"] for each in calendar["extensions"] if seconds_between(now, each["until"]) > 0}


def still_counts(due: Mapping[str, Any]) -> bool:
    """Whether a report handed in now would count: in time, or late by an extension. ``due`` is the body's own month. Pure."""
    return seconds_between(due["now"], due["counts_until"]) > 0


def time_of(due: Mapping[str, Any]) -> Words:
    """The time left; after the deadline also until when a late report counts. Pure."""
    vi, en = left_words(due["seconds_left"], due["hard_at"])
    if due["seconds_left"] > 0 or not still_counts(due):
        return vi, en
    late_vi, late_en = left_words(seconds_between(due["now"], due["counts_until"]), due["counts_until"])
    return f"{vi}; nộp muộn vẫn được tính, {late_vi}", f"{en}; a late report still counts, {late_en}"
