"""Webhooks of bodies: where, which state, which secrets. Row security keeps bodies apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.notifications.store.records import Webhook
from shared.database import every, one
from shared.tables.events import webhook

# With its last step, its newest secret, and what became of what it was sent.
_WHOLE = """
SELECT w.*, coalesce(s.state, 'active') AS state, s.number AS step, s.actor AS state_by, s.reason AS state_reason,
       s.recorded_at AS state_since, k.number AS secret, k.recorded_at AS secret_made_at, k.former_ends_at,
       d.waiting, d.retrying, d.delivered, d.given_up, f.attempted_at AS failed_at, f.problem, f.status AS failed_status
  FROM control.webhook w
  LEFT JOIN LATERAL (SELECT * FROM control.webhook_step WHERE webhook_id = w.webhook_id ORDER BY number DESC LIMIT 1) s ON true
  JOIN LATERAL (SELECT * FROM control.webhook_secret WHERE webhook_id = w.webhook_id ORDER BY number DESC LIMIT 1) k ON true
  JOIN LATERAL (SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
                       count(*) FILTER (WHERE state = 'retrying') AS retrying,
                       count(*) FILTER (WHERE state = 'delivered') AS delivered,
                       count(*) FILTER (WHERE state = 'given_up') AS given_up
                  FROM control.webhook_delivery WHERE webhook_id = w.webhook_id) d ON true
  LEFT JOIN LATERAL (SELECT a.attempted_at, a.problem, a.status
                       FROM control.webhook_attempt a JOIN control.webhook_delivery USING (delivery_id)
                      WHERE webhook_id = w.webhook_id AND a.problem IS NOT NULL
                      ORDER BY a.attempted_at DESC LIMIT 1) f ON true
"""
_TYPES = {"types": webhook.c.types.type}
_LIST = text(_WHOLE + " WHERE w.agency = :agency AND w.sequence > :after ORDER BY w.sequence LIMIT :limit").columns(**_TYPES)
_ONE = text(_WHOLE + " WHERE w.agency = :agency AND w.webhook_id = :webhook_id").columns(**_TYPES)
# Retrying or given up, of all bodies that the session sees.
_FAILING = text(
    _WHOLE + " WHERE coalesce(s.state, 'active') <> 'ended' AND d.retrying + d.given_up > 0 ORDER BY w.agency, w.sequence"
).columns(**_TYPES)
_OPEN = text("""
SELECT count(*) FROM control.webhook w WHERE w.agency = :agency
   AND NOT EXISTS (SELECT FROM control.webhook_step s WHERE s.webhook_id = w.webhook_id AND s.state = 'ended')
""")
# One after the other: the numbers of steps, secrets and replays are counted under it.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('webhooks:' || CAST(:agency AS text), 0))")


async def list_webhooks(connection: AsyncConnection, *, agency: str, after: int | None, limit: int) -> list[Webhook]:
    return await every(connection, Webhook, _LIST, {"agency": agency, "after": after or 0, "limit": limit})


async def find_webhook(connection: AsyncConnection, *, agency: str, webhook_id: str) -> Webhook | None:
    return await one(connection, Webhook, _ONE, {"agency": agency, "webhook_id": webhook_id})


async def failing_webhooks(connection: AsyncConnection) -> list[Webhook]:
    return await every(connection, Webhook, _FAILING)


async def count_open(connection: AsyncConnection, agency: str) -> int:
    """Those that have not ended."""
    return int(await connection.scalar(_OPEN, {"agency": agency}) or 0)


async def lock(connection: AsyncConnection, agency: str) -> None:
    await connection.execute(_LOCK, {"agency": agency})


async def insert(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> None:
    await connection.execute(table.insert().inline().values(**values))
