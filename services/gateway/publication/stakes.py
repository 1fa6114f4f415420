"""Use case: the points at stake in a body's report of a month: what a what-if says with it less what one says without (DSH-06).

Both questions are asked of the version published last, for the open month has none (ADR 46). What is not known of an indicator
on either side is left out of both, and said: it is never zero.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from services.gateway.access.tenancy import reach_of
from services.gateway.publication.given_reports import Counted, count_given
from services.gateway.publication.late_reports import settled
from services.gateway.publication.rows import basis_of
from services.gateway.publication.sheets import NotExplained, StoredSheet, published_sheet
from services.gateway.publication.store import late_reports, published, published_reports
from services.gateway.publication.store.rows import latest_frozen
from services.gateway.publication.what_if import exact_change
from services.gateway.publication.worked_out import WorkedOut
from services.gateway.reports.form.canonical_report import document_of
from services.gateway.reports.form.form import form_named
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.store import submissions
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.stored import unpack_sent
from services.gateway.units.plans import FEEDS
from shared.calendar import cutoff_of
from shared.canonical import canonical_bytes
from shared.database import Connection
from shared.datasets.signed_reports import rows_of_report
from shared.law.refusals import InputRefused
from shared.law.revisions import Law
from shared.law.what_if import sheet_if
from shared.law_store import load_law
from shared.measures.frame import Frame, frame_of

Figures = Mapping[str, str | None]
Unknown = Literal["nothing_published", "not_on_sheet", "other_scheme", "no_report", "refused"]
"""Why nothing can be said: no month is published up to this one, the version has no line of the body, it was computed under
another scheme, no report can be read and none counted in the version, scoring would refuse the report's figures."""
LeftOut = Literal["not_frozen", "put_aside", "awaiting_word"]
"""Why an indicator stands on neither side: a source of it is not frozen, a row of it was put aside, a figure awaits a word."""
_GROWTH: Final = "national_database"


@dataclass(frozen=True)
class Given:
    """A report of the month that can be read: ``content`` are its canonical bytes."""

    sequence: int
    state: str
    content: bytes


@dataclass(frozen=True)
class Sides:
    """What the two what-ifs are asked, and the indicators that stand in neither."""

    with_report: Figures
    without: Figures
    left_out: Mapping[str, LeftOut]


@dataclass(frozen=True)
class Told:
    """What both what-ifs say, as documents."""

    sides: Sides
    total_exact: Mapping[str, Any] | None = None
    indicators: Sequence[Mapping[str, Any]] = ()
    unknown: Unknown | None = None


_NOTHING: Final = Sides({}, {}, {})


@dataclass(frozen=True)
class Stake:
    """``report`` None: as if the report of the month were as the one that counted in the version."""

    agency: str
    period: str
    told: Told
    found: StoredSheet | None = None
    report: Given | None = None

    def document(self) -> dict[str, Any]:
        told = self.told
        return {
            "agency": self.agency,
            "period": self.period,
            "beside": self.found and {"period": self.found.period, "version": self.found.version},
            "report": self.report and {"sequence": self.report.sequence, "state": self.report.state},
            "measures_without": told.sides.without,
            "measures_with": told.sides.with_report,
            "total_exact": told.total_exact,
            "indicators": told.indicators,
            "unknown": told.unknown,
        }


async def stake_of(desk: Desk, kept: WorkedOut) -> Stake:
    """Within the body's own reach."""
    agency, period = desk.agency, str(desk.period)
    async with desk.read() as connection:
        latest = {name: each.version for name, each in (await published.latest_versions(connection)).items() if name <= period}
        if not latest:
            return Stake(agency, period, Told(_NOTHING, unknown="nothing_published"))
        last = max(latest)
        try:
            found = await kept.get(("sheet", last, latest[last]), lambda: published_sheet(connection, last, latest[last]))
        except NotExplained:
            return Stake(agency, period, Told(_NOTHING, unknown="other_scheme"))
        law = await load_law(connection, desk.period)
        if (unknown := _barred(found, law, agency)) is not None:
            return Stake(agency, period, Told(_NOTHING, unknown=unknown), found)
        report = await _readable(connection, desk)
        if report is not None:
            sides = await _as_stated(connection, desk, law, report)
            return Stake(agency, period, await asyncio.to_thread(_told, found, agency, sides), found, report)
        # What a published version says without a report never changes, for whoever sees the same rows.
        key = ("stake", last, latest[last], agency, reach_of(desk.actor))
        told = await kept.get(key, lambda: _as_published(connection, found, agency))
        return Stake(agency, period, told, found)


