"""Which webhooks do not get through, for whoever runs the machine."""

from __future__ import annotations

from typing import Any, Final

from services.gateway.access import tenancy
from services.gateway.http.answers import chosen
from services.gateway.notifications.store import webhooks as stored
from services.gateway.notifications.store.records import Webhook
from services.gateway.notifications.webhooks.delivering import MACHINE
from shared.database import Database

_SHOWN: Final = ("webhook_id", "agency", "url", "state", "retrying", "given_up", "delivered")


async def failing(database: Database) -> dict[str, Any]:
    """``webhooks`` of all bodies with deliveries that are being retried or were given up, by body, with the last failure."""
    async with tenancy.read(database, MACHINE) as connection:
        found = await stored.failing_webhooks(connection)
    return {"webhooks": [_shown(each) for each in found]}


def _shown(found: Webhook) -> dict[str, Any]:
    last = {"attempted_at": found.failed_at, "status": found.failed_status, "problem": found.problem}
    return {**chosen(found, _SHOWN), "last_failure": last}
