"""Use case: what the rules found in a month, by frequency and impact (DSH-05).

Frequency: how many findings, in how many bodies, in which of the last twelve months, and how many more than the month before.
Impact: the indicators whose measures are counted from what the rule is about. Counts are those of the stores: all findings of
the month's pulls, and of each body's last report the latest check.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from services.gateway.oversight.store import findings as stored
from services.gateway.oversight.store.records import RuleCount
from services.gateway.oversight.tables import people_csv
from services.gateway.reports.rules.rule_types import Catalogue, Text
from services.gateway.reports.submissions.known import catalogue_of
from shared.csv_files import guarded
from shared.database import Connection
from shared.law.scheme import Scheme, packaged_schemes, scheme_for
from shared.measures import QUERIES
from shared.period import Period
from shared.problems import Language

Store = Literal["sources", "reports"]
WINDOW: Final = 12
_SEVERITIES: Final = ("fatal", "warning", "confirm", "notice")
_SLOT: Final = re.compile(r"\{[^}]*\}")
# By how a report's rule is called what it reads (report-rules-*.yaml): the rest read the whole report; narratives and figures
# beside those of sources are monitoring and give no points.
_ABOUT: Final = (("task", ("D1",)), ("registered-", ("D1",)), ("accepted-", ("D1",)), ("database", ("C1",)))
_NO_POINTS: Final = ("narrative-", "official-")
HEADINGS: Mapping[Language, tuple[str, ...]] = {
    "vi": (
        "Kho", "Nguồn", "Quy tắc", "Mức độ", "Số cảnh báo", "Số cơ quan", "Số của kỳ trước liền kề", "Thay đổi", "Các tháng có",
        "Chỉ số", "Nội dung",
    ),
    "en": (
        "Store", "Source", "Rule", "Severity", "Findings", "Bodies", "Month before", "Change", "Months", "Indicators", "Words",
    ),
}  # fmt: skip


async def board_of(connection: Connection, month: Period, agency: str | None = None) -> dict[str, Any]:
    """Of all sources and reports; of one body its reports alone, since sources' findings name others too."""
    first = _first(month)
    reports = await stored.of_reports(connection, str(first), str(month), agency)
    sources = [] if agency else await stored.of_sources(connection, str(first), str(month))
    catalogue = await catalogue_of(connection, str(month))
    scheme = scheme_for(month)
    lines = [*_lines("sources", sources, month, scheme, catalogue), *_lines("reports", reports, month, scheme, catalogue)]
    lines.sort(
        key=lambda each: (-each["count"], -each["bodies"], _SEVERITIES.index(each["severity"]), each["rule"], each["source"])
    )
    counts = {"findings": sum(each["count"] for each in lines), "rules": len({each["rule"] for each in lines})}
    return {"period": str(month), "since": str(first), "agency": agency, **counts, "items": lines}


def _first(month: Period) -> Period:
    first = month
    for _ in range(WINDOW - 1):
        first = first.previous
    return first


def _lines(
    store: Store, counted: Iterable[RuleCount], month: Period, scheme: Scheme, catalogue: Catalogue
) -> list[dict[str, Any]]:
    """Of the month itself and the month before; earlier ones tell since when."""
    known: dict[tuple[str, str, str], dict[str, RuleCount]] = {}
    for each in counted:
        known.setdefault((each.source, each.rule, each.severity), {})[each.period] = each
    said = {rule.id: rule.text for rule in catalogue.rules} if store == "reports" else {}
    found = []
    for (source, rule, severity), months in known.items():
        now, before = months.get(str(month)), months.get(str(month.previous))
        latest = now or before
        if latest is not None:
            line = {"store": store, "source": source, "rule": rule, "severity": severity, "months": sorted(months)}
            line["indicators"] = _of_report(rule) if store == "reports" else _of_source(latest, scheme)
            found.append(line | _frequency(now, before, month) | _words(latest, said.get(rule)))
    return found


def _frequency(now: RuleCount | None, before: RuleCount | None, month: Period) -> dict[str, Any]:
    """A rule that found nothing any more has a line too; of a month that no scheme rules nothing is known."""
    count, agencies = (now.count, now.agencies) if now else (0, [])
    then = (before.count if before else 0) if month > packaged_schemes()[0].first_period else None
    change = None if then is None else count - then
    return {"count": count, "bodies": len(agencies), "agencies": agencies, "before": then, "change": change}


def _words(latest: RuleCount, said: Text | None) -> dict[str, str | None]:
    if said is None:
        return {"message_vi": latest.message_vi, "message_en": latest.message_en}
    return {"message_vi": _SLOT.sub("…", said.vi), "message_en": _SLOT.sub("…", said.en)}


def _of_report(rule: str) -> list[str]:
    if rule.startswith(_NO_POINTS):
        return []
    return list(next((codes for begin, codes in _ABOUT if rule.startswith(begin)), ("C1", "D1")))


def _of_source(counted: RuleCount, scheme: Scheme) -> list[str]:
    """Indicators that take a measure from the datasets named, else from the source."""
    named = set(counted.datasets)
    measures = {name for query in QUERIES if named & set(query.datasets) for name in query.measures}
    if not named:
        measures = {name for name, measure in scheme.measures.items() if counted.source in measure.sources}
    return [code for code, indicator in scheme.indicators.items() if measures & set(indicator.formula.measures)]


def as_csv(found: Mapping[str, Any], language: Language) -> bytes:
    """For people; one line a rule, source and severity."""
    plain = ("store", "source", "rule", "severity", "count", "bodies", "before", "change")
    lines = (
        [
            *(each[name] for name in plain),
            " ".join(each["months"]),
            " ".join(each["indicators"]),
            guarded(each[f"message_{language}"] or ""),
        ]
        for each in found["items"]
    )
    return people_csv(HEADINGS[language], lines, language)
