"""What is due: a database fact, asked on every tick; freezes also at start (SNP-05).

The clock looks after the months from the one in which this database was made: an installation must not pull a year of
old months because somebody started it. Earlier months are frozen by command.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.from_intake import register_store, report_store
from services.ingest.runtime import Runtime
from services.ingest.snapshot import store, verifications
from services.ingest.sources import SOURCES
from shared.calendar import LOOKED_AT_TWICE, REGISTERS, cutoff_of
from shared.holds.missing_looks import missing_look
from shared.law.scheme import packaged_schemes
from shared.period import Period

# What a night's verifications read at most. ADR 24 has what a row costs.
ROWS_A_NIGHT = 10_000_000


async def unfrozen(runtime: Runtime) -> list[tuple[str, Period]]:
    """Sources whose period has closed and has no snapshot yet, oldest period first: those with an address, and the reports
    that come in to us, also when nobody reported: silence is frozen as a fact. Registers that nobody has begun come by file."""
    found: list[tuple[str, Period]] = []
    now = runtime.clock()
    async with runtime.database.read() as connection:
        period = max(Period.holding(await installed_at(connection)), packaged_schemes()[0].first_period)
        while period <= Period.holding(now):
            for source in SOURCES:
                if source.origin == "network" and runtime.settings.of(source.name).base_url is None:
                    continue
                if now < await cutoff_of(connection, period, source.name):
                    continue
                if source.name == REGISTERS and not await register_store.has_begun(connection, period):
                    continue
                if await store.latest_snapshot(connection, source=source.name, period=period) is None:
                    found.append((source.name, period))
            period = period.next
    return found


async def unlooked(runtime: Runtime) -> list[tuple[str, Period]]:
    """Frozen months that are to be asked for once more: the second look's instant has passed and lies after what was frozen,
    and no look as of it or later came to its end. Oldest period first."""
    found: list[tuple[str, Period]] = []
    now = runtime.clock()
    async with runtime.database.read() as connection:
        period = max(Period.holding(await installed_at(connection)), packaged_schemes()[0].first_period)
        while period <= Period.holding(now):
            for name in sorted(LOOKED_AT_TWICE):
                if runtime.settings.of(name).base_url is None:
                    continue
                missing = await missing_look(connection, period, name)
                if missing is not None and missing.due_at <= now:
                    found.append((name, period))
            period = period.next
    return found


async def unseen_reports(runtime: Runtime) -> list[Period]:
    """Frozen months about whose reports something came in, or was decided, since they were last looked at."""
    async with runtime.database.read() as connection:
        return await report_store.unseen(connection)


async def unseen_registers(runtime: Runtime) -> list[Period]:
    """Months frozen from the registers about which something was confirmed or decided since they were last looked at."""
    async with runtime.database.read() as connection:
        return await register_store.unseen(connection)


async def unseen_words(runtime: Runtime) -> list[Period]:
    """Months whose words are frozen and about which one was given since they were last looked at."""
    async with runtime.database.read() as connection:
        return await report_store.unseen_words(connection)


async def to_verify(runtime: Runtime) -> list[str]:
    """Snapshots whose turn it is to be proven again: the longest unproven first, never more than a night's rows."""
    async with runtime.database.read() as connection:
        return await verifications.verified_longest_ago(connection, row_limit=ROWS_A_NIGHT)


async def installed_at(connection: AsyncConnection) -> datetime:
    """When this database was made: its first migration loaded the registry."""
    made: datetime = (await connection.execute(text("SELECT min(recorded_at) FROM registry.agency"))).scalar_one()
    return made
