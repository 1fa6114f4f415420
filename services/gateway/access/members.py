"""Use cases about people: roles are asked for, approved by a second person, and taken back (seed 002 Art. 11, SEC-05).

A body's administrators decide inside their body; a system administrator appoints a body's administrators, and decides about
people of the national offices (``agency`` None). Everything is a fact with its audit row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.gateway.access.auth import is_running
from services.gateway.access.four_eyes import Act, agree, once, require_another, require_not_holder
from services.gateway.access.keys_making import OFFICE_ROLES, holder_named, known_roles
from services.gateway.access.oidc import subject_of
from services.gateway.access.store import keys as stored
from services.gateway.access.store import members
from services.gateway.access.store.records import Grant
from services.gateway.access.tenancy import ADMINISTRATOR, AGENCY_ROLES, administering, administering_read, require_other_body
from services.gateway.http.errors import AgencyUnknown, AlreadyApproved
from services.gateway.http.words import is_line, require_reason, tidy
from shared.audit import Actor, record
from shared.database import Connection, Database, insert_row
from shared.errors import Conflict, Fault, InputInvalid, NotAllowed, NotFound, SamePerson
from shared.ids import new_id
from shared.registry_store import is_registered
from shared.tables.identity import grant_approval, grant_revocation, member_grant

APPOINTED = "agency_admin"
_APPROVAL = Act(grant_approval, "grant_id", "grant.approve")
_REVOCATION = Act(grant_revocation, "grant_id", "grant.revoke")


class GrantEnded(Conflict):
    """The grant was taken back, or its time is over; a new one must be asked for."""

    slug = "grant-ended"
    title_vi = "Quyền đã bị thu hồi hoặc hết hạn"
    title_en = "Grant ended"


class MemberElsewhere(Conflict):
    """The person has roles on another side; whoever acts for one body acts for no other and for no national office (SEC-09)."""

    slug = "member-elsewhere"
    title_vi = "Người này đang giữ vai trò ở nơi khác"
    title_en = "Has roles elsewhere"


@dataclass(frozen=True)
class Wanted:
    """Roles asked for a person; ``agency`` None is a national office's, and ``belongs_to`` the body the person comes from."""

    issuer: str
    sub: str
    holder: str
    roles: Sequence[str]
    reason: str
    agency: str | None = None
    belongs_to: str | None = None
    ends_at: datetime | None = None
    document: str | None = None


async def request_grant(database: Database, *, actor: Actor, wanted: Wanted, issuers: Sequence[str], now: datetime) -> Grant:
    """The grant, in force once somebody else approves it. Raises InputInvalid, AgencyUnknown, NotAllowed, OwnBody."""
    reason = require_reason(wanted.reason)
    roles = known_roles(wanted.roles, AGENCY_ROLES if wanted.agency else OFFICE_ROLES)
    require_other_body(actor, wanted.agency)
    _require_delegable(actor, wanted.agency, roles)
    _check_person(wanted, issuers, now)
    values = {name: getattr(wanted, name) for name in ("agency", "belongs_to", "ends_at", "document")}
    values |= {"subject": subject_of(wanted.issuer, tidy(wanted.sub)), "holder": holder_named(wanted.holder)}
    grant_id = new_id("grant")
    async with administering(database, actor, wanted.agency) as connection:
        for body in (wanted.agency, wanted.belongs_to):
            if body is not None and not await is_registered(connection, body, now.date()):
                raise AgencyUnknown(f"no scored body has the code {body!r}")
        whole = {"grant_id": grant_id, **values, "roles": list(roles), "requested_by": actor.id, "reason": reason}
        await insert_row(connection, member_grant, whole)
        detail = {"subject": values["subject"], "roles": list(roles), "agency": wanted.agency}
        await record(connection, actor.id, "grant.request", grant_id, reason=reason, detail=detail)
        return await _found(connection, wanted.agency, grant_id)


