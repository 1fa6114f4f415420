"""Measures from frozen rows: one query per measure group, each headed by the rule it implements (scheme.md §2).

A body that a source says nothing about has no row in a query's answer: its measures are missing, never zero.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.measures import group_a, group_b, group_c, group_d, group_e

Value = int | Decimal | None


@dataclass(frozen=True)
class Frame:
    """What the queries are asked about: the period's days, the legal cutoff, and the snapshot of each source.

    ``snapshots`` maps a source to the small key of its snapshot's rows; a source without a snapshot is absent.
    ``known_at`` is the instant System 57's snapshot speaks of: later than the cutoff only in a superseding version.
    ``late_accepted`` says that the reports' snapshot is such a version: its late reports were taken in by decision.
    ``left_out`` are reported C1 figures, as JSON, that two people left out because no word on them came (C-3).
    """

    first_day: date
    next_first_day: date
    year_start: date
    cutoff: datetime
    deadline: datetime
    known_at: datetime | None
    late_accepted: bool
    left_out: str
    snapshots: Mapping[str, int]


@dataclass(frozen=True)
class Query:
    """One statement giving ``agency_code`` and the named measures; asked only when all its sources have a snapshot, and of
    another reading's measures only when its ``rule`` is chosen.

    ``datasets`` are those it counts from: a body that lost a row of one of them has none of the measures.
    """

    measures: tuple[str, ...]
    sources: tuple[str, ...]
    datasets: tuple[str, ...]
    sql: str
    optional: tuple[str, ...] = ()
    rule: str | None = None


QUERIES: tuple[Query, ...] = tuple(
    Query(**each) for module in (group_a, group_b, group_c, group_d, group_e) for each in module.QUERIES
)


# A row that cannot be true was put aside, so what it would have counted for is not known: missing, never zero.
ASIDE = text("SELECT DISTINCT agency, dataset FROM ingest.put_aside WHERE snapshot_pk = ANY(:pks)")
# A version that took in a few rows of a later look stands on the one that it supersedes; the first of them took in nothing.
FIRST_FROZEN = text("""
WITH RECURSIVE chain AS (
       SELECT pk, as_of, supersedes, convert_from(manifest, 'UTF8')::jsonb -> 'composed' IS NOT NULL AS composed, 0 AS depth
         FROM ingest.snapshot WHERE pk = :pk
       UNION ALL
       SELECT b.pk, b.as_of, b.supersedes, convert_from(b.manifest, 'UTF8')::jsonb -> 'composed' IS NOT NULL, c.depth + 1
         FROM chain c JOIN ingest.snapshot b ON b.snapshot_id = c.supersedes WHERE c.composed)
SELECT pk, as_of FROM chain ORDER BY depth DESC LIMIT 1
""")
# Rules by which other readings count rows, as the scheme's register names them (A-1, A-4, A-5, A-8, C-1, D-4, E-1, E-2).
ROW_RULES = frozenset(
    {
        "named_assigners",
        "backlog_only",
        "all_assigned",
        "as_frozen",
        "listed_only",
        "development_only",
        "head_only",
        "all_held",
    }
)


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
    if "as_frozen" in rules:
        frame = await as_frozen(connection, frame)
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


async def as_frozen(connection: AsyncConnection, frame: Frame) -> Frame:
    """What was taken in of System 57 after the freeze is left at what the first version said (A-8): that version answers."""
    if "system57" not in frame.snapshots:
        return frame
    first = (await connection.execute(FIRST_FROZEN, {"pk": frame.snapshots["system57"]})).mappings().one()
    return replace(frame, known_at=first["as_of"], snapshots={**frame.snapshots, "system57": first["pk"]})


def parameters(frame: Frame, rules: Collection[str] = frozenset()) -> dict[str, Any]:
    """Bound values of the queries; a source without a snapshot gets key 0, which no snapshot has."""
    sources = {source for query in QUERIES for source in query.sources + query.optional}
    return {
        "first_day": frame.first_day,
        "next_first_day": frame.next_first_day,
        "year_start": frame.year_start,
        "cutoff": frame.cutoff,
        "deadline": frame.deadline,
        "known_at": frame.known_at,
        "late_accepted": frame.late_accepted,
        "left_out": frame.left_out,
        **{rule: rule in rules for rule in ROW_RULES},
        **{source: frame.snapshots.get(source, 0) for source in sources},
    }


def exact(value: int | Decimal | None) -> Value:
    """PostgreSQL's sums of bigint are numeric: whole ones come back as int, portal scores stay decimal."""
    if isinstance(value, Decimal) and value == value.to_integral_value() and value.as_tuple().exponent == 0:
        return int(value)
    return value
