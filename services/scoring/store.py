"""Scoring's reads and writes. Functions take a connection and never commit."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.inputs import Exemption, FigureLeftOut, Inputs, Ruling, Snapshot
from services.scoring.records import Publication, Run, TakenIn
from shared.calendar import REPORTS, cutoff_of
from shared.database import every, one, row, rows
from shared.holds.omissions import approved_omissions
from shared.holds.open_words import CODE as OPEN_WORDS
from shared.law.revisions import Law
from shared.law_store import find_law
from shared.period import Period
from shared.registry import Agency, Head
from shared.registry_store import load_heads, load_registry
from shared.tables.revisions import scheme_shadow
from shared.tables.scoring import publication, rendering, run, run_reading

# A version that took a few rows of a later look stands on its predecessor, which may have taken others.
TAKEN_IN = text("""
WITH RECURSIVE chain AS (
       SELECT source, version, supersedes, convert_from(manifest, 'UTF8')::jsonb -> 'composed' AS composed
         FROM ingest.snapshot WHERE snapshot_id = ANY(:ids)
       UNION ALL
       SELECT b.source, b.version, b.supersedes, convert_from(b.manifest, 'UTF8')::jsonb -> 'composed'
         FROM chain c JOIN ingest.snapshot b ON b.snapshot_id = c.supersedes WHERE c.composed IS NOT NULL)
SELECT source, version, taken ->> 'kind' AS kind, taken ->> 'agency' AS agency, count(*) AS count
  FROM chain CROSS JOIN LATERAL jsonb_array_elements(composed -> 'rows') AS taken
 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
""")

LATEST_SNAPSHOTS = text("""
SELECT DISTINCT ON (source) pk, snapshot_id, source, version, origin, as_of,
       coalesce(evidence -> 'notices', '[]'::jsonb) AS notices
  FROM ingest.snapshot WHERE period = :period ORDER BY source, version DESC
""")

NAMED_SNAPSHOTS = text("""
SELECT pk, snapshot_id, source, version, origin, as_of, coalesce(evidence -> 'notices', '[]'::jsonb) AS notices
  FROM ingest.snapshot WHERE snapshot_id = ANY(:ids)
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

REVISION = text("SELECT scheme, number FROM control.scheme_revision WHERE revision_id = :revision_id")

UNPROVEN = text("""
SELECT snapshot_id FROM (
  SELECT DISTINCT ON (snapshot_id) snapshot_id, holds FROM ingest.verification
   WHERE snapshot_id = ANY(:ids) ORDER BY snapshot_id, verification_id DESC
) AS latest WHERE NOT holds ORDER BY snapshot_id
""")


async def load_inputs(connection: AsyncConnection, period: Period) -> Inputs:
    """What is in force for the period now: latest snapshots, rulings, applicability, bodies on the period's last day."""
    key = {"period": str(period)}
    registry = await load_registry(connection, period.last_day)
    snapshots = {line["source"]: Snapshot(**_utc(line)) for line in await rows(connection, LATEST_SNAPSHOTS, key)}
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


async def restore_inputs(connection: AsyncConnection, stored: bytes) -> Inputs:
    """The inputs of a past run from its stored canonical bytes; only the rows' keys are looked up again."""
    content = json.loads(stored)
    ids = [entry["snapshot"] for entry in content["snapshots"].values() if entry]
    found = await rows(connection, NAMED_SNAPSHOTS, {"ids": ids})
    return Inputs(
        period=Period.parse(content["period"]),
        cutoff=datetime.fromisoformat(content["cutoff"]),
        deadline=datetime.fromisoformat(content["deadline"]),
        agencies=tuple(_agency(entry) for entry in content["agencies"]),
        snapshots={line["source"]: Snapshot(**_utc(line)) for line in found},
        rulings=[Ruling(**entry) for entry in content["rulings"]],
        exemptions=[Exemption(**entry) for entry in content["applicability"]],
        heads=_heads(content["agencies"]),
        left_out=[FigureLeftOut(**entry) for entry in content.get("left_out", ())],
    )


