"""Deliveries: which events a webhook is due, who sends them at the moment, and every attempt there was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, cast, insert, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.notifications.store.records import Delivery, ListedDelivery, Sending, Webhook
from shared.database import every, one, rows
from shared.tables.events import event, webhook, webhook_attempt, webhook_delivery

_ACTIVE = """NOT EXISTS (SELECT FROM (SELECT s.state FROM control.webhook_step s WHERE s.webhook_id = w.webhook_id
                                       ORDER BY s.number DESC LIMIT 1) last WHERE last.state <> 'active')"""
# Numbers are given in the order of commits, so what lies beyond the last one delivered is all that is new.
_DISPATCH = text(f"""
INSERT INTO control.webhook_delivery (webhook_id, event_id, round, agency, event_sequence, state, begins_at, next_at)
SELECT w.webhook_id, e.event_id, 0, w.agency, e.sequence, 'waiting', :now, :now
  FROM control.webhook w
  JOIN LATERAL (SELECT greatest(w.begins_after, coalesce(max(d.event_sequence), 0)) AS seen
                  FROM control.webhook_delivery d WHERE d.webhook_id = w.webhook_id AND d.round = 0) last ON true
  JOIN control.event e ON e.sequence > last.seen AND (e.agency = w.agency OR e.agency IS NULL)
                      AND (w.types IS NULL OR e.type = ANY (w.types))
 WHERE {_ACTIVE}
    ON CONFLICT (webhook_id, event_id, round) DO NOTHING
""")
# What an embargo held back until now; row security shows none before. Gateways may come to it side by side.
_RELEASE = text("""
INSERT INTO scoring.publication_release (publication_id)
SELECT p.publication_id FROM scoring.publication p
 WHERE p.release_at IS NOT NULL
   AND NOT EXISTS (SELECT FROM scoring.publication_release r WHERE r.publication_id = p.publication_id)
 ORDER BY p.publication_id
    ON CONFLICT (publication_id) DO NOTHING
RETURNING publication_id
""")
_OVER = text("""
UPDATE control.webhook_delivery d SET state = 'given_up', next_at = NULL
 WHERE d.next_at IS NOT NULL
   AND EXISTS (SELECT FROM control.webhook_step s WHERE s.webhook_id = d.webhook_id AND s.state = 'ended')
""")
_MARK = text("""
SELECT coalesce((SELECT sequence FROM control.event ORDER BY sequence DESC LIMIT 1), 0),
       (SELECT count(*) FROM control.webhook_step)
""")
# Of each webhook the earliest event that is due, where nothing of it is being sent: one request at a time and in order, as long
# as all goes well.
_CLAIM = text(f"""
WITH first AS (
  SELECT DISTINCT ON (d.webhook_id) d.delivery_id
    FROM control.webhook_delivery d JOIN control.webhook w USING (webhook_id)
   WHERE d.next_at <= :now AND {_ACTIVE}
     AND NOT EXISTS (SELECT FROM control.webhook_delivery o
                      WHERE o.webhook_id = d.webhook_id AND o.next_at IS NOT NULL AND o.claimed_until > :now)
   ORDER BY d.webhook_id, d.event_sequence, d.round),
free AS (
  SELECT d.delivery_id FROM control.webhook_delivery d JOIN first USING (delivery_id)
   WHERE d.next_at <= :now AND (d.claimed_until IS NULL OR d.claimed_until <= :now)
   ORDER BY d.next_at LIMIT :limit FOR UPDATE OF d SKIP LOCKED)
UPDATE control.webhook_delivery d SET claimed_until = :until FROM free WHERE d.delivery_id = free.delivery_id
RETURNING d.delivery_id, d.webhook_id, d.event_id, d.agency, d.attempts, d.begins_at, d.claimed_until
""")
# The last one, and the one before it until the last rotation's end: what was rotated away before signs no more, however long
# its own overlap was.
_SECRETS = text("""
SELECT s.sealed FROM control.webhook_secret s
  JOIN (SELECT l.number, l.former_ends_at FROM control.webhook_secret l
         WHERE l.webhook_id = :webhook_id ORDER BY l.number DESC LIMIT 1) last
    ON s.number = last.number OR (s.number = last.number - 1 AND last.former_ends_at > :now)
 WHERE s.webhook_id = :webhook_id
 ORDER BY s.number DESC
