"""A1–A3 from System 57's task assignments (QĐ 4585 appendix §3 A)."""

from __future__ import annotations

# A-2  denominator: due in the month, plus due before it and still open when it began.
# A-3  finished early: counts once, in the month it was due.           A-4  late: any late completion dated in the month.
# A-7  on time: completed on or before the due day.                    A-8  a completion counts once recorded and not sent back.
# A-9  an extension counts if approved, by document, before the old day lapsed.
# A-10 only leads are scored.  A-11 continuous duties and open terms are tracked, not scored.
# A-14 a return accepted by the month's end drops the task.
# "As of the end of the period": what was assigned after it is not yet there.
TASKS = """
WITH task AS (
  SELECT agency_code,
         CASE WHEN extended_due_on IS NOT NULL AND extension_document IS NOT NULL AND extension_approved_on <= due_on
              THEN extended_due_on ELSE due_on END AS due,
         CASE WHEN reported_at < :known_at AND (sent_back_at IS NULL OR confirmed_at > sent_back_at)
              THEN completed_on END AS done
    FROM ingest.task_assignment
   WHERE snapshot_pk = :system57
     AND role = 'lead'
     AND due_on IS NOT NULL
     AND due_precision NOT IN ('continuous', 'open')
     AND assigned_on < :next_first_day
     AND (returned_accepted_on IS NULL OR returned_accepted_on >= :next_first_day)
), counted AS (
  SELECT agency_code,
         count(*) FILTER (WHERE due >= :first_day OR done IS NULL OR done >= :first_day) AS period_tasks,
         count(*) FILTER (WHERE due >= :first_day AND done <= due) AS on_time_tasks,
         count(*) FILTER (WHERE done > due AND done >= :first_day AND done < :next_first_day) AS late_tasks
    FROM task
   WHERE due < :next_first_day
   GROUP BY agency_code
)
SELECT covered.agency_code,
       coalesce(period_tasks, 0) AS period_tasks,
       coalesce(on_time_tasks, 0) AS on_time_tasks,
       coalesce(late_tasks, 0) AS late_tasks
  FROM ingest.system57_coverage AS covered
  LEFT JOIN counted USING (agency_code)
 WHERE covered.snapshot_pk = :system57
"""

QUERIES = (
    {
        "measures": ("period_tasks", "on_time_tasks", "late_tasks"),
        "sources": ("system57",),
        "datasets": ("coverage", "task_assignments"),
        "sql": TASKS,
    },
)
