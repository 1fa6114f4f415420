"""Use cases about the keys that sign receipts: recorded at first use, rotated, revoked; old ones stay published (SEC-08)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from services.gateway.http.words import require_reason
from services.gateway.reports.keyring import Keyring, SigningKey
from services.gateway.reports.store import receipts as stored
from services.gateway.reports.store.records import KeyHistory
from shared.audit import Actor, record
from shared.database import Connection, Database, schema_revision
from shared.errors import Conflict, NotFound, Unavailable
from shared.migrate import head
from shared.period import in_vietnam

SELF = "service:gateway"
FIRST_USE = "khóa ký biên nhận được dùng lần đầu"


class NoSigningKey(Unavailable):
    """No private key is configured here that may still sign, so no receipt can be given and nothing is accepted."""

    slug = "no-signing-key"
    title_vi = "Không có khóa ký biên nhận còn hiệu lực"
    title_en = "No signing key in force"


class SigningKeyEnded(Conflict):
    """The key was retired or revoked before, each of which is said once."""

    slug = "signing-key-ended"
    title_vi = "Khóa ký đã hết hiệu lực"
    title_en = "Signing key already ended"


async def key_in_force(connection: Connection, keyring: Keyring) -> SigningKey:
    """The newest of our keys that was not ended, held so until the transaction ends. Raises NoSigningKey.

    A key that the database does not know yet is recorded in this very transaction.
    """
    await stored.hold_signing_keys(connection)
    known = {line.kid: line for line in await stored.list_signing_keys(connection)}
    for key in keyring.newest_first():
        if key.kid not in known:
            await _record(connection, key, actor=SELF, reason=FIRST_USE)
            return key
        if not known[key.kid].ended:
            return key
    raise NoSigningKey("no signing key in force is configured", hint="Run `bangdiem receipt-key rotate --reason …`.")


async def record_keys(database: Database, keyring: Keyring) -> None:
    """Publishes the public halves that are not yet; agencies must be able to hold them before the first receipt."""
    if not keyring.newest_first():
        return
    async with database.read() as connection:
        if await schema_revision(connection) != head():
            return  # not ready either; each key is recorded with its first receipt at the latest
        known = {line.kid for line in await stored.list_signing_keys(connection)}
    missing = [key for key in keyring.newest_first() if key.kid not in known]
    if missing:
        async with database.transaction() as connection:
            for key in missing:
                await _record(connection, key, actor=SELF, reason=FIRST_USE)


async def rotate(database: Database, *, actor: Actor, key: SigningKey, reason: str, now: datetime) -> list[str]:
    """The new key signs from the commit on; all others in force are retired. Returns their ids."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        await stored.hold_signing_keys_alone(connection)
        before = [line.kid for line in await stored.list_signing_keys(connection) if not line.ended]
        await _record(connection, key, actor=actor.id, reason=reason)
        retired = [kid for kid in before if kid != key.kid]
        for kid in retired:
            await _end(connection, kid, kind="retired", from_instant=now, actor=actor, reason=reason)
    return retired


async def end_key(
    database: Database, *, actor: Actor, kid: str, kind: Literal["retired", "revoked"], from_instant: datetime, reason: str
) -> None:
    """The key signs nothing from the commit on, and what it signed from ``from_instant`` on is not trusted.

    Raises NotFound or SigningKeyEnded.
    """
    reason = require_reason(reason)
    async with database.transaction() as connection:
        await stored.hold_signing_keys_alone(connection)
        if kid not in {line.kid for line in await stored.list_signing_keys(connection)}:
            raise NotFound(f"no signing key has the id {kid!r}", hint="GET /api/v1/receipt-keys lists them.")
        await _end(connection, kid, kind=kind, from_instant=from_instant, actor=actor, reason=reason)


async def published_keys(connection: Connection) -> dict[str, Any]:
    """The JWK set (RFC 7517) of all keys there ever were, each with its state and times."""
    return {"keys": [_published(line) for line in await stored.list_signing_keys(connection)]}


def _published(line: KeyHistory) -> dict[str, Any]:
    state = "revoked" if line.revoked_from is not None else "retired" if line.retired_at is not None else "active"
    times = {"recorded_at": line.recorded_at, "retired_at": line.retired_at, "revoked_from": line.revoked_from}
    shown = {name: _vietnam(instant) for name, instant in times.items()}
    return {**line.jwk, "state": state, **shown, "end_reason": line.revoked_reason or line.retired_reason}


def _vietnam(instant: datetime | None) -> str | None:
    return None if instant is None else in_vietnam(instant)


async def _record(connection: Connection, key: SigningKey, *, actor: str, reason: str) -> None:
    values = {"kid": key.kid, "jwk": dict(key.public), "reason": reason, "actor": actor}
    if await stored.insert_signing_key(connection, values):
        await record(connection, actor, "signing_key.record", key.kid, reason=reason, detail={"jwk": dict(key.public)})


async def _end(connection: Connection, kid: str, *, kind: str, from_instant: datetime, actor: Actor, reason: str) -> None:
    values = {"kid": kid, "kind": kind, "from_instant": from_instant, "actor": actor.id, "reason": reason}
    if not await stored.insert_signing_key_end(connection, values):
        raise SigningKeyEnded(f"the key {kid} is {kind} already")
    detail = {"kind": kind, "from_instant": from_instant.isoformat()}
    await record(connection, actor.id, "signing_key.end", kid, reason=reason, detail=detail)
