"""Countersigning a freeze: a body says by a certificate's signature that this is what its source had (seed 002 Art. 7.7).

Whether the body answers for the source is for the reader to judge: the signature names the body, the mandate and the person.
"""

from __future__ import annotations

import asyncio

from services.gateway import tenancy
from services.gateway.mandates import as_mandates
from services.gateway.queries import evidence
from services.gateway.queries import keys as stored_keys
from services.gateway.queries import mandates as stored
from services.gateway.runtime import Runtime
from services.gateway.submissions.signatures import row_of
from shared.audit import Actor, record
from shared.canonical import sha256_hex
from shared.database import Database, Row
from shared.errors import Conflict, NotAllowed, NotFound
from shared.ids import new_id
from shared.signature import payloads
from shared.signature.mandates import mandate_of
from shared.tables.mandates import countersignature


class AlreadyCountersigned(Conflict):
    """The body has countersigned this snapshot; one signature is enough, and none is replaced."""

    slug = "already-countersigned"
    title_vi = "Cơ quan đã ký xác nhận dữ liệu đã chốt này"
    title_en = "Already countersigned"


async def countersign(given: Runtime, *, actor: Actor, snapshot_id: str, jws: str) -> Row:
    """The row of control.countersignature. Raises NotFound, AlreadyCountersigned or what is wrong with the signature."""
    if actor.agency is None:
        raise NotAllowed("a countersignature is a body's")
    received_at = given.clock()
    payload = await payload_of(given.database, snapshot_id)
    verified = await asyncio.to_thread(given.verifier.verify, payload, jws=jws, received_at=received_at)
    async with tenancy.transaction(given.database, actor) as connection:
        approved = as_mandates(await stored.approved_mandates(connection, agency=actor.agency))
        mandate = mandate_of(verified, agency=actor.agency, mandates=approved)
        values = {"countersignature_id": new_id("cs"), "snapshot_id": snapshot_id, **row_of(verified, mandate, actor=actor.id)}
        if await stored.find_countersignature(connection, snapshot_id=snapshot_id, agency=actor.agency) is not None:
            raise AlreadyCountersigned(f"{actor.agency} has countersigned {snapshot_id}")
        if not await stored_keys.insert_once(connection, countersignature, values):
            raise AlreadyCountersigned(f"{actor.agency} has countersigned {snapshot_id}")
        detail = {"jws": verified.jws.digest, "mandate": mandate.mandate_id, "certificate": verified.signer.as_dict()}
        await record(connection, actor.id, "snapshot.countersign", snapshot_id, detail=detail)
        made = await stored.find_countersignature(connection, snapshot_id=snapshot_id, agency=actor.agency)
    if made is None:
        raise RuntimeError("a countersignature was not written")
    return made


async def payload_of(database: Database, snapshot_id: str) -> bytes:
    """The very bytes to sign. Raises NotFound."""
    async with database.read() as connection:
        found = await evidence.find_snapshot(connection, snapshot_id)
    if found is None:
        raise NotFound(f"no snapshot has the id {snapshot_id}")
    digest = sha256_hex(bytes(found["manifest"]))
    return payloads.of_snapshot(snapshot_id, period=found["period"], source=found["source"], digest=digest)


async def list_countersignatures(given: Runtime, *, actor: Actor, snapshot_id: str) -> list[Row]:
    """As far as the actor sees: a body its own, the national offices all. Raises NotFound."""
    await payload_of(given.database, snapshot_id)
    async with tenancy.read(given.database, actor) as connection:
        return await stored.list_countersignatures(connection, snapshot_id)
