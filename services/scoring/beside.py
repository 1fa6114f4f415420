"""What stands beside a version's own figures on its pages: the months before as they are published now, when the month after
closes, and what other readings of the law would give. The document names it, so that pages can be made again (ADR 38)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.scoring import store
from services.scoring.records import Former, Outcome
from shared.calendar import REPORTS, cutoff_of
from shared.database import Connection
from shared.installation import is_demo
from shared.period import Period, in_vietnam
from shared.public_pages.months import TREND_MONTHS, History, history_of

# No source: the calendar's day for all of them, which a row for one source leaves as it is.
EVERY_SOURCE = "*"


@dataclass(frozen=True)
class Beside:
    """``former`` are the latest versions of up to eleven months before, earliest first; ``next_month`` the period after with
    cutoff and report deadline; ``readings`` the register's document of the run, None for runs from before there was one, and
    ``outcomes`` every body under each alternative that was computed; ``demo``: what is published are invented figures."""

    former: Sequence[Former] = ()
    next_month: Mapping[str, Any] | None = None
    readings: Mapping[str, Any] | None = None
    outcomes: Sequence[Outcome] = ()
    demo: bool = False

    def parts(self) -> dict[str, Any]:
        """By the document's names."""
        names = ("period", "version", "publication", "digest")
        named = [{name: getattr(each, name) for name in names} for each in self.former]
        return {"former_months": named, "next_month": self.next_month}

    def month_before(self, period: str) -> Mapping[str, Any] | None:
        """The published sheet of the month before ``period``, None where there is none."""
        wanted = str(Period.parse(period).previous)
        found: Mapping[str, Any] | None = next((json.loads(each.body) for each in self.former if each.period == wanted), None)
        return found

    def history(self) -> History:
        return history_of(json.loads(each.body) for each in self.former)


NOTHING_BESIDE = Beside()


async def what_stands_beside(connection: Connection, period: Period, run_id: str) -> Beside:
    """As it stands in this transaction."""
    first = period.shifted(months=1 - TREND_MONTHS)
    return Beside(
        former=await store.former_months(connection, first, period),
        next_month=await _next_month(connection, period.next),
        readings=await store.register_of(connection, run_id),
        outcomes=await store.outcomes_of(connection, run_id),
        demo=await is_demo(connection),
    )


async def _next_month(connection: Connection, period: Period) -> dict[str, Any]:
    """The general days; what is moved for one source or one body's report is theirs to know."""
    closes = {"cutoff": EVERY_SOURCE, "report_deadline": REPORTS}
    instants = {name: in_vietnam(await cutoff_of(connection, period, source)) for name, source in closes.items()}
    return {"period": str(period), **instants}
