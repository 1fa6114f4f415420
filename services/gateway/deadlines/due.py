"""When every body's report of a month is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from services.gateway.deadlines.completeness import Due
from services.gateway.deadlines.store import deadlines as stored
from services.gateway.deadlines.store.records import ExtensionInForce
from shared.calendar import REPORTS, closing_of, extended, soft_of
from shared.database import Connection
from shared.period import VIETNAM, Period


async def dues_of(connection: Connection, month: Period, agencies: Iterable[str]) -> dict[str, Due]:
    """As shared.calendar.deadline_of says of each body, without asking once a body."""
    closing = await closing_of(connection, month, REPORTS)
    extensions: defaultdict[str, list[ExtensionInForce]] = defaultdict(list)
    for line in await stored.extensions_in_force(connection, str(month)):
        extensions[line.agency].append(line)
    soft: dict[datetime, datetime] = {}
    due: dict[str, Due] = {}
    for agency in agencies:
        falls_at, moved_by, counts_until = extended(*closing, extensions[agency])
        if falls_at not in soft:
            soft[falls_at] = await soft_of(connection, falls_at)
        soft_at, hard_at, counted = (at.astimezone(VIETNAM) for at in (soft[falls_at], falls_at, counts_until))
        due[agency] = Due(soft_at, hard_at, counted, moved_by)
    return due
