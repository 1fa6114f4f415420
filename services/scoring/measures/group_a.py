"""A1–A3 from System 57's task assignments (QĐ 4585 appendix §3 A)."""

from __future__ import annotations

# A-2  denominator: due in the month, plus due before it and still open when it began.
# A-3  finished early: counts once, in the month it was due.           A-4  late: any late completion dated in the month.
# A-7  on time: completed on or before the due day.                    A-8  a completion counts once recorded and not sent back.
# A-9  an extension counts if approved, by document, before the old day lapsed.
# A-10 only leads are scored.  A-11 continuous duties and open terms are tracked, not scored.
# A-1  counted without other assigners (named_assigners): the three that QĐ §3 A names, the committee under its whole name too.
# A-4  without the month's own (backlog_only): due before the month.
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
     AND (NOT :named_assigners OR lower(assigned_by) = ANY ('{chính phủ,thủ tướng chính phủ}')
          OR lower(assigned_by) LIKE 'ban chỉ đạo trung ương%')
), counted AS (
  SELECT agency_code,
         count(*) FILTER (WHERE due >= :first_day OR done IS NULL OR done >= :first_day) AS period_tasks,
         count(*) FILTER (WHERE due >= :first_day AND done <= due) AS on_time_tasks,
         count(*) FILTER (WHERE done > due AND done >= :first_day AND done < :next_first_day
                            AND (NOT :backlog_only OR due < :first_day)) AS late_tasks
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

# A-5 all assigned tasks (all_assigned): those due later and those without a deadline too. What was finished before the month
# is no longer followed, unless it is due in the month.
ASSIGNED = """
SELECT covered.agency_code, count(task.task_id) AS assigned_tasks
  FROM ingest.system57_coverage AS covered
  LEFT JOIN (
    SELECT agency_code, task_id,
           CASE WHEN due_precision NOT IN ('continuous', 'open') THEN
             CASE WHEN extended_due_on IS NOT NULL AND extension_document IS NOT NULL AND extension_approved_on <= due_on
                  THEN extended_due_on ELSE due_on END END AS due,
           CASE WHEN reported_at < :known_at AND (sent_back_at IS NULL OR confirmed_at > sent_back_at)
                THEN completed_on END AS done
      FROM ingest.task_assignment
     WHERE snapshot_pk = :system57
       AND role = 'lead'
       AND assigned_on < :next_first_day
       AND (returned_accepted_on IS NULL OR returned_accepted_on >= :next_first_day)
       AND (NOT :named_assigners OR lower(assigned_by) = ANY ('{chính phủ,thủ tướng chính phủ}')
            OR lower(assigned_by) LIKE 'ban chỉ đạo trung ương%')
  ) AS task ON task.agency_code = covered.agency_code
           AND (done IS NULL OR done >= :first_day OR due >= :first_day AND due < :next_first_day)
 WHERE covered.snapshot_pk = :system57
 GROUP BY covered.agency_code
"""

QUERIES = (
    {
        "measures": ("period_tasks", "on_time_tasks", "late_tasks"),
        "sources": ("system57",),
        "datasets": ("coverage", "task_assignments"),
        "sql": TASKS,
    },
    {
        "measures": ("assigned_tasks",),
        "sources": ("system57",),
        "datasets": ("coverage", "task_assignments"),
        "sql": ASSIGNED,
        "rule": "all_assigned",
    },
)
