"""Validations, the jobs that make them, and what a check needs to know about a body and a month."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.access.store.decisions import STANDING
from services.gateway.deadlines.store.counting import FIRST_IN_FORCE
from services.gateway.reports.store.records import (
    CheckJob,
    CountedFigure,
    EarlierReport,
    ReportName,
    RuleActivation,
    SignedReport,
    UnderReview,
    Validation,
)
from shared.database import every, one
from shared.tables.intake import validation
from shared.tables.queue import job_run

_HEADER = (
    "validation_id", "submission_id", "revision", "catalogue", "catalogue_digest", "context", "summary", "actor",
    "recorded_at",
)  # fmt: skip

# Of every source's month the latest version; of a body's databases what the source had counted (INT-17, C-2).
_AUTOMATIC = text("""
SELECT snapshot_id, database, database_name, new_records FROM ingest.automatic_records
 WHERE agency = :agency AND period = :period AND snapshot_id = :snapshot_id ORDER BY database
""")
_COUNTED = text("""
SELECT snapshot_id FROM ingest.snapshot WHERE source = 'national_database' AND period = :period ORDER BY version DESC LIMIT 1
""")

# Reports in force of the earlier months from the first on that matters, one of each (INT-11); where there are none, the last
# one of all, for comparing figures.
_BEFORE = f"""
SELECT DISTINCT ON (a.period) a.period, a.sequence, a.submission_id, a.digest{{content}} FROM intake.acceptance AS a
 WHERE a.agency = :agency AND a.period < :period
   AND a.period >= least(:first, (SELECT max(period) FROM intake.acceptance WHERE agency = :agency AND period < :period))
 ORDER BY a.period, {FIRST_IN_FORCE}
"""
_REPORTS_BEFORE = text(_BEFORE.format(content=", a.content"))
_NAMES_BEFORE = text(_BEFORE.format(content=""))


# Signed reports in force from a month on, and what is under review there (DQ-09).
_REPORTS_FROM = text(f"""
SELECT DISTINCT ON (a.period, a.agency) a.period, a.agency, a.sequence, a.submission_id, a.content, s.form
  FROM intake.acceptance AS a JOIN intake.submission AS s USING (submission_id)
 WHERE a.period >= :first ORDER BY a.period, a.agency, {FIRST_IN_FORCE}
""")
_UNDER_REVIEW = text("""
SELECT s.submission_id, s.agency, s.period, s.sequence, t.to_state AS state
  FROM intake.submission AS s
  JOIN LATERAL (SELECT to_state FROM intake.transition WHERE submission_id = s.submission_id ORDER BY number DESC LIMIT 1) AS t
    ON true
 WHERE s.period >= :first AND t.to_state IN ('in_review', 'approved') ORDER BY s.period, s.agency, s.sequence
""")
# When a fact that let an agreement lapse came to be: an activation, a snapshot, a signed report or the ruling on it.
_INSTANT = text("""
SELECT max(recorded_at) FROM (
  SELECT holds_since AS recorded_at FROM control.rule_activation_in_force WHERE activation_id = :fact
   UNION ALL SELECT recorded_at FROM ingest.snapshot WHERE snapshot_id = :fact
   UNION ALL SELECT recorded_at FROM intake.acceptance WHERE submission_id = :fact
   UNION ALL SELECT recorded_at FROM control.late_acceptance WHERE submission_id = :fact) AS found
""")
# Rules that two people put in force; of two for one month the one approved last holds.
_IN_FORCE = text("""
SELECT catalogue::text FROM control.rule_activation_in_force WHERE first_period <= :period ORDER BY turn, sequence
""")
_NAMED = text("""
SELECT activation_id FROM control.rule_activation_in_force
 WHERE catalogue ->> 'id' = :catalogue_id ORDER BY turn DESC, sequence DESC LIMIT 1
