"""What is published of a month's reports beside its scores: by body the report that counted, when it came, which extension
made it count or be in time, and its public words (INT-16, APR-10).

All of it is taken from the frozen snapshot that the published version was computed from, so a version always says the same.
The sheet's own bytes hold none of it and do not change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from services.gateway.http.answers import chosen
from services.gateway.publication.store import published_reports as stored
from services.gateway.publication.store.records import CountedReport, ExtensionSeen, PublicWords, VersionInputs
from shared.database import Connection
from shared.period import VIETNAM

_EXTENSION = ("extension_id", "effect", "document", "reason", "actor", "approved_by", "approval_reason")
_INSTANTS = ("until", "recorded_at", "approved_at")
Said = TypeVar("Said", ExtensionSeen, PublicWords)


@dataclass(frozen=True)
class Version:
    """A published version: ``due`` is the deadline of all when it was computed, ``agencies`` the bodies it scored."""

    period: str
    number: int
    published_at: datetime
    snapshot: str | None
    due: datetime
    agencies: tuple[str, ...]


def version_of(found: VersionInputs) -> Version:
    """Of a publication with its run's canonical inputs."""
    inputs = msgspec.json.decode(bytes(found.inputs))
    frozen = inputs["snapshots"]["agency_report"]
    return Version(
        period=found.period,
        number=found.version,
        published_at=found.published_at,
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


def own_head_of(version: Version, body: dict[str, Any]) -> dict[str, Any]:
    """The head where one body is told of: with the deadline that held for it, and no second one beside it. Pure."""
    return {**head_of(version), "report_deadline_at": _deadline_held(version, body)}


def _deadline_held(version: Version, body: dict[str, Any]) -> datetime:
    """That of the report that counted; where there is none, everybody's or the later one that an extension gave."""
    if body["report"] is not None:
        held: datetime = body["report"]["deadline"]
        return held
    given: list[datetime] = [each["until"] for each in body["extensions"] if each["effect"] == "in_time"]
    return max([version.due.astimezone(VIETNAM), *given])


async def bodies_of(connection: Connection, version: Version) -> dict[str, dict[str, Any]]:
    """Every scored body; ``report`` is None where the version holds none of it."""
    key: dict[str, Any] = {"period": version.period, "version": version.number}
    reports = {line.agency: line for line in await stored.reports_of(connection, **key)}
    words = _by_agency(await stored.public_words(connection, **key))
    extensions = _by_agency(await stored.extensions_seen(connection, **key))
    return {code: _body(version, code, reports.get(code), extensions[code], words[code]) for code in version.agencies}


def consequence_of(extension: ExtensionSeen, report: CountedReport | None, due: datetime) -> str:
    """What an extension did to the report that counted. It made it in time where its instant was the deadline that held, and
    the report came when everybody else's was over; it let a late one count where that is the report's ground. Pure."""
    if report is None:
        return "none"
    if report.ground == "extension" and report.extension == extension.extension_id:
        return "late_report_counts"
    if extension.effect != "in_time" or report.late:
        return "none"
    held = datetime.fromisoformat(report.deadline) == extension.until
    return "report_in_time" if held and datetime.fromisoformat(report.submitted_at) >= due else "none"


def _body(
    version: Version, code: str, report: CountedReport | None, extensions: Iterable[ExtensionSeen], words: Iterable[PublicWords]
) -> dict[str, Any]:
    return {
        "agency": code,
        "report": None if report is None else _report(report),
        "extensions": [
            {
                **chosen(each, _EXTENSION),
                **{name: at and at.astimezone(VIETNAM) for name, at in chosen(each, _INSTANTS).items()},
                "consequence": consequence_of(each, report, version.due),
            }
            for each in extensions
        ],
        "narratives": [{"section": each.section, "text": each.words} for each in words],
    }


def _report(found: CountedReport) -> dict[str, Any]:
    names = ("submission_id", "sequence", "digest", "late", "ground")
    instants = {
        name: datetime.fromisoformat(at).astimezone(VIETNAM) for name, at in chosen(found, ("submitted_at", "deadline")).items()
    }
    return {**chosen(found, names), **instants}


def _by_agency(found: Iterable[Said]) -> defaultdict[str, list[Said]]:
    grouped: defaultdict[str, list[Said]] = defaultdict(list)
    for line in found:
        grouped[line.agency].append(line)
    return grouped
