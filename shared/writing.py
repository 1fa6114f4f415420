"""Figures, days and months as Vietnam writes them, and sentences. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from shared.law.exact import decimal_text
from shared.period import VIETNAM, Period

# Where a figure is missing. Never a zero.
NONE = "–"
_FIGURE = re.compile(r"(-?)([0-9]{1,30})(?:\.([0-9]{1,30}))?")


def month(period: str) -> str:
    """``2026-01`` as ``tháng 01/2026``. Raises PeriodInvalid."""
    found = Period.parse(period)
    return f"tháng {found.month:02}/{found.year}"


def moment(value: str | datetime | None) -> str:
    """An instant in Vietnam's time, dd/mm/yyyy HH:MM:SS; a dash where there is none."""
    if value is None:
        return NONE
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")


def day(value: str | date | None) -> str:
    """dd/mm/yyyy; a dash where there is none; what is no day as it stands."""
    if value is None or value == "":
        return NONE
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    return found.strftime("%d/%m/%Y")


def decimal_comma(value: str | int | None) -> str:
    """Points with a decimal comma; a dash where they are missing."""
    return NONE if value is None else str(value).replace(".", ",")


def points(exact: str | None) -> str:
    """Exact points to two decimals, with a decimal comma; a dash where they are missing."""
    if exact is None:
        return NONE
    value = Fraction(exact)
    return f"{'−' if value < 0 else ''}{decimal_comma(decimal_text(abs(value), places=2))}"


def figure(exact: str) -> str:
    """An exact figure without needless decimals: 18/5 as 3,6; one that no decimal can write to two of them."""
    value = points(exact)
    return value.rstrip("0").rstrip(",") if "," in value else value


def signed(exact: str) -> str:
    """A change of points, with its sign."""
    return points(exact) if Fraction(exact) < 0 else f"+{points(exact)}"


def is_seen(change: Mapping[str, Any]) -> bool:
    """Whether a body's change shows in what people read: its total or an indicator to two decimals, its rounded total, grade or
    rank."""
    to_two_decimals = [change["total_exact"], *change["indicators"]]
    return any(points(each["from"]) != points(each["to"]) for each in to_two_decimals) or any(
        change[name]["from"] != change[name]["to"] for name in ("total", "grade", "rank")
    )


def signed_figure(exact: str) -> str:
    """A change of a figure, with its sign: a whole one with thousands parted, another to two decimals."""
    value = Fraction(exact)
    if value.denominator == 1:
        return f"{'−' if value < 0 else '+'}{grouped(abs(value.numerator))}"
    return signed(exact)


def grouped(value: str | int) -> str:
    """A figure with thousands parted by points and decimals by a comma; what is none as it stands."""
    match = _FIGURE.fullmatch(str(value))
    if match is None:
        return str(value)
    sign, whole, decimals = match.groups()
    return f"{sign}{int(whole):,}".replace(",", ".") + (f",{decimals}" if decimals else "")


def sentence(words: str) -> str:
    """With a capital and one full stop; a code it begins with stays as it is written."""
    first = words.split(maxsplit=1)[0] if words.strip() else ""
    is_code = any(each.isdigit() or each in "_/:@" for each in first.rstrip(":"))
    return f"{words if is_code else words[:1].upper() + words[1:]}".rstrip(". ") + "."
