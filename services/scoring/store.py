"""Scoring's reads and writes. Functions take a connection and never commit."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.records import Aside, Former, Outcome, Publication, Run, TakenIn, Version
from shared.calendar import WORDS
from shared.database import every, one, row, rows
from shared.datasets import DATASETS
from shared.errors import NotFound
from shared.inputs import Exemption, FigureLeftOut, Inputs, Refusal, Ruling, Snapshot
from shared.inputs_store import inputs_in_force, snapshot_of
from shared.law.revisions import Law
from shared.law_store import find_law
from shared.markers import markers_in
from shared.period import Period
from shared.plans.pins import Pins, pins_of
from shared.registry import Agency, Head
from shared.tables.revisions import scheme_shadow
from shared.tables.scoring import publication, publication_certificate, rendering, run, run_reading, score_plan

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

# The versions that the sheet's snapshots follow, and these themselves.
VERSIONS_BEHIND = text("""
SELECT before.pk, before.snapshot_id, before.source, before.version, before.reason, before.requested_by, before.approver,
       before.captured_at
  FROM ingest.snapshot used JOIN ingest.snapshot before ON before.source = used.source AND before.period = used.period
   AND before.version <= used.version
 WHERE used.snapshot_id = ANY(:ids) ORDER BY before.source, before.version
""")

# Of rows put aside how many of which body, and by which checks; no value of a row is read.
PUT_ASIDE = text("""
SELECT s.source, s.version, p.dataset, p.agency, count(DISTINCT p.ordinal) AS count,
       coalesce(array_agg(DISTINCT fault ->> 'check') FILTER (WHERE fault ->> 'check' IS NOT NULL), '{}') AS checks
  FROM ingest.put_aside p JOIN ingest.snapshot s ON s.pk = p.snapshot_pk
  LEFT JOIN LATERAL jsonb_array_elements(p.faults) AS fault ON true
 WHERE p.snapshot_pk = ANY(:pks)
 GROUP BY 1, 2, 3, 4 ORDER BY 1, p.dataset COLLATE "C", p.agency COLLATE "C", 2
""")

# Words of a version that the one before it did not have, that the sheet's words still say, and that the frozen report did not
# know: words said before the reports were frozen stand in these (C-2).
WORDS_TAKEN_IN = text("""
SELECT later.source, later.version, 'late_word' AS kind, word.agency_code AS agency, count(*) AS count
  FROM ingest.snapshot used
  JOIN ingest.snapshot later ON later.source = used.source AND later.period = used.period AND later.version <= used.version
  JOIN ingest.snapshot earlier ON earlier.snapshot_id = later.supersedes
  JOIN ingest.snapshot reports ON reports.source = 'agency_report' AND reports.snapshot_id = ANY(:ids)
  JOIN ingest.reviewed_records word ON word.snapshot_pk = later.pk
  JOIN ingest.reported_records stated ON stated.snapshot_pk = reports.pk AND stated.agency_code = word.agency_code
   AND stated.database = word.database AND stated.new_records = word.new_records
 WHERE used.snapshot_id = ANY(:ids) AND used.source = 'records_review'
   AND (stated.confirmed_at IS NULL OR (word.verdict = 'refused' AND word.reviewed_at >= stated.confirmed_at))
   AND NOT EXISTS (SELECT FROM ingest.reviewed_records was WHERE was.snapshot_pk = earlier.pk
                    AND was.agency_code = word.agency_code AND was.database = word.database
                    AND was.new_records = word.new_records AND was.verdict = word.verdict)
   AND EXISTS (SELECT FROM ingest.reviewed_records now WHERE now.snapshot_pk = used.pk
                AND now.agency_code = word.agency_code AND now.database = word.database
                AND now.new_records = word.new_records AND now.verdict = word.verdict)
 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
""")

NAMED_SNAPSHOTS = text("""
SELECT pk, snapshot_id, source, version, origin, as_of, coalesce(evidence -> 'notices', '[]'::jsonb) AS notices
  FROM ingest.snapshot WHERE snapshot_id = ANY(:ids)
