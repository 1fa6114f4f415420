"""Two kinds of holds: completions recorded after the freeze, and completions taken back since (scheme §2; A-8, A-12, G-7).

Ingest found them when it asked System 57 a second time (table ingest.changed_completion); a superseding snapshot that speaks
of that instant takes them in. Which are open, the view ingest.open_change says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import partial
from itertools import groupby

from sqlalchemy import text

from shared.database import Connection, every, row
from shared.errors import Conflict
from shared.holds.declaration import HeldBody, HeldItem, Hold, Kind
from shared.holds.latest_sheet import LatestSheet, latest_sheet
from shared.holds.omissions import left_out
from shared.law.exact import read_number
from shared.law.scheme import Scheme
from shared.law.sheet import AgencyInput, faults_of, score
from shared.law_store import load_law
from shared.period import Period, in_vietnam

# What a task counts as in its month, and in which measures of group A that is.
COUNTED_IN = {
    "absent": (),
    "open": ("period_tasks",),
    "on_time": ("period_tasks", "on_time_tasks"),
    "late": ("period_tasks", "late_tasks"),
}
# Rules by which a revision may have tasks counted otherwise (readings ).
COUNTED_OTHERWISE = {"named_assigners", "backlog_only", "as_frozen"}
MEASURES = ("period_tasks", "on_time_tasks", "late_tasks")
# Whoever counts relative to the best of the pool moves others too: what is at stake is told of the body's own shares alone.
_OWN = {"on_time_tasks", "late_tasks"}

_OPEN = text("""
SELECT source, kind, pull_id, snapshot_id, known_at, found_at, agency, task_id, due_on, completed_on, reported_at,
       verdict_before, verdict_after
  FROM ingest.open_change WHERE period = :period AND kind = :kind ORDER BY source, agency, task_id
""")


# Of the published version, the snapshot of a source that speaks of an instant or a later one.
_TAKEN_IN = text("""
SELECT n.snapshot_id FROM ingest.snapshot n
 WHERE n.source = :source AND n.as_of >= :known_at AND n.snapshot_id IN (
   SELECT used ->> 'snapshot'
     FROM (SELECT run_id FROM scoring.publication WHERE period = :period ORDER BY version DESC LIMIT 1) latest
     JOIN scoring.run USING (run_id),
          jsonb_array_elements(convert_from(run.sheet, 'UTF8')::jsonb -> 'snapshots') used)