async def find_revision(connection: AsyncConnection, revision_id: str) -> Law | None:
    """The scheme with this revision of it, in force or not."""
    found = await row(connection, REVISION, {"revision_id": revision_id})
    return None if found is None else await find_law(connection, found["scheme"], found["number"])


async def insert_shadow(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(scheme_shadow.insert().values(**values))


async def find_run(connection: AsyncConnection, run_id: str) -> Run | None:
    return await one(connection, Run, select(run).where(run.c.run_id == run_id))


async def insert_run(connection: AsyncConnection, values: Mapping[str, Any]) -> str | None:
    """The id of the run inserted, None when the same inputs were scored before."""
    statement = insert(run).values(**values).on_conflict_do_nothing().returning(run.c.run_id)
    inserted: str | None = (await connection.execute(statement)).scalar_one_or_none()
    return inserted


async def insert_readings(connection: AsyncConnection, values: Sequence[Mapping[str, Any]]) -> None:
    """Documents of a run's readings, with the run and in its transaction."""
    if values:
        await connection.execute(run_reading.insert(), list(values))


async def same_run(connection: AsyncConnection, values: Mapping[str, Any]) -> Run | None:
    """The run with the same period, inputs, scheme and engine, if there is one."""
    key = ("period", "inputs_digest", "scheme_digest", "engine_version")
    return await one(connection, Run, select(run).where(*(run.c[name] == values[name] for name in key)))


async def publications_of(connection: AsyncConnection, period: str) -> list[Publication]:
    """All publications of a period, first version first."""
    return await every(
        connection, Publication, select(publication).where(publication.c.period == period).order_by(publication.c.version)
    )


async def unproven(connection: AsyncConnection, snapshot_ids: Collection[str]) -> list[str]:
    """Those of the snapshots that did not prove when they were last verified."""
    return [line["snapshot_id"] for line in await rows(connection, UNPROVEN, {"ids": list(snapshot_ids)})]


async def taken_in(connection: AsyncConnection, snapshot_ids: Collection[str]) -> list[TakenIn]:
    """Of each body how many facts the snapshots took in alone after their first freeze, in the order of source and version."""
    return await every(connection, TakenIn, TAKEN_IN, {"ids": list(snapshot_ids)})


async def insert_publication(
    connection: AsyncConnection, header: Mapping[str, Any], renderings: Sequence[Mapping[str, Any]]
) -> None:
    await connection.execute(publication.insert().values(**header))
    await connection.execute(rendering.insert(), list(renderings))


def _utc(line: Mapping[str, Any]) -> dict[str, Any]:
    return {**line, "as_of": line["as_of"].astimezone(UTC)}


def _agency(entry: Mapping[str, Any]) -> Agency:
    head = entry["head"]
    return Agency(
        code=entry["code"],
        kind=entry["kind"],
        name_vi=entry["name_vi"],
        name_en=entry["name_en"],
        head_title_vi=head["title_vi"],
        head_title_en=head["title_en"],
        head_name=head["name"],
        nso_code=None,
    )


def _heads(agencies: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Head, ...]] | None:
    """The terms that the stored inputs name; None where they were written before terms were. Of the one at the period's end
    they do not say when it ended, which is after it."""
    if any("others" not in entry["head"] for entry in agencies):
        return None
    found: dict[str, tuple[Head, ...]] = {}
    for entry in agencies:
        head = entry["head"]
        terms = [_term(other, other["valid_to"]) for other in head["others"]]
        if head["valid_from"] is not None:
            terms.append(_term(head, None))
        found[entry["code"]] = tuple(terms)
    return found


def _term(said: Mapping[str, Any], valid_to: str | None) -> Head:
    return Head(
        name=said["name"],
        title_vi=said["title_vi"],
        title_en=said["title_en"],
        valid_from=date.fromisoformat(said["valid_from"]),
        valid_to=None if valid_to is None else date.fromisoformat(valid_to),
    )
