"""What is known of a unit's section before it is sent: rows and figures to begin with, each with where it comes from (APR-02,
INT-17).

Nothing of it is kept or counts: it is the unit's word only once the unit sends it. System 57's tasks are other tasks (A1 to A3)
and give no rows here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from services.gateway.reports.form.form import FormSection, form_for
from services.gateway.reports.rules.context import AutomaticFigure, EarlierDatabase, EarlierTask
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.known import known_of
from services.gateway.units.plans import FEEDS
from services.gateway.units.post import post_of
from services.gateway.units.store import unit_sections as stored
from services.gateway.units.store.records import FormerSection

# Figures of the whole year, which a later month has too until they are changed (QĐ 4585 appendix §5 D2: funds allocated).
# All others of monitoring sections are counts of their month, or since January: nobody knows them from another month.
OF_THE_YEAR: Final[Mapping[str, tuple[str, ...]]] = {"D2": ("allocated_vnd",)}
# The same of rows.
_OF_THE_MONTH: Final = frozenset({"new_records", "client_ref"})


@dataclass(frozen=True)
class KnownRow:
    """``origin`` is the section's or the submission's id, ``period`` the month in which it was said."""

    row: dict[str, Any]
    source: Literal["unit_section", "agency_report"]
    period: str
    origin: str


@dataclass(frozen=True)
class KnownFigure:
    """A figure of the whole year, as the unit's section said it last; ``origin`` is that section's id."""

    measure: str
    value: str
    period: str
    origin: str


@dataclass(frozen=True)
class Known:
    rows: Sequence[KnownRow] = ()
    figures: Sequence[KnownFigure] = ()


async def known_of_section(desk: Desk, indicator: str) -> Known:
    """For whoever sees the indicator's section.

    Raises PlanMissing, NotFound, UnitlessCaller or IndicatorElsewhere.
    """
    period, feeds = str(desk.period), FEEDS.get(indicator)
    form = form_for(desk.period)
    async with desk.read() as connection:
        post = await post_of(connection, desk)
        post.responsible(indicator)
        if indicator not in post.visible(desk):
            post.require_own(indicator)
        # Databases go on over the year's end; registered tasks and allocations are the year's.
        since = str(desk.period.shifted(months=-12)) if feeds == "reported_databases" else f"{period[:4]}-01"
        key = {"agency": desk.agency, "indicator": indicator, "period": period, "since": since}
        former = await stored.former_section(connection, **key)
        if feeds is None:
            return Known(figures=figures_known(indicator, former))
        context = (await known_of(connection, agency=desk.agency, period=period, form=form.id)).context
    if feeds == "registered_tasks":
        return Known(tasks_known(form.section(feeds), former, tuple((context.earlier or {}).values())))
    reported = tuple((context.databases or {}).values())
    return Known(databases_known(form.section(feeds), former, reported, context.automatic or {}))


def figures_known(indicator: str, former: FormerSection | None) -> list[KnownFigure]:
    """Of a monitoring section: what the whole year is measured by, where the unit knew it. Pure."""
    said = (former.content.get("figures") or {}) if former else {}
    return [
        KnownFigure(name, said[name], former.period, former.section_id)
        for name in OF_THE_YEAR.get(indicator, ())
        if former and said.get(name) is not None
    ]


def tasks_known(section: FormSection, former: FormerSection | None, reported: Sequence[EarlierTask]) -> list[KnownRow]:
    """The year's tasks as they were said last: by the unit's section, or by the body's report of the same month or a later one.
    Pure."""
    names = [each.name for each in section.fields if each.name not in _OF_THE_MONTH]
    found = {row.row["task_code"]: row for row in _former_rows(section, former, names)}
    for task in reported:
        said = found.get(task.task_code)
        if said is None or said.period <= task.period:
            plain = msgspec.to_builtins(task)
            row = {name: plain[name] for name in names}
            found[task.task_code] = KnownRow(row, "agency_report", task.period, task.origin)
    return [found[code] for code in sorted(found)]


def databases_known(
    section: FormSection,
    former: FormerSection | None,
    reported: Sequence[EarlierDatabase],
    counted: Mapping[str, AutomaticFigure],
) -> list[KnownRow]:
    """Databases by name, as they were called last, their figures left open; those that the source counts this month are not
    reported at all. Pure."""
    names = [each.name for each in section.fields if each.name not in _OF_THE_MONTH]
    found = {row.row["database"]: row for row in _former_rows(section, former, names)}
    for each in reported:
        said = found.get(each.database)
        if said is None or said.period < each.period:
            row = {"database": each.database, "database_name": each.database_name}
            found[each.database] = KnownRow(row, "agency_report", each.period, each.origin)
    return [row for code, row in found.items() if code not in counted]


def _former_rows(section: FormSection, former: FormerSection | None, names: Sequence[str]) -> list[KnownRow]:
    """Those that can be told by their key."""
    (key,) = section.key
    rows = (former.content.get("rows") or []) if former else []
    return [
        KnownRow({name: row.get(name) for name in names}, "unit_section", former.period, former.section_id)
        for row in rows
        if former and isinstance(row.get(key), str) and row[key]
    ]
