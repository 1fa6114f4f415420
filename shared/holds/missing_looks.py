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
from shared.database import Connection, one
from shared.holds.declaration import HeldBody, HeldItem, Hold, Kind
from shared.holds.late_completions import MEASURES, shares
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


async def missing_look(connection: Connection, period: Period, source: str) -> MissingLook | None:
    """None where the month is not frozen, speaks of that instant itself, or was looked at as of it or later since."""
    due_at = await second_look_of(connection, period, source)
    given = {"source": source, "period": str(period), "due_at": due_at}
    return await one(connection, MissingLook, _UNSEEN, given)


async def find(connection: Connection, period: Period, without: frozenset[str]) -> Sequence[Hold]:
    """A hold for each source whose look is missing. Before the month is scored it names every body."""
    found = [await missing_look(connection, period, source) for source in sorted(LOOKED_AT_TWICE)]
    missing = [each for each in found if each is not None]
    if not missing:
        return []
    sheet, law = await latest_sheet(connection, period), await load_law(connection, period)
    everybody = (await load_registry(connection, period.last_day)).agencies
    held = [hold_of(law.applied, period, each, sheet, sorted(everybody), without) for each in missing]
    return [each for each in held if each.bodies]


def hold_of(
    scheme: Scheme, period: Period, look: MissingLook, sheet: LatestSheet, everybody: Sequence[str], without: frozenset[str]
) -> Hold:
    """``everybody`` is who could be concerned while no run says who has tasks of the month. Pure."""
    scored = sheet.rests_on(look.snapshot_id)
    agencies = [agency for agency in everybody if not scored or _has_tasks(sheet.measures(agency))]
    bodies = [_body(scheme, period, look, agency, sheet.measures(agency) if scored else {}) for agency in agencies]
    due_at = in_vietnam(look.due_at)
    evidence = {"snapshot": look.snapshot_id, "known_at": in_vietnam(look.as_of), "due_at": due_at}
    left = [body for body in bodies if not {each.key for each in body.items} <= without]
    return Hold(CODE, period, look.source, look.recorded_at, left, evidence, scored)


def at_most(scheme: Scheme, period: Period, agency: str, measures: Mapping[str, str | None]) -> Fraction | None:
    """Points of the body's own shares if all its open tasks turned out to be done in time, exact; None where a figure is
    missing. Pure."""
    if any(measures.get(name) is None for name in MEASURES):
        return None
    before = {name: int(read_number(str(measures[name]))) for name in MEASURES}
    after = before | {"on_time_tasks": before["period_tasks"] - before["late_tasks"]}
    return shares(scheme, period, agency, after) - shares(scheme, period, agency, before)


def _has_tasks(measures: Mapping[str, str | None]) -> bool:
    return measures.get("period_tasks") != "0"


def _body(scheme: Scheme, period: Period, look: MissingLook, agency: str, measures: Mapping[str, str | None]) -> HeldBody:
    due_at = in_vietnam(look.due_at)
    item = HeldItem(f"{look.source}/{agency}/{look.snapshot_id}/{due_at}", {"due_at": due_at})
    return HeldBody(agency, [item], at_most(scheme, period, agency, measures))


LOOK_MISSING = Kind(
    CODE,
    "Chưa đối chiếu lại tháng đã chốt với nguồn: không biết nhiệm vụ nào được ghi nhận sau khi chốt (điểm: tối đa có thể tăng)",
    "The frozen month was not looked at a second time: nobody knows what was recorded since (points: the most to be gained)",
    "Đối chiếu lại với nguồn, lập bản chốt thay thế tại thời điểm đó hoặc muộn hơn, hoặc ra quyết định công bố khi chưa đối "
    "chiếu lại (hai người).",
    "Look at the source again, supersede by a snapshot as of that instant or later, or decide to do without (two people).",
    find,
)
