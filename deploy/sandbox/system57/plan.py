"""The 248 plan rows read once: title, who leads, who co-ordinates, deadline words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from deploy.sandbox.bodies import rows
from deploy.sandbox.deadlines import Deadline, parse
from deploy.sandbox.leads import Lead, Leads, key, named, read

WAVES = 2
"""Each dated plan row comes round every second month."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One row of the plan; ``number`` is its place in the file, from 1."""

    number: int
    title: str
    leads: Leads
    coordinators: tuple[Lead, ...]
    deadline: Deadline
    source_document: str | None

    @property
    def standing(self) -> bool:
        """Whether the duty has no deadline: served in every month."""
        return self.deadline.precision in ("continuous", "open")


@cache
def plan() -> tuple[PlanRow, ...]:
    """All rows, words and Unicode form unchanged but for outer blanks."""
    return tuple(_row(number, cells) for number, cells in enumerate(rows("plan-2025-tasks.csv"), 1))


def _row(number: int, cells: dict[str, str]) -> PlanRow:
    leads = read(cells["lead_agency"])
    leading = {lead.code for lead in leads.bodies}
    # Nobody co-ordinates a collective task here: the body would stand in it twice once the collective is expanded.
    helping = () if leads.phrase else tuple(lead for lead in named(cells["coordinating_agencies"]) if lead.code not in leading)
    document = cells["source_document"].strip() or None
    return PlanRow(number, cells["title"].strip(), leads, helping, parse(cells["deadline"]), document)


def due_in(month_index: int) -> tuple[PlanRow, ...]:
    """The plan rows re-dated to fall due in one month: half of the dated ones, and what recurs."""
    return tuple(row for row in plan() if not row.standing and _falls(row, month_index))


def _falls(row: PlanRow, month_index: int) -> bool:
    if row.deadline.every is not None:
        return row.deadline.every != "year" or month_index % 12 == 11
    return row.number % WAVES == month_index % WAVES


def kept_collective(month_index: int) -> frozenset[int]:
    """Numbers of the few tasks due in a month that the source leaves with their collective lead, unexpanded.

    Phrases that reach the central bodies below ministry rank appear in every third month only, so that some
    months leave some body without any task.
    """
    chosen: dict[str, int] = {}
    for row in due_in(month_index):
        if row.leads.phrase is None or row.deadline.every is not None:
            continue
        kinds = row.leads.kinds or ("government_agency",)
        if "government_agency" not in kinds or month_index % 3 == 1:
            chosen.setdefault(key(row.leads.phrase), row.number)
    return frozenset(list(chosen.values())[:3])
