"""API keys: ``bd_<key id>_<secret>``, shown once, kept as HMAC-SHA-256. Revocation is a row, looked at on every use."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime

from pydantic import SecretStr

from services.gateway.errors import AgencyUnknown, AlreadyRevoked, RoleUnknown
from services.gateway.queries import keys as stored
from services.gateway.tenancy import AGENCY_ROLES
from services.gateway.words import is_line, require_reason, tidy
from shared.audit import Actor, record
from shared.database import Database, Row
from shared.errors import Fault, InputInvalid, NotFound, Unauthenticated
from shared.registry_store import load_registry

# Of a national office, the ministry that confirms records (C-2) among them.
OFFICE_ROLES = ("public", "reader", "operator", "publisher", "auditor", "system_administrator", "records_reviewer")
ROLES = (*OFFICE_ROLES, *AGENCY_ROLES)

_KEY = re.compile(r"bd_([0-9a-f]{12})_([0-9a-f]{64})")
_NOBODY = "0" * 64
_HOLDER_LENGTH = 200


async def create_key(
    database: Database,
    *,
    pepper: SecretStr,
    actor: Actor,
    holder: str,
    roles: Iterable[str],
    reason: str,
    now: datetime,
    agency: str | None = None,
    expires_at: datetime | None = None,
) -> tuple[str, str]:
    """The key's id and the whole key, which is never seen again. ``holder`` is the person or system it is given to.

    ``agency`` is for which body an agency role acts; with other roles, the body that the holder belongs to and never checks.
    """
    reason = require_reason(reason)
    given = _known_roles(roles)
    _require_one_side(given, agency)
    holder = _holder(holder)
    if expires_at is not None and expires_at <= now:
        raise InputInvalid("the key would have expired already", faults=[Fault("/expires_at", "lies in the past")])
    key_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    values = {
        "key_id": key_id,
        "holder": holder,
        "roles": given,
        "agency": agency,
        "secret_hmac": _hmac(pepper, key_id, secret),
        "expires_at": expires_at,
        "created_by": actor.id,
        "reason": reason,
    }
    async with database.transaction() as connection:
        if agency is not None and agency not in (await load_registry(connection, now.date())).agencies:
            raise AgencyUnknown(f"no scored body has the code {agency!r}")
        await stored.insert_key(connection, values)
        detail = {"holder": holder, "roles": given, "agency": agency}
        await record(connection, actor.id, "key.create", key_id, reason=reason, detail=detail)
    return key_id, f"bd_{key_id}_{secret}"


async def revoke_key(database: Database, *, actor: Actor, key_id: str, reason: str) -> None:
    """From the commit on the key opens nothing."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        if await stored.find_key(connection, key_id) is None:
            raise NotFound(f"no key has the id {key_id!r}")
        if not await stored.insert_revocation(connection, {"key_id": key_id, "actor": actor.id, "reason": reason}):
            raise AlreadyRevoked(f"the key {key_id} was revoked before")
        await record(connection, actor.id, "key.revoke", key_id, reason=reason)


async def list_keys(database: Database) -> list[Row]:
    """Every key without its secret: id, holder, roles, agency, expiry, who made it and why, revocation."""
    async with database.read() as connection:
        return await stored.list_keys(connection)


async def authenticate(database: Database, *, pepper: SecretStr, authorization: str | None, now: datetime) -> Actor:
    """Who holds the key of an ``Authorization: Bearer`` header. Raises Unauthenticated."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("an API key is needed", hint="Send it as Authorization: Bearer bd_…")
    return await authenticate_token(database, pepper=pepper, token=token.strip(), now=now)


async def authenticate_token(database: Database, *, pepper: SecretStr, token: str, now: datetime) -> Actor:
    """Who holds this key; every refusal before the secret is proven reads the same."""
    found = _KEY.fullmatch(token)
    if found is None:
        raise Unauthenticated("the API key is not valid")
    key_id, secret = found.groups()
    async with database.read() as connection:
        key = await stored.find_key(connection, key_id)
    proven = hmac.compare_digest(_hmac(pepper, key_id, secret), key["secret_hmac"] if key else _NOBODY)
    if key is None or not proven:
        raise Unauthenticated("the API key is not valid")
    if key["revoked_at"] is not None:
        raise Unauthenticated("the API key was revoked")
    if key["expires_at"] is not None and key["expires_at"] <= now:
        raise Unauthenticated("the API key has expired")
    return Actor(f"key:{key_id}", frozenset(key["roles"]), key["agency"])


def _hmac(pepper: SecretStr, key_id: str, secret: str) -> str:
    return hmac.new(pepper.get_secret_value().encode(), f"{key_id}:{secret}".encode(), hashlib.sha256).hexdigest()


def _known_roles(roles: Iterable[str]) -> list[str]:
    given = sorted(set(roles))
    faults = [
        Fault("/roles", "no such role", seen=role, expected=", ".join(ROLES), hint="Give one of the known roles.")
        for role in given
        if role not in ROLES
    ]
    if faults or not given:
        raise RoleUnknown("a key needs at least one known role", faults=faults, hint=f"Known roles: {', '.join(ROLES)}.")
    return given


def _require_one_side(roles: list[str], agency: str | None) -> None:
    """Who reports for a body does nothing else, and who runs the scoring reports for none (SEC-09)."""
    inside = [role for role in roles if role in AGENCY_ROLES]
    if inside and len(inside) < len(roles):
        fault = Fault("/roles", "roles inside a body stand alone", seen=", ".join(roles), expected=", ".join(AGENCY_ROLES))
        raise InputInvalid("a key is for a body or for a national office, not both", faults=[fault], hint="Make two keys.")
    if inside and agency is None:
        fault = Fault("/agency", "is missing", expected="the body's code", hint="Say for which body the key acts.")
        raise InputInvalid("a role inside a body needs the body", faults=[fault])


def _holder(holder: str) -> str:
    name = tidy(holder)
    if len(name) > _HOLDER_LENGTH or not is_line(name):
        raise InputInvalid("a key needs a holder", faults=[Fault("/holder", "is blank, too long or not printable")])
    return name
