"""The demo leaves the next month open: its report deadline lies some days ahead, by a calendar row that says it is demo data.

A report sent by the README's script is then in time, one province's units have begun the month, and one question waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from services.cli.demo.deciding import TwoPublishers, move_deadline
from services.cli.demo.intake import run_program
from services.cli.demo.progress import Steps
from services.cli.executing import Desk
from shared.calendar import REPORTS, cutoff_of
from shared.period import VIETNAM, Period

PROGRAM = "deploy.sandbox.units"
WORDS = "các đơn vị của tỉnh Lào Cai (H38) bắt đầu tháng kế tiếp"
DAYS_OPEN = 5


@dataclass(frozen=True)
class NextMonth:
    """The month whose reports are taken, and until when; ``due_at`` is the first instant that is too late."""

    period: Period
    due_at: datetime

    @property
    def words(self) -> str:
        last = self.due_at.astimezone(VIETNAM) - timedelta(microseconds=1)
        return f"Tháng {self.period.month:02}/{self.period.year} đang nhận báo cáo đến hết ngày {last:%d/%m/%Y} (hạn mô phỏng)."


async def open_month(publisher: Desk, people: TwoPublishers, month: Period, keys: Path, steps: Steps) -> NextMonth:
    """Let a province's units begin, then put the month's report deadline some days ahead, unless it lies there already."""
    now = publisher.site.platform.clock()
    due_at = await _due_at(publisher, month)
    if due_at <= now:
        step = steps.begin(WORDS)
        url = await people.gateways.url()
        steps.end(step, f"{WORDS}: {await run_program(PROGRAM, url, month, keys)}")
        day = now.astimezone(VIETNAM).date() + timedelta(days=DAYS_OPEN)
        await move_deadline(people, REPORTS, month, to=datetime.combine(day, time(), VIETNAM))
        due_at = await _due_at(publisher, month)
    return NextMonth(month, due_at)


async def _due_at(publisher: Desk, month: Period) -> datetime:
    async with publisher.database.read() as connection:
        return await cutoff_of(connection, month, REPORTS)