""")

REFUSALS = text("""
SELECT agency_code AS agency, database, new_records, reason FROM ingest.reviewed_records
 WHERE snapshot_pk = :pk AND verdict = 'refused' ORDER BY agency_code COLLATE "C", database COLLATE "C", new_records
""")

REVISION = text("SELECT scheme, number FROM control.scheme_revision WHERE revision_id = :revision_id")

# Of the months of a window the latest version each, one statement: all as of one instant. What is not public yet would be told
# by the pages of another month.
FORMER_MONTHS = text("""
SELECT DISTINCT ON (p.period) p.period, p.version, p.publication_id AS publication, p.digest, r.body
  FROM scoring.publication p
  JOIN scoring.rendering r ON r.publication_id = p.publication_id AND r.agency = '' AND r.media_type = 'application/json'
 WHERE p.period >= :first AND p.period < :end AND (p.release_at IS NULL OR p.release_at <= now())
 ORDER BY p.period, p.version DESC
""")

UNPROVEN = text("""
SELECT snapshot_id FROM (
  SELECT DISTINCT ON (snapshot_id) snapshot_id, holds FROM ingest.verification
   WHERE snapshot_id = ANY(:ids) ORDER BY snapshot_id, verification_id DESC
) AS latest WHERE NOT holds ORDER BY snapshot_id
""")


async def load_inputs(connection: AsyncConnection, period: Period) -> Inputs:
    """What is in force for the period now, with the reasons of refused C1 figures that the frozen words hold."""
    found = await inputs_in_force(connection, period)
    return replace(found, refusals=await _refusals(connection, found.snapshots.get(WORDS)))


async def _refusals(connection: AsyncConnection, words: Snapshot | None) -> list[Refusal]:
    """Given here or by official file: a month's frozen words hold both alike. They are published with the sheet: of a reason
    that bears a classification marker, which only a file's can, the sheet says nothing (SEC-06); the figure stays refused."""
    found = [] if words is None else await every(connection, Refusal, REFUSALS, {"pk": words.pk})
    return [each for each in found if not any(markers_in(each.reason))]


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
        snapshots={line["source"]: snapshot_of(line) for line in found},
        rulings=[Ruling(**entry) for entry in content["rulings"]],
        exemptions=[Exemption(**entry) for entry in content["applicability"]],
        heads=_heads(content["agencies"]),
        left_out=[FigureLeftOut(**entry) for entry in content.get("left_out", ())],
        refusals=[Refusal(**entry) for entry in content.get("refusals", ())],
    )


async def find_revision(connection: AsyncConnection, revision_id: str) -> Law | None:
    """The scheme with this revision of it, in force or not."""
    found = await row(connection, REVISION, {"revision_id": revision_id})
    return None if found is None else await find_law(connection, found["scheme"], found["number"])


