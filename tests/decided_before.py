"""Calendar rows as they stand from before two people were asked for them: of months that lie in the past no other can be made,
because the database lets nobody move a deadline to an instant that has passed."""

from __future__ import annotations

from datetime import datetime

import psycopg

from shared.ids import new_id
from shared.period import Period


def moved_alone(superuser_url: str, period: Period, *, source: str = "*", kind: str = "report_deadline", to: datetime) -> str:
    """The row's id. Guards are off for this session alone, as no service may switch them (test_guards.py)."""
    entry_id = new_id("cal")
    with psycopg.connect(superuser_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "INSERT INTO control.calendar_entry (entry_id, period, source, kind, falls_at, reason, actor, alone)"
            " VALUES (%s, %s, %s, %s, %s, 'nghỉ Tết', 'local:x', true)",
            [entry_id, str(period), source, kind, to],
        )
    return entry_id
