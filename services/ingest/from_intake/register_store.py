"""What ingest reads of the Government Office's registers and of decisions on initiatives."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.from_intake.register_choice import Decision, Entry, Rows, choose
from shared.database import rows
from shared.period import Period
from shared.registry_store import load_registry
from shared.tables.registers import register_entry

CONFIRMED = text("""
SELECT e.entry_id, e.version, e.kind, e.meeting_id, e.agency, e.content, e.evidence_digest, e.withdrawn, c.confirmed_at
  FROM intake.register_entry e JOIN intake.register_confirmation c USING (entry_id, version)
 WHERE e.period = :period ORDER BY e.entry_id, e.version
""").columns(content=register_entry.c.content.type)

DECISIONS = text("""
SELECT s.initiative_id, s.number AS step, s.agency, p.title, s.points, s.decision_number, s.decided_on, s.decision_digest,
       s.taken_at
  FROM intake.initiative_step s JOIN intake.initiative_proposal p USING (initiative_id)
 WHERE s.period = :period AND s.action = 'decide' ORDER BY s.initiative_id, s.number
""")

# Months in which somebody has written anything; a proposal alone is a body's, not the register's.
BEGUN = text("""
SELECT EXISTS (SELECT FROM intake.register_entry WHERE period = :period)
    OR EXISTS (SELECT FROM intake.initiative_step WHERE period = :period AND action = 'decide')
""")

# Months frozen from the registers about which something was confirmed or decided that no pull has looked at yet.
UNSEEN = text("""
WITH frozen AS (
  SELECT s.period, (SELECT max(p.recorded_at) FROM ingest.pull p
                     WHERE p.source = 'government_office' AND p.period = s.period) AS looked_at
    FROM ingest.snapshot s WHERE s.source = 'government_office' AND s.version = 1 AND s.origin = 'intake'
)
SELECT period FROM frozen
 WHERE EXISTS (SELECT FROM intake.register_entry e JOIN intake.register_confirmation c USING (entry_id, version)
                WHERE e.period = frozen.period AND c.recorded_at > looked_at)
    OR EXISTS (SELECT FROM intake.initiative_step i
                WHERE i.period = frozen.period AND i.action = 'decide' AND i.recorded_at > looked_at)
 ORDER BY period
""")


async def confirmed(connection: AsyncConnection, period: Period) -> list[Entry]:
    """Every confirmed version of the month's entries."""
    return [Entry(**line) for line in await rows(connection, CONFIRMED, {"period": str(period)})]


async def decisions(connection: AsyncConnection, period: Period) -> list[Decision]:
    """Every decision on the month's initiatives, replaced ones included."""
    return [Decision(**line) for line in await rows(connection, DECISIONS, {"period": str(period)})]


async def has_begun(connection: AsyncConnection, period: Period) -> bool:
    """Whether the month's registers hold anything, confirmed or not."""
    return bool(await connection.scalar(BEGUN, {"period": str(period)}))


async def rows_at(connection: AsyncConnection, period: Period, as_of: datetime) -> Rows:
    """The month's rows as they follow from what was confirmed and decided before an instant."""
    agencies = (await load_registry(connection, period.last_day)).agencies
    entries, decided = await confirmed(connection, period), await decisions(connection, period)
    return choose(entries, decided, agencies=agencies, as_of=as_of).rows


async def unseen(connection: AsyncConnection) -> list[Period]:
    return [Period.parse(line["period"]) for line in await rows(connection, UNSEEN)]
