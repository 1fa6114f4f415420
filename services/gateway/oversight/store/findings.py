"""Findings counted by rule: those of pulls and of reports, each as its own store has them."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.oversight.store.records import RuleCount
from shared.database import every

# A finding of a pull names its bodies in one of three ways, or none (as in operations/store/evidence.py).
_OF_SOURCES = text("""
SELECT f.period, f.code AS rule, f.source, f.severity, count(DISTINCT f.finding_id) AS count,
       array_remove(array_agg(DISTINCT named.agency ORDER BY named.agency), NULL) AS agencies,
       array_remove(array_agg(DISTINCT f.detail ->> 'dataset'), NULL) AS datasets,
       (array_agg(f.message_vi ORDER BY f.finding_id DESC))[1] AS message_vi,
       (array_agg(f.message_en ORDER BY f.finding_id DESC))[1] AS message_en
  FROM ingest.finding AS f LEFT JOIN LATERAL (
         SELECT f.detail ->> 'agency' AS agency
         UNION SELECT jsonb_path_query(f.detail, '$.tasks[*].agency') #>> '{}'
         UNION SELECT jsonb_path_query(f.detail, '$.agencies[*] ? (@.type() == "string")') #>> '{}') AS named ON true
 WHERE f.period BETWEEN :first AND :last
 GROUP BY f.period, f.code, f.source, f.severity
""")
# The latest check of the last report of each body's month, trials left out; row security leaves a body its own.
_OF_REPORTS = text("""
SELECT checked.period, found.rule, 'agency_report' AS source, found.severity, CAST(sum(found.count) AS bigint) AS count,
       array_agg(DISTINCT checked.agency ORDER BY checked.agency) AS agencies, CAST('{}' AS text[]) AS datasets,
       CAST(NULL AS text) AS message_vi, CAST(NULL AS text) AS message_en
  FROM (SELECT DISTINCT ON (s.agency, s.period) s.agency, s.period, v.summary
          FROM intake.submission AS s JOIN intake.validation AS v USING (submission_id)
         WHERE s.period BETWEEN :first AND :last AND NOT s.test
           AND (CAST(:agency AS text) IS NULL OR s.agency = :agency)
         ORDER BY s.agency, s.period, s.sequence DESC, v.revision DESC, v.recorded_at DESC, v.validation_id DESC) AS checked
 CROSS JOIN LATERAL jsonb_to_recordset(checked.summary -> 'rules') AS found (rule text, severity text, count bigint)
 GROUP BY checked.period, found.rule, found.severity
""")


async def of_sources(connection: AsyncConnection, first: str, last: str) -> list[RuleCount]:
    """Of every pull of these months, rehearsals too: all that the list of findings has."""
    return await every(connection, RuleCount, _OF_SOURCES, {"first": first, "last": last})


async def of_reports(connection: AsyncConnection, first: str, last: str, agency: str | None) -> list[RuleCount]:
    """Of one body or of all that the session sees."""
    return await every(connection, RuleCount, _OF_REPORTS, {"first": first, "last": last, "agency": agency})
