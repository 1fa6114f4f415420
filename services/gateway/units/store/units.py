"""Units of an agency, who works for them, and its plans. Row security keeps agencies apart even here (SEC-01)."""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.units.store.records import Membership, PlanOnRecord, Unit
from shared.database import every, one, row, rows
from shared.tables.units import unit, unit_plan, unit_plan_approval

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('units:' || CAST(:agency AS text), 0))")
_LATER = unit.alias("later")
_OVERTAKEN = (
    select(_LATER.c.version)
    .where(_LATER.c.agency == unit.c.agency, _LATER.c.unit == unit.c.unit, _LATER.c.version > unit.c.version)
    .exists()
)
_LAST = select(unit).where(~_OVERTAKEN).order_by(unit.c.unit)

# A key that rotated works on for its unit under its successor, so memberships of former keys count.
_UNITS_OF = text("""
WITH RECURSIVE names (subject) AS (
  SELECT CAST(:actor AS text)
   UNION SELECT 'key:' || r.former_key_id FROM control.api_key_rotation AS r JOIN names ON names.subject = 'key:' || r.key_id
)
SELECT DISTINCT m.unit FROM intake.unit_member AS m JOIN names USING (subject)
 WHERE m.agency = :agency AND NOT EXISTS (SELECT FROM intake.unit_member_end AS e WHERE e.membership_id = m.membership_id)
""")
_MEMBERS = """
SELECT m.membership_id, m.sequence, m.agency, m.unit, m.subject, m.reason, m.actor, m.recorded_at,
       e.actor AS ended_by, e.recorded_at AS ended_at
  FROM intake.unit_member AS m LEFT JOIN intake.unit_member_end AS e USING (membership_id)
 WHERE m.agency = :agency AND m.unit = :unit
"""
_MEMBERS_OF = text(_MEMBERS + " AND m.sequence > :after ORDER BY m.sequence LIMIT :limit")
_MEMBER = text(_MEMBERS + " AND m.membership_id = :membership_id")
_SERVING = text(_MEMBERS + " AND m.subject = :subject AND e.membership_id IS NULL")

_PLANS = unit_plan.outerjoin(unit_plan_approval, unit_plan.c.plan_id == unit_plan_approval.c.plan_id)
_PLAN = select(
    *unit_plan.c,
    unit_plan_approval.c.actor.label("approved_by"),
    unit_plan_approval.c.recorded_at.label("approved_at"),
).select_from(_PLANS)


async def lock(connection: AsyncConnection, agency: str) -> None:
    """What changes an agency's units and plans is done one after the other, until this transaction ends."""
    await connection.execute(_LOCK, {"agency": agency})


async def units_of_agency(connection: AsyncConnection, agency: str) -> dict[str, Unit]:
    """The last version of every unit, ended ones too, by code."""
    return {line.unit: line for line in await every(connection, Unit, _LAST.where(unit.c.agency == agency))}


async def list_units(connection: AsyncConnection, agency: str, *, after: str | None, limit: int) -> list[Unit]:
    """Last versions, by code."""
    statement = _LAST.where(unit.c.agency == agency).limit(limit)
    return await every(connection, Unit, statement if after is None else statement.where(unit.c.unit > after))


async def versions_of(connection: AsyncConnection, agency: str, code: str) -> list[Unit]:
    """Every version of a unit, the first first."""
    same = (unit.c.agency == agency, unit.c.unit == code)
    return await every(connection, Unit, select(unit).where(*same).order_by(unit.c.version))


async def units_of(connection: AsyncConnection, *, agency: str, actor: str) -> frozenset[str]:
    """The units of the agency that an actor works for now."""
    return frozenset(line["unit"] for line in await rows(connection, _UNITS_OF, {"agency": agency, "actor": actor}))


async def list_members(
    connection: AsyncConnection, *, agency: str, code: str, after: int | None, limit: int
) -> list[Membership]:
    """Ended memberships too, in the order they were entered."""
    key = {"agency": agency, "unit": code, "after": after or 0, "limit": limit}
    return await every(connection, Membership, _MEMBERS_OF, key)


async def find_member(connection: AsyncConnection, *, agency: str, code: str, membership_id: str) -> Membership | None:
    return await one(connection, Membership, _MEMBER, {"agency": agency, "unit": code, "membership_id": membership_id})


async def serves(connection: AsyncConnection, *, agency: str, code: str, subject: str) -> bool:
    """Whether exactly this key or person has a membership of the unit that goes on."""
    return await row(connection, _SERVING, {"agency": agency, "unit": code, "subject": subject}) is not None


async def list_plans(connection: AsyncConnection, agency: str, *, after: int | None, limit: int) -> list[PlanOnRecord]:
    """In the order they were asked for."""
    statement = _PLAN.where(unit_plan.c.agency == agency).order_by(unit_plan.c.sequence).limit(limit)
    return await every(connection, PlanOnRecord, statement if after is None else statement.where(unit_plan.c.sequence > after))


async def find_plan(connection: AsyncConnection, agency: str, plan_id: str) -> PlanOnRecord | None:
    return await one(connection, PlanOnRecord, _PLAN.where(unit_plan.c.agency == agency, unit_plan.c.plan_id == plan_id))


async def plan_in_force(connection: AsyncConnection, agency: str, period: str) -> PlanOnRecord | None:
    """Of the approved plans that cover the month, the one approved last."""
    covering = _PLAN.where(unit_plan.c.agency == agency, unit_plan.c.first_period <= period)
    approved = covering.where(unit_plan_approval.c.plan_id.is_not(None))
    return await one(connection, PlanOnRecord, approved.order_by(unit_plan_approval.c.sequence.desc()).limit(1))


async def plans_holding_from(connection: AsyncConnection, agency: str, period: str) -> list[PlanOnRecord]:
    """The plan that holds in a month, and approved ones that begin later."""
    now = await plan_in_force(connection, agency, period)
    later = _PLAN.where(unit_plan.c.agency == agency, unit_plan.c.first_period > period)
    found = await every(connection, PlanOnRecord, later.where(unit_plan_approval.c.plan_id.is_not(None)))
    return [*([now] if now else []), *found]


async def next_version(connection: AsyncConnection, agency: str, code: str) -> int:
    same = (unit.c.agency == agency, unit.c.unit == code)
    return 1 + int(await connection.scalar(select(func.coalesce(func.max(unit.c.version), 0)).where(*same)) or 0)