""")


@dataclass(frozen=True, kw_only=True)
class OpenChange:
    """One completion that is otherwise than the frozen month counts it; ``known_at`` is the instant it was asked for."""

    source: str
    kind: str
    pull_id: str
    snapshot_id: str
    known_at: datetime
    found_at: datetime
    agency: str
    task_id: str
    due_on: date | None
    completed_on: date | None
    reported_at: datetime | None
    verdict_before: str
    verdict_after: str

    @property
    def key(self) -> str:
        """A fact that says another day or another instant is another fact."""
        return "/".join([self.task_id, self.agency, *(part or "-" for part in self.said)])

    @property
    def said(self) -> tuple[str | None, str | None]:
        """When it was done and when that was recorded, as documents write it."""
        completed_on = None if self.completed_on is None else self.completed_on.isoformat()
        return completed_on, None if self.reported_at is None else in_vietnam(self.reported_at)


class ChangesOpen(Conflict):
    """What a second look found is settled by itself first, so that nothing else moves with it unseen."""

    slug = "changed-completions-open"
    title_vi = "Còn nhiệm vụ thay đổi sau khi chốt chưa được giải quyết"
    title_en = "Changed completions are open"


async def open_changes(connection: Connection, period: Period) -> list[OpenChange]:
    """Those of both kinds that nobody left out."""
    decided = await left_out(connection, period)
    found: list[OpenChange] = []
    for kind in ("recorded_late", "taken_back"):
        found += await _open(connection, period, kind, decided.get(kind, frozenset()))
    return found


async def refuse_passing_over(connection: Connection, period: Period, source: str) -> None:
    """A whole version, of whichever instant, would take open changes in together with whatever else the source says otherwise,
    of bodies that nobody spoke of. Raises ChangesOpen."""
    passed = [each for each in await open_changes(connection, period) if each.source == source]
    if passed:
        raise ChangesOpen(
            f"{source} {period}: {len(passed)} completions that a second look found changed are open",
            hint="Take those in alone, or leave them out, before a whole version.",
        )


async def _open(connection: Connection, period: Period, kind: str, without: frozenset[str]) -> list[OpenChange]:
    changes = await every(connection, OpenChange, _OPEN, {"period": str(period), "kind": kind})
    return [each for each in changes if each.key not in without]


async def find(
    connection: Connection, period: Period, without: frozenset[str], run_id: str | None, *, kind: str
) -> Sequence[Hold]:
    """The open changes of a kind, a hold for each source."""
    changes = await _open(connection, period, kind, without)
    if not changes:
        return []
    sheet = await latest_sheet(connection, period, run_id)
    law = await load_law(connection, period)
    # COUNTED_IN does not say what tasks count for under these rules, so nobody can say the points.
    told = not law.readings.row_rules(law.scheme) & COUNTED_OTHERWISE
    by_source = groupby(changes, key=lambda each: each.source)
    return [_hold(law.applied if told else None, kind, period, source, list(mine), sheet) for source, mine in by_source]


async def was_taken_in(connection: Connection, hold: Hold) -> bool:
    """Whether the published version rests on a snapshot that took the hold's facts in: a snapshot that was made of the source
    as of an earlier instant since has dropped them."""
    known_at = datetime.fromisoformat(str(hold.evidence["known_at"]))
    about = {"source": hold.source, "period": str(hold.period), "known_at": known_at}
    return await row(connection, _TAKEN_IN, about) is not None


def at_stake(
    scheme: Scheme, period: Period, agency: str, measures: Mapping[str, str | None], changes: Iterable[OpenChange]
) -> Fraction | None:
    """Points of the body's own shares that the changes bring or take, exact; None where a measure is missing, or the changes do
    not fit the figures: a ruling supplied those, say. Pure."""
    if any(measures.get(name) is None for name in MEASURES):
        return None
    before = {name: int(read_number(str(measures[name]))) for name in MEASURES}
    after = dict(before)
    for change in changes:
        for name in COUNTED_IN[change.verdict_before]:
            after[name] -= 1
        for name in COUNTED_IN[change.verdict_after]:
            after[name] += 1
    if faults_of(scheme, [AgencyInput(agency, dict(after))]):
        return None
    return shares(scheme, period, agency, after) - shares(scheme, period, agency, before)


def _hold(
    scheme: Scheme | None, kind: str, period: Period, source: str, changes: Sequence[OpenChange], sheet: LatestSheet
) -> Hold:
    first = changes[0]
    scored = sheet.rests_on(first.snapshot_id)
    bodies = []
    for agency, found in groupby(changes, key=lambda each: each.agency):
        mine = list(found)
        measures = sheet.measures(agency) if scored else {}
        points = None if scheme is None else at_stake(scheme, period, agency, measures, mine)
        bodies.append(HeldBody(agency, [_item(each) for each in mine], points))
    evidence = {"pull": first.pull_id, "snapshot": first.snapshot_id, "known_at": in_vietnam(first.known_at)}
    return Hold(kind, period, source, first.found_at, bodies, evidence, scored)


def _item(change: OpenChange) -> HeldItem:
    completed_on, reported_at = change.said
    facts = {
        "task": change.task_id,
        "due_on": change.due_on and change.due_on.isoformat(),
        "completed_on": completed_on,
        "reported_at": reported_at,
        "before": change.verdict_before,
        "after": change.verdict_after,
    }
    return HeldItem(change.key, facts)


def shares(scheme: Scheme, period: Period, agency: str, measures: Mapping[str, int]) -> Fraction:
    """Points of the indicators of group A that count the body's own tasks, exact. Pure."""
    line = score(scheme, period, [AgencyInput(agency, dict(measures))]).line(agency)
    mine = [code for code, one in scheme.indicators.items() if _OWN & set(one.formula.measures)]
    return sum((line.indicators[code].points or Fraction() for code in mine), Fraction())


RECORDED_LATE = Kind(
    "recorded_late",
    "Nhiệm vụ hoàn thành trong kỳ, được ghi nhận sau khi chốt",
    "Tasks completed inside the month and recorded after its freeze",
    "Lập bản chốt thay thế chỉ gồm các dòng này (hai người), hoặc ra quyết định để ngoài (hai người).",
    "Supersede the snapshot by these rows alone (two people), or leave them out by a decision (two people).",
    partial(find, kind="recorded_late"),
    taken_in=True,
)
TAKEN_BACK = Kind(
    "taken_back",
    "Nhiệm vụ đã tính là hoàn thành, nay bị trả lại hoặc không còn là hoàn thành",
    "Completions that were counted and have been taken back since",
    "Lập bản chốt thay thế chỉ gồm các dòng này (hai người), hoặc ra quyết định để ngoài (hai người).",
    "Supersede the snapshot by these rows alone (two people), or leave them out by a decision (two people).",
    partial(find, kind="taken_back"),
    taken_in=True,
)
