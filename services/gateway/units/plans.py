"""Who answers for which indicator of an agency, and until when inside it. Pure.

Source: the letter of a province that assigns the indicators of QĐ 4585 to its units (seed 001 §2, §3 and appendix): every unit
reports to the lead unit before day 03, the lead unit reports for the province before day 05.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from services.gateway.units.store.records import PlanOnRecord, Unit
from shared.errors import Fault
from shared.law.scheme import Scheme
from shared.period import Period

Kind = Literal["scored", "monitoring"]

# Indicators that the agency's own report feeds, by the section of the report (QĐ 4585 appendix §3 C1, D1). All others are
# scored from the sources: what a unit says of them is for the agency's own eyes.
FEEDS: Final[Mapping[str, str]] = {"C1": "reported_databases", "D1": "registered_tasks"}


@dataclass(frozen=True)
class Plan:
    """``units`` by indicator, in the scheme's order. The deadline is ``due_day`` of the next month, ``due_time`` (HH:MM)."""

    plan_id: str
    agency: str
    first_period: str
    document: str
    lead_unit: str
    due_day: int
    due_time: str
    units: Mapping[str, str]

    @classmethod
    def of(cls, line: PlanOnRecord) -> Plan:
        units = {each["indicator"]: each["unit"] for each in line.assignments}
        first, lead = line.first_period, line.lead_unit
        return cls(line.plan_id, line.agency, first, line.document, lead, line.due_day, line.due_time, units)

    def due_at(self, period: Period) -> datetime:
        """The first instant that is late: day 3, 00:00 is "before day 03" (as G-8 reads "before day 05")."""
        hours, minutes = map(int, self.due_time.split(":"))
        return period.start_of_next_month_day(self.due_day) + timedelta(hours=hours, minutes=minutes)

    def indicators_of(self, units: frozenset[str]) -> tuple[str, ...]:
        return tuple(indicator for indicator, unit in self.units.items() if unit in units)


def kind_of(indicator: str) -> Kind:
    return "scored" if indicator in FEEDS else "monitoring"


def indicators_of(scheme: Scheme) -> tuple[str, ...]:
    """What a plan must assign: every indicator but the bonus, which nobody reports."""
    return tuple(code for code, indicator in scheme.indicators.items() if indicator.group != "bonus")


def plan_faults(
    assignments: Sequence[Mapping[str, str]], lead_unit: str, *, scheme: Scheme, units: Mapping[str, Unit]
) -> list[Fault]:
    """What keeps a plan from being one. ``units`` are the agency's, by code, with ``ended``."""
    wanted = indicators_of(scheme)
    given = Counter(each["indicator"] for each in assignments)
    faults = [
        Fault("/assignments", f"{code} is assigned to nobody", expected=", ".join(wanted), hint="Assign every indicator.")
        for code in wanted
        if not given[code]
    ]
    for place, each in enumerate(assignments):
        code = each["indicator"]
        if code not in wanted:
            faults.append(Fault(f"/assignments/{place}/indicator", "is no indicator", seen=code, expected=", ".join(wanted)))
        elif given[code] > 1:
            faults.append(Fault(f"/assignments/{place}/indicator", "is assigned twice", seen=code, expected="once"))
        faults += _unit_faults(f"/assignments/{place}/unit", each["unit"], units)
    return [*faults, *_unit_faults("/lead_unit", lead_unit, units)]


def _unit_faults(place: str, code: str, units: Mapping[str, Unit]) -> Iterator[Fault]:
    if code not in units:
        known = ", ".join(sorted(units)) or "none yet"
        yield Fault(place, "is no unit of this agency", seen=code, expected=known, hint="POST …/units registers one.")
    elif units[code].ended:
        yield Fault(place, "is a unit that was ended", seen=code, expected="a unit that goes on")