async def approve_grant(
    database: Database, *, actor: Actor, agency: str | None, grant_id: str, reason: str, now: datetime
) -> Grant:
    """Raises NotFound, SamePerson (neither who asked nor who gains), AlreadyApproved, GrantEnded or MemberElsewhere."""
    reason = require_reason(reason)
    require_other_body(actor, agency)
    async with administering(database, actor, agency) as connection:
        grant = await _found(connection, agency, grant_id)
        _require_standing(grant, now)
        if grant.approved_at is not None:
            raise AlreadyApproved(f"{grant_id} was approved before")
        await _require_second_person(connection, grant, actor)
        await _require_one_side(connection, grant, now)
        about = {"grant_id": grant_id, "agency": agency, "subject": grant.subject}
        await agree(connection, _APPROVAL, actor, about, reason=reason)
        return await _found(connection, agency, grant_id)


async def revoke_grant(database: Database, *, actor: Actor, agency: str | None, grant_id: str, reason: str) -> Grant:
    """From the commit on the roles are gone; one person is enough to take them. Raises NotFound or GrantEnded."""
    reason = require_reason(reason)
    require_other_body(actor, agency)
    async with administering(database, actor, agency) as connection:
        grant = await _found(connection, agency, grant_id)
        about = {"grant_id": grant_id, "agency": agency, "subject": grant.subject}
        await once(connection, _REVOCATION, actor, about, GrantEnded(f"{grant_id} was revoked before"), reason=reason)
        return await _found(connection, agency, grant_id)


async def find_grant(database: Database, *, actor: Actor, agency: str | None, grant_id: str) -> Grant:
    async with administering_read(database, actor, agency) as connection:
        return await _found(connection, agency, grant_id)


async def list_grants(database: Database, *, actor: Actor, agency: str | None, after: int | None, limit: int) -> list[Grant]:
    """In the order they were asked for."""
    async with administering_read(database, actor, agency) as connection:
        return await members.list_grants(connection, agency=agency, after=after, limit=limit)


def state_of(grant: Grant, now: datetime) -> str:
    if grant.revoked_at is not None:
        return "revoked"
    if not is_running(grant, now):
        return "ended"
    return "requested" if grant.approved_at is None else "in_force"


def _require_delegable(actor: Actor, agency: str | None, roles: Sequence[str]) -> None:
    """A system administrator appoints a body's administrators, who appoint the others (Art. 11)."""
    if agency is not None and ADMINISTRATOR in actor.roles and set(roles) != {APPOINTED}:
        hint = "The body's own administrators grant the other roles."
        raise NotAllowed(f"a system administrator grants only {APPOINTED} in a body", hint=hint)


def _check_person(wanted: Wanted, issuers: Sequence[str], now: datetime) -> None:
    faults = []
    if wanted.issuer not in issuers:
        expected = ", ".join(issuers) or "none is configured"
        faults.append(Fault("/person/issuer", "no such identity provider", seen=wanted.issuer, expected=expected))
    if not is_line(wanted.sub):
        faults.append(Fault("/person/sub", "is blank or not printable"))
    if wanted.ends_at is not None and wanted.ends_at <= now:
        faults.append(Fault("/ends_at", "lies in the past"))
    if faults:
        raise InputInvalid("the grant cannot be", faults=faults)


def _require_standing(grant: Grant, now: datetime) -> None:
    if grant.revoked_at is not None or not is_running(grant, now):
        raise GrantEnded(f"{grant.grant_id} was revoked or has ended")


async def _require_second_person(connection: Connection, grant: Grant, actor: Actor) -> None:
    hint = "Ask another administrator of the body, or a system administrator."
    themselves = SamePerson("nobody approves roles for themselves", hint=hint)
    await require_another(connection, actor, [grant.subject], themselves)
    await require_not_holder(connection, actor, grant.holder, themselves)
    own = SamePerson("nobody approves their own request", hint=hint)
    await require_another(connection, actor, [grant.requested_by], own)


async def _require_one_side(connection: Connection, grant: Grant, now: datetime) -> None:
    await stored.prove(connection, grant.subject)
    others = await members.grants_of(connection, grant.subject)
    await stored.prove(connection, "")
    if any(other.agency != grant.agency and is_running(other, now) for other in others):
        raise MemberElsewhere("this person has roles in another body or office", hint="They must be revoked there first.")


async def _found(connection: Connection, agency: str | None, grant_id: str) -> Grant:
    found = await members.find_grant(connection, agency=agency, grant_id=grant_id)
    if found is None:
        raise NotFound(f"no grant has the id {grant_id}")
    return found
