"""The worker: finds what is due, sends it, and keeps every attempt as a fact. Any number of gateways do this side by side.

What is due is asked of the database. Whoever claims a delivery has it alone for a while; a process that dies loses its claims
to the next one that looks, so nothing is lost and an event may come twice, under the same id.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from pydantic import SecretStr

from services.gateway.access import tenancy
from services.gateway.notifications.event_kinds import body_of
from services.gateway.notifications.store import deliveries as stored
from services.gateway.notifications.store.records import Delivery, Sending
from services.gateway.notifications.webhooks.secrets import WebhookSecretUnreadable, headers_of, unseal
from services.gateway.notifications.webhooks.sending import RESOLVE_SECONDS, Sender
from shared.audit import Actor, record
from shared.database import DATABASE_LOST, DATABASE_REFUSED, Database, DatabaseUnavailable
from shared.ending import obey

log = structlog.get_logger(__name__)

# Sees all bodies and acts for none; row security lets it write attempts.
MACHINE: Final = Actor("service:gateway", frozenset({"operator"}))
# Most of the time of a sending is the receiver's; those that never answer must leave room for the others.
AT_ONCE: Final = 32
POLL_SECONDS: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
_MARGIN: Final = timedelta(seconds=30)


@dataclass(frozen=True)
class Attempt:
    """What came of one sending. ``problem`` is the slug of what went wrong, None where it was delivered."""

    attempted_at: datetime
    status: int | None
    problem: str | None
    milliseconds: int


@dataclass
class Deliverer:
    """``database`` is its own pool, so that no receiver makes a caller of ours wait. It remembers up to where it has looked."""

    database: Database
    pepper: SecretStr
    sender: Sender
    clock: Callable[[], datetime]
    looked: tuple[int, int] | None = None

    async def run(self) -> None:
        """Until cancelled; what is being sent then may still end, and is sent again by whoever looks next where it does not."""
        async with asyncio.TaskGroup() as sending:
            under_way: set[asyncio.Task[None]] = set()
            try:
                await self._send_on(sending, under_way)
            finally:
                if under_way:
                    await asyncio.wait(under_way, timeout=self.sender.seconds)

    async def _send_on(self, sending: asyncio.TaskGroup, under_way: set[asyncio.Task[None]]) -> None:
        pause = POLL_SECONDS
        while True:
            obey()
            try:
                await self.release()
                for delivery in await self.claim(AT_ONCE - len(under_way)):
                    task = sending.create_task(self._deliver_or_leave(delivery))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                pause = POLL_SECONDS
            except (*DATABASE_LOST, *DATABASE_REFUSED, DatabaseUnavailable) as error:
                pause = min(2 * pause, _LONGEST_PAUSE)
                log.warning("events are not sent", error=type(error).__name__, retry_in_seconds=pause)
            await _some_time(under_way, pause)

    async def release(self) -> None:
        """Versions whose embargo has ended are told of, once, whichever gateway comes first (ADR 40)."""
        async with tenancy.transaction(self.database, MACHINE) as connection:
            for publication_id in await stored.release(connection):
                await record(connection, MACHINE.id, "score.release", publication_id)

    async def claim(self, limit: int) -> list[Delivery]:
        """New events are given to the webhooks that want them; then at most so many deliveries that are due, for us alone."""
        if limit < 1:
            return []
        now = self.clock()
        until = now + timedelta(seconds=self.sender.seconds + RESOLVE_SECONDS) + _MARGIN
        async with tenancy.transaction(self.database, MACHINE) as connection:
            mark = await stored.mark(connection)
            if mark != self.looked:
                await stored.dispatch(connection, now=now)
            claimed = await stored.claim(connection, now=now, until=until, limit=limit)
        self.looked = mark
        return claimed

    async def deliver(self, delivery: Delivery) -> None:
        """Sends one claimed delivery and records the attempt."""
        async with tenancy.read(self.database, MACHINE) as connection:
            event = await stored.find_sending(connection, delivery)
            sealed = await stored.secrets_in_force(connection, delivery.webhook_id, now=self.clock())
        if event is None:
            raise RuntimeError(f"{delivery.event_id} is no event")
        attempted_at, began = self.clock(), time.monotonic()
        status, problem = await self._send(event, sealed, attempted_at)
        await self._keep(delivery, Attempt(attempted_at, status, problem, round(1000 * (time.monotonic() - began))))

    async def _send(self, event: Sending, sealed: list[str], now: datetime) -> tuple[int | None, str | None]:
        body = body_of(event)
        try:
            secrets = [unseal(each, self.pepper) for each in sealed]
        except WebhookSecretUnreadable as error:
            return None, error.slug
        return await self.sender.send(event.url, headers_of(event.event_id, body, now=now, given=secrets), body)

    async def _keep(self, delivery: Delivery, came: Attempt) -> None:
        number = delivery.attempts + 1
        next_at = None
        if came.problem is not None:
            next_at = next_attempt(delivery.begins_at, failures=number, now=came.attempted_at)
        state = "delivered" if came.problem is None else "retrying" if next_at is not None else "given_up"
        about = {"delivery_id": delivery.delivery_id, "agency": delivery.agency, "number": number, "next_at": next_at}
        values = {**vars(came), **about}
        async with tenancy.transaction(self.database, MACHINE) as connection:
            if await stored.record_attempt(connection, values, state=state):
                detail = {
                    "status": came.status,
                    "problem": came.problem,
                    "event_id": delivery.event_id,
                    "state": state,
                }
                await record(connection, MACHINE.id, "webhook.attempt", delivery.webhook_id, detail=detail)
        log.info("event sent", webhook=delivery.webhook_id, event_id=delivery.event_id, attempt=number, state=state,
                 status=came.status, problem=came.problem)  # fmt: skip

    async def _deliver_or_leave(self, delivery: Delivery) -> None:
        """A delivery that cannot even be recorded is due again when its claim has lapsed."""
        try:
            await self.deliver(delivery)
        except (*DATABASE_LOST, *DATABASE_REFUSED, DatabaseUnavailable) as error:
            log.warning("an event's sending was not recorded", webhook=delivery.webhook_id, error=type(error).__name__)
        except Exception:
            # One delivery that fails in a way of our own must not end the others'.
            log.exception("sending an event failed", webhook=delivery.webhook_id, event_id=delivery.event_id)


async def _some_time(under_way: set[asyncio.Task[None]], pause: float) -> None:
    """Until something under way has ended, which may have made the next one due, or the pause is over."""
    if under_way:
        await asyncio.wait(under_way, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
    else:
        await asyncio.sleep(pause)


PATIENCE: Final = timedelta(hours=72)
# After the first failure, the second, and so on; the last one holds until the patience ends.
PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600, 6 * 3600))


def next_attempt(begins_at: datetime, *, failures: int, now: datetime) -> datetime | None:
    """When to try after so many failures, the last one at 72 hours sharp; None when it is given up."""
    ends_at = begins_at + PATIENCE
    if now >= ends_at:
        return None
    return min(now + PAUSES[min(failures, len(PAUSES)) - 1], ends_at)
