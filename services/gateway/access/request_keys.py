"""Use cases about the keys with which the holder of an API key signs requests: registered and ended by the API key itself."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey

from services.gateway.access.request_signatures import key_of
from services.gateway.access.store import keys as stored_keys
from services.gateway.access.store import request_keys as stored
from services.gateway.access.store.records import RequestKey
from services.gateway.http.errors import AlreadyRevoked
from services.gateway.http.words import require_reason
from shared.audit import Actor, record
from shared.canonical import canonical_bytes
from shared.database import Connection, Database, insert_row
from shared.errors import Fault, InputInvalid, NotAllowed, NotFound
from shared.ids import new_id
from shared.tables.mandates import request_key, request_key_end


class PossessionUnproven(InputInvalid):
    """`proof` is no compact JWS by the private half of this very key over the words that name the API key."""

    slug = "request-key-unproven"
    title_vi = "Chưa chứng minh được quyền sở hữu khóa ký yêu cầu"
    title_en = "Possession of the request key unproven"


async def register(database: Database, *, actor: Actor, jwk: Mapping[str, Any], proof: str, reason: str) -> RequestKey:
    """From the commit on every write under the caller's API key must be signed.

    ``proof`` keeps a system that cannot sign from locking itself out. Raises InputInvalid, PossessionUnproven or NotAllowed.
    """
    reason, key_id = require_reason(reason), key_id_of(actor)
    public = {name: jwk[name] for name in ("kty", "crv", "x", "y") if jwk.get(name) is not None}
    try:
        algorithm, _ = key_of(public)
    except (ValueError, TypeError, KeyError, JoseError) as error:
        fault = Fault("/jwk", "is no public key of a kind taken", expected="Ed25519 or P-256, RFC 7517")
        raise InputInvalid("the key cannot be used", faults=[fault]) from error
    _require_possession(public, proof, key_id)
    request_key_id = new_id("rqk")
    values = {"request_key_id": request_key_id, "key_id": key_id, "algorithm": algorithm, "jwk": public}
    async with database.transaction() as connection:
        await insert_row(connection, request_key, {**values, "actor": actor.id, "reason": reason})
        await record(connection, actor.id, "request-key.register", request_key_id, reason=reason, detail={"jwk": public})
        return await _found(connection, key_id, request_key_id)


async def end(database: Database, *, actor: Actor, request_key_id: str, reason: str) -> RequestKey:
    """The key signs nothing any more; after the last one requests may be unsigned again. Raises NotFound or AlreadyRevoked."""
    reason, key_id = require_reason(reason), key_id_of(actor)
    async with database.transaction() as connection:
        await _found(connection, key_id, request_key_id)
        values = {"request_key_id": request_key_id, "actor": actor.id, "reason": reason}
        if not await stored_keys.insert_once(connection, request_key_end, values):
            raise AlreadyRevoked(f"{request_key_id} was ended before")
        await record(connection, actor.id, "request-key.end", request_key_id, reason=reason)
        return await _found(connection, key_id, request_key_id)


async def list_own(database: Database, *, actor: Actor) -> list[RequestKey]:
    """The request keys of the caller's API key, the oldest first. Raises NotAllowed."""
    async with database.read() as connection:
        return await stored.list_request_keys(connection, key_id_of(actor))


def key_id_of(actor: Actor) -> str:
    """Raises NotAllowed for a caller without an API key: an access token proves itself."""
    kind, _, key_id = actor.id.partition(":")
    if kind != "key":
        raise NotAllowed("only requests under an API key are signed")
    return key_id


def words_to_prove(key_id: str) -> bytes:
    """What the proof is made over."""
    return canonical_bytes({"api_key": key_id, "purpose": "bangdiem request key"})


def _require_possession(public: Mapping[str, Any], proof: str, key_id: str) -> None:
    importer, algorithm = (OKPKey, "EdDSA") if public["kty"] == "OKP" else (ECKey, "ES256")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)  # EdDSA: see services.gateway.reports.keyring
            found = jws.deserialize_compact(proof, importer.import_key(dict(public)), algorithms=[algorithm])
    except (JoseError, ValueError) as error:
        hint = f"Sign {words_to_prove(key_id).decode()} with the private key, as a compact JWS."
        raise PossessionUnproven("the key's possession is not proven", hint=hint) from error
    if found.payload != words_to_prove(key_id):
        raise PossessionUnproven("the proof is made over other words", hint=f"Sign {words_to_prove(key_id).decode()}")


async def _found(connection: Connection, key_id: str, request_key_id: str) -> RequestKey:
    found = await stored.find_request_key(connection, key_id=key_id, request_key_id=request_key_id)
    if found is None:
        raise NotFound(f"this API key has no request key {request_key_id}")
    return found
