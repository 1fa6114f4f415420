"""Use case: everything to be known of a run before it is published, in one answer (EXP-13)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from services.gateway.http.answers import API
from services.gateway.operations.comparing import computed_of, difference_now
from services.gateway.operations.omissions import holds_of
from services.gateway.operations.store.evidence import open_findings
from services.gateway.operations.store.records import OpenFindings
from services.gateway.publication.edges import edges_of
from services.gateway.publication.store import readings
from services.gateway.publication.store.records import KeptReading
from services.gateway.publication.worked_out import WorkedOut
from shared.awaiting import awaited_of, missing_of
from shared.database import Connection
from shared.holds.declaration import Hold
from shared.law.edges import Leading, leading
from shared.law.sheet import ScoreSheet
from shared.period import Period
from shared.plans.difference import Difference

_AT_STAKE = ("figures", "open", "points", "exact")


async def readiness(connection: Connection, kept: WorkedOut, run_id: str) -> tuple[dict[str, Any], Sequence[Hold]]:
    """The document without its holds, and these. Raises NotFound, NotExplained for a run of a scheme that is not held here."""
    run, sheet, found = await computed_of(connection, run_id)
    # Scoring many times over for what flips a grade is no work for the loop that answers everybody.
    hanging = await kept.get(("hanging", run_id), lambda: asyncio.to_thread(_hanging, found.sheet))
    holds = await holds_of(connection, Period.parse(run.period), run_id)
    stored = msgspec.json.decode(sheet)
    lines = stored["agencies"]
    missing = [{"agency": line["agency"], "indicators": codes} for line in lines if (codes := missing_of(line))]
    awaiting = [_awaiting(line, codes) for line in lines if (codes := awaited_of(line))]
    document = {
        "run_id": run_id,
        "period": run.period,
        "ready": run.agrees and not missing and not awaiting and not holds,
        "agrees": run.agrees,
        "missing": missing,
        "awaiting": awaiting,
        **_planned(await difference_now(connection, run, found)),
        **hanging,
        "readings": list(_grades(await readings.kept_of_run(connection, run_id))),
        "findings": [_noticed(run.period, each) for each in await open_findings(connection, _snapshots(stored))],
    }
    return document, holds


def _planned(difference: Difference) -> dict[str, Any]:
    """What publishing would change now, and the digest by which a publisher says to have seen it."""
    said = difference.document
    counts = ("against", "compared", "agencies_moved", "grades_moved", "ranks_moved")
    return {"plan": {"digest": difference.digest, **{name: said[name] for name in counts}}, "moved": said["agencies"]}


def _awaiting(line: Mapping[str, Any], codes: Sequence[str]) -> dict[str, Any]:
    """The sheet says it beside the one indicator that can await a word."""
    said = line["indicators"][codes[0]]["awaiting"]
    return {"agency": line["agency"], "indicators": codes, **{name: said[name] for name in _AT_STAKE}}


def _hanging(sheet: ScoreSheet) -> dict[str, Any]:
    return {"near_a_bound": edges_of(sheet), "leading": [_leading(each) for each in leading(sheet)]}


def _leading(found: Leading) -> dict[str, Any]:
    names = ("indicator", "measure", "value", "next_value", "outlier", "lowered")
    moved = [
        {"agency": one.agency, "change": str(one.change), "grade": {"from": one.grade, "to": one.grade_then}}
        for one in found.moved
    ]
    return {name: getattr(found, name) for name in names} | {"agencies": list(found.agencies), "moved": moved}


def _snapshots(sheet: Mapping[str, Any]) -> list[str]:
    return [each["snapshot"] for each in sheet["snapshots"]]


def _noticed(period: str, found: OpenFindings) -> dict[str, Any]:
    return {**vars(found), "listed_at": f"{API}/findings?period={period}&source={found.source}"}


def _grades(kept: Sequence[KeptReading]) -> Iterator[dict[str, Any]]:
    """Readings that would change a grade, with the bodies; none of a run that keeps none."""
    for one in kept:
        for line in msgspec.json.decode(one.body).get("agencies", ()):
            if line["in_force"]["grade"] != line["alternative"]["grade"]:
                ends = {"from": line["in_force"]["grade"], "to": line["alternative"]["grade"]}
                yield {"reading": one.reading, "alternative": one.alternative, "agency": line["agency"], "grade": ends}
