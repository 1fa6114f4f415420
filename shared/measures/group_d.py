"""D1 and D2, from 1 January to the period's end (QĐ 4585 appendix §3 D; reading G-6)."""

from __future__ import annotations

from shared.measures.declaration import ClassifiedRows, Query, Tally

# A body that reported no task has 0/0; one that did not report is missing.
# G-8, G-12 strictly before day 05; a late report counts only where a superseding version took it in.
REPORTS = ClassifiedRows(
    "reports",
    "agency_report",
    """
SELECT report.*, CASE WHEN submitted_at < :deadline OR :late_accepted THEN 'stated' ELSE 'late_report' END AS row_verdict
  FROM ingest.report AS report
 WHERE snapshot_pk = :agency_report
""",
)

# D-1 registered in the year's plan by the period's end; of those, accepted since 1 January.
REGISTERED = ClassifiedRows(
    "registered_tasks",
    "agency_report",
    """
SELECT task.*,
       CASE WHEN (report.submitted_at < :deadline OR :late_accepted) IS NOT TRUE THEN 'late_report'
            WHEN registered_on >= :next_first_day THEN 'registered_later'
            WHEN accepted_on >= :next_first_day THEN 'accepted_later'
            WHEN accepted_on >= :year_start THEN 'accepted'
            WHEN accepted_on IS NOT NULL THEN 'accepted_before'
            ELSE 'not_accepted' END AS row_verdict
  FROM ingest.registered_task AS task
  LEFT JOIN ingest.report AS report ON report.snapshot_pk = task.snapshot_pk AND report.agency_code = task.agency_code
 WHERE task.snapshot_pk = :agency_report
""",
)

# D-4 disbursed over allocated, all kinds and fields, in whole VND (D-5); one figure not given makes the sum not given.
#     Of development investment alone (development_only) a body that has none has zero.
INVESTMENTS = ClassifiedRows(
    "investments",
    "finance",
    """
SELECT money.*,
       CASE WHEN :development_only AND budget_kind <> 'development_investment' THEN 'other_budget'
            WHEN allocated_vnd IS NULL AND disbursed_vnd IS NULL THEN 'not_given'
            WHEN allocated_vnd IS NULL THEN 'allocated_not_given'
            WHEN disbursed_vnd IS NULL THEN 'disbursed_not_given'
            ELSE 'counted' END AS row_verdict
  FROM ingest.investment AS money
 WHERE snapshot_pk = :finance
""",
)

QUERIES = (
    Query(
        {
            "accepted_tasks": Tally(("accepted",)),
            "registered_tasks": Tally(("accepted", "accepted_before", "accepted_later", "not_accepted")),
        },
        sources=("agency_report",),
        stated=REPORTS,
        rows=(REGISTERED,),
    ),
    Query(
        {
            "disbursed_vnd": Tally(
                ("counted", "allocated_not_given"), "disbursed_vnd", unless=("disbursed_not_given", "not_given")
            ),
            "allocated_vnd": Tally(
                ("counted", "disbursed_not_given"), "allocated_vnd", unless=("allocated_not_given", "not_given")
            ),
        },
        sources=("finance",),
        rows=(INVESTMENTS,),
    ),
)
