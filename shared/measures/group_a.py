"""A1–A3 from System 57's task assignments (QĐ 4585 appendix §3 A)."""

from __future__ import annotations

from shared.measures.declaration import ClassifiedRows, Query, Tally

# What System 57 states it holds for a body.
COVERAGE = ClassifiedRows(
    "coverage",
    "system57",
    "SELECT covered.*, 'stated' AS row_verdict FROM ingest.system57_coverage AS covered WHERE snapshot_pk = :system57",
)

# A-2  denominator: due in the month, plus due before it and still open when it began.
# A-3  finished early: counts once, in the month it was due.           A-4  late: any late completion dated in the month.
# A-7  on time: completed on or before the due day.                    A-8  a completion counts once recorded and not sent back.
# A-9  an extension counts if approved, by document, before the old day lapsed.
# A-10 only leads are scored.  A-11 continuous duties and open terms are tracked, not scored.
# A-1  counted without other assigners (named_assigners): the three that QĐ §3 A names, the committee under its whole name too.
# A-4  without the month's own (backlog_only): due before the month.
# A-14 a return accepted by the month's end drops the task.
# "As of the end of the period": what was assigned after it is not yet there.
TASKS = ClassifiedRows(
    "task_assignments",
    "system57",
    """
SELECT task.*,
       CASE WHEN role <> 'lead' THEN 'coordinator'
            WHEN assigned_on >= :next_first_day THEN 'assigned_later'
            WHEN returned_accepted_on < :next_first_day THEN 'returned'
            WHEN :named_assigners AND lower(assigned_by) <> ALL ('{chính phủ,thủ tướng chính phủ}')
                 AND lower(assigned_by) NOT LIKE 'ban chỉ đạo trung ương%' THEN 'other_assigner'
            WHEN done < :first_day AND (due >= :first_day AND due < :next_first_day) IS NOT TRUE THEN 'before_window'
            WHEN due IS NULL THEN 'no_deadline'
            WHEN due >= :next_first_day THEN 'due_later'
            WHEN done <= due THEN 'on_time'
            WHEN done >= :next_first_day THEN 'completed_later'
            WHEN done IS NOT NULL THEN
              CASE WHEN due < :first_day THEN 'backlog_late' WHEN :backlog_only THEN 'late_in_month' ELSE 'late' END
            WHEN completed_on IS NULL THEN CASE WHEN due < :first_day THEN 'backlog_open' ELSE 'open' END
            WHEN reported_at < :known_at THEN 'sent_back'
            ELSE 'recorded_late' END AS row_verdict
  FROM (
    SELECT *,
           CASE WHEN due_precision NOT IN ('continuous', 'open') THEN
             CASE WHEN extended_due_on IS NOT NULL AND extension_document IS NOT NULL AND extension_approved_on <= due_on
                  THEN extended_due_on ELSE due_on END END AS due,
           CASE WHEN reported_at < :known_at AND (sent_back_at IS NULL OR confirmed_at > sent_back_at)
                THEN completed_on END AS done
      FROM ingest.task_assignment
     WHERE snapshot_pk = :system57
  ) AS task
""",
)

_COMPLETED_LATE = ("late", "backlog_late")
_OF_PERIOD = (
    "on_time", *_COMPLETED_LATE, "late_in_month", "completed_later", "open", "backlog_open", "sent_back", "recorded_late",
)  # fmt: skip

QUERIES = (
    Query(
        {
            "period_tasks": Tally(_OF_PERIOD),
            "on_time_tasks": Tally(("on_time",)),
            "late_tasks": Tally(_COMPLETED_LATE),
        },
        sources=("system57",),
        stated=COVERAGE,
        rows=(TASKS,),
    ),
    # A-5 all assigned tasks (all_assigned): those due later and those without a deadline too. What was finished before the
    # month is no longer followed, unless it is due in the month.
    Query(
        {"assigned_tasks": Tally((*_OF_PERIOD, "no_deadline", "due_later"))},
        sources=("system57",),
        stated=COVERAGE,
        rows=(TASKS,),
        rule="all_assigned",
    ),
)
