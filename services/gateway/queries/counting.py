"""Which signed reports count by the rules, and which of them is in force; one wording for every question (INT-11, G-12).

The same as services.ingest.report_choice.judged says with the decisions on record: what was in time counts, and what was late
where a late acceptance names it or the body's extension approved last ends after it came. Of those that count, the one handed
in last is in force; where none counts, the last of all stands in, and `counts` says no.
"""

from __future__ import annotations

# Of a row of intake.acceptance called a.
COUNTS = """(NOT a.late
   OR EXISTS (SELECT FROM control.late_acceptance l WHERE l.submission_id = a.submission_id)
   OR coalesce(a.submitted_at < (SELECT e.until FROM control.extension_in_force e
                                WHERE e.agency = a.agency AND e.period = a.period
                                ORDER BY e.turn DESC, e.sequence DESC LIMIT 1), false))"""

# The order in which the report in force of a body's month comes first.
FIRST_IN_FORCE = f"{COUNTS} DESC, a.submitted_at DESC, a.sequence DESC"
