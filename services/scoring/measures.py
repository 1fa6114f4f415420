"""Measures from frozen rows: one query per measure group, as shared.measures classifies the rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.first_frozen import RULE, first_frozen
from shared.measures import QUERIES
from shared.measures.frame import SYSTEM57, Frame, parameters

Value = int | Decimal | None

# A row that cannot be true was put aside, so what it would have counted for is not known: missing, never zero.
ASIDE = text("SELECT DISTINCT agency, dataset FROM ingest.put_aside WHERE snapshot_pk = ANY(:pks)")


async def lost_measures(connection: AsyncConnection, frame: Frame) -> dict[str, frozenset[str]]:
    """By body the measures that rows put aside keep from being known."""
    found: dict[str, frozenset[str]] = {}
    for line in (await connection.execute(ASIDE, {"pks": list(frame.snapshots.values())})).mappings():
        lost = frozenset(name for query in QUERIES if line["dataset"] in query.datasets for name in query.measures)
        found[line["agency"]] = found.get(line["agency"], frozenset()) | lost
    return found


async def derive(
    connection: AsyncConnection, frame: Frame, rules: Collection[str] = frozenset()
) -> dict[str, dict[str, Value]]:
    """Measures of every body that any source speaks of: agency code → measure → value; absent or None = missing.

    ``rules`` are those of ROW_RULES that another reading turns on; without any, rows count as the readings in force say.
    """
    if RULE in rules:
        frame = await _as_frozen(connection, frame)
    found: dict[str, dict[str, Value]] = {}
    for query in QUERIES:
        asked = query.rule is None or query.rule in rules
        if not asked or not all(source in frame.snapshots for source in query.sources):
            continue
        for line in (await connection.execute(text(query.sql), parameters(frame, rules))).mappings():
            mine = found.setdefault(line["agency_code"], {})
            mine.update({measure: exact(line[measure]) for measure in query.measures})
    for agency, lost in (await lost_measures(connection, frame)).items():
        found.setdefault(agency, {}).update(dict.fromkeys(lost))
    return found


async def _as_frozen(connection: AsyncConnection, frame: Frame) -> Frame:
    """What was taken in of System 57 after the freeze is left at what the first version said (A-8): that version answers."""
    if SYSTEM57 not in frame.snapshots:
        return frame
    first = await first_frozen(connection, frame.snapshots[SYSTEM57])
    return replace(frame, known_at=first.as_of, snapshots={**frame.snapshots, SYSTEM57: first.pk})


def exact(value: int | Decimal | None) -> Value:
    """PostgreSQL's sums of bigint are numeric: whole ones come back as int, portal scores stay decimal."""
    if isinstance(value, Decimal) and value == value.to_integral_value() and value.as_tuple().exponent == 0:
        return int(value)
    return value
