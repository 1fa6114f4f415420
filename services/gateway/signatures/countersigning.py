"""Countersigning a freeze: a body says by a certificate's signature that this is what its source had (seed 002 Art. 7.7).

Whether the body answers for the source is for the reader to judge: the signature names the body, the mandate and the person.
"""

from __future__ import annotations

import asyncio

from services.gateway.access import tenancy
from services.gateway.access.store import keys as stored_keys
from services.gateway.http.runtime import Runtime
from services.gateway.signatures.mandates import row_of, state_of
from services.gateway.signatures.store import mandates as stored
from services.gateway.signatures.store import snapshots
from services.gateway.signatures.store.records import Countersignature
from shared.audit import Actor, record
from shared.database import Database
from shared.errors import Conflict, Fault, InputInvalid, NotFound
from shared.ids import new_id
from shared.signature import payloads
from shared.signature.mandates import mandate_of
from shared.tables.mandates import countersignature


class AlreadyCountersigned(Conflict):
    """The body has countersigned this snapshot; one signature is enough, and none is replaced."""

    slug = "already-countersigned"
    title_vi = "Cơ quan đã ký xác nhận dữ liệu đã chốt này"
    title_en = "Already countersigned"


async def countersign(given: Runtime, *, actor: Actor, agency: str, snapshot_id: str, jws: str) -> Countersignature:
    """The row of control.countersignature.

    Raises NotFound for another body, InputInvalid, AlreadyCountersigned or what is wrong with the signature.
    """
    await _require_own(given.database, actor, agency)
    received_at = given.clock()
    payload = await _payload(given.database, snapshot_id)
    if payload is None:
        fault = Fault("/snapshot_id", "no snapshot has this id", seen=snapshot_id)
        raise InputInvalid("there is no such snapshot to sign", faults=[fault])
    verified = await asyncio.to_thread(given.verifier.verify, payload, jws=jws, received_at=received_at)
    async with tenancy.transaction(given.database, actor) as connection:
        approved = await stored.approved_mandates(connection, agency=agency)
        mandate = mandate_of(verified, agency=agency, mandates=approved)
        values = {"countersignature_id": new_id("cs"), "snapshot_id": snapshot_id, **row_of(verified, mandate, actor=actor.id)}
        if await stored.find_countersignature(connection, snapshot_id=snapshot_id, agency=agency) is not None:
            raise AlreadyCountersigned(f"{agency} has countersigned {snapshot_id}")
        if not await stored_keys.insert_once(connection, countersignature, values):
            raise AlreadyCountersigned(f"{agency} has countersigned {snapshot_id}")
        detail = {"jws": verified.jws.digest, "mandate": mandate.mandate_id, "certificate": verified.signer.as_dict()}
        await record(connection, actor.id, "snapshot.countersign", snapshot_id, detail=detail)
        made = await stored.find_countersignature(connection, snapshot_id=snapshot_id, agency=agency)
    if made is None:
        raise RuntimeError("a countersignature was not written")
    return made


async def payload_for(given: Runtime, *, actor: Actor, snapshot_id: str) -> bytes:
    """The very bytes to sign, for a national office, or for the signer of a body that has mandated somebody now.

    Raises NotFound.
    """
    if actor.agency is not None and actor.roles & set(tenancy.AGENCY_ROLES):
        await _require_mandate(given, actor, actor.agency)
    return await payload_of(given.database, snapshot_id)


async def _require_mandate(given: Runtime, actor: Actor, agency: str) -> None:
    async with tenancy.read(given.database, actor) as connection:
        approved = await stored.approved_mandates(connection, agency=agency)
    if not any(state_of(each, given.clock()) == "in_force" for each in approved):
        hint = "Nobody may sign for your body now: its administrators record a mandate, a second person approves it."
        raise NotFound("there is nothing to sign for this key", hint=hint)


async def payload_of(database: Database, snapshot_id: str) -> bytes:
    """The very bytes to sign. Raises NotFound."""
    payload = await _payload(database, snapshot_id)
    if payload is None:
        raise NotFound(f"no snapshot has the id {snapshot_id}")
    return payload


async def _payload(database: Database, snapshot_id: str) -> bytes | None:
    async with database.read() as connection:
        found = await snapshots.find_snapshot(connection, snapshot_id)
    return None if found is None else payloads.of_snapshot(snapshot_id, period=found.period, source=found.source)


async def of_snapshot(database: Database, *, actor: Actor, snapshot_id: str) -> list[Countersignature]:
    """Who countersigned it, the first first. Raises NotFound."""
    await payload_of(database, snapshot_id)
    async with tenancy.read(database, actor) as connection:
        return await stored.list_countersignatures(connection, snapshot_id=snapshot_id)


async def of_body(database: Database, *, actor: Actor, agency: str) -> list[Countersignature]:
    """What the body countersigned, the first first."""
    async with tenancy.read(database, actor) as connection:
        return await stored.list_countersignatures(connection, agency=agency)


async def _require_own(database: Database, actor: Actor, agency: str) -> None:
    """Before the signature is looked at: of another body nothing is said."""
    async with tenancy.read(database, actor) as connection:
        if not await stored.acts_for(connection, agency):
            raise NotFound("there is no such thing for this key")
