"""Events about reports that no fact of its own table stands for (ADR 19); all others the database writes itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_TELL = text("""
SELECT control.append_event(:kind, s.agency, :subject, r.place || :place, r.about || CAST(:data AS jsonb))
  FROM intake.submission s, control.about_report(s.submission_id) r
 WHERE s.submission_id = :submission_id
   AND NOT EXISTS (SELECT FROM control.event e WHERE e.type = :kind AND e.subject = :subject)
""")


async def tell_of_report(
    connection: AsyncConnection, kind: str, *, submission_id: str, subject: str, place: str, data: Mapping[str, Any]
) -> bool:
    """Writes an event about a report that no fact of its own table stands for; False when it was written before."""
    given = {"kind": kind, "submission_id": submission_id, "subject": subject, "place": place, "data": json.dumps(data)}
    return (await connection.execute(_TELL, given)).first() is not None
