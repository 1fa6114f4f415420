"""Revisions of schemes with their shadow runs, signatures and activation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import every, one

# `superseding` is the lowest number after it that is in force.
_REVISIONS = """
SELECT r.revision_id, r.sequence, r.scheme, r.number, r.scheme_digest, r.digest, r.first_period, r.readings, r.document,
       r.actor, r.reason, r.recorded_at AS drafted_at, a.actor AS activated_by, a.reason AS activation_reason,
       a.recorded_at AS activated_at,
       ARRAY(SELECT s.shadow_id FROM control.scheme_shadow s
              WHERE s.revision_id = r.revision_id ORDER BY s.recorded_at) AS shadow_runs,
       (SELECT min(n.number) FROM control.scheme_activation na JOIN control.scheme_revision n USING (revision_id)
         WHERE n.scheme = r.scheme AND n.number > r.number) AS superseding
  FROM control.scheme_revision r LEFT JOIN control.scheme_activation a USING (revision_id)
"""
_ALL = text(f"{_REVISIONS} WHERE r.sequence > :after ORDER BY r.sequence LIMIT :limit")
_ONE = text(f"{_REVISIONS} WHERE r.revision_id = :revision_id")
_SIGNATURES = text("""
SELECT revision_id, place, shadow_id, digest, actor, reason, recorded_at AS signed_at
  FROM control.scheme_signature WHERE revision_id = ANY(:ids) ORDER BY revision_id, place
""")
_SHADOW = text("""
SELECT shadow_id, revision_id, periods, impact, digest, agrees, command_id, actor, reason, recorded_at AS computed_at
  FROM control.scheme_shadow WHERE shadow_id = :shadow_id
""")
_LAST_NUMBER = text("SELECT coalesce(max(number), 0) FROM control.scheme_revision WHERE scheme = :scheme")
# Numbers are given one after the other; the database's own checks take the other two.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")


@dataclass(frozen=True, kw_only=True)
class SignatureOnRecord:
    """One person's word on a revision and its shadow run."""

    revision_id: str
    place: int
    shadow_id: str
    digest: str
    actor: str
    reason: str
    signed_at: datetime


@dataclass(frozen=True, kw_only=True)
class RevisionOnRecord:
    """A revision as it was drafted, and how far it came. ``superseding`` is a later number that is in force."""

    revision_id: str
    sequence: int
    scheme: str
    number: int
    scheme_digest: str
    digest: str
    first_period: str
    readings: dict[str, str]
    document: str
    actor: str
    reason: str
    drafted_at: datetime
    activated_by: str | None
    activation_reason: str | None
    activated_at: datetime | None
    shadow_runs: Sequence[str]
    superseding: int | None


@dataclass(frozen=True, kw_only=True)
class ShadowOnRecord:
    """What a shadow run found; ``impact`` holds its months."""

    shadow_id: str
    revision_id: str
    periods: Sequence[str]
    impact: dict[str, Any]
    digest: str
    agrees: bool
    command_id: str | None
    actor: str
    reason: str
    computed_at: datetime


async def list_revisions(connection: AsyncConnection, *, after: int | None, limit: int) -> list[RevisionOnRecord]:
    """In the order they were drafted."""
    return await every(connection, RevisionOnRecord, _ALL, {"after": after or 0, "limit": limit})


async def find_revision(connection: AsyncConnection, revision_id: str) -> RevisionOnRecord | None:
    return await one(connection, RevisionOnRecord, _ONE, {"revision_id": revision_id})


async def signatures_of(connection: AsyncConnection, revision_ids: Sequence[str]) -> list[SignatureOnRecord]:
    """The first one first."""
    return await every(connection, SignatureOnRecord, _SIGNATURES, {"ids": list(revision_ids)})


async def find_shadow(connection: AsyncConnection, shadow_id: str) -> ShadowOnRecord | None:
    return await one(connection, ShadowOnRecord, _SHADOW, {"shadow_id": shadow_id})


async def next_number(connection: AsyncConnection, scheme: str) -> int:
    """Nobody else is given it until the transaction ends."""
    await connection.execute(_LOCK, {"what": f"scheme_number:{scheme}"})
    return int(await connection.scalar(_LAST_NUMBER, {"scheme": scheme})) + 1


async def lock_revision(connection: AsyncConnection, revision_id: str) -> None:
    """Nobody else signs it until the transaction ends."""
    await connection.execute(_LOCK, {"what": f"scheme_revision:{revision_id}"})


async def lock_activations(connection: AsyncConnection, scheme: str) -> None:
    """Nobody else puts a revision of the scheme in force until the transaction ends."""
    await connection.execute(_LOCK, {"what": f"scheme_activation:{scheme}"})