""")
_SELECT_ACTIVATION = f"""
SELECT r.activation_id, r.sequence, r.first_period, r.catalogue_digest, r.impact, r.reason, r.actor, r.recorded_at, {STANDING}
  FROM control.rule_activation r JOIN control.decision d ON d.decision_id = r.activation_id"""
_ACTIVATION = text(f"{_SELECT_ACTIVATION} WHERE r.activation_id = :id")
_CATALOGUE_ASKED = text("SELECT catalogue FROM control.rule_activation WHERE activation_id = :id")
_ACTIVATIONS = text(f"""{_SELECT_ACTIVATION}
 WHERE CAST(:after AS bigint) IS NULL OR r.sequence > :after ORDER BY r.sequence LIMIT :limit""")


async def latest_validation(connection: AsyncConnection, submission_id: str, revision: int) -> Validation | None:
    """Of a revision, without its findings."""
    columns = [validation.c[name] for name in _HEADER]
    same = (validation.c.submission_id == submission_id, validation.c.revision == revision)
    latest = validation.c.recorded_at.desc(), validation.c.validation_id.desc()
    return await one(connection, Validation, select(*columns).where(*same).order_by(*latest).limit(1))


async def find_validation(connection: AsyncConnection, submission_id: str, validation_id: str) -> Validation | None:
    """Without its findings."""
    columns = [validation.c[name] for name in _HEADER]
    same = (validation.c.submission_id == submission_id, validation.c.validation_id == validation_id)
    return await one(connection, Validation, select(*columns).where(*same))


async def findings_of(connection: AsyncConnection, validation_id: str) -> bytes:
    """As stored: compressed NDJSON, complete."""
    statement = select(validation.c.findings).where(validation.c.validation_id == validation_id)
    return bytes(await connection.scalar(statement) or b"")


async def find_job(connection: AsyncConnection, purpose: str) -> CheckJob | None:
    columns = [job_run.c[name] for name in ("purpose", "state", "started_at", "ended_at", "problem")]
    return await one(connection, CheckJob, select(*columns).where(job_run.c.purpose == purpose))


async def is_being_checked(connection: AsyncConnection, prefix: str) -> bool:
    """Whether a job whose purpose begins so has not ended."""
    same = (job_run.c.purpose.startswith(prefix, autoescape=True), job_run.c.state.in_(("waiting", "running")))
    return bool(await connection.scalar(select(exists().where(*same))))


async def activations(connection: AsyncConnection, period: str) -> list[str]:
    """Catalogues as JSON text that hold from this month or an earlier one on, in the order they were put in force."""
    return list(await connection.scalars(_IN_FORCE, {"period": period}))


async def counted_snapshot(connection: AsyncConnection, period: str) -> str | None:
    """The snapshot that holds the month's automatic figures; None while nothing is frozen."""
    found: str | None = await connection.scalar(_COUNTED, {"period": period})
    return found


async def automatic_figures(connection: AsyncConnection, *, agency: str, period: str, snapshot_id: str) -> list[CountedFigure]:
    return await every(connection, CountedFigure, _AUTOMATIC, {"agency": agency, "period": period, "snapshot_id": snapshot_id})


async def reports_before(connection: AsyncConnection, *, agency: str, period: str, first: str) -> list[EarlierReport]:
    """Reports in force of the earlier months from ``first`` on, the oldest first; else the last one of all."""
    return await every(connection, EarlierReport, _REPORTS_BEFORE, {"agency": agency, "period": period, "first": first})


async def names_of_reports_before(connection: AsyncConnection, *, agency: str, period: str, first: str) -> list[ReportName]:
    """The same without their content."""
    return await every(connection, ReportName, _NAMES_BEFORE, {"agency": agency, "period": period, "first": first})


async def reports_from(connection: AsyncConnection, first: str) -> list[SignedReport]:
    """Signed reports in force of a month and later ones, by month and body."""
    return await every(connection, SignedReport, _REPORTS_FROM, {"first": first})


async def under_review_from(connection: AsyncConnection, first: str) -> list[UnderReview]:
    """Submissions whose approval an activation would let lapse."""
    return await every(connection, UnderReview, _UNDER_REVIEW, {"first": first})


async def activation_of(connection: AsyncConnection, catalogue_id: str) -> str | None:
    """The latest activation of a catalogue of this name; None for one that came with the release."""
    found: str | None = await connection.scalar(_NAMED, {"catalogue_id": catalogue_id})
    return found


async def instant_of(connection: AsyncConnection, fact: str) -> datetime | None:
    """Since when an activation holds, or when a snapshot or accepted report was recorded, by its id; None of anything else."""
    found: datetime | None = await connection.scalar(_INSTANT, {"fact": fact})
    return found


async def find_activation(connection: AsyncConnection, activation_id: str) -> RuleActivation | None:
    """Without the catalogue itself, which `/report-rules` shows."""
    return await one(connection, RuleActivation, _ACTIVATION, {"id": activation_id})


async def require_activation(connection: AsyncConnection, activation_id: str) -> RuleActivation:
    """Raises LookupError."""
    found = await find_activation(connection, activation_id)
    if found is None:
        raise LookupError(f"there is no activation {activation_id}")
    return found


async def catalogue_asked(connection: AsyncConnection, activation_id: str) -> Mapping[str, Any]:
    """The catalogue as it was asked for."""
    found: Mapping[str, Any] = await connection.scalar(_CATALOGUE_ASKED, {"id": activation_id})
    return found


async def list_activations(connection: AsyncConnection, *, after: int | None, limit: int) -> list[RuleActivation]:
    """In the order they were asked for."""
    return await every(connection, RuleActivation, _ACTIVATIONS, {"after": after, "limit": limit})


_TELL = text("""
SELECT control.append_event(:kind, s.agency, :subject, r.place || :place, r.about || CAST(:data AS jsonb))
  FROM intake.submission s, control.about_report(s.submission_id) r
 WHERE s.submission_id = :submission_id
   AND NOT EXISTS (SELECT FROM control.event e WHERE e.type = :kind AND e.subject = :subject)
""")


async def tell_of_report(
    connection: AsyncConnection, kind: str, *, submission_id: str, subject: str, place: str, data: Mapping[str, Any]
) -> bool:
    """Writes an event about a report that no fact of its own table stands for; False when it was written before."""
    given = {"kind": kind, "submission_id": submission_id, "subject": subject, "place": place, "data": json.dumps(data)}
    return (await connection.execute(_TELL, given)).first() is not None
