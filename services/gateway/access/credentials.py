"""Use cases about keys of a body's systems: asked for by its administrator, approved by a second person (SEC-02, SEC-05).

The secret is shown to whoever asks, and opens nothing before the approval. A successor is approved likewise, unless the key
itself asked for it: whoever holds the former secret gains nothing by a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from services.gateway.access.auth import KeyNotInForce, awaits_approval, replace_key, successor_of
from services.gateway.access.four_eyes import Act, agree, require_another
from services.gateway.access.keys_limits import Limits
from services.gateway.access.keys_making import KeyWanted, key_wanted, known_roles, write_key
from services.gateway.access.store import keys as stored
from services.gateway.access.store.records import Credential
from services.gateway.access.tenancy import administering, administering_read, require_other_body
from services.gateway.http.errors import AlreadyApproved, AlreadyRevoked
from services.gateway.http.words import require_reason
from shared.audit import Actor, record
from shared.database import Connection, Database, insert_row
from shared.errors import Fault, InputInvalid, NotAllowed, NotFound, SamePerson
from shared.tables.identity import credential, credential_approval

SYSTEM_ROLES = ("agency_drafter", "agency_approver", "agency_signer", "agency_unit")
LONGEST_LIFE = timedelta(days=366)
_APPROVAL = Act(credential_approval, "key_id", "credential.approve")


@dataclass(frozen=True)
class Wanted:
    """A key for a system of a body."""

    agency: str
    holder: str
    roles: Sequence[str]
    expires_at: datetime
    limits: Limits
    reason: str


async def request_credential(
    database: Database, *, pepper: SecretStr, actor: Actor, wanted: Wanted, now: datetime
) -> tuple[Credential, str]:
    """The credential and the whole key, which is never seen again. Raises InputInvalid."""
    reason = require_reason(wanted.reason)
    if wanted.expires_at > now + LONGEST_LIFE:
        fault = Fault("/expires_at", "is too far away", expected=f"at most {LONGEST_LIFE.days} days from now")
        raise InputInvalid("a body's credential lasts at most a year", faults=[fault])
    key = key_wanted(
        holder=wanted.holder,
        roles=known_roles(wanted.roles, SYSTEM_ROLES),
        agency=wanted.agency,
        expires_at=wanted.expires_at,
        limits=wanted.limits,
        now=now,
    )
    async with administering(database, actor, wanted.agency) as connection:
        key_id, secret = await _write(connection, actor, key, pepper=pepper, reason=reason, now=now)
        return await _found(connection, wanted.agency, key_id), secret


async def rotate_credential(
    database: Database,
    *,
    pepper: SecretStr,
    actor: Actor,
    agency: str,
    key_id: str,
    overlap: timedelta,
    reason: str,
    now: datetime,
) -> tuple[Credential, str]:
    """A successor: at once when the key itself asks, after a second person's approval when an administrator does."""
    reason = require_reason(reason)
    itself = actor.id == f"key:{key_id}"
    async with administering(database, actor, agency) as connection:
        former = await _found(connection, agency, key_id)
        if not itself and "agency_admin" not in actor.roles:
            hint = "Call with the key to be rotated."
            raise NotAllowed("a key is rotated by itself or by the body's administrator", hint=hint)
        key = successor_of(former, overlap=overlap, now=now)
        seconds = int(overlap.total_seconds())
        made = await _write(connection, actor, key, pepper=pepper, reason=reason, now=now, rotates=key_id, overlap=seconds)
        if itself:
            await replace_key(connection, actor, former=key_id, successor=made[0], ends_at=now + overlap, reason=reason)
        return await _found(connection, agency, made[0]), made[1]


async def approve_credential(
    database: Database, *, actor: Actor, agency: str, key_id: str, reason: str, now: datetime
) -> Credential:
    """From the commit on the key opens what its roles open. Raises NotFound, SamePerson, AlreadyApproved, KeyNotInForce."""
    reason = require_reason(reason)
    require_other_body(actor, agency)
    async with administering(database, actor, agency) as connection:
        found = await _found(connection, agency, key_id)
        if not awaits_approval(found):
            raise AlreadyApproved(f"{key_id} was approved before")
        if not stored.is_in_force(found, now):
            raise KeyNotInForce(f"the key {key_id} has ended")
        hint = "Ask another administrator of the body, or a system administrator."
        own = SamePerson("nobody approves their own request", hint=hint)
        await require_another(connection, actor, (found.requested_by, f"key:{key_id}"), own)
        await agree(connection, _APPROVAL, actor, {"key_id": key_id, "agency": agency}, reason=reason)
        if found.rotates is not None:
            ends_at = now + timedelta(seconds=found.overlap_seconds)
            await replace_key(connection, actor, former=found.rotates, successor=key_id, ends_at=ends_at, reason=reason)
        return await _found(connection, agency, key_id)


async def revoke_credential(database: Database, *, actor: Actor, agency: str, key_id: str, reason: str) -> Credential:
    """From the commit on the key opens nothing; one person is enough. Raises NotFound or AlreadyRevoked."""
    reason = require_reason(reason)
    require_other_body(actor, agency)
    async with administering(database, actor, agency) as connection:
        await _found(connection, agency, key_id)
        if not await stored.insert_revocation(connection, {"key_id": key_id, "actor": actor.id, "reason": reason}):
            raise AlreadyRevoked(f"the key {key_id} was revoked before")
        await record(connection, actor.id, "key.revoke", key_id, reason=reason)
        return await _found(connection, agency, key_id)


async def find_credential(database: Database, *, actor: Actor, agency: str, key_id: str) -> Credential:
    async with administering_read(database, actor, agency) as connection:
        return await _on_record(connection, agency, key_id)


async def list_credentials(database: Database, *, actor: Actor, agency: str, after: int | None, limit: int) -> list[Credential]:
    """Those made at the terminal, then the others in the order they were asked for."""
    async with administering_read(database, actor, agency) as connection:
        return await stored.list_credentials(connection, agency=agency, after=after, limit=limit)


def state_of(found: Credential, now: datetime) -> str:
    if found.revoked_at is not None:
        return "revoked"
    if not stored.is_in_force(found, now):
        return "ended"
    return "requested" if not found.at_terminal and awaits_approval(found) else "in_force"


async def _write(
    connection: Connection,
    actor: Actor,
    key: KeyWanted,
    *,
    pepper: SecretStr,
    reason: str,
    now: datetime,
    rotates: str | None = None,
    overlap: int = 0,
) -> tuple[str, str]:
    key_id, secret = await write_key(connection, key, pepper=pepper, actor=actor, reason=reason, now=now)
    values = {"key_id": key_id, "agency": key.agency, "rotates": rotates, "overlap_seconds": overlap}
    await insert_row(connection, credential, {**values, "requested_by": actor.id, "reason": reason})
    await record(connection, actor.id, "credential.request", key_id, reason=reason, detail=values)
    return key_id, secret


async def _found(connection: Connection, agency: str, key_id: str) -> Credential:
    """One that was asked for here, to be acted on. Raises NotFound."""
    found = await _on_record(connection, agency, key_id)
    if found.at_terminal:
        hint = "It was made at the terminal: bangdiem key revoke, bangdiem key rotate."
        raise NotFound(f"the key {key_id} was not asked for here", hint=hint)
    return found


async def _on_record(connection: Connection, agency: str, key_id: str) -> Credential:
    found = await stored.find_credential(connection, agency=agency, key_id=key_id)
    if found is None:
        raise NotFound(f"no credential has the id {key_id}")
    return found
