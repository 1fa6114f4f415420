"""The statements that count, over rows of a report that is not frozen: they are bound as JSON where its tables would be read
(SNP-12). Pure; the same text counts, so that a report is never described a second time."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.datasets.agency_reports import DATASETS
from shared.measures import QUERIES
from shared.measures.declaration import Query
from shared.measures.frame import REPORTS, Frame

# A small key that no snapshot has.
GIVEN = -1
# What a body's report decides.
REPORT_QUERIES = tuple(query for query in QUERIES if any(each.source == REPORTS for each in query.own_rows))


def over_given(sql: str) -> str:
    """The statement with the report's tables taken from the parameters of ``given``."""
    for dataset in DATASETS:
        table = f"ingest.{dataset.table}"
        rows = f"jsonb_populate_recordset(CAST(NULL AS {table}), CAST(:given_{dataset.name} AS jsonb))"
        sql = re.sub(rf"\b{re.escape(table)}\b", rows, sql)
    return sql


def given(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, str]:
    """Contract rows by dataset as those parameters."""
    return {
        f"given_{name}": json.dumps([_stored(number, row) for number, row in enumerate(found)]) for name, found in rows.items()
    }


def counting_given(frame: Frame) -> Frame:
    """The frame in which the given report counts, as after a decision that lets it (G-12)."""
    return replace(frame, late_accepted=True, snapshots={**frame.snapshots, REPORTS: GIVEN})


def without_report(query: Query) -> tuple[str, ...]:
    """Datasets beside the report's own: where a body lost a row of one, the measures stay missing."""
    own = {dataset.name for dataset in DATASETS}
    return tuple(name for name in query.datasets if name not in own)


def _stored(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in row.items() if name != "agency"}
    return {"snapshot_pk": GIVEN, "ordinal": number, "agency_code": row["agency"], **values}
