"""What is known of a unit's section before it is sent: rows to begin with, each with where it comes from (APR-02, INT-17).

Nothing of it is kept or counts: it is the unit's word only once the unit sends it. System 57's tasks are other tasks (A1 to A3)
and give no rows here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from services.gateway.reports.form.form import FormSection, form_for
from services.gateway.reports.rules.context import AutomaticFigure, EarlierTask
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.known import known_of
from services.gateway.units.plans import FEEDS
from services.gateway.units.post import post_of
from services.gateway.units.store import unit_sections as stored
from services.gateway.units.store.records import FormerSection

# A month's own figures, which nobody knows from another month.
_OF_THE_MONTH: Final = frozenset({"new_records", "client_ref"})


@dataclass(frozen=True)
class KnownRow:
    """``origin`` is the section's or the submission's id, ``period`` the month in which it was said."""

    row: dict[str, Any]
    source: Literal["unit_section", "agency_report"]
    period: str
    origin: str


async def known_rows(desk: Desk, indicator: str) -> list[KnownRow]:
    """For whoever sees the indicator's section; none for one without rows.

    Raises PlanMissing, NotFound, UnitlessCaller or IndicatorElsewhere.
    """
    period, feeds = str(desk.period), FEEDS.get(indicator)
    form = form_for(desk.period)
    async with desk.read() as connection:
        post = await post_of(connection, desk)
        post.responsible(indicator)
        if indicator not in post.visible(desk):
            post.require_own(indicator)
        if feeds is None:
            return []
        # Registered tasks are the year's; databases go on over its end.
        since = f"{period[:4]}-01" if feeds == "registered_tasks" else str(desk.period.shifted(months=-12))
        key = {"agency": desk.agency, "indicator": indicator, "period": period, "since": since}
        former = await stored.former_section(connection, **key)
        context = (await known_of(connection, agency=desk.agency, period=period, form=form.id)).context
    if feeds == "registered_tasks":
        return tasks_known(form.section(feeds), former, tuple((context.earlier or {}).values()))
    return databases_known(form.section(feeds), former, context.automatic or {})


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
    section: FormSection, former: FormerSection | None, counted: Mapping[str, AutomaticFigure]
) -> list[KnownRow]:
    """Databases by name, their figures left open; those that the source counts this month are not reported at all. Pure."""
    names = [each.name for each in section.fields if each.name not in _OF_THE_MONTH]
    return [row for row in _former_rows(section, former, names) if row.row["database"] not in counted]


def _former_rows(section: FormSection, former: FormerSection | None, names: Sequence[str]) -> list[KnownRow]:
    """Those that can be told by their key."""
    (key,) = section.key
    rows = (former.content.get("rows") or []) if former else []
    return [
        KnownRow({name: row.get(name) for name in names}, "unit_section", former.period, former.section_id)
        for row in rows
        if former and isinstance(row.get(key), str) and row[key]
    ]
