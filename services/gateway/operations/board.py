"""Use cases: how a month's sources stand, and the operators' board of the whole month (DSH-01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.gateway.deadlines.completeness import state_of as report_state
from services.gateway.deadlines.due import dues_of
from services.gateway.deadlines.store import deadlines as reports
from services.gateway.http.answers import all_but, chosen
from services.gateway.http.periods import sources_of
from services.gateway.operations.store import evidence
from services.gateway.operations.store.records import LastPull, LatestSnapshot
from services.gateway.publication.store import published
from services.gateway.publication.store.records import Run
from shared.calendar import LOOKED_AT_TWICE, REPORTED, Closings, closing_kind, closings_of
from shared.database import Connection
from shared.holds.missing_looks import missing_look
from shared.law.scheme import scheme_for
from shared.period import Period
from shared.registry_store import load_registry

SEVERITIES: Final = ("fatal", "warning", "notice")
_LAST_RUN: Final = ("run_id", "recorded_at", "actor", "agrees", "provisional")


async def month_status(connection: Connection, month: Period, *, now: datetime) -> dict[str, Any]:
    """Every source of a month: what is frozen, what is late, what went wrong; jobs, and what is published."""
    return await _status(connection, month, await closings_of(connection, month), now)


async def _status(connection: Connection, month: Period, closings: Closings, now: datetime) -> dict[str, Any]:
    sources = sources_of(scheme_for(month))
    pulls = await evidence.last_pulls(connection, str(month))
    snapshots = await evidence.latest_snapshots(connection, str(month))
    findings = await evidence.findings_by_source(connection, str(month))
    lines = [
        {
            "source": source,
            "state": state_of(pulls.get(source), frozen=source in snapshots, cutoff_at=closings.cutoff(source), now=now),
            "cutoff_at": closings.cutoff(source),
            "last_pull": _without_source(pulls.get(source)),
            "snapshot": _without_source(snapshots.get(source)),
            "findings": {severity: findings.get(source, {}).get(severity, 0) for severity in SEVERITIES},
        }
        for source in sources
    ]
    latest = (await published.latest_versions(connection)).get(str(month))
    version = latest and {"version": latest.version, "published_at": latest.published_at}
    return {
        "period": str(month),
        "sources": lines,
        "jobs": await evidence.jobs_of(connection, str(month)),
        "published": version,
    }


async def operator_board(connection: Connection, month: Period, *, now: datetime) -> dict[str, Any]:
    """The board, its work's problems as they are stored. The connection sees every body."""
    closings = await closings_of(connection, month)
    status = await _status(connection, month, closings, now)
    looks = {source: closings.second_look(source) for source in sorted(LOOKED_AT_TWICE)}
    missing = {source for source in looks if await missing_look(connection, month, source) is not None}
    runs = await published.list_runs(connection, period=str(month), after=None, limit=1_000)
    return {
        **status,
        "now": now,
        "sources": [_source(line, looks.get(line["source"]), missing, now) for line in status["sources"]],
        "bodies": await _bodies(connection, month, now),
        "runs": {"count": len(runs), "last": _last_run(runs[-1]) if runs else None},
        "work": [vars(each) for each in await evidence.work_left(connection, str(month))],
    }


def state_of(pull: LastPull | None, *, frozen: bool, cutoff_at: datetime, now: datetime) -> str:
    """A snapshot settles it; after the cutoff nothing else counts, before it the last pull tells."""
    if frozen:
        return "frozen"
    if now >= cutoff_at:
        return "overdue"
    if pull is None or pull.state in ("running", "abandoned"):
        return "waiting"
    return "pulled" if pull.state == "complete" else "failed"


def _source(line: Mapping[str, Any], look_at: datetime | None, missing: set[str], now: datetime) -> dict[str, Any]:
    source = line["source"]
    due = [(closing_kind(source), line["cutoff_at"])] + ([("second_look", look_at)] if look_at else [])
    to_come = [(kind, falls_at) for kind, falls_at in due if falls_at > now]
    return {
        **line,
        "internal": closing_kind(source) == "word_deadline" or source in REPORTED,
        "age_seconds": _age(line, now),
        "next_deadline": _deadline(*min(to_come, key=lambda each: each[1]), now) if to_come else None,
        "look_missing": source in missing and look_at is not None and look_at <= now,
    }


def _deadline(kind: str, falls_at: datetime, now: datetime) -> dict[str, Any]:
    return {"kind": kind, "falls_at": falls_at, "seconds_left": int((falls_at - now).total_seconds())}


def _age(line: Mapping[str, Any], now: datetime) -> int | None:
    snapshot, pull = line["snapshot"], line["last_pull"]
    if snapshot is not None:
        return _since(snapshot["captured_at"], now)
    return _since(pull["ended_at"], now) if pull is not None and pull["state"] == "complete" else None


def _since(then: datetime, now: datetime) -> int:
    return max(0, int((now - then).total_seconds()))


async def _bodies(connection: Connection, month: Period, now: datetime) -> list[dict[str, Any]]:
    registry = await load_registry(connection, month.last_day)
    handed_in = await reports.reports_of(connection, str(month))
    due = await dues_of(connection, month, registry.agencies)
    found = []
    for code, agency in sorted(registry.agencies.items()):
        report, deadline = handed_in.get(code), due[code]
        found.append(
            {
                "agency": code,
                "name_vi": agency.name_vi,
                "name_en": agency.name_en,
                "state": report_state(report),
                "sequence": report and report.sequence,
                "submitted_at": report and report.submitted_at,
                "age_seconds": _since(report.submitted_at, now) if report else None,
                "deadline_at": deadline.hard_at,
                "moved_by": deadline.moved_by,
                "seconds_left": max(0, int((deadline.hard_at - now).total_seconds())),
            }
        )
    return found


def _last_run(run: Run) -> dict[str, Any]:
    return {**chosen(run, _LAST_RUN), "publication": run.publication_id}


def _without_source(line: LastPull | LatestSnapshot | None) -> dict[str, Any] | None:
    return None if line is None else all_but(line, "source")
