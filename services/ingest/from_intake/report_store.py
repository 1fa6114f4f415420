"""What ingest reads of schema intake and of the decisions around it, and the pages it made of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.from_intake.report_choice import Accepted, Decisions, Extension
from services.ingest.pull.archive import Kept
from shared.database import rows
from shared.datasets.signed_reports import Review, Reviews
from shared.period import Period
from shared.tables.ingest import taken_page

ACCEPTED = text("""
SELECT a.submission_id, a.agency, a.sequence, a.digest, a.submitted_at, a.deadline, a.late, r.receipt_number
  FROM intake.acceptance a LEFT JOIN intake.receipt r USING (submission_id)
 WHERE a.period = :period ORDER BY a.agency, a.submitted_at, a.sequence
""")

CONTENTS = text("SELECT submission_id, content FROM intake.acceptance WHERE submission_id = ANY(:ids)")

_WORD = "review_id, submission_id, agency, database, new_records, verdict, reviewer, reviewed_at"

# A word is on a figure: it outlives the report it was given on while the body states the same one, and the latest holds.
# Words given after the instant are not known at it.
REVIEWS = text(f"""
SELECT DISTINCT ON (agency, database, new_records) {_WORD}
  FROM intake.records_review WHERE period = :period AND reviewed_at < :as_of
 ORDER BY agency, database, new_records, sequence DESC
""")

# The same choice among the words that a snapshot names.
NAMED_REVIEWS = text(f"""
SELECT DISTINCT ON (agency, database, new_records) {_WORD}
  FROM intake.records_review WHERE period = :period AND review_id = ANY(:ids)
 ORDER BY agency, database, new_records, sequence DESC
""")

# The same choice with what was said and by which document.
WORDS = text("""
SELECT DISTINCT ON (agency, database, new_records) review_id, agency, database, new_records, verdict, reviewed_at,
       reviewer AS reviewed_by, reason, document
  FROM intake.records_review WHERE period = :period AND reviewed_at < :as_of
 ORDER BY agency, database, new_records, sequence DESC
""")

# Months whose words are frozen and about which one was given that no pull has looked at yet.
UNSEEN_WORDS = text("""
SELECT period FROM (
  SELECT s.period, (SELECT max(p.recorded_at) FROM ingest.pull p
                     WHERE p.source = 'records_review' AND p.period = s.period) AS looked_at
    FROM ingest.snapshot s WHERE s.source = 'records_review' AND s.version = 1) AS frozen
 WHERE EXISTS (SELECT FROM intake.records_review r WHERE r.period = frozen.period AND r.recorded_at > looked_at)
 ORDER BY period
""")

ACCEPTED_LATE = text("SELECT submission_id FROM control.late_acceptance WHERE period = :period")

EXTENSIONS = text("""
SELECT DISTINCT ON (agency) agency, extension_id, until
  FROM control.extension_in_force WHERE period = :period ORDER BY agency, until DESC, turn, sequence
""")

PAGES = text("SELECT dataset, page_no, sha256 FROM ingest.taken_page WHERE pull_id = :pull_id ORDER BY dataset, page_no")

# Frozen months of reports about which something came in that no pull has looked at yet.
UNSEEN = text("""
WITH frozen AS (
  SELECT s.period, (SELECT max(p.recorded_at) FROM ingest.pull p
                     WHERE p.source = 'agency_report' AND p.period = s.period) AS looked_at
    FROM ingest.snapshot s WHERE s.source = 'agency_report' AND s.version = 1
)
SELECT period FROM frozen
 WHERE EXISTS (SELECT FROM intake.acceptance a WHERE a.period = frozen.period AND a.recorded_at > looked_at)
    OR EXISTS (SELECT FROM control.late_acceptance l WHERE l.period = frozen.period AND l.recorded_at > looked_at)
    OR EXISTS (SELECT FROM control.extension_in_force e WHERE e.period = frozen.period AND e.in_force_at > looked_at)
 ORDER BY period
""")


async def accepted(connection: AsyncConnection, period: Period) -> list[Accepted]:
    """Every accepted submission of the month, late ones included."""
    found = await rows(connection, ACCEPTED, {"period": str(period)})
    return [Accepted(**line) for line in found]


async def decisions(connection: AsyncConnection, period: Period) -> Decisions:
    """Everything decided so far about the month's late reports."""
    late = await rows(connection, ACCEPTED_LATE, {"period": str(period)})
    extensions = await rows(connection, EXTENSIONS, {"period": str(period)})
    return Decisions(
        frozenset(line["submission_id"] for line in late),
        {line["agency"]: Extension(line["extension_id"], line["until"]) for line in extensions},
    )


async def reviews(connection: AsyncConnection, period: Period, as_of: datetime) -> Reviews:
    """The word that holds at an instant, by figure."""
    found = await rows(connection, REVIEWS, {"period": str(period), "as_of": as_of})
    return {word.figure: word for word in (Review(**line) for line in found)}


async def named_reviews(connection: AsyncConnection, period: Period, reviews: Iterable[str]) -> Reviews:
    """Words by their ids, as above."""
    found = await rows(connection, NAMED_REVIEWS, {"period": str(period), "ids": list(reviews)})
    return {word.figure: word for word in (Review(**line) for line in found)}


async def words(connection: AsyncConnection, period: Period, as_of: datetime) -> list[dict[str, Any]]:
    """Every word that holds at an instant, as a row of records_review/1.0 with its id."""
    return await rows(connection, WORDS, {"period": str(period), "as_of": as_of})


async def unseen_words(connection: AsyncConnection) -> list[Period]:
    """Months with frozen words about which one was given since they were last looked at."""
    return [Period.parse(line["period"]) for line in await rows(connection, UNSEEN_WORDS)]


async def contents(connection: AsyncConnection, submissions: Iterable[str]) -> dict[str, bytes]:
    """The canonical bytes of accepted reports."""
    found = await rows(connection, CONTENTS, {"ids": list(submissions)})
    return {line["submission_id"]: bytes(line["content"]) for line in found}


async def keep_page(connection: AsyncConnection, pull_id: str, *, dataset: str, page_no: int, sha256: str) -> None:
    """Which archived bytes are a page of the pull."""
    values = {"pull_id": pull_id, "dataset": dataset, "page_no": page_no, "sha256": sha256}
    await connection.execute(taken_page.insert().values(**values))


async def pages(connection: AsyncConnection, pull_id: str) -> list[Kept]:
    """The pages a pull made of reports, in order; empty for a pull that came another way."""
    found = await rows(connection, PAGES, {"pull_id": pull_id})
    return [Kept(line["dataset"], line["page_no"], line["sha256"], None) for line in found]


async def unseen(connection: AsyncConnection) -> list[Period]:
    """Frozen months about which reports or decisions came in since they were last looked at; words are a part of their own."""
    return [Period.parse(line["period"]) for line in await rows(connection, UNSEEN)]
