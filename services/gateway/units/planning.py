"""Use cases: a plan assigns every indicator to a unit; in force once a second person approved it (seed 001 §2, §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.gateway.access import tenancy
from services.gateway.access.four_eyes import Act, agree, require_another
from services.gateway.http.periods import ruled_period
from services.gateway.http.words import require_reason
from services.gateway.reports.store import submissions as rows_of
from services.gateway.signatures.store import mandates
from services.gateway.units.plans import Plan, plan_faults
from services.gateway.units.refused import UnitEnded
from services.gateway.units.store import units as stored
from services.gateway.units.store.records import PlanOnRecord
from shared.audit import Actor, record
from shared.calendar import deadline_of
from shared.database import Connection, Database
from shared.errors import Fault, InputInvalid, NotFound, SamePerson
from shared.ids import new_id
from shared.law.scheme import scheme_for
from shared.period import Period, in_vietnam
from shared.tables.units import unit_plan, unit_plan_approval

_APPROVAL = Act(unit_plan_approval, "plan_id", "unit_plan.approve")


@dataclass(frozen=True)
class Wanted:
    """``assignments`` are {"indicator", "unit"}; the internal deadline is ``due_day`` of the next month at ``due_time``."""

    first_period: str
    document: str
    lead_unit: str
    due_day: int
    due_time: str
    assignments: Sequence[dict[str, str]]
    reason: str


async def request_plan(database: Database, *, actor: Actor, agency: str, wanted: Wanted) -> PlanOnRecord:
    """Raises InputInvalid naming every indicator not assigned once, every unknown or ended unit, and a late deadline."""
    reason = require_reason(wanted.reason)
    period = ruled_period(wanted.first_period, place="/first_period")
    plan_id = new_id("plan")
    async with tenancy.transaction(database, actor) as connection:
        await _require_acting(connection, agency)
        await stored.lock(connection, agency)
        order = {code: place for place, code in enumerate(scheme_for(period).indicators)}
        ordered = sorted(wanted.assignments, key=lambda each: order.get(each["indicator"], len(order)))
        await _require_sound(connection, agency, period, wanted)
        names = ("first_period", "document", "lead_unit", "due_day", "due_time")
        values = {"plan_id": plan_id, "agency": agency, **{name: getattr(wanted, name) for name in names}}
        row = {**values, "assignments": ordered, "requested_by": actor.id, "reason": reason}
        await rows_of.insert(connection, unit_plan, row)
        await record(connection, actor.id, "unit_plan.request", plan_id, reason=reason, detail=values)
        return await find(connection, agency, plan_id)


async def approve_plan(database: Database, *, actor: Actor, agency: str, plan_id: str, reason: str) -> PlanOnRecord:
    """From the commit on the plan holds from its first month. Raises NotFound, SamePerson, AlreadyApproved or UnitEnded."""
    reason = require_reason(reason)
    async with tenancy.transaction(database, actor) as connection:
        await stored.lock(connection, agency)
        found = await find(connection, agency, plan_id)
        own = SamePerson("nobody approves their own request", hint="Ask another administrator of the agency.")
        await require_another(connection, actor, [found.requested_by], own)
        await _require_living_units(connection, found)
        await agree(connection, _APPROVAL, actor, {"plan_id": plan_id, "agency": agency}, reason=reason)
        return await find(connection, agency, plan_id)


async def find(connection: Connection, agency: str, plan_id: str) -> PlanOnRecord:
    """Raises NotFound."""
    found = await stored.find_plan(connection, agency, plan_id)
    if found is None:
        raise NotFound(f"{agency} has no plan {plan_id}")
    return found


async def _require_sound(connection: Connection, agency: str, period: Period, wanted: Wanted) -> None:
    units = await stored.units_of_agency(connection, agency)
    faults = plan_faults(wanted.assignments, wanted.lead_unit, scheme=scheme_for(period), units=units)
    given = Plan("", agency, wanted.first_period, "", wanted.lead_unit, wanted.due_day, wanted.due_time, {})
    due, report = given.due_at(period), (await deadline_of(connection, period, agency)).falls_at
    if due >= report:
        said = in_vietnam(report)
        fault = Fault("/due_day", "is not before the report deadline", seen=due.isoformat(), expected=f"before {said}")
        faults.append(fault)
    if faults:
        raise InputInvalid("the plan cannot be", faults=faults)


async def _require_living_units(connection: Connection, plan: PlanOnRecord) -> None:
    units = await stored.units_of_agency(connection, plan.agency)
    named = {plan.lead_unit, *(each["unit"] for each in plan.assignments)}
    ended = sorted(code for code in named if units[code].ended)
    if ended:
        raise UnitEnded(f"{', '.join(ended)}: ended since the plan was asked for", hint="Ask for another plan.")


async def _require_acting(connection: Connection, agency: str) -> None:
    if not await mandates.acts_for(connection, agency):
        raise NotFound("there is no such thing for this key")
