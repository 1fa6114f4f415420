"""What waits for a second person, whatever the act and its table."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.operations.store.records import WaitingRequest
from shared.database import every

_WAITING = text("""
SELECT d.decision_id AS request_id, d.kind, d.period, d.agency, NULL AS source, NULL AS about, d.document, d.reason, d.actor,
       d.recorded_at AS requested_at
  FROM control.decision AS d WHERE d.state = 'proposed'
UNION ALL
SELECT e.extension_id, 'extension', e.period, e.agency, NULL, NULL, e.document, e.reason, e.actor, e.recorded_at
  FROM control.extension AS e
 WHERE NOT e.alone AND NOT EXISTS (SELECT FROM control.extension_approval AS a WHERE a.extension_id = e.extension_id)
UNION ALL
SELECT o.omission_id, 'omission', o.period, NULL, NULL, NULL, o.document, o.reason, o.actor, o.recorded_at
  FROM control.omission AS o
 WHERE NOT EXISTS (SELECT FROM control.omission_approval AS a WHERE a.omission_id = o.omission_id)
UNION ALL
SELECT c.command_id, CASE c.kind WHEN 'supersede' THEN 'supersession' ELSE 'restoration' END, c.period, NULL,
       c.arguments ->> 'source', coalesce(c.arguments ->> 'snapshot_id', c.arguments ->> 'publication_id'), NULL, c.reason,
       c.actor, c.recorded_at
  FROM control.command AS c
 WHERE c.kind IN ('supersede', 'restore')
   AND NOT EXISTS (SELECT FROM control.approval AS a WHERE a.command_id = c.command_id)
   AND NOT EXISTS (SELECT FROM control.command_end AS e WHERE e.command_id = c.command_id)
 ORDER BY requested_at, request_id
""")


async def list_waiting(connection: AsyncConnection) -> list[WaitingRequest]:
    """In the order they were asked for."""
    return await every(connection, WaitingRequest, _WAITING)
