"""The registry as it stands in the database on one day."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import rows
from shared.registry import Agency, Head, Registry

# The latest revision of a row holds; of several rows in force the one that began last (a renaming).
# The head of that day with their own title, where one is entered (G-16); else the office's title and no name.
AGENCIES = text("""
SELECT DISTINCT ON (a.code) a.code, a.kind, a.name_vi, a.name_en, coalesce(h.title_vi, a.head_title_vi) AS head_title_vi,
       coalesce(h.title_en, a.head_title_en) AS head_title_en, h.name AS head_name, a.nso_code
  FROM (SELECT DISTINCT ON (code, valid_from) * FROM registry.agency WHERE recorded_at <= :known_at
         ORDER BY code, valid_from, revision DESC) AS a
  LEFT JOIN registry.heads_known(:known_at) AS h
         ON h.agency = a.code AND h.valid_from <= :day AND (h.valid_to IS NULL OR h.valid_to >= :day)
 WHERE a.valid_from <= :day AND (a.valid_to IS NULL OR a.valid_to >= :day)
 ORDER BY a.code, a.valid_from DESC
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

# Everybody who headed a body on a day from one to another, in the order of their terms; bodies as they are on the last day.
HEADS = text("""
SELECT h.agency, h.name, coalesce(h.title_vi, a.head_title_vi) AS title_vi, coalesce(h.title_en, a.head_title_en) AS title_en,
       h.valid_from, h.valid_to
  FROM registry.heads_known(:known_at) AS h
  JOIN (SELECT DISTINCT ON (code) code, head_title_vi, head_title_en
          FROM (SELECT DISTINCT ON (code, valid_from) * FROM registry.agency WHERE recorded_at <= :known_at
                 ORDER BY code, valid_from, revision DESC) AS latest
         WHERE valid_from <= :last AND (valid_to IS NULL OR valid_to >= :last)
         ORDER BY code, valid_from DESC) AS a ON a.code = h.agency
 WHERE h.valid_from <= :last AND (h.valid_to IS NULL OR h.valid_to >= :first)
 ORDER BY h.agency, h.valid_from
""")


async def is_registered(connection: AsyncConnection, code: str, day: date) -> bool:
    """Whether a body has this code on ``day``, without loading all of them."""
    return bool(await connection.scalar(REGISTERED, {"code": code, "day": day}))


async def load_heads(
    connection: AsyncConnection, first: date, last: date, *, known_at: datetime | None = None
) -> dict[str, tuple[Head, ...]]:
    """By body the heads who stood on a day from ``first`` to ``last``, in the order of their terms, as known at an instant,
    else now; a body that nobody entered a head of is not among them (G-16)."""
    key = {"first": first, "last": last, "known_at": known_at or datetime.max.replace(tzinfo=UTC)}
    found: dict[str, tuple[Head, ...]] = {}
    for line in await rows(connection, HEADS, key):
        agency = line.pop("agency")
        found[agency] = (*found.get(agency, ()), Head(**line))
    return found


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
