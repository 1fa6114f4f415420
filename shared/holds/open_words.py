"""A kind of hold: reported C1 figures on which no word of the Ministry of Public Security came by its deadline (C-2, C-3).

Which are open, the view ingest.open_word says once the month's words are frozen; before that C1 is missing anyway. A
superseding version of the words takes in one that came later; what two people leave out does not count (docs/adr/0029).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from typing import Any

from sqlalchemy import text

from shared.database import Connection, every
from shared.holds.declaration import HeldBody, HeldItem, Hold, Kind
from shared.holds.latest_sheet import LatestSheet, latest_sheet
from shared.period import Period, in_vietnam

CODE = "open_word"
_INDICATOR = "C1"

_OPEN = text("""
SELECT source, snapshot_id, reports, known_at, found_at, agency, database, new_records
  FROM ingest.open_word WHERE period = :period ORDER BY agency COLLATE "C", database COLLATE "C"
""")


@dataclass(frozen=True, kw_only=True)
class OpenWord:
    """One figure without a word; ``snapshot_id`` are the frozen words, ``reports`` the frozen reports."""

    source: str
    snapshot_id: str
    reports: str
    known_at: datetime
    found_at: datetime
    agency: str
    database: str
    new_records: int

    @property
    def key(self) -> str:
        """A figure that says another number is another fact."""
        return f"{self.database}/{self.agency}/{self.new_records}"


async def find(connection: Connection, period: Period, without: frozenset[str], run_id: str | None) -> Sequence[Hold]:
    """At most one hold: all words of a month come from one source."""
    words = await every(connection, OpenWord, _OPEN, {"period": str(period)})
    found = [each for each in words if each.key not in without]
    return [hold_of(period, found, await latest_sheet(connection, period, run_id))] if found else []


def hold_of(period: Period, found: Sequence[OpenWord], sheet: LatestSheet) -> Hold:
    """``found`` in the order of bodies. Pure."""
    first = found[0]
    waiting = _waiting(sheet) if sheet.rests_on(first.reports) else {}
    bodies = []
    for agency, words in groupby(found, key=lambda each: each.agency):
        mine = list(words)
        points = _at_stake(waiting.get(agency), sum(each.new_records for each in mine))
        bodies.append(HeldBody(agency, [_item(each) for each in mine], points))
    evidence = {"snapshot": first.snapshot_id, "reports": first.reports, "known_at": in_vietnam(first.known_at)}
    scored = sheet.rests_on(first.reports, first.snapshot_id)
    return Hold(CODE, period, first.source, first.found_at, bodies, evidence, scored)


def _item(word: OpenWord) -> HeldItem:
    return HeldItem(word.key, {"database": word.database, "new_records": word.new_records})


def _waiting(sheet: LatestSheet) -> dict[str, Mapping[str, Any]]:
    """By body what the run says of its open figures."""
    shown = {agency: line["indicators"][_INDICATOR].get("awaiting") for agency, line in sheet.lines().items()}
    return {agency: one for agency, one in shown.items() if one}


def _at_stake(said: Mapping[str, Any] | None, records: int) -> Fraction | None:
    """What C1 would gain, in the pool as the run knew it; None where the run knew of other open figures."""
    return Fraction(said["exact"]) if said is not None and int(said["open"]) == records else None


OPEN_WORD = Kind(
    CODE,
    "Số liệu C1 do cơ quan báo cáo, chưa có ý kiến của Bộ Công an khi hết hạn",
    "Reported C1 figures without a word of the Ministry of Public Security at its deadline",
    "Lập bản chốt thay thế các ý kiến (hai người) khi Bộ Công an đã có ý kiến, hoặc ra quyết định để ngoài (hai người).",
    "Supersede the words (two people) once the Ministry has given them, or leave them out by a decision (two people).",
    find,
)
