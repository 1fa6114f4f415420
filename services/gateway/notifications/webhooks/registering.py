"""Use cases about webhooks: registered, paused, resumed, ended, given another secret, and sent events once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import SecretStr

from services.gateway.access.tenancy import administering_read, transaction
from services.gateway.http.words import require_reason
from services.gateway.notifications.store import deliveries, events
from services.gateway.notifications.store import webhooks as stored
from services.gateway.notifications.store.records import ListedDelivery, Replay, Webhook
from services.gateway.notifications.webhooks.refused import TooManyWebhooks, WebhookEnded, WebhookStateSame
from services.gateway.notifications.webhooks.secrets import new_secret, seal
from services.gateway.notifications.webhooks.sending import Sender
from shared.audit import Actor, record
from shared.database import Connection, Database
from shared.errors import Fault, InputInvalid, NotFound
from shared.ids import new_id
from shared.tables.events import webhook, webhook_replay, webhook_secret, webhook_step

MOST: Final = 5
# Events older than this are read from the list; a replay of years would be a flood.
LONGEST_REPLAY: Final = timedelta(days=92)


@dataclass(frozen=True)
class Wanted:
    """A webhook of a body; ``types`` None is every type, also those to come."""

    agency: str
    url: str
    types: Sequence[str] | None
    reason: str


@dataclass(frozen=True)
class Desk:
    """Who works on the webhooks of which body."""

    database: Database
    actor: Actor
    agency: str
    pepper: SecretStr
    now: datetime


async def register(desk: Desk, wanted: Wanted, sender: Sender) -> tuple[Webhook, str]:
    """The webhook and its secret, which is never seen again. Raises what Sender.check raises, or TooManyWebhooks."""
    reason = require_reason(wanted.reason)
    await sender.check(wanted.url)
    webhook_id, secret = new_id("wh"), new_secret()
    async with transaction(desk.database, desk.actor) as connection:
        await stored.lock(connection, desk.agency)
        if await stored.count_open(connection, desk.agency) >= MOST:
            raise TooManyWebhooks(f"{desk.agency} has {MOST} webhooks", hint="End one that is no longer needed.")
        types = None if wanted.types is None else sorted(set(wanted.types))
        values = {"webhook_id": webhook_id, "agency": desk.agency, "url": wanted.url, "types": types}
        begins_after = await events.last_sequence(connection)
        row = {**values, "begins_after": begins_after, "requested_by": desk.actor.id, "reason": reason}
        await stored.insert(connection, webhook, row)
        await _keep_secret(connection, desk, webhook_id, secret=secret, number=1, former_ends_at=None, reason=reason)
        await record(connection, desk.actor.id, "webhook.register", webhook_id, reason=reason, detail=values)
        return await found(connection, desk.agency, webhook_id), secret


async def move(desk: Desk, webhook_id: str, *, state: str, reason: str) -> Webhook:
    """Paused, active again, or ended for ever. Raises NotFound, WebhookEnded or WebhookStateSame."""
    reason = require_reason(reason)
    async with transaction(desk.database, desk.actor) as connection:
        hook = await _open(connection, desk, webhook_id)
        if hook.state == state:
            raise WebhookStateSame(f"{webhook_id} is {state} already")
        values = {"webhook_id": webhook_id, "number": (hook.step or 0) + 1, "agency": desk.agency, "state": state}
        await stored.insert(connection, webhook_step, {**values, "actor": desk.actor.id, "reason": reason})
        await record(connection, desk.actor.id, f"webhook.{state}", webhook_id, reason=reason)
        return await found(connection, desk.agency, webhook_id)


async def rotate(desk: Desk, webhook_id: str, *, overlap: timedelta, reason: str) -> tuple[Webhook, str]:
    """A new secret; the former one alone signs beside it until the overlap is over. Raises NotFound or WebhookEnded."""
    reason = require_reason(reason)
    secret = new_secret()
    async with transaction(desk.database, desk.actor) as connection:
        hook = await _open(connection, desk, webhook_id)
        ends_at, number = desk.now + overlap, hook.secret + 1
        await _keep_secret(connection, desk, webhook_id, secret=secret, number=number, former_ends_at=ends_at, reason=reason)
        detail = {"secret": number, "former_ends_at": ends_at.isoformat()}
        await record(connection, desk.actor.id, "webhook.rotate", webhook_id, reason=reason, detail=detail)
        return await found(connection, desk.agency, webhook_id), secret


async def replay(desk: Desk, webhook_id: str, *, event_id: str | None, since: datetime | None, reason: str) -> Replay:
    """Sends one event, or all that the webhook is for since an instant, once more. Raises NotFound or InputInvalid."""
    reason = require_reason(reason)
    _require_one(event_id, since, desk.now)
    async with transaction(desk.database, desk.actor) as connection:
        hook = await _open(connection, desk, webhook_id)
        if event_id is not None and await events.find_event(connection, event_id, agency=desk.agency) is None:
            raise NotFound(f"{desk.agency} has no event {event_id}")
        number = await deliveries.last_replay(connection, webhook_id) + 1
        what: dict[str, Any] = {"event_id": event_id, "since": since}
        count = await deliveries.insert_replayed(connection, hook, replay=number, now=desk.now, **what)
        made = Replay(
            webhook_id=webhook_id,
            number=number,
            agency=desk.agency,
            event_count=count,
            event_id=event_id,
            since=since,
            reason=reason,
        )
        await stored.insert(connection, webhook_replay, {**vars(made), "actor": desk.actor.id})
        detail = {"number": number, "event_count": count, "event_id": event_id, "since": since and since.isoformat()}
        await record(connection, desk.actor.id, "webhook.replay", webhook_id, reason=reason, detail=detail)
    return made


async def find(desk: Desk, webhook_id: str) -> Webhook:
    async with administering_read(desk.database, desk.actor, desk.agency) as connection:
        return await found(connection, desk.agency, webhook_id)


async def list_of(desk: Desk, *, after: int | None, limit: int) -> list[Webhook]:
    """In the order in which they were registered."""
    async with administering_read(desk.database, desk.actor, desk.agency) as connection:
        return await stored.list_webhooks(connection, agency=desk.agency, after=after, limit=limit)


async def deliveries_of(
    desk: Desk, webhook_id: str, *, state: str | None, after: int | None, limit: int
) -> Sequence[ListedDelivery]:
    async with administering_read(desk.database, desk.actor, desk.agency) as connection:
        await found(connection, desk.agency, webhook_id)
        return await deliveries.list_deliveries(connection, webhook_id, state=state, after=after, limit=limit)


async def found(connection: Connection, agency: str, webhook_id: str) -> Webhook:
    """Raises NotFound."""
    hook = await stored.find_webhook(connection, agency=agency, webhook_id=webhook_id)
    if hook is None:
        raise NotFound(f"{agency} has no webhook {webhook_id}")
    return hook


async def _open(connection: Connection, desk: Desk, webhook_id: str) -> Webhook:
    """Held against others who would change it, and not ended."""
    await stored.lock(connection, desk.agency)
    hook = await found(connection, desk.agency, webhook_id)
    if hook.state == "ended":
        raise WebhookEnded(f"{webhook_id} was ended", hint="Register a new one.")
    return hook


def _require_one(event_id: str | None, since: datetime | None, now: datetime) -> None:
    if (event_id is None) == (since is None):
        fault = Fault("/event_id", "either an event or an instant is needed", expected="event_id or since")
        raise InputInvalid("a replay is of one event, or of all since an instant", faults=[fault])
    if since is not None and since < now - LONGEST_REPLAY:
        fault = Fault("/since", "is too long ago", expected=f"within {LONGEST_REPLAY.days} days")
        raise InputInvalid("so much is not sent again", faults=[fault], hint="Read the list of events.")


async def _keep_secret(
    connection: Connection,
    desk: Desk,
    webhook_id: str,
    *,
    secret: str,
    number: int,
    former_ends_at: datetime | None,
    reason: str,
) -> None:
    values = {"webhook_id": webhook_id, "number": number, "agency": desk.agency, "former_ends_at": former_ends_at}
    sealed = seal(secret, desk.pepper)
    await stored.insert(connection, webhook_secret, {**values, "sealed": sealed, "actor": desk.actor.id, "reason": reason})
