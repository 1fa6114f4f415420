"""What is answered about requests that wait for a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from services.gateway.http.schemas.shape import AgencyCode, PeriodText, Shape, SourceName
from services.gateway.operations.schemas.operations import WaitsFor


class WaitingRequest(Shape):
    """What one person asked for and another has yet to approve. `about` is the snapshot or publication that is to be replaced
    or to stand again. `place` is the address of the request, `approvals` where another person agrees, `refusals` where another
    refuses it or who asked takes it back (null where it only waits)."""

    request_id: str
    kind: Literal[
        "ruling", "applicability", "calendar_entry", "rule_activation", "extension", "omission", "supersession", "restoration"
    ]
    period: PeriodText
    agency: AgencyCode | None
    source: SourceName | None
    about: str | None
    document: str | None
    reason: str
    actor: str
    requested_at: datetime
    place: str
    approvals: str
    refusals: str | None
    waits_for: WaitsFor


class WaitingRequests(Shape):
    """In the order they were asked for."""

    items: list[WaitingRequest]
