"""Which signed reports count by the rules, and which of them is in force; one wording for every question (INT-11, G-12).

The same as services.ingest.from_intake.report_choice.judged says with the decisions on record: what was in time counts, and
what was late where a late acceptance names it or one of the body's extensions ends after it came: none takes time away. Of
those that count, the one handed in last is in force; where none counts, the last of all stands in, and `counts` says no.
"""

from __future__ import annotations

# Of a row of intake.acceptance called a.
COUNTS = """(NOT a.late
   OR EXISTS (SELECT FROM control.late_acceptance l WHERE l.submission_id = a.submission_id)
   OR EXISTS (SELECT FROM control.extension_in_force e
               WHERE e.agency = a.agency AND e.period = a.period AND e.until > a.submitted_at))"""

# The order in which the report in force of a body's month comes first.
FIRST_IN_FORCE = f"{COUNTS} DESC, a.submitted_at DESC, a.sequence DESC"
