"""What moves points or time in the demo is decided by two publishers over REST, as anywhere: one asks, the other approves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from services.cli.demo.gateways import Gateways
from services.cli.demo.people import REASON
from services.cli.executing import Desk
from services.gateway.operations import documents
from shared.errors import Unavailable
from shared.outbound import Ask, Bearer, Endpoint, Outbound, outbound
from shared.period import Period

WITHOUT_PROCEDURES = ("G27", "G28", "G30", "G31", "G32")
PORTAL_INDICATORS = ("B1", "B2", "B3", "B4", "B5")
DOCUMENT = "01/DEMO (văn bản mô phỏng)"
# A deadline is never moved to an instant that passed, so closing means a moment from now: longer where the machine is slow.
CLOSES_IN = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=25))


@dataclass(frozen=True)
class TwoPublishers:
    """``asker`` and ``approver`` are keys of two people; both call one of the demo's ``gateways``."""

    asker: str
    approver: str
    gateways: Gateways

    async def decide(self, path: str, *bodies: Mapping[str, Any]) -> None:
        """Everything asked for and approved. Raises NotDecided with the problem of the first that was not."""
        base = f"{await self.gateways.url()}/api/v1"
        ends = [Endpoint("gateway", base, Bearer(key)) for key in (self.asker, self.approver)]
        async with outbound(ends[0], _now) as asker, outbound(ends[1], _now) as approver:
            for body in bodies:
                made = await _post(asker, path, {**body, "reason": REASON})
                decision = next(made[name] for name in ("applicability_id", "entry_id") if name in made)
                await _post(approver, f"/decisions/{decision}/approvals", {"reason": REASON})


def _now() -> datetime:
    return datetime.now(UTC)


async def _post(at: Outbound, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = await at.send(Ask("POST", path, body=json.dumps(body).encode()))
    told: dict[str, Any] = json.loads(answer.body)
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise NotDecided(f"{path}: {told['detail']}")
    return told


class NotDecided(Unavailable):
    """The gateway did not take what the demo's two people decide."""


async def move_deadline(people: TwoPublishers, source: str, month: Period, *, to: datetime) -> None:
    row = {"period": str(month), "source": source, "kind": "report_deadline", "falls_at": to.isoformat()}
    await people.decide("/calendar", row)


async def close_deadline(people: TwoPublishers, publisher: Desk, source: str, month: Period) -> None:
    """The deadline falls in a moment, and is past when this returns."""
    clock = publisher.site.platform.clock
    for last, length in enumerate(CLOSES_IN, start=1):
        to = clock() + length
        try:
            await move_deadline(people, source, month, to=to)
            break
        except NotDecided:
            if last == len(CLOSES_IN):
                raise
    await asyncio.sleep(max(0.0, (to - clock()).total_seconds()))


async def exempt_from_portal(people: TwoPublishers, publisher: Desk, month: Period) -> None:
    """Dated, cited rows of this month alone, since months may be shown in any order; those that are there stay."""
    known = await documents.exempted(publisher.database, str(month))
    wanted = [(agency, code) for agency in WITHOUT_PROCEDURES for code in PORTAL_INDICATORS if (agency, code) not in known]
    span = {"valid_from": str(month), "valid_to": str(month), "document": DOCUMENT}
    if wanted:
        await people.decide("/applicability", *({"agency": agency, "indicator": code, **span} for agency, code in wanted))
