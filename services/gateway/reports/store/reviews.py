"""Reported databases of accepted reports, and the words on them. Row security keeps bodies apart even here (SEC-01)."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.deadlines.store.counting import FIRST_IN_FORCE
from services.gateway.reports.store.records import Figure, ReportedFigure, Review
from shared.database import every, one
from shared.tables.intake import records_review

_ROWS = "jsonb_to_recordset(convert_from(a.content, 'UTF8')::jsonb -> 'reported_databases')"
_FIGURE = "AS f (database text, database_name text, new_records bigint)"

_ONE = text(f"""
SELECT a.submission_id, f.new_records FROM intake.acceptance a, {_ROWS} {_FIGURE}
 WHERE a.agency = :agency AND a.period = :period AND a.sequence = :sequence AND f.database = :database
""")

# Reported figures of the reports in force, each with the automatic figure beside it and the word that holds: the latest on
# the identical figure, on whichever of the month's reports it was given (as services.ingest.from_intake.report_store chooses).
_FIGURES = text(f"""
WITH in_force AS (
  SELECT DISTINCT ON (a.agency) a.* FROM intake.acceptance a
   WHERE a.period = :period AND (CAST(:agency AS text) IS NULL OR a.agency = :agency)
   ORDER BY a.agency, {FIRST_IN_FORCE}
), figures AS (
  SELECT a.agency, a.period, a.submission_id, a.sequence, f.database, f.database_name, f.new_records,
         row_number() OVER (ORDER BY a.agency COLLATE "C", f.database COLLATE "C") AS ordinal
    FROM in_force a, {_ROWS} {_FIGURE}
), automatic AS (
  SELECT agency, database, new_records FROM ingest.automatic_records
   WHERE period = :period AND version = (
         SELECT max(version) FROM ingest.snapshot WHERE source = 'national_database' AND period = :period)
), words AS (
  SELECT DISTINCT ON (agency, database, new_records) agency, database, new_records, verdict, review_id
    FROM intake.records_review WHERE period = :period ORDER BY agency, database, new_records, sequence DESC
)
SELECT figures.*, automatic.new_records AS automatic_records,
       figures.new_records - automatic.new_records AS variance, coalesce(words.verdict, 'open') AS state, words.review_id
  FROM figures LEFT JOIN automatic USING (agency, database) LEFT JOIN words
    ON (words.agency, words.database, words.new_records) = (figures.agency, figures.database, figures.new_records)
 WHERE (CAST(:state AS text) IS NULL OR coalesce(words.verdict, 'open') = :state)
   AND figures.ordinal > :after
 ORDER BY figures.ordinal LIMIT :limit
""")


async def find_figure(connection: AsyncConnection, *, agency: str, period: str, sequence: int, database: str) -> Figure | None:
    """The submission and figure of one database of an accepted report."""
    key = {"agency": agency, "period": period, "sequence": sequence, "database": database}
    return await one(connection, Figure, _ONE, key)


async def list_figures(
    connection: AsyncConnection, *, period: str, agency: str | None, state: str | None, after: int | None, limit: int
) -> list[ReportedFigure]:
    """By body and database; ``state`` is open, confirmed, refused, or None for all. ``ordinal`` counts all of them."""
    key = {"period": period, "agency": agency, "state": state, "after": after or 0, "limit": limit}
    return await every(connection, ReportedFigure, _FIGURES, key)


async def list_reviews(connection: AsyncConnection, *, agency: str, period: str, after: int | None, limit: int) -> list[Review]:
    """Every word on a body's month, in the order they were given; the latest on a figure holds."""
    same = (records_review.c.agency == agency, records_review.c.period == period)
    statement = select(records_review).where(*same).order_by(records_review.c.sequence).limit(limit)
    if after is not None:
        statement = statement.where(records_review.c.sequence > after)
    return await every(connection, Review, statement)


async def find_review(connection: AsyncConnection, *, agency: str, period: str, review_id: str) -> Review | None:
    same = (records_review.c.agency == agency, records_review.c.period == period)
    return await one(connection, Review, select(records_review).where(records_review.c.review_id == review_id, *same))
