"""The sheet of a month's latest run, by which a hold says what is at stake."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from shared.database import Connection, row
from shared.period import Period

_LATEST = text("""
SELECT sheet FROM scoring.run WHERE period = :period AND (CAST(:run_id AS text) IS NULL OR run_id = :run_id)
 ORDER BY run_id DESC LIMIT 1
""")


@dataclass(frozen=True)
class LatestSheet:
    """``document`` is None where nobody has scored the month yet."""

    document: Mapping[str, Any] | None

    def rests_on(self, *snapshot_ids: str) -> bool:
        """Whether the run was computed from all of these snapshots."""
        if self.document is None:
            return False
        return set(snapshot_ids) <= {each["snapshot"] for each in self.document["snapshots"]}

    def lines(self) -> dict[str, Mapping[str, Any]]:
        """What the sheet says of each body; nothing before there is one."""
        return {} if self.document is None else {line["agency"]: line for line in self.document["agencies"]}

    def measures(self, agency: str) -> Mapping[str, str | None]:
        """A body's figures as exact text; nothing for a body that the run does not know."""
        line = self.lines().get(agency)
        return {} if line is None else line["measures"]


async def latest_sheet(connection: Connection, period: Period, run_id: str | None) -> LatestSheet:
    """Of the run named, else of the month's latest."""
    found = await row(connection, _LATEST, {"period": str(period), "run_id": run_id})
    return LatestSheet(None if found is None else json.loads(found["sheet"]))