""")
_LIST = text("""
SELECT d.delivery_id, d.event_id, e.type, d.round, d.state, d.attempts AS attempt_count, d.begins_at, d.next_at, made.attempts
  FROM control.webhook_delivery d JOIN control.event e USING (event_id)
  JOIN LATERAL (SELECT coalesce(jsonb_agg(jsonb_build_object('number', a.number,
                         'attempted_at', control.in_vietnam(a.attempted_at), 'status', a.status, 'problem', a.problem,
                         'milliseconds', a.milliseconds) ORDER BY a.number), '[]') AS attempts
                  FROM control.webhook_attempt a WHERE a.delivery_id = d.delivery_id) made ON true
 WHERE d.webhook_id = :webhook_id AND d.delivery_id > :after AND (CAST(:state AS text) IS NULL OR d.state = :state)
 ORDER BY d.delivery_id LIMIT :limit
""").columns(attempts=JSONB)


async def mark(connection: AsyncConnection) -> tuple[int, int]:
    """Another one as soon as there may be something to dispatch: a new event, or a webhook resumed."""
    found = (await connection.execute(_MARK)).one()
    return int(found[0]), int(found[1])


async def release(connection: AsyncConnection) -> list[str]:
    """Puts on record what was released and not told yet: the ids of these publications, whose events come with the commit."""
    return [str(line["publication_id"]) for line in await rows(connection, _RELEASE)]


async def dispatch(connection: AsyncConnection, *, now: datetime) -> None:
    """Makes a delivery of every new event for every active webhook that wants it; what an ended one still waits for is over."""
    await connection.execute(_OVER)
    await connection.execute(_DISPATCH, {"now": now})


async def claim(connection: AsyncConnection, *, now: datetime, until: datetime, limit: int) -> list[Delivery]:
    """Deliveries that are due, each for this caller alone until ``until``."""
    return await every(connection, Delivery, _CLAIM, {"now": now, "until": until, "limit": limit})


async def find_sending(connection: AsyncConnection, delivery: Delivery) -> Sending | None:
    """The event as a row of the list, with the webhook's ``url``."""
    joined = event.join(webhook, webhook.c.webhook_id == delivery.webhook_id)
    statement = select(event, webhook.c.url).select_from(joined).where(event.c.event_id == delivery.event_id)
    return await one(connection, Sending, statement)


async def secrets_in_force(connection: AsyncConnection, webhook_id: str, *, now: datetime) -> list[str]:
    """Sealed, the newest first; two at most."""
    found = await rows(connection, _SECRETS, {"webhook_id": webhook_id, "now": now})
    return [str(each["sealed"]) for each in found]


async def record_attempt(connection: AsyncConnection, values: Mapping[str, Any], *, state: str) -> bool:
    """The attempt, and what it makes of its delivery; False when it was recorded by another, who took the claim over."""
    made = upsert(webhook_attempt).values(**values).on_conflict_do_nothing().returning(webhook_attempt.c.number)
    if (await connection.execute(made)).first() is None:
        return False
    after = {"state": state, "attempts": values["number"], "next_at": values["next_at"], "claimed_until": None}
    same = webhook_delivery.c.delivery_id == values["delivery_id"]
    await connection.execute(update(webhook_delivery).where(same).values(after))
    return True


async def insert_replayed(
    connection: AsyncConnection,
    hook: Webhook,
    *,
    replay: int,
    event_id: str | None,
    since: datetime | None,
    now: datetime,
) -> int:
    """Deliveries of one event, or of all there were from an instant on, that the webhook is for; returns how many."""
    columns = [
        literal(hook.webhook_id), event.c.event_id, cast(literal(replay), Integer), literal(hook.agency),
        event.c.sequence, literal("waiting"), literal(now), literal(now),
    ]  # fmt: skip
    wanted = select(*columns).where(or_(event.c.agency.is_(None), event.c.agency == hook.agency))
    if event_id is not None:
        wanted = wanted.where(event.c.event_id == event_id)
    else:
        wanted = wanted.where(event.c.recorded_at >= since)
        if hook.types is not None:
            wanted = wanted.where(event.c.type.in_(hook.types))
    names = ("webhook_id", "event_id", "round", "agency", "event_sequence", "state", "begins_at", "next_at")
    made = insert(webhook_delivery).from_select(names, wanted.order_by(event.c.sequence))
    return len((await connection.execute(made.returning(webhook_delivery.c.delivery_id))).all())


async def last_replay(connection: AsyncConnection, webhook_id: str) -> int:
    statement = text("SELECT coalesce(max(number), 0) FROM control.webhook_replay WHERE webhook_id = :webhook_id")
    return int(await connection.scalar(statement, {"webhook_id": webhook_id}) or 0)


async def list_deliveries(
    connection: AsyncConnection, webhook_id: str, *, state: str | None, after: int | None, limit: int
) -> Sequence[ListedDelivery]:
    """In the order in which they were made, each with its attempts."""
    given = {"webhook_id": webhook_id, "state": state, "after": after or 0, "limit": limit}
    return await every(connection, ListedDelivery, _LIST, given)
