"""The registry as it stands in the database on one day."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import rows
from shared.registry import Agency, Registry

# The latest revision of a row holds; of several rows in force the one that began last (a renaming).
AGENCIES = text("""
SELECT DISTINCT ON (code) code, kind, name_vi, name_en, head_title_vi, head_title_en, head_name, nso_code
  FROM (SELECT DISTINCT ON (code, valid_from) * FROM registry.agency WHERE recorded_at <= :known_at
         ORDER BY code, valid_from, revision DESC) AS latest
 WHERE valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day)
 ORDER BY code, valid_from DESC
""")

REGISTERED = text("""
SELECT EXISTS (
  SELECT FROM (SELECT DISTINCT ON (valid_from) valid_from, valid_to FROM registry.agency
                WHERE code = :code ORDER BY valid_from, revision DESC) AS latest
   WHERE valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day))
""")

ALIASES = text("""
SELECT DISTINCT ON (spelling_key) spelling_key, code
  FROM (SELECT DISTINCT ON (spelling_key, valid_from) * FROM registry.alias WHERE recorded_at <= :known_at
         ORDER BY spelling_key, valid_from, revision DESC) AS latest
 WHERE valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day)
 ORDER BY spelling_key, valid_from DESC
""")

COLLECTIVES = text("""
SELECT DISTINCT ON (phrase_key) phrase_key, rule_id, kinds FROM registry.collective
 WHERE valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day) AND recorded_at <= :known_at
 ORDER BY phrase_key, valid_from DESC
""")


async def is_registered(connection: AsyncConnection, code: str, day: date) -> bool:
    """Whether a body has this code on ``day``, without loading all of them."""
    return bool(await connection.scalar(REGISTERED, {"code": code, "day": day}))


async def load_registry(connection: AsyncConnection, day: date, *, known_at: datetime | None = None) -> Registry:
    """All bodies, spellings and collective phrases in force on ``day`` (a period's last day), as the registry knew them at an
    instant, else as it knows them now."""
    key = {"day": day, "known_at": known_at or datetime.max.replace(tzinfo=UTC)}
    return Registry(
        agencies=[Agency(**line) for line in await rows(connection, AGENCIES, key)],
        aliases={line["spelling_key"]: line["code"] for line in await rows(connection, ALIASES, key)},
        collectives={
            line["phrase_key"]: (line["rule_id"], tuple(line["kinds"])) for line in await rows(connection, COLLECTIVES, key)
        },
    )
