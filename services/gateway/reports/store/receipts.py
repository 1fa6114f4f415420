"""Receipts and the keys that sign them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.reports.store.records import KeyHistory, NextReceipt, Receipt
from shared.database import every, one
from shared.tables.control import signing_key, signing_key_end
from shared.tables.intake import receipt, submission

# Whoever signs shares this; whoever ends a key has it alone, so that no signature is made beside a revocation.
_HOLD = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('signing-keys', 0))")
_HOLD_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('signing-keys', 0))")

_NEXT = text("""
SELECT nextval('intake.receipt_sequence_seq') AS number, r.media_type, t.catalogue_digest
  FROM intake.revision r
  LEFT JOIN intake.transition t ON t.submission_id = r.submission_id AND t.action = 'sign'
 WHERE r.submission_id = :submission_id AND r.number = :revision
""")

_KEYS = text("""
SELECT k.kid, k.jwk, k.recorded_at, retired.from_instant AS retired_at, retired.reason AS retired_reason,
       revoked.from_instant AS revoked_from, revoked.reason AS revoked_reason
  FROM control.signing_key k
  LEFT JOIN control.signing_key_end retired ON retired.kid = k.kid AND retired.kind = 'retired'
  LEFT JOIN control.signing_key_end revoked ON revoked.kid = k.kid AND revoked.kind = 'revoked'
 ORDER BY k.recorded_at, k.kid
""")

_INSERT = text("""
INSERT INTO intake.receipt (receipt_number, sequence, submission_id, agency, kid, jws, issued_at)
OVERRIDING SYSTEM VALUE
VALUES (:receipt_number, :sequence, :submission_id, :agency, :kid, :jws, :issued_at) RETURNING *
""")


async def next_receipt(connection: AsyncConnection, *, submission_id: str, revision: int) -> NextReceipt:
    """``number`` is the receipt's place in the sequence, ``media_type`` and ``catalogue_digest`` what the signer signed."""
    found = await one(connection, NextReceipt, _NEXT, {"submission_id": submission_id, "revision": revision})
    if found is None:
        raise LookupError(f"{submission_id} has no revision {revision} in this session's reach")
    return found


async def insert_receipt(connection: AsyncConnection, values: Mapping[str, Any]) -> Receipt:
    result = await connection.execute(_INSERT, dict(values))
    return Receipt(**result.mappings().one())


async def find_receipt(connection: AsyncConnection, *, agency: str, period: str, sequence: int) -> Receipt | None:
    """The receipt of a body's submission, within the session's reach."""
    joined = receipt.join(submission, submission.c.submission_id == receipt.c.submission_id)
    named = (submission.c.agency == agency, submission.c.period == period, submission.c.sequence == sequence)
    return await one(connection, Receipt, select(receipt).select_from(joined).where(*named))


async def list_signing_keys(connection: AsyncConnection) -> list[KeyHistory]:
    """Oldest first."""
    return await every(connection, KeyHistory, _KEYS)


async def hold_signing_keys(connection: AsyncConnection) -> None:
    """Until the transaction ends no key is ended."""
    await connection.execute(_HOLD)


async def hold_signing_keys_alone(connection: AsyncConnection) -> None:
    """Waits for signatures under way; until the transaction ends nobody signs."""
    await connection.execute(_HOLD_ALONE)


async def insert_signing_key(connection: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """False when it was recorded before."""
    statement = insert(signing_key).values(**values).on_conflict_do_nothing().returning(signing_key.c.kid)
    return (await connection.execute(statement)).first() is not None


async def insert_signing_key_end(connection: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """False when the key was ended before."""
    statement = insert(signing_key_end).values(**values).on_conflict_do_nothing().returning(signing_key_end.c.kid)
    return (await connection.execute(statement)).first() is not None
