"""A kind of hold: the figure that everybody of a relative indicator is measured by stands far out (EXP-09; A3, C1, C2).

A misread figure of one body would lower all others, so a version whose leader stands out waits until two people have confirmed
that figure. What stands out, ``shared.law.edges`` says. A leader that stood out by the same figure in the version published
before is not asked about again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import text

from shared.database import Connection, one
from shared.holds.declaration import HeldBody, HeldItem, Hold, Kind
from shared.law.edges import Leading, leading
from shared.law.restored import SheetNotHeld, restored
from shared.law.sheet import ScoreSheet
from shared.period import Period
from shared.plans.published import former_version

CODE = "outlier_leader"

_RUN = text("""
SELECT run_id, recorded_at, sheet FROM scoring.run
 WHERE period = :period AND (CAST(:run_id AS text) IS NULL OR run_id = :run_id) ORDER BY run_id DESC LIMIT 1
""")


@dataclass(frozen=True, kw_only=True)
class ScoredRun:
    """A run with its canonical sheet."""

    run_id: str
    recorded_at: datetime
    sheet: bytes


@dataclass(frozen=True)
class Outlier:
    """One leader that stands out. ``source`` is the first that the law names for the measure."""

    source: str
    agency: str
    found: Leading

    @property
    def key(self) -> str:
        """Another figure of the same leader is another fact; another figure of whoever is behind is not."""
        return f"{self.found.indicator}/{self.agency}/{self.found.value}"

    def item(self) -> HeldItem:
        facts: dict[str, Any] = {name: getattr(self.found, name) for name in ("indicator", "measure", "value", "next_value")}
        return HeldItem(self.key, facts | {"moved": len(self.found.moved)})


async def find(connection: Connection, period: Period, without: frozenset[str], run_id: str | None) -> Sequence[Hold]:
    """Of the run named, else the month's latest; a hold for each source. A run of a scheme that is not held here is published
    by nobody, so nothing is said of it."""
    run = await one(connection, ScoredRun, _RUN, {"period": str(period), "run_id": run_id})
    if run is None:
        return []
    found = await asyncio.to_thread(outliers_of, run.sheet)
    if not found:
        return []
    former = await former_version(connection, period)
    known = without | {each.key for each in (await asyncio.to_thread(outliers_of, former.sheet) if former else ())}
    fresh = [each for each in found if each.key not in known]
    sources = sorted({each.source for each in fresh})
    return [_hold(period, source, [each for each in fresh if each.source == source], run) for source in sources]


@lru_cache(maxsize=8)
def outliers_of(sheet: bytes) -> tuple[Outlier, ...]:
    """By indicator and body. Pure; of the last sheets kept, for whoever opens a month asks for the same ones again."""
    try:
        return tuple(_outliers(restored(json.loads(sheet)).sheet))
    except SheetNotHeld:
        return ()


def _outliers(sheet: ScoreSheet) -> Iterator[Outlier]:
    for found in leading(sheet):
        if found.outlier:
            source = sheet.scheme.measures[found.measure].sources[0]
            yield from (Outlier(source, agency, found) for agency in found.agencies)


def _hold(period: Period, source: str, found: Sequence[Outlier], run: ScoredRun) -> Hold:
    """What is at stake is others' points, which the run's readiness tells body by body."""
    agencies = sorted({each.agency for each in found})
    bodies = [HeldBody(code, [each.item() for each in found if each.agency == code], None) for code in agencies]
    return Hold(CODE, period, source, run.recorded_at, bodies, {"run": run.run_id}, scored=True)


OUTLIER_LEADER = Kind(
    CODE,
    "Số liệu của đơn vị dẫn đầu gấp nhiều lần đơn vị đứng sau, trong khi điểm của các đơn vị khác được tính theo số liệu này",
    "A leader's figure is many times the next one's, and all others are measured by it",
    "Đối chiếu với nguồn: nếu sai thì lập bản chốt thay thế (hai người), nếu đúng thì ra quyết định xác nhận (hai người).",
    "Check it with the source: supersede the snapshot if it is wrong (two people), or confirm it by a decision (two people).",
    find,
    confirms=True,
)
