"""A body's late report and what it would count as, read as row security lets the body; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.publication.store.records import LateReport
from shared.database import every, one, rows
from shared.datasets.signed_reports import Review, Reviews
from shared.measures.declaration import Query
from shared.measures.given_rows import over_given
from shared.measures.group_c import REPORTED

_ONE = text("""
SELECT submission_id, agency, period, sequence, submitted_at, deadline, content
  FROM intake.acceptance WHERE agency = :agency AND period = :period AND sequence = :sequence AND late AND NOT test
""")
# As services.ingest.from_intake.report_store chooses: the latest word on the identical figure holds.
_WORDS = text("""
SELECT DISTINCT ON (agency, database, new_records)
       review_id, submission_id, agency, database, new_records, verdict, reviewer, reviewed_at
  FROM intake.records_review WHERE agency = :agency AND period = :period AND reviewed_at < :as_of
 ORDER BY agency, database, new_records, sequence DESC
""")
_OPEN = text(f"""
SELECT database FROM ({over_given(REPORTED.sql)}) AS reported WHERE agency_code = :own AND row_verdict = 'open_word'
 ORDER BY database COLLATE "C"
""")


async def find_late(connection: AsyncConnection, *, agency: str, period: str, sequence: int) -> LateReport | None:
    """A signed report that was handed in after its deadline."""
    return await one(connection, LateReport, _ONE, {"agency": agency, "period": period, "sequence": sequence})


async def words_of(connection: AsyncConnection, *, agency: str, period: str, as_of: datetime) -> Reviews:
    """The word that holds for each of the body's figures at an instant."""
    found = await every(connection, Review, _WORDS, {"agency": agency, "period": period, "as_of": as_of})
    return {word.figure: word for word in found}


async def measured(
    connection: AsyncConnection, queries: Sequence[Query], parameters: Mapping[str, Any], agency: str
) -> dict[str, str | None]:
    """The body's measures of these queries over the given report, as exact text; None is missing."""
    found: dict[str, str | None] = {name: None for query in queries for name in query.measures}
    for query in queries:
        statement = text(f"SELECT * FROM ({over_given(query.sql)}) AS counted WHERE agency_code = :own")
        for line in await rows(connection, statement, {**parameters, "own": agency}):
            found |= {name: None if line[name] is None else str(line[name]) for name in query.measures}
    return found


async def open_figures(connection: AsyncConnection, parameters: Mapping[str, Any], agency: str) -> list[str]:
    """Databases of the given report on whose figure no word has come."""
    return [line["database"] for line in await rows(connection, _OPEN, {**parameters, "own": agency})]
