"""D1 and D2, from 1 January to the period's end (QĐ 4585 appendix §3 D; reading G-6)."""

from __future__ import annotations

# D-1 registered in the year's plan by the period's end; of those, accepted since 1 January.
# A body that reported no task has 0/0; one that did not report is missing.
# G-8, G-12 strictly before day 05; a late report counts only where a superseding version took it in.
ACCEPTED = """
SELECT report.agency_code,
       count(task.task_code) AS registered_tasks,
       count(task.task_code) FILTER (
         WHERE task.accepted_on >= :year_start AND task.accepted_on < :next_first_day) AS accepted_tasks
  FROM ingest.report AS report
  LEFT JOIN ingest.registered_task AS task
    ON task.snapshot_pk = report.snapshot_pk AND task.agency_code = report.agency_code
   AND task.registered_on < :next_first_day
 WHERE report.snapshot_pk = :agency_report AND (report.submitted_at < :deadline OR :late_accepted)
 GROUP BY report.agency_code
"""

# D-4 disbursed over allocated, all kinds and fields, in whole VND (D-5); one figure not given makes the sum not given.
#     Of development investment alone (development_only) a body that has none has zero.
DISBURSED = """
WITH base AS (
  SELECT agency_code, allocated_vnd, disbursed_vnd, NOT :development_only OR budget_kind = 'development_investment' AS counts
    FROM ingest.investment
   WHERE snapshot_pk = :finance
)
SELECT agency_code,
       CASE WHEN count(*) FILTER (WHERE counts) = count(allocated_vnd) FILTER (WHERE counts)
            THEN coalesce(sum(allocated_vnd) FILTER (WHERE counts), 0) END AS allocated_vnd,
       CASE WHEN count(*) FILTER (WHERE counts) = count(disbursed_vnd) FILTER (WHERE counts)
            THEN coalesce(sum(disbursed_vnd) FILTER (WHERE counts), 0) END AS disbursed_vnd
  FROM base
 GROUP BY agency_code
"""

QUERIES = (
    {
        "measures": ("accepted_tasks", "registered_tasks"),
        "sources": ("agency_report",),
        "datasets": ("reports", "registered_tasks"),
        "sql": ACCEPTED,
    },
    {
        "measures": ("disbursed_vnd", "allocated_vnd"),
        "sources": ("finance",),
        "datasets": ("investments",),
        "sql": DISBURSED,
    },
)
