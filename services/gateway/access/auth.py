"""Who calls: the holder of an API key, or the subject of an identity provider's access token, and what they may do.

Keys are ``bd_<key id>_<secret>``, shown once, kept as HMAC-SHA-256; every end of a key is a row, looked at on every use. What
a token's subject may do stands in our own grants, looked at likewise.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import SecretStr

from services.gateway.access.keys_limits import AT_THE_MACHINE, NO_LIMITS, Limits, Network, Use, refusal_of
from services.gateway.access.keys_making import OFFICE_ROLES, ROLES, KeyWanted, key_wanted, proof_of, write_key
from services.gateway.access.oidc import Issuers, looks_like_token
from services.gateway.access.store import keys as stored
from services.gateway.access.store import members
from services.gateway.access.store.records import Credential, Grant, KeyOnRecord, ProvenKey, RequestKey
from services.gateway.access.store.request_keys import list_request_keys
from services.gateway.http.errors import AlreadyRevoked
from services.gateway.http.words import require_reason
from shared.audit import Actor, record
from shared.database import Connection, Database
from shared.errors import Conflict, Fault, InputInvalid, NotFound, Unauthenticated
from shared.tables.identity import api_key_rotation

__all__ = ["OFFICE_ROLES", "ROLES", "Access", "Caller", "authenticate", "authenticate_token", "create_key", "list_keys",
           "revoke_key", "rotate_key"]  # fmt: skip

LONGEST_OVERLAP = timedelta(days=30)
_KEY = re.compile(r"bd_([0-9a-f]{12})_([0-9a-f]{64})")
_NOBODY = "0" * 64
# Where a request's scope holds the keys that it has read: what reads for one page reads its key once (ADR 16).
KEYS_READ: Final = "bangdiem.keys_read"
KeysRead = dict[str, ProvenKey]


class KeyNotInForce(Conflict):
    """The key was revoked, has expired, was replaced, or awaits approval; such a key gets no successor."""

    slug = "key-not-in-force"
    title_vi = "Khóa không còn hoặc chưa có hiệu lực"
    title_en = "Key not in force"


@dataclass(frozen=True)
class Access:
    """How callers are told apart. ``second_factor`` are the factors that count; empty where none is asked for."""

    pepper: SecretStr
    issuers: Issuers
    trusted_proxies: Sequence[Network] = ()
    second_factor: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Caller:
    """``factors`` are what the caller's token says of their authentication; an API key says nothing. ``request_keys`` are those
    in force of an API key, with which its writes are signed (SEC-07)."""

    actor: Actor
    factors: frozenset[str] = frozenset()
    request_keys: tuple[RequestKey, ...] = ()


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
    limits: Limits = NO_LIMITS,
) -> tuple[str, str]:
    """The key's id and the whole key, which is never seen again. ``holder`` is the person or system it is given to.

    ``agency`` is for which body an agency role acts; with other roles, the body that the holder belongs to and never checks.
    """
    reason = require_reason(reason)
    wanted = key_wanted(holder=holder, roles=roles, agency=agency, expires_at=expires_at, limits=limits, now=now)
    async with database.transaction() as connection:
        return await write_key(connection, wanted, pepper=pepper, actor=actor, reason=reason, now=now)


async def revoke_key(database: Database, *, actor: Actor, key_id: str, reason: str) -> None:
    """From the commit on the key opens nothing."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        if await stored.find_key(connection, key_id) is None:
            raise NotFound(f"no key has the id {key_id!r}")
        if not await stored.insert_revocation(connection, {"key_id": key_id, "actor": actor.id, "reason": reason}):
            raise AlreadyRevoked(f"the key {key_id} was revoked before")
        await record(connection, actor.id, "key.revoke", key_id, reason=reason)


