"""What is published of a month's reports beside its scores: by body the report that counted, when it came, which extension
made it count or be in time, and its public words (INT-16, APR-10).

All of it is taken from the frozen snapshot that the published version was computed from, so a version always says the same.
The sheet's own bytes hold none of it and do not change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from services.gateway.publication.store import published_reports as stored
from shared.database import Connection, Row
from shared.period import VIETNAM

_EXTENSION = ("extension_id", "effect", "document", "reason", "actor", "approved_by", "approval_reason")
_INSTANTS = ("until", "recorded_at", "approved_at")


@dataclass(frozen=True)
class Version:
    """A published version: ``due`` is the deadline of all when it was computed, ``agencies`` the bodies it scored."""

    period: str
    number: int
    published_at: datetime
    snapshot: str | None
    due: datetime
    agencies: tuple[str, ...]


def version_of(found: Row) -> Version:
    """Of a publication with its run's canonical inputs."""
    inputs = msgspec.json.decode(bytes(found["inputs"]))
    frozen = inputs["snapshots"]["agency_report"]
    return Version(
        period=found["period"],
        number=found["version"],
        published_at=found["published_at"],
        snapshot=frozen["snapshot"] if frozen else None,
        due=datetime.fromisoformat(inputs["deadline"]),
        agencies=tuple(each["code"] for each in inputs["agencies"]),
    )


def head_of(version: Version) -> dict[str, Any]:
    """What all bodies have in common; instants in Vietnam's time."""
    return {
        "period": version.period,
        "version": version.number,
        "published_at": version.published_at.astimezone(VIETNAM),
        "snapshot": version.snapshot,
        "report_deadline_at": version.due.astimezone(VIETNAM),
    }


async def bodies_of(connection: Connection, version: Version) -> dict[str, dict[str, Any]]:
    """Every scored body; ``report`` is None where the version holds none of it."""
    key: dict[str, Any] = {"period": version.period, "version": version.number}
    reports = {line["agency"]: line for line in await stored.reports_of(connection, **key)}
    words = _by_agency(await stored.public_words(connection, **key))
    extensions = _by_agency(await stored.extensions_seen(connection, **key))
    return {code: _body(version, code, reports.get(code), extensions[code], words[code]) for code in version.agencies}


def consequence_of(extension: Mapping[str, Any], report: Mapping[str, Any] | None, due: datetime) -> str:
    """What an extension did to the report that counted. It made it in time where its instant was the deadline that held, and
    the report came when everybody else's was over; it let a late one count where that is the report's ground. Pure."""
    if report is None:
        return "none"
    if report["ground"] == "extension" and report["extension"] == extension["extension_id"]:
        return "late_report_counts"
    if extension["effect"] != "in_time" or report["late"]:
        return "none"
    held = datetime.fromisoformat(report["deadline"]) == extension["until"]
    return "report_in_time" if held and datetime.fromisoformat(report["submitted_at"]) >= due else "none"


def _body(version: Version, code: str, report: Row | None, extensions: Iterable[Row], words: Iterable[Row]) -> dict[str, Any]:
    return {
        "agency": code,
        "report": None if report is None else _report(report),
        "extensions": [
            {
                **{name: each[name] for name in _EXTENSION},
                **{name: each[name] and each[name].astimezone(VIETNAM) for name in _INSTANTS},
                "consequence": consequence_of(each, report, version.due),
            }
            for each in extensions
        ],
        "narratives": [{"section": each["section"], "text": each["words"]} for each in words],
    }


def _report(found: Row) -> dict[str, Any]:
    names = ("submission_id", "sequence", "digest", "late", "ground")
    instants = {name: datetime.fromisoformat(found[name]).astimezone(VIETNAM) for name in ("submitted_at", "deadline")}
    return {**{name: found[name] for name in names}, **instants}


def _by_agency(found: Iterable[Row]) -> defaultdict[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for line in found:
        grouped[line["agency"]].append(line)
    return grouped
