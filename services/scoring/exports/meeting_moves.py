"""What moved since the month before, as the document for the meeting tells it. Pure.

Totals and points are compared as both tables show them, so that readers can check it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from shared.awaiting import WITHOUT_POINTS
from shared.law.exact import decimal_text
from shared.law.provisions import BONUS
from shared.law.scheme import Scheme
from shared.period import Period
from shared.public_pages.sheet import Sheet
from shared.writing import NONE, decimal_comma, moment, month, signed

Document = Mapping[str, Any]
Plain = dict[str, Any]

MOVERS: Final = 10
# Of each of them so many indicators.
BIGGEST: Final = 3


class Moves:
    """``document`` against ``before``, the sheet published last of the month before; None where none is."""

    def __init__(self, document: Document, before: Document | None, scheme: Scheme) -> None:
        self._before, self._scheme, self._month = before, scheme, Period.parse(document["period"]).previous
        self._same_law = before is not None and before["scheme_digest"] == document["scheme_digest"]
        first, last = (
            {} if each is None else {line["agency"]: line for line in each["agencies"]} for each in (before, document)
        )
        self._pairs = {code: (first[code], line) for code, line in last.items() if code in first}

    def of(self, agency: str) -> str:
        return signed(str(self._by(agency))) if agency in self._pairs else NONE

    def told(self, sheet: Sheet) -> Plain:
        named = month(str(self._month))
        if self._before is None:
            return {"absent": f"Chưa có bảng điểm {named} được công bố nên không có số liệu để so sánh."}
        moved = sorted(self._pairs, key=lambda code: (-self._by(code), code))
        names = {body.code: body.name.vi for body in sheet.bodies}
        up = [code for code in moved if self._by(code) > 0][:MOVERS]
        down = [code for code in reversed(moved) if self._by(code) < 0][:MOVERS]
        return {
            "absent": None,
            "with": f"{named}, phiên bản {self._before['version']} (mã công bố {self._before['publication']}), "
            f"công bố lúc {moment(self._before['published_at'])}",
            "same_law": self._same_law,
            "up": [self._row(code, names[code]) for code in up],
            "down": [self._row(code, names[code]) for code in down],
            "regraded": [
                [names[code], *(line["grade"] for line in self._pairs[code])]
                for code in names
                if code in self._pairs and len({line["grade"] for line in self._pairs[code]}) > 1
            ],
            "uncompared": [name for code, name in names.items() if code not in self._pairs],
        }

    def _shown(self, line: Document) -> str:
        return decimal_text(Fraction(line["total_exact"]), places=self._scheme.rounding.display_places.value)

    def _by(self, agency: str) -> Fraction:
        first, last = self._pairs[agency]
        return Fraction(self._shown(last)) - Fraction(self._shown(first))

    def _row(self, agency: str, name: str) -> Plain:
        first, last = self._pairs[agency]
        return {
            "name": name,
            "from": decimal_comma(self._shown(first)),
            "to": decimal_comma(self._shown(last)),
            "by": self.of(agency),
            "grades": [first["grade"], last["grade"]],
            "because": [f"{code} {signed(str(by))}" for by, code in self._indicators(first, last)],
        }

    @staticmethod
    def _indicators(first: Document, last: Document) -> list[tuple[Fraction, str]]:
        """The largest changes; of what has no points on either side none can be told."""
        found = []
        for code, now in last["indicators"].items():
            then = first["indicators"].get(code)
            if then is None or {then["state"], now["state"]} & WITHOUT_POINTS:
                continue
            if by := Fraction(now["points"]) - Fraction(then["points"]):
                found.append((by, "KK" if code == BONUS else code))
        return sorted(found, key=lambda each: (-abs(each[0]), each[1]))[:BIGGEST]
