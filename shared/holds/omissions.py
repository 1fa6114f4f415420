"""Decisions of two people that leave open facts out: one asks, naming bodies and points, and another approves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, text

from shared.database import Connection, every, one
from shared.period import Period
from shared.tables.control import omission, omission_approval

_IN_FORCE = text("SELECT * FROM control.omission_in_force WHERE period = :period ORDER BY sequence")


@dataclass(frozen=True, kw_only=True)
class Omission:
    """``hold`` is the hold as it was when the decision was asked for; it holds once ``approved_by`` is somebody."""

    omission_id: str
    sequence: int
    period: str
    kind: str
    hold_id: str
    hold: Mapping[str, Any]
    document: str
    reason: str
    actor: str
    recorded_at: datetime
    approved_by: str | None
    approval_reason: str | None
    approved_at: datetime | None

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(item["key"] for body in self.hold["bodies"] for item in body["items"])


async def find_omission(connection: Connection, omission_id: str) -> Omission | None:
    return await one(connection, Omission, _omissions().where(omission.c.omission_id == omission_id))


async def list_omissions(
    connection: Connection, period: str, *, after: int | None = None, limit: int | None = None
) -> list[Omission]:
    """In the order they were asked for."""
    asked = _omissions().where(omission.c.period == period).order_by(omission.c.sequence).limit(limit)
    if after is not None:
        asked = asked.where(omission.c.sequence > after)
    return await every(connection, Omission, asked)


async def approved_omissions(connection: Connection, period: Period) -> Sequence[Omission]:
    """Those that hold, in the order they were asked for. Who freezes or scores reads no others."""
    return await every(connection, Omission, _IN_FORCE, {"period": str(period)})


async def left_out(connection: Connection, period: Period) -> dict[str, frozenset[str]]:
    """By kind, the keys of the facts that two people left out."""
    found: dict[str, frozenset[str]] = {}
    for each in await approved_omissions(connection, period):
        found[each.kind] = found.get(each.kind, frozenset()) | each.keys
    return found


def _omissions() -> Select[Any]:
    joined = omission.outerjoin(omission_approval, omission_approval.c.omission_id == omission.c.omission_id)
    approval = (
        omission_approval.c.actor.label("approved_by"),
        omission_approval.c.reason.label("approval_reason"),
        omission_approval.c.recorded_at.label("approved_at"),
    )
    return select(*omission.c, *approval).select_from(joined)
