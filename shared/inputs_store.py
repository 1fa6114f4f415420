"""What is in force for a month, read from the database: what a run of it would rest on now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.calendar import REPORTS, cutoff_of
from shared.database import rows
from shared.holds.omissions import approved_omissions
from shared.holds.open_words import CODE as OPEN_WORDS
from shared.inputs import Exemption, FigureLeftOut, Inputs, Ruling, Snapshot
from shared.period import Period
from shared.registry_store import load_heads, load_registry

LATEST_SNAPSHOTS = text("""
SELECT DISTINCT ON (source) pk, snapshot_id, source, version, origin, as_of,
       coalesce(evidence -> 'notices', '[]'::jsonb) AS notices
  FROM ingest.snapshot WHERE period = :period ORDER BY source, version DESC
""")

# What two people decided and nobody withdrew; the latest ruling on a measure holds.
RULINGS = text("""
SELECT ruling_id, agency, measure, value, reason, document
  FROM control.ruling_in_force WHERE period = :period ORDER BY agency, measure
""")

APPLICABILITY = text("""
SELECT DISTINCT ON (agency, indicator) applicability_id, agency, indicator, document
  FROM control.applicability_in_force WHERE valid_from <= :period AND (valid_to IS NULL OR valid_to >= :period)
 ORDER BY agency, indicator, applicability_id
""")


async def inputs_in_force(connection: AsyncConnection, period: Period) -> Inputs:
    """Latest snapshots, rulings, applicability, bodies on the period's last day. Reasons of refusals are left out: the frozen
    words hold them, so that they differ only where these do."""
    key = {"period": str(period)}
    registry = await load_registry(connection, period.last_day)
    snapshots = {line["source"]: snapshot_of(line) for line in await rows(connection, LATEST_SNAPSHOTS, key)}
    reports = snapshots.get(REPORTS)
    return Inputs(
        period=period,
        cutoff=await cutoff_of(connection, period, "system57"),
        # The deadline that held when the reports were frozen: one moved afterwards changes nothing behind it (SNP-04).
        deadline=reports.as_of if reports and reports.version == 1 else await cutoff_of(connection, period, REPORTS),
        agencies=tuple(registry.agencies.values()),
        snapshots=snapshots,
        rulings=[Ruling(**line) for line in await rows(connection, RULINGS, key)],
        exemptions=[Exemption(**line) for line in await rows(connection, APPLICABILITY, key)],
        heads=await load_heads(connection, period.first_day, period.last_day),
        left_out=await _figures_left_out(connection, period),
    )


async def _figures_left_out(connection: AsyncConnection, period: Period) -> list[FigureLeftOut]:
    """In the order of body and database; a figure that two decisions name stands once."""
    found = {
        (body["agency"], item["database"], item["new_records"]): decided.omission_id
        for decided in await approved_omissions(connection, period)
        if decided.kind == OPEN_WORDS
        for body in decided.hold["bodies"]
        for item in body["items"]
    }
    return [FigureLeftOut(omission, *figure) for figure, omission in sorted(found.items())]


def snapshot_of(line: Mapping[str, Any]) -> Snapshot:
    """Of a row of its columns."""
    return Snapshot(**{**line, "as_of": line["as_of"].astimezone(UTC)})
