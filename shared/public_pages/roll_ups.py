"""The page of a published quarter or year, from its document and which months were corrected since (RUL-14). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.period import Span
from shared.public_pages.rendering import made_page
from shared.writing import decimal_comma, moment, month

QUARTER: Final = "/quarters/{quarter}"
YEAR: Final = "/years/{year}"
_ROMAN: Final = ("I", "II", "III", "IV")


def said_span(span: Span) -> str:
    """``2026-Q1`` as ``quý I/2026``."""
    return f"năm {span.year}" if span.quarter is None else f"quý {_ROMAN[span.quarter - 1]}/{span.year}"


def roll_up_page(document: Mapping[str, Any], *, stale: Sequence[Mapping[str, Any]], latest: int) -> bytes:
    """Bodies by rank, those without a mean last; ``stale`` are months with another version by now."""
    span = Span.parse(document["span"])
    ordered = sorted(document["agencies"], key=lambda line: (line["mean"] is None, line["rank"] or 0, line["agency"]))
    place = f"/api/v1/{'years' if span.quarter is None else 'quarters'}/{span}"
    return made_page(
        "roll_up.html", sheet=document, lines=ordered, stale=stale, latest=latest, place=place, span=said_span(span),
        span_en=f"{span.year}" if span.quarter is None else f"quarter {span.quarter} of {span.year}",
        month=month, moment=moment, decimal_comma=decimal_comma,
    )  # fmt: skip