async def insert_shadow(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(scheme_shadow.insert().values(**values))


async def pins_of_plan(connection: AsyncConnection, plan_id: str) -> Pins:
    """What a plan was made of. Raises NotFound."""
    columns = (score_plan.c.inputs, score_plan.c.scheme_digest, score_plan.c.engine_version)
    found = await row(connection, select(*columns).where(score_plan.c.plan_id == plan_id))
    if found is None:
        raise NotFound(f"no score plan has the id {plan_id}")
    return pins_of(**found)


async def plan_of(connection: AsyncConnection, command_id: str) -> Mapping[str, Any] | None:
    """The columns of the plan that a command made, if it has made one."""
    columns = (each for each in score_plan.c if each.name not in ("inputs", "difference", "stale"))
    return await row(connection, select(*columns).where(score_plan.c.command_id == command_id))


async def insert_plan(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(score_plan.insert().values(**values))


async def latest_run(connection: AsyncConnection, period: Period) -> Run | None:
    """The month's run that was computed last."""
    asked = select(run).where(run.c.period == str(period)).order_by(run.c.run_id.desc()).limit(1)
    return await one(connection, Run, asked)


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


async def find_publication(connection: AsyncConnection, publication_id: str) -> Publication | None:
    return await one(connection, Publication, select(publication).where(publication.c.publication_id == publication_id))


async def published_body(connection: AsyncConnection, publication_id: str, media_type: str) -> bytes:
    """The whole sheet of a publication, as it was published. Raises LookupError."""
    asked = select(rendering.c.body).where(
        rendering.c.publication_id == publication_id, rendering.c.agency == "", rendering.c.media_type == media_type
    )
    found: bytes | None = await connection.scalar(asked)
    if found is None:
        raise LookupError(publication_id)
    return found


async def former_months(connection: AsyncConnection, first: Period, end: Period) -> list[Former]:
    """The latest published version of each month from ``first`` on and before ``end``, earliest first."""
    return await every(connection, Former, FORMER_MONTHS, {"first": str(first), "end": str(end)})


async def register_of(connection: AsyncConnection, run_id: str) -> Mapping[str, Any] | None:
    """The run's register of readings with what each other one moves; None for runs from before it was kept."""
    asked = select(run_reading.c.body).where(
        run_reading.c.run_id == run_id, run_reading.c.reading == "", run_reading.c.alternative == ""
    )
    body: bytes | None = await connection.scalar(asked)
    if body is None:
        return None
    found: Mapping[str, Any] = json.loads(body)
    return found


async def outcomes_of(connection: AsyncConnection, run_id: str) -> list[Outcome]:
    """Every alternative that was computed of the run, by its name; none for runs from before they were kept."""
    kept = select(run_reading.c.reading, run_reading.c.alternative, run_reading.c.body)
    found = kept.where(run_reading.c.run_id == run_id, run_reading.c.reading != "")
    return await every(connection, Outcome, found.order_by(run_reading.c.reading, run_reading.c.alternative))


async def record_certificate(connection: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Whether it was not known before."""
    made = insert(publication_certificate).values(**values).on_conflict_do_nothing(index_elements=["fingerprint"])
    return await connection.scalar(made.returning(publication_certificate.c.fingerprint)) is not None


async def unproven(connection: AsyncConnection, snapshot_ids: Collection[str]) -> list[str]:
    """Those of the snapshots that did not prove when they were last verified."""
    return [line["snapshot_id"] for line in await rows(connection, UNPROVEN, {"ids": list(snapshot_ids)})]


async def taken_in(connection: AsyncConnection, snapshot_ids: Collection[str]) -> list[TakenIn]:
    """Of each body how many facts the snapshots took in alone after their first freeze, in the order of source and version."""
    return await every(connection, TakenIn, TAKEN_IN, {"ids": list(snapshot_ids)})


async def words_taken_in(connection: AsyncConnection, snapshot_ids: Collection[str]) -> list[TakenIn]:
    """Of each body how many words on its figures came after the words were first frozen, by version."""
    return await every(connection, TakenIn, WORDS_TAKEN_IN, {"ids": list(snapshot_ids)})


async def versions_behind(connection: AsyncConnection, snapshot_ids: Collection[str]) -> list[Version]:
    """The snapshots and the versions before them, in the order of source and version."""
    return await every(connection, Version, VERSIONS_BEHIND, {"ids": list(snapshot_ids)})


async def rows_put_aside(connection: AsyncConnection, pks: Collection[int]) -> list[Aside]:
    """In the order of source, dataset, body and version."""
    return await every(connection, Aside, PUT_ASIDE, {"pks": list(pks)})


async def bodies_with_rows(connection: AsyncConnection, wanted: Mapping[tuple[str, str], int]) -> frozenset[tuple[str, str]]:
    """Of (dataset, body) with the snapshot to look into, those that have a row there."""
    tables = {dataset.name: dataset.table for dataset in DATASETS}
    found = set()
    for (dataset, agency), pk in wanted.items():
        asked = f"SELECT EXISTS (SELECT FROM ingest.{tables[dataset]} WHERE snapshot_pk = :pk AND agency_code = :agency)"
        if await connection.scalar(text(asked), {"pk": pk, "agency": agency}):
            found.add((dataset, agency))
    return frozenset(found)


async def insert_publication(
    connection: AsyncConnection, header: Mapping[str, Any], renderings: Sequence[Mapping[str, Any]]
) -> None:
    await connection.execute(publication.insert().values(**header))
    await connection.execute(rendering.insert(), list(renderings))


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
