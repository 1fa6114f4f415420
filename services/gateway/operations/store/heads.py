"""Heads of bodies with who asked, approved and withdrew, and the days on which each counts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.operations.store.records import HeadOnRecord
from shared.database import every, one

# `counts_to` is the last day on which the entry counts, by its own end or by whoever follows; `counts` is false while it was
# not approved, once it was withdrawn, and where another one that begins on the same day was approved later.
_HEADS = """
SELECT h.head_id, h.sequence, h.agency, h.name, h.title_vi, h.title_en, h.valid_from, h.valid_to, h.document, h.requested_by,
       h.reason, h.recorded_at AS requested_at,
       a.actor AS approved_by, a.reason AS approval_reason, a.recorded_at AS approved_at,
       w.actor AS withdrawal_asked_by, w.reason AS withdrawal_reason, w.document AS withdrawal_document,
       w.recorded_at AS withdrawal_asked_at, wa.actor AS withdrawal_approved_by, wa.recorded_at AS withdrawal_approved_at,
       k.head_id IS NOT NULL AS counts, k.valid_to AS counts_to
  FROM registry.head h
  LEFT JOIN registry.head_approval a ON a.head_id = h.head_id
  LEFT JOIN registry.head_withdrawal w ON w.head_id = h.head_id
  LEFT JOIN registry.head_withdrawal_approval wa ON wa.head_id = h.head_id
  LEFT JOIN registry.heads_known('infinity') k ON k.head_id = h.head_id
"""
_OF_BODY = text(f"{_HEADS} WHERE h.agency = :agency AND h.sequence > :after ORDER BY h.sequence LIMIT :limit")
_ONE = text(f"{_HEADS} WHERE h.agency = :agency AND h.head_id = :head_id")
# Acts on one entry wait for each other; the database's own check takes the same lock.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('head:' || :head_id, 0))")
# Heads stood before bodies were scored: one day of the term is enough.
_SCORED = text("""
SELECT EXISTS (
  SELECT FROM (SELECT DISTINCT ON (valid_from) valid_from, valid_to FROM registry.agency
                WHERE code = :code ORDER BY valid_from, revision DESC) AS latest
   WHERE valid_from <= coalesce(CAST(:last AS date), 'infinity') AND (valid_to IS NULL OR valid_to >= :first))
""")


async def is_scored(connection: AsyncConnection, code: str, first: date, last: date | None) -> bool:
    """Whether a scored body has the code on a day of a term."""
    return bool(await connection.scalar(_SCORED, {"code": code, "first": first, "last": last}))


async def list_heads(connection: AsyncConnection, *, agency: str, after: int | None, limit: int) -> list[HeadOnRecord]:
    """Of one body, in the order they were asked for."""
    return await every(connection, HeadOnRecord, _OF_BODY, {"agency": agency, "after": after or 0, "limit": limit})


async def find_head(connection: AsyncConnection, *, agency: str, head_id: str) -> HeadOnRecord | None:
    return await one(connection, HeadOnRecord, _ONE, {"agency": agency, "head_id": head_id})


async def lock_head(connection: AsyncConnection, head_id: str) -> None:
    """Nobody else decides on the entry until this transaction ends."""
    await connection.execute(_LOCK, {"head_id": head_id})
