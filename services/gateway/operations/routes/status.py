"""The operator's board: every source of one month, what is frozen, what is late, what went wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import Depends, Request
from starlette.responses import Response

from services.gateway.access.permits import READER
from services.gateway.http.answers import CLOSED, all_but, document
from services.gateway.http.openapi_responses import reads
from services.gateway.http.periods import closed_last, known_period, sources_of
from services.gateway.http.routes.parameters import PeriodQuery
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.operations.schemas.operations import Board
from services.gateway.operations.store import evidence
from services.gateway.operations.store.records import LastPull, LatestSnapshot
from services.gateway.publication.store import published
from shared.calendar import cutoff_of
from shared.law.scheme import scheme_for

router = resource("status")

SEVERITIES = ("fatal", "warning", "notice")


@router.get("/status", dependencies=[Depends(READER)], **reads(Board, refuses=[401, 403, 404]))
async def get_status(request: Request, period: PeriodQuery = None) -> Response:
    """One month's board; without a period, the month that closed last."""
    given = runtime(request)
    now = given.clock()
    month = known_period(period, now=now) if period else closed_last(now)
    sources = sources_of(scheme_for(month))
    async with given.database.read() as connection:
        cutoffs = {source: await cutoff_of(connection, month, source) for source in sources}
        pulls = await evidence.last_pulls(connection, str(month))
        snapshots = await evidence.latest_snapshots(connection, str(month))
        findings = await evidence.findings_by_source(connection, str(month))
        jobs = await evidence.jobs_of(connection, str(month))
        latest = (await published.latest_versions(connection)).get(str(month))
    lines = [
        {
            "source": source,
            "state": state_of(pulls.get(source), frozen=source in snapshots, cutoff_at=cutoffs[source], now=now),
            "cutoff_at": cutoffs[source],
            "last_pull": _without_source(pulls.get(source)),
            "snapshot": _without_source(snapshots.get(source)),
            "findings": {severity: findings.get(source, {}).get(severity, 0) for severity in SEVERITIES},
        }
        for source in sources
    ]
    version = latest and {"version": latest.version, "published_at": latest.published_at}
    return document(request, {"period": str(month), "sources": lines, "jobs": jobs, "published": version}, cache=CLOSED)


def state_of(pull: LastPull | None, *, frozen: bool, cutoff_at: datetime, now: datetime) -> str:
    """A snapshot settles it; after the cutoff nothing else counts, before it the last pull tells."""
    if frozen:
        return "frozen"
    if now >= cutoff_at:
        return "overdue"
    if pull is None or pull.state in ("running", "abandoned"):
        return "waiting"
    return "pulled" if pull.state == "complete" else "failed"


def _without_source(line: LastPull | LatestSnapshot | None) -> dict[str, Any] | None:
    return None if line is None else all_but(line, "source")
