"""Where a caller stands inside an agency in a month: the plan that holds, their units, and what they may look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.gateway.access.tenancy import WHOLE_BODY_ROLES
from services.gateway.reports.submissions.desk import Desk
from services.gateway.units.directory import contact_line
from services.gateway.units.plans import Plan, indicators_of
from services.gateway.units.refused import IndicatorElsewhere, NotLeadUnit, PlanMissing, UnitlessCaller
from services.gateway.units.store import units as stored
from services.gateway.units.store.records import Unit
from shared.calendar import deadline_of
from shared.database import Connection
from shared.errors import NotFound
from shared.law.scheme import scheme_for
from shared.period import VIETNAM


@dataclass(frozen=True)
class Post:
    """``units`` are the agency's by code, ``own`` those of the caller; ``due_at`` is the internal deadline, exclusive."""

    plan: Plan
    units: dict[str, Unit]
    own: frozenset[str]
    due_at: datetime
    report_due_at: datetime

    def responsible(self, indicator: str) -> Unit:
        """The unit that answers for an indicator. Raises NotFound."""
        if indicator not in self.plan.units:
            raise NotFound(f"{self.plan.plan_id} knows no indicator {indicator}", hint=f"One of {', '.join(self.plan.units)}.")
        return self.units[self.plan.units[indicator]]

    @property
    def lead(self) -> Unit:
        return self.units[self.plan.lead_unit]

    def require_own(self, indicator: str) -> Unit:
        """Raises UnitlessCaller or IndicatorElsewhere."""
        responsible = self.responsible(indicator)
        if not self.own:
            hint = "Ask the agency's administrator to enter you: POST …/units/{unit}/members."
            raise UnitlessCaller("you belong to no unit of this agency", hint=hint)
        if responsible.unit not in self.own:
            hint = f"Ask {contact_line(responsible)}."
            words = f"{responsible.name} answers for {indicator}"
            raise IndicatorElsewhere(words, hint=hint, responsible=responsible.unit, contact=contact_line(responsible))
        return responsible

    def require_lead(self) -> None:
        """Raises NotLeadUnit."""
        if self.plan.lead_unit not in self.own:
            words = f"{self.lead.name} assembles the report of this agency"
            raise NotLeadUnit(words, hint=f"Ask {contact_line(self.lead)}.", lead=self.plan.lead_unit)

    def visible(self, desk: Desk) -> tuple[str, ...]:
        """Those who see the report see every indicator; others those of their own units."""
        if desk.actor.roles & set(WHOLE_BODY_ROLES):
            return tuple(self.plan.units)
        return self.plan.indicators_of(self.own)


async def post_of(connection: Connection, desk: Desk) -> Post:
    """Raises PlanMissing."""
    found = await stored.plan_in_force(connection, desk.agency, str(desk.period))
    if found is None:
        hint = "The agency's administrators ask for one and approve it: POST …/unit-plans."
        raise PlanMissing(f"no approved plan of {desk.agency} covers {desk.period}", hint=hint)
    plan = Plan.of(found)
    report = await deadline_of(connection, desk.period, desk.agency)
    known = {code: plan.units[code] for code in indicators_of(scheme_for(desk.period)) if code in plan.units}
    return Post(
        plan=Plan(**{**vars(plan), "units": known}),
        units=await stored.units_of_agency(connection, desk.agency),
        own=await stored.units_of(connection, agency=desk.agency, actor=desk.actor.id),
        # The calendar may have brought the report deadline forward in this month; a section after it serves nothing.
        due_at=min(plan.due_at(desk.period), report.falls_at.astimezone(VIETNAM)),
        report_due_at=report.falls_at.astimezone(VIETNAM),
    )
