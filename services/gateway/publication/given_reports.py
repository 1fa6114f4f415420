"""What a report that is not frozen counts as: by the very statements that count frozen ones, beside a month's snapshots."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.publication.store import late_reports as stored
from services.gateway.publication.store.rows import datasets_put_aside
from shared.database import Connection
from shared.datasets.agency_reports import DATASETS
from shared.measures.frame import REPORTS, Frame, parameters
from shared.measures.given_rows import REPORT_QUERIES, counting_given, given, without_report

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
# A body that handed in nothing.
NO_REPORT: Final[Rows] = {dataset.name: () for dataset in DATASETS}


@dataclass(frozen=True)
class Counted:
    """``measures`` as exact text, None where missing; those of a source that is not frozen are absent. Of ``put_aside`` a row
    of another source was lost. ``awaiting`` are databases on whose figure no word has come."""

    measures: Mapping[str, str | None]
    put_aside: frozenset[str]
    awaiting: Sequence[str]


async def count_given(
    connection: Connection, *, agency: str, frame: Frame, rules: Collection[str], rows: Rows = NO_REPORT
) -> Counted:
    """The body's measures that a report decides, as if the report with these ``rows`` counted."""
    asked = {**parameters(counting_given(frame), rules), **given(rows)}
    queries = [query for query in REPORT_QUERIES if frame.snapshots.keys() >= set(query.sources) - {REPORTS}]
    measures = await stored.measured(connection, queries, asked, agency)
    others = [pk for source, pk in frame.snapshots.items() if source != REPORTS]
    lost = await datasets_put_aside(connection, agency=agency, pks=others)
    aside = [name for query in queries if not lost.isdisjoint(without_report(query)) for name in query.measures]
    awaiting = await stored.open_figures(connection, asked, agency) if any(rows.values()) else []
    return Counted({**measures, **dict.fromkeys(aside)}, frozenset(aside), awaiting)