async def rotate_key(
    database: Database, *, pepper: SecretStr, actor: Actor, key_id: str, overlap: timedelta, reason: str, now: datetime
) -> tuple[str, str]:
    """A successor with another secret: same holder, roles, limits and expiry. The former key works on for ``overlap``."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        await stored.prove(connection, f"key:{key_id}")
        former = await stored.find_key(connection, key_id)
        if former is None:
            raise NotFound(f"no key has the id {key_id!r}")
        wanted = successor_of(former, overlap=overlap, now=now)
        made = await write_key(connection, wanted, pepper=pepper, actor=actor, reason=reason, now=now)
        await replace_key(connection, actor, former=key_id, successor=made[0], ends_at=now + overlap, reason=reason)
    return made


def successor_of(former: ProvenKey | Credential, *, overlap: timedelta, now: datetime) -> KeyWanted:
    """No key outlives what people agreed to by rotating. Raises KeyNotInForce, or InputInvalid for an overlap too long."""
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        fault = Fault("/overlap_hours", "is out of range", expected=f"0 to {LONGEST_OVERLAP.days * 24}")
        raise InputInvalid("the former key cannot go on that long", faults=[fault])
    if not stored.is_in_force(former, now) or former.replaced_by is not None or awaits_approval(former):
        raise KeyNotInForce(f"the key {former.key_id} has ended, has a successor, or awaits approval")
    roles, limits = tuple(former.roles), limits_kept(former)
    return KeyWanted(former.holder, roles, former.agency, former.expires_at, limits)


async def replace_key(
    connection: Connection, actor: Actor, *, former: str, successor: str, ends_at: datetime, reason: str
) -> None:
    """The former key ends at an instant. Raises KeyNotInForce when it has a successor already."""
    values = {"former_key_id": former, "key_id": successor, "former_ends_at": ends_at, "actor": actor.id, "reason": reason}
    if not await stored.insert_once(connection, api_key_rotation, values):
        raise KeyNotInForce(f"the key {former} has a successor")
    detail = {"successor": successor, "ends_at": ends_at.isoformat()}
    await record(connection, actor.id, "key.rotate", former, reason=reason, detail=detail)


async def list_keys(database: Database) -> list[KeyOnRecord]:
    """Every key without its secret: id, holder, roles, agency, limits, ends, who made it and why."""
    async with database.read() as connection:
        return await stored.list_keys(connection)


async def authenticate(
    database: Database,
    *,
    access: Access,
    authorization: str | None,
    use: Use,
    now: datetime,
    signs: bool,
    keys_read: KeysRead | None = None,
) -> Caller:
    """Who sent an ``Authorization: Bearer`` header; with the key's request keys where the request ``signs`` or must.
    ``keys_read`` are those read for the very same page; secret, life and limits are looked at all the same.

    Raises Unauthenticated, IssuerUnavailable or a NotAllowed of the key.
    """
    scheme, _, given = (authorization or "").strip().partition(" ")
    token = given.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("an API key or an access token is needed", hint="Send it as Authorization: Bearer …")
    if access.issuers.names and looks_like_token(token):
        proven = await access.issuers.prove(token, now=now)
        return Caller(await _granted(database, proven.subject, now), proven.factors)
    return await _proven(database, pepper=access.pepper, token=token, now=now, use=use, signs=signs, keys_read=keys_read)


async def authenticate_token(
    database: Database, *, pepper: SecretStr, token: str, now: datetime, use: Use = AT_THE_MACHINE
) -> Actor:
    """Who holds this key. Raises Unauthenticated or a NotAllowed of the key."""
    return (await _proven(database, pepper=pepper, token=token, now=now, use=use, signs=False)).actor


async def _proven(
    database: Database,
    *,
    pepper: SecretStr,
    token: str,
    now: datetime,
    use: Use,
    signs: bool,
    keys_read: KeysRead | None = None,
) -> Caller:
    """Every refusal before the secret is proven reads the same. A refused use is audited (SEC-02)."""
    found = _KEY.fullmatch(token)
    if found is None:
        raise Unauthenticated("the API key is not valid")
    key_id, secret = found.groups()
    key, request_keys = (keys_read or {}).get(key_id), list[RequestKey]()
    if key is None or signs:
        async with database.read() as connection:
            await stored.prove(connection, f"key:{key_id}")
            key = await stored.find_key(connection, key_id)
            request_keys = await list_request_keys(connection, key_id) if signs else []
    proven = hmac.compare_digest(proof_of(pepper, key_id, secret), key.secret_hmac if key else _NOBODY)
    if key is None or not proven:
        raise Unauthenticated("the API key is not valid")
    if keys_read is not None:
        keys_read[key_id] = key
    _require_life(key, now)
    refusal = refusal_of(limits_kept(key), use)
    if refusal is not None:
        async with database.transaction() as connection:
            detail = {"address": str(use.address), "writes": use.writes, "resource": use.resource}
            await record(connection, f"key:{key_id}", "key.refuse", key_id, reason=refusal.slug, detail=detail)
        raise refusal
    actor = Actor(f"key:{key_id}", frozenset(key.roles), key.agency)
    return Caller(actor, request_keys=tuple(each for each in request_keys if each.ended_at is None))


def awaits_approval(key: ProvenKey | Credential) -> bool:
    """A body's credential that nobody has approved; a successor that the former key asked for needs nobody."""
    if key.sequence is None or key.approved_at is not None:
        return False
    return key.rotates is None or key.requested_by != f"key:{key.rotates}"


def limits_kept(key: KeyOnRecord) -> Limits:
    resources, networks = (None if given is None else tuple(given) for given in (key.resources, key.networks))
    return Limits(bool(key.read_only), resources, networks)


def _require_life(key: ProvenKey, now: datetime) -> None:
    if key.revoked_at is not None:
        raise Unauthenticated("the API key was revoked")
    if key.expires_at is not None and key.expires_at <= now:
        raise Unauthenticated("the API key has expired")
    if key.replaced_at is not None and key.replaced_at <= now:
        raise Unauthenticated("the API key was replaced", hint=f"Use its successor {key.replaced_by}.")
    if awaits_approval(key):
        raise Unauthenticated("the API key awaits the approval of a second person")


async def _granted(database: Database, subject: str, now: datetime) -> Actor:
    """A person acts for one side only, that of the first grant approved: a body cannot draw another one's people over."""
    async with database.read() as connection:
        await stored.prove(connection, subject)
        found = [each for each in await members.grants_of(connection, subject) if is_running(each, now)]
    if not found:
        return Actor(subject)
    first = found[0]
    roles = frozenset(role for each in found if each.agency == first.agency for role in each.roles)
    return Actor(subject, roles, first.agency or first.belongs_to)


def is_running(grant: Grant, now: datetime) -> bool:
    return grant.ends_at is None or grant.ends_at > now
