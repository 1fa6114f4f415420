"""API keys with their limits, successors and ends; credentials of bodies with their approvals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, bindparam, cast, func, select, text
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.access.store.records import Credential, KeyOnRecord, KnownPerson, OfficeKey, ProvenKey
from services.gateway.access.tenancy import AGENCY_ROLES
from shared.database import every, one
from shared.tables.control import api_key, api_key_revocation
from shared.tables.identity import (
    api_key_limit,
    api_key_rotation,
    credential,
    credential_approval,
)

_LIFE = (
    api_key.outerjoin(api_key_revocation, api_key.c.key_id == api_key_revocation.c.key_id)
    .outerjoin(api_key_limit, api_key.c.key_id == api_key_limit.c.key_id)
    .outerjoin(api_key_rotation, api_key.c.key_id == api_key_rotation.c.former_key_id)
)
_ASKED_FOR = _LIFE.outerjoin(credential, api_key.c.key_id == credential.c.key_id).outerjoin(
    credential_approval, credential.c.key_id == credential_approval.c.key_id
)
# Numbers of keys that were never asked for here lie below every other.
_BEFORE_ALL = 2**30
_SHOWN = tuple(
    api_key.c[name] for name in ("key_id", "holder", "roles", "agency", "expires_at", "created_by", "reason", "recorded_at")
)
_ENDS = (
    api_key_revocation.c.recorded_at.label("revoked_at"),
    api_key_limit.c.read_only,
    api_key_limit.c.resources,
    api_key_limit.c.networks,
    api_key_rotation.c.key_id.label("replaced_by"),
    api_key_rotation.c.former_ends_at.label("replaced_at"),
)
_ASKED = (
    credential.c.sequence,
    credential.c.rotates,
    credential.c.overlap_seconds,
    credential.c.requested_by,
    credential_approval.c.actor.label("approved_by"),
    credential_approval.c.recorded_at.label("approved_at"),
)
# Every request asks it: it is made once.
_KEY = (
    select(*_SHOWN, api_key.c.secret_hmac, *_ENDS, *_ASKED).select_from(_ASKED_FOR).where(api_key.c.key_id == bindparam("key"))
)
_PROVES = text("SELECT set_config('bangdiem.proves', :subject, true)")


async def prove(connection: AsyncConnection, subject: str) -> None:
    """From here on this transaction also sees what is kept of one key (``key:<id>``) or person (``oidc:…``); "" ends it."""
    await connection.execute(_PROVES, {"subject": subject})


async def insert_once(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> bool:
    """False when there was such a row before."""
    statement = insert(table).values(**values).on_conflict_do_nothing()
    result = await connection.execute(statement.returning(*table.primary_key))
    return result.first() is not None


async def insert_revocation(connection: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """False when the key was revoked before."""
    return await insert_once(connection, api_key_revocation, values)


async def find_key(connection: AsyncConnection, key_id: str) -> ProvenKey | None:
    """With all that ends or limits it; of a body's credential also who approved it, where the session may see that."""
    return await one(connection, ProvenKey, _KEY, {"key": key_id})


async def list_keys(connection: AsyncConnection) -> list[KeyOnRecord]:
    return await every(connection, KeyOnRecord, select(*_SHOWN, *_ENDS).select_from(_LIFE).order_by(api_key.c.recorded_at))


async def list_office_keys(connection: AsyncConnection, *, after: int | None, limit: int) -> list[OfficeKey]:
    """Keys without a role inside a body, as they were made at the terminal."""
    made = func.row_number().over(order_by=(api_key.c.recorded_at, api_key.c.key_id)).label("sequence")
    inside = api_key.c.roles.overlap(cast(array(AGENCY_ROLES), api_key.c.roles.type))
    found = select(*_SHOWN, *_ENDS, made).select_from(_LIFE).where(~inside).subquery()
    statement = select(found).order_by(found.c.sequence).limit(limit)
    return await every(connection, OfficeKey, statement if after is None else statement.where(found.c.sequence > after))


async def list_credentials(connection: AsyncConnection, *, agency: str, after: int | None, limit: int) -> list[Credential]:
    """Of one body: those made at the terminal, then the others in the order they were asked for."""
    found = _credentials(agency).subquery()
    statement = select(found).order_by(found.c.sequence).limit(limit)
    return await every(connection, Credential, statement if after is None else statement.where(found.c.sequence > after))


async def find_credential(connection: AsyncConnection, *, agency: str, key_id: str) -> Credential | None:
    found = _credentials(agency).subquery()
    return await one(connection, Credential, select(found).where(found.c.key_id == key_id))


def is_in_force(key: KeyOnRecord, now: datetime) -> bool:
    """Neither revoked nor expired nor replaced; whether it was approved is another question."""
    ends = [end for end in (key.expires_at, key.replaced_at) if end is not None]
    return key.revoked_at is None and all(end > now for end in ends)


def _credentials(agency: str) -> Select[Any]:
    """Keys with a role inside the body, whoever made them; one of a national office's person who belongs to it is none."""
    made = func.row_number().over(order_by=(api_key.c.recorded_at, api_key.c.key_id))
    asked = {
        "sequence": func.coalesce(credential.c.sequence, made - _BEFORE_ALL),
        "rotates": credential.c.rotates,
        "overlap_seconds": func.coalesce(credential.c.overlap_seconds, 0),
        "requested_by": func.coalesce(credential.c.requested_by, api_key.c.created_by),
        "approved_by": credential_approval.c.actor,
        "approved_at": credential_approval.c.recorded_at,
        "at_terminal": credential.c.key_id.is_(None),
    }
    inside = credential.c.key_id.is_not(None) | api_key.c.roles.overlap(cast(array(AGENCY_ROLES), api_key.c.roles.type))
    return (
        select(*_SHOWN, *_ENDS, *(column.label(name) for name, column in asked.items()))
        .select_from(_ASKED_FOR)
        # Row security guards credentials; of other keys the same is asked here.
        .where(api_key.c.agency == agency, inside, func.intake.sees(api_key.c.agency))
    )


_KNOWN = text("SELECT actor, agency, roles, name FROM control.people_known(:actors)")


async def people_known(connection: AsyncConnection, actors: Sequence[str]) -> list[KnownPerson]:
    """``name`` is null where the session may know the roles only; whom it may not know at all is left out."""
    return await every(connection, KnownPerson, _KNOWN, {"actors": list(actors)})