def _told(found: StoredSheet, agency: str, sides: Sides) -> Told:
    """Scores the sheet twice, which is no work for the loop that answers everybody."""
    sheet = found.restored.sheet
    try:
        before, after = (sheet_if(sheet, agency, each).line(agency) for each in (sides.without, sides.with_report))
    except InputRefused:
        return Told(sides, unknown="refused")
    indicators = [
        {
            "code": code,
            **exact_change(before.indicators[code].points, after.indicators[code].points),
            "left_out": sides.left_out.get(code),
        }
        for code in FEEDS
    ]
    return Told(sides, exact_change(before.total_exact, after.total_exact), indicators)


def _barred(found: StoredSheet, law: Law, agency: str) -> Unknown | None:
    if law.scheme.id != found.restored.law.scheme.id:
        return "other_scheme"
    return None if agency in found.restored.names else "not_on_sheet"


async def _readable(connection: Connection, desk: Desk) -> Given | None:
    """The one under way where it can be read whole, else the one in force."""
    key = {"agency": desk.agency, "period": str(desk.period)}
    found = await submissions.find_open(connection, **key)
    if found is not None and found.revision is not None:
        row = await submissions.require_revision(connection, found.submission_id, found.revision)
        content = await asyncio.to_thread(_content, row.assembled, found.form)
        if content is not None:
            return Given(found.sequence, found.state, content)
    accepted = await submissions.report_in_force(connection, **key)
    return None if accepted is None else Given(accepted.sequence, "accepted", bytes(accepted.content))


def _content(assembled: bytes, form: str) -> bytes | None:
    report, _ = understand(unpack_sent(assembled), form_named(form))
    return None if report is None else canonical_bytes(document_of(report))


async def _as_stated(connection: Connection, desk: Desk, law: Law, report: Given) -> Sides:
    """The report's own figures, beside what the month's sources give without it."""
    frame = await _frame(connection, desk)
    words = await late_reports.words_of(connection, agency=desk.agency, period=str(desk.period), as_of=desk.now)
    rows = rows_of_report(desk.agency, desk.now, report.content, words)
    asked: dict[str, Any] = {"agency": desk.agency, "frame": frame, "rules": law.readings.row_rules(law.scheme)}
    counted = await count_given(connection, rows=rows, **asked)
    without = (await count_given(connection, **asked)).measures
    left = {code: why for code, names in _fed(law).items() if (why := _left_out(counted, names)) is not None}
    names = [name for code, each in _fed(law).items() if code not in left for name in each]
    return Sides({name: counted.measures[name] for name in names}, {name: without[name] for name in names}, left)


async def _frame(connection: Connection, desk: Desk) -> Frame:
    """The open month, with what is frozen of it so far. The report is taken to count, so no deadline is asked for."""
    cutoff = await cutoff_of(connection, desk.period, _GROWTH)
    frozen = await latest_frozen(connection, str(desk.period))
    return frame_of(desk.period, cutoff=cutoff, deadline=cutoff, left_out="[]", snapshots=frozen)


async def _as_published(connection: Connection, found: StoredSheet, agency: str) -> Told:
    """The version's own figures beside what they would be had no report counted; not known where none did."""
    # What a ruling supplied came of no report.
    reports = await published_reports.reports_of(connection, period=found.period, version=found.version)
    if agency not in {each.agency for each in reports}:
        return Told(_NOTHING, unknown="no_report")
    fed = _fed(found.restored.law)
    basis = await basis_of(connection, period=found.period, version=found.version)
    counted = await count_given(connection, agency=agency, frame=basis.frame, rules=basis.rules)
    left = {code: why for code, names in fed.items() if (why := _left_out(counted, names)) is not None}
    names = {name for code, each in fed.items() if code not in left for name in each}
    without = {name: value for name, value in counted.measures.items() if name in names}
    sides = Sides({}, settled(without, basis, agency), left)
    return await asyncio.to_thread(_told, found, agency, sides)


def _fed(law: Law) -> dict[str, tuple[str, ...]]:
    """The measures of the indicators that a report feeds."""
    return {code: tuple(law.scheme.indicators[code].formula.measures) for code in FEEDS}


def _left_out(counted: Counted, names: tuple[str, ...]) -> LeftOut | None:
    if not counted.measures.keys() >= set(names):
        return "not_frozen"
    if not counted.put_aside.isdisjoint(names):
        return "put_aside"
    return "awaiting_word" if counted.awaiting and any(counted.measures[name] is None for name in names) else None
