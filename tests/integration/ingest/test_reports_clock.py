"""The clock freezes reports without any address, and looks at what came in about a frozen month (SNP-05, SNP-06)."""

from __future__ import annotations

from datetime import UTC, timedelta

import psycopg

from services import ingest as service
from services.ingest import due
from services.ingest.jobs import CUTOFFS, QUEUE
from services.ingest.settings import IngestSettings
from shared.database import Database
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from shared.service import Platform
from tests.contract.stand_ins import FAR
from tests.integration.ingest.handing_in import HandingIn

MICROSECOND = timedelta(microseconds=1)


async def test_the_clock_freezes_reports_without_any_address_and_looks_at_what_came_after(owner_url: str, app_url: str) -> None:
    clock = {"at": FAR}
    hand = HandingIn(Database(app_url, role="gateway", pool_size=1))
    made = service.create(Platform(app_url, clock=lambda: clock["at"]), IngestSettings())
    async with made.database.read() as connection:
        month = Period.holding(await due.installed_at(connection))
    await hand.report("G06", month, legal_report_deadline(month) - MICROSECOND)
    clock["at"] = legal_report_deadline(month) - MICROSECOND
    async with made.queue.opened():
        assert await due.unfrozen(made.runtime) == []
        clock["at"] = legal_report_deadline(month)
        assert await due.unfrozen(made.runtime) == [("agency_report", month)]
        await made.queue.tick(CUTOFFS, clock["at"].astimezone(UTC))
        await made.queue.drain([QUEUE])
        assert await due.unfrozen(made.runtime) == []
        await hand.report("H12", month, legal_report_deadline(month))
        clock["at"] += timedelta(minutes=10)
        await made.queue.tick(CUTOFFS, clock["at"].astimezone(UTC))
        await made.queue.drain([QUEUE])
        assert await due.unseen_reports(made.runtime) == []
    await made.database.close()
    await hand.database.close()
    with psycopg.connect(owner_url) as owner:
        header = owner.execute(
            "SELECT version, origin, as_of FROM ingest.snapshot WHERE source = 'agency_report' AND period = %s", [str(month)]
        ).fetchall()
        found = owner.execute(
            "SELECT code FROM ingest.finding WHERE period = %s AND code = 'ING-REPORT-LATE'", [str(month)]
        ).fetchall()
    assert header == [(1, "intake", legal_report_deadline(month))]
    assert len(found) == 1
