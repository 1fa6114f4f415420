"""Which other readings of the law would move the month, and whom, as the document for the meeting tells it. Pure.

What other readings give every body is public (GET …/readings); here stand those that move something, the most weighty first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from services.scoring.records import Outcome
from shared.public_pages.sheet import Sheet
from shared.writing import decimal_comma

Document = Mapping[str, Any]
Plain = dict[str, Any]

# Of those whose grade stays, so many are named.
NAMED: Final = 8


@dataclass(frozen=True)
class _Moved:
    agency: str
    before: Document
    after: Document

    @property
    def by(self) -> Fraction:
        return Fraction(self.after["total_exact"]) - Fraction(self.before["total_exact"])

    @property
    def shows(self) -> bool:
        """Whether it is seen in two decimals."""
        return bool(self.before["shown_total"] != self.after["shown_total"])

    @property
    def regraded(self) -> bool:
        return bool(self.before["grade"] != self.after["grade"])


def contested(register: Document | None, outcomes: Sequence[Outcome], sheet: Sheet) -> Plain:
    """``register`` is the run's, None for runs from before there was one; ``outcomes`` every body under each alternative."""
    if register is None:
        return {"absent": "Lần chấm điểm này chưa lưu kết quả theo các cách hiểu khác.", "told": [], "still": [], "unknown": []}
    names = {body.code: body.name.vi for body in sheet.bodies}
    under = {(each.reading, each.alternative): list(_moved(each)) for each in outcomes}
    told, still, unknown = [], [], []
    for reading in register["readings"]:
        for other in reading["alternatives"]:
            key = (reading["id"], other["id"])
            if not other["computed"] or key not in under:
                unknown.append(f"{reading['id']}: {other['says']['vi']}")
            elif under[key]:
                told.append((under[key], _told(reading, other, under[key], names)))
            else:
                still.append(f"{reading['id']}: {other['says']['vi']}")
    told.sort(key=lambda each: (-sum(one.regraded for one in each[0]), -len(each[0]), each[1]["id"]))
    return {"absent": None, "told": [each for _, each in told], "still": still, "unknown": unknown}


def _moved(outcome: Outcome) -> Iterator[_Moved]:
    for line in outcome.agencies():
        found = _Moved(line["agency"], line["in_force"], line["alternative"])
        if found.by or found.regraded:
            yield found


def _told(reading: Document, other: Document, moved: Sequence[_Moved], names: Mapping[str, str]) -> Plain:
    """Bodies whose grade would be another all by name, of the others those that move most."""
    weighty = sorted(moved, key=lambda each: (-abs(each.by), each.agency))
    regraded = [each for each in weighty if each.regraded]
    others = [each for each in weighty if not each.regraded and each.shows]
    return {
        "id": reading["id"],
        "clause": reading["clause"] or "",
        "in_force": reading["in_force"]["vi"],
        "says": other["says"]["vi"],
        "bodies": len(moved),
        "grades": len(regraded),
        "ranks": other["ranks_moved"],
        "regraded": [_line(each, names) for each in regraded],
        "others": [_line(each, names) for each in others[:NAMED]],
        "more": max(0, len(others) - NAMED),
        "unseen": len(weighty) - len(regraded) - len(others),
    }


def _line(moved: _Moved, names: Mapping[str, str]) -> str:
    first, last = ("{} ({})".format(decimal_comma(each["shown_total"]), each["grade"]) for each in (moved.before, moved.after))
    return f"{names.get(moved.agency, moved.agency)} {first} → {last}"
