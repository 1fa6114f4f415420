"""Use cases: the agency's administrator keeps its units with their contact points, and who works for them (seed 001 §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway.access import tenancy
from services.gateway.access.store import keys, members
from services.gateway.http.words import require_reason
from services.gateway.reports.store import submissions as rows_of
from services.gateway.signatures.store import mandates
from services.gateway.units.refused import MemberAlready, MembershipOver, UnitEnded, UnitExists, UnitInUse
from services.gateway.units.store import units as stored
from services.gateway.units.store.records import Membership, Unit
from shared.audit import Actor, record
from shared.database import Connection, Database
from shared.errors import Fault, InputInvalid, NotFound
from shared.ids import new_id
from shared.period import Period
from shared.tables.units import unit, unit_member, unit_member_end

CONTACT = ("name", "position", "email", "phone")


@dataclass(frozen=True)
class Wanted:
    """A version of a unit; ``contact`` holds the four words of its contact point."""

    name: str
    contact: Mapping[str, str]
    reason: str
    ended: bool = False


async def register_unit(database: Database, *, actor: Actor, agency: str, code: str, wanted: Wanted) -> Unit:
    """The first version of a unit. Raises UnitExists."""
    async with tenancy.transaction(database, actor) as connection:
        await stored.lock(connection, agency)
        if await stored.versions_of(connection, agency, code):
            raise UnitExists(f"{agency} has a unit {code}", hint=f"POST …/units/{code}/versions changes it.")
        return await _write(connection, actor, agency, code, wanted)


async def change_unit(database: Database, *, actor: Actor, agency: str, code: str, wanted: Wanted, now: datetime) -> Unit:
    """The next version. Raises NotFound, or UnitInUse for the end of a unit that a plan names from now on."""
    async with tenancy.transaction(database, actor) as connection:
        await stored.lock(connection, agency)
        await find(connection, agency, code)
        if wanted.ended:
            await _refuse_end_in_use(connection, agency, code, now)
        return await _write(connection, actor, agency, code, wanted)


async def find(connection: Connection, agency: str, code: str) -> Unit:
    """The last version. Raises NotFound."""
    found = (await stored.units_of_agency(connection, agency)).get(code)
    if found is None:
        raise NotFound(f"{agency} has no unit {code}")
    return found


async def enter_member(database: Database, *, actor: Actor, agency: str, code: str, subject: str, reason: str) -> Membership:
    """Raises NotFound, UnitEnded, MemberAlready, or InputInvalid for a key or person who is not of this agency."""
    reason = require_reason(reason)
    async with tenancy.transaction(database, actor) as connection:
        await stored.lock(connection, agency)
        if (await find(connection, agency, code)).ended:
            raise UnitEnded(f"{code} was ended")
        await _require_of_agency(connection, agency, subject)
        if await stored.serves(connection, agency=agency, code=code, subject=subject):
            raise MemberAlready(f"{subject} works for {code} already")
        membership_id = new_id("membership")
        values = {"membership_id": membership_id, "agency": agency, "unit": code, "subject": subject}
        await rows_of.insert(connection, unit_member, {**values, "reason": reason, "actor": actor.id})
        detail = {"agency": agency, "unit": code, "subject": subject}
        await record(connection, actor.id, "unit_member.enter", membership_id, reason=reason, detail=detail)
        return await _member(connection, agency, code, membership_id)


async def end_member(
    database: Database, *, actor: Actor, agency: str, code: str, membership_id: str, reason: str
) -> Membership:
    """From the commit on. Raises NotFound or MembershipOver."""
    reason = require_reason(reason)
    async with tenancy.transaction(database, actor) as connection:
        await stored.lock(connection, agency)
        if (await _member(connection, agency, code, membership_id)).ended_at is not None:
            raise MembershipOver(f"{membership_id} was ended before")
        values = {"membership_id": membership_id, "agency": agency, "reason": reason, "actor": actor.id}
        await rows_of.insert(connection, unit_member_end, values)
        await record(connection, actor.id, "unit_member.end", membership_id, reason=reason)
        return await _member(connection, agency, code, membership_id)


def contact_of(line: Unit) -> dict[str, str]:
    """The contact point of a unit's row."""
    return {name: getattr(line, f"contact_{name}") for name in CONTACT}


def contact_line(line: Unit) -> str:
    """Whom to call, in one line."""
    return f"{line.contact_name}, {line.contact_phone}, {line.contact_email}"


def named(line: Unit) -> dict[str, Any]:
    """A unit as others refer to it: whom to call."""
    return {"unit": line.unit, "name": line.name, "contact": contact_of(line)}


async def _write(connection: Connection, actor: Actor, agency: str, code: str, wanted: Wanted) -> Unit:
    version = await stored.next_version(connection, agency, code)
    reason = require_reason(wanted.reason)
    values = {"agency": agency, "unit": code, "version": version, "name": wanted.name, "ended": wanted.ended}
    values |= {f"contact_{name}": wanted.contact[name] for name in CONTACT}
    await rows_of.insert(connection, unit, {**values, "reason": reason, "actor": actor.id})
    detail = {"version": version, "ended": wanted.ended}
    await record(connection, actor.id, "unit.record", f"{agency}/{code}", reason=reason, detail=detail)
    return await find(connection, agency, code)


async def _refuse_end_in_use(connection: Connection, agency: str, code: str, now: datetime) -> None:
    # The month before is still being reported while this one runs.
    for plan in await stored.plans_holding_from(connection, agency, str(Period.holding(now).previous)):
        if code == plan.lead_unit or code in {each["unit"] for each in plan.assignments}:
            hint = "Approve a plan without it first."
            raise UnitInUse(f"{code} is named by {plan.plan_id} from {plan.first_period} on", hint=hint)


async def _require_of_agency(connection: Connection, agency: str, subject: str) -> None:
    """A key must be one of the agency's, a person must have a grant in it: otherwise the entry would never mean anything."""
    if not await mandates.acts_for(connection, agency):
        raise NotFound("there is no such thing for this key")
    if subject.startswith("key:"):
        found = await keys.find_key(connection, subject.removeprefix("key:"))
        of_it = found is not None and found.agency == agency
        expected = "a key of this agency: GET …/credentials lists them"
    else:
        of_it = any(grant.agency == agency for grant in await members.grants_of(connection, subject))
        expected = "a person with a grant in force in this agency: GET …/members lists them"
    if not of_it:
        fault = Fault("/subject", "is nobody of this agency", seen=subject[:80], expected=expected)
        raise InputInvalid("only people and systems of the agency work for its units", faults=[fault])


async def _member(connection: Connection, agency: str, code: str, membership_id: str) -> Membership:
    found = await stored.find_member(connection, agency=agency, code=code, membership_id=membership_id)
    if found is None:
        raise NotFound(f"{code} has no membership {membership_id}")
    return found
