"""The exchange format of scoring: a document with figures in, a document with points out (scheme rule 5)."""

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from shared.law.exact import decimal_text
from shared.law.input_document import read_input
from shared.law.provisions import BONUS
from shared.law.readings import Readings
from shared.law.refusals import ReadingUnknown
from shared.law.scheme import Scheme, scheme_for
from shared.law.sheet import AgencyScore, IndicatorScore, ScoreSheet, score


def simulate(data: bytes, *, readings: Mapping[str, str] | None = None) -> bytes:
    """Score a document of the exchange format: UTF-8 JSON in, UTF-8 JSON out, ending with a line break.

    ``readings`` names alternatives by reading (``{"B-1": "table"}``); the answer repeats them as its last member.
    Raises InputRefused, one fault per refused figure; nothing is computed from input with a fault. Raises ReadingUnknown for
    a choice that the scheme does not know, or that figures alone cannot follow.
    """
    period, agencies = read_input(data)
    scheme = scheme_for(period)
    chosen = Readings.of(scheme, readings or {})
    for reading, alternative in chosen.alternatives(scheme):
        if alternative.source == "rows":
            raise ReadingUnknown(f"reading {reading}: the alternative {alternative.id} needs rows, not figures alone")
    answer = render(score(scheme, period, agencies, readings=chosen))
    if readings:
        answer |= {"readings": chosen.as_mapping()}
    return json.dumps(answer, ensure_ascii=False, indent=1).encode() + b"\n"


def render(sheet: ScoreSheet) -> dict[str, Any]:
    """The sheet as plain objects, lists, text, whole numbers, booleans and None, in the format's order of keys."""
    return {
        "period": str(sheet.period),
        "scheme": sheet.scheme.id,
        "provisional": sheet.provisional,
        "leaders": {code: list(leaders.agencies) for code, leaders in sheet.leaders.items()},
        "agencies": [render_line(sheet, line) for line in sheet.lines()],
    }


def render_line(sheet: ScoreSheet, line: AgencyScore) -> dict[str, Any]:
    """One agency's object."""
    places = sheet.scheme.rounding.display_places.value
    return {
        "agency": line.agency,
        "total": written_total(line.total, places=sheet.scheme.rounding.total_places.value),
        "total_exact": str(line.total_exact),
        "grade": line.grade,
        "rank": line.rank,
        "shown_total": shown_total(sheet.scheme, line.total_exact),
        "missing": list(line.missing),
        "groups": {code: _shown(value, places=places) for code, value in line.groups.items() if code != BONUS},
        "indicators": dict(_indicators(sheet, line.indicators, places=places)),
    }


def shown_total(scheme: Scheme, total_exact: Fraction) -> str:
    """The total to the decimals that components have: it stands wherever a rank does, for the rank is decided by it (G-23)."""
    return decimal_text(total_exact, places=scheme.rounding.display_places.value)


def _indicators(
    sheet: ScoreSheet, scores: Mapping[str, IndicatorScore], *, places: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    for code, found in scores.items():
        yield (
            code,
            {
                "points": _shown(found.points, places=places),
                "exact": None if found.points is None else str(found.points),
                "max": str(sheet.scheme.indicators[code].maximum.value),
                "state": found.state,
            },
        )


def _shown(value: Fraction | None, *, places: int) -> str | None:
    return None if value is None else decimal_text(value, places=places)


def written_total(total: int, *, places: int) -> int | str:
    """A whole number, as the decision has it; text where a scheme keeps decimals."""
    return decimal_text(Fraction(total, 10**places), places=places) if places else total
