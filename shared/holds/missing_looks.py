"""A kind of hold: a frozen month that its source was to be asked for once more, and was not (SNP-14; readings A-8, A-12, G-7).

What was done in time and recorded after the freeze shows in a second look alone. Where none came (the source was away, or the
month came by official file) nobody knows whether a body lost a task, so the first version waits until a look came, a snapshot
speaks of that instant or a later one, or two people do without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import text

from shared.calendar import LOOKED_AT_TWICE, second_look_of
from shared.database import Connection, every, one
from shared.holds.declaration import HeldBody, HeldItem, Hold, Kind
from shared.holds.late_completions import COUNTED_OTHERWISE, MEASURES, shares
from shared.holds.latest_sheet import LatestSheet, latest_sheet
from shared.law.exact import read_number
from shared.law.scheme import Scheme
from shared.law_store import load_law
from shared.period import Period, in_vietnam
from shared.registry_store import load_registry

CODE = "look_missing"

_UNSEEN = text("""
SELECT s.source, s.snapshot_id, s.as_of, s.recorded_at, CAST(:due_at AS timestamptz) AS due_at
  FROM (SELECT * FROM ingest.snapshot WHERE source = :source AND period = :period ORDER BY version DESC LIMIT 1) AS s
 WHERE s.as_of < :due_at
   AND NOT EXISTS (SELECT FROM ingest.second_look l
                    WHERE l.source = s.source AND l.period = s.period AND l.as_of >= :due_at AND l.recorded_at > s.recorded_at)
""")


@dataclass(frozen=True, kw_only=True)
class MissingLook:
    """A frozen month without its second look; ``due_at`` is the instant as of which it is due."""

    source: str
    snapshot_id: str
    as_of: datetime
    recorded_at: datetime
    due_at: datetime


_UNREAD = text("""
SELECT snapshot_id, pull_id, known_at, found_at, agency FROM ingest.unread_body
 WHERE source = :source AND period = :period ORDER BY agency COLLATE "C"
""")


@dataclass(frozen=True, kw_only=True)
class UnreadBody:
    """A body of which the month's last look could not read a task."""

    snapshot_id: str
    pull_id: str
    known_at: datetime
    found_at: datetime
    agency: str


async def missing_look(connection: Connection, period: Period, source: str) -> MissingLook | None:
    """None where the month is not frozen, speaks of that instant itself, or was looked at as of it or later since."""
    due_at = await second_look_of(connection, period, source)
    given = {"source": source, "period": str(period), "due_at": due_at}
    return await one(connection, MissingLook, _UNSEEN, given)


async def find(connection: Connection, period: Period, without: frozenset[str], run_id: str | None) -> Sequence[Hold]:
    """A hold for each source whose look is missing, or could not read every body's tasks."""
    found = [each for source in sorted(LOOKED_AT_TWICE) for each in await _unseen(connection, period, source)]
    if not found:
        return []
    sheet, law = await latest_sheet(connection, period, run_id), await load_law(connection, period)
    # Nobody can say points where tasks count otherwise than the figures of a run say.
    scheme = None if law.readings.row_rules(law.scheme) & COUNTED_OTHERWISE else law.applied
    held = [hold_of(scheme, period, each, sheet, without) for each in found]
    return [each for each in held if each.bodies]


@dataclass(frozen=True)
class Unseen:
    """Bodies of which nobody knows what was recorded since: all, for a look that is missing, or those that it could not read.
    ``name`` tells one such fact from another, ``told`` is what is said of it."""

    source: str
    snapshot_id: str
    since: datetime
    name: str
    told: Mapping[str, str]
    agencies: Sequence[str]


async def _unseen(connection: Connection, period: Period, source: str) -> list[Unseen]:
    look = await missing_look(connection, period, source)
    if look is None:
        return await _unread(connection, period, source)
    everybody = sorted((await load_registry(connection, period.last_day)).agencies)
    due_at = in_vietnam(look.due_at)
    told = {"known_at": in_vietnam(look.as_of), "due_at": due_at}
    return [Unseen(source, look.snapshot_id, look.recorded_at, f"{look.snapshot_id}/{due_at}", told, everybody)]


async def _unread(connection: Connection, period: Period, source: str) -> list[Unseen]:
    found = await every(connection, UnreadBody, _UNREAD, {"source": source, "period": str(period)})
    if not found:
        return []
    first = found[0]
    told = {"pull": first.pull_id, "known_at": in_vietnam(first.known_at)}
    return [Unseen(source, first.snapshot_id, first.found_at, first.pull_id, told, [each.agency for each in found])]


def hold_of(scheme: Scheme | None, period: Period, unseen: Unseen, sheet: LatestSheet, without: frozenset[str]) -> Hold:
    """``scheme`` is None where points cannot be told. Pure."""
    scored = sheet.rests_on(unseen.snapshot_id)
    bodies = []
    for agency in unseen.agencies:
        item = HeldItem(f"{unseen.source}/{agency}/{unseen.name}", {name: unseen.told[name] for name in sorted(unseen.told)})
        points = at_most(scheme, period, agency, sheet.measures(agency)) if scored and scheme is not None else None
        if item.key not in without:
            bodies.append(HeldBody(agency, [item], points))
    evidence = {"snapshot": unseen.snapshot_id, **unseen.told}
    return Hold(CODE, period, unseen.source, unseen.since, bodies, evidence, scored)


def at_most(scheme: Scheme, period: Period, agency: str, measures: Mapping[str, str | None]) -> Fraction | None:
    """Points of the body's own shares if all its open tasks turned out to be done in time, exact; None where a figure is
    missing. Pure."""
    if any(measures.get(name) is None for name in MEASURES):
        return None
    before = {name: int(read_number(str(measures[name]))) for name in MEASURES}
    after = before | {"on_time_tasks": before["period_tasks"] - before["late_tasks"]}
    return shares(scheme, period, agency, after) - shares(scheme, period, agency, before)


LOOK_MISSING = Kind(
    CODE,
    "Chưa đối chiếu lại tháng đã chốt, hoặc khi đối chiếu có dòng không đọc được: không biết nhiệm vụ nào được ghi nhận sau "
    "khi chốt (điểm: tối đa có thể tăng)",
    "The frozen month was not looked at a second time, or rows of the body could not be read then: nobody knows what was "
    "recorded since (points: the most to be gained)",
    "Đối chiếu lại với nguồn, lập bản chốt thay thế tại thời điểm đó hoặc muộn hơn, hoặc ra quyết định công bố khi chưa đối "
    "chiếu lại (hai người).",
    "Look at the source again, supersede by a snapshot as of that instant or later, or decide to do without (two people).",
    find,
)
