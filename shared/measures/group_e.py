"""E1–E3 and the bonus (QĐ 4585 appendix §3 E, §4)."""

from __future__ import annotations

from shared.measures.declaration import ClassifiedRows, Query, Tally
from shared.measures.group_a import COVERAGE

# What the registers hold for a body.
REGISTER = ClassifiedRows(
    "registers",
    "government_office",
    "SELECT register.*, 'stated' AS row_verdict FROM ingest.register AS register WHERE snapshot_pk = :government_office",
)

# E-1 attended when the required role or a higher one came; acting head = head.   E-2 denominator: meetings summoned to.
# E-4 online counts if the invitation allowed it.                  E-1 (head_only): only the head, or who acts for the head.
MEETINGS = ClassifiedRows(
    "summonses",
    "government_office",
    """
SELECT summons.*,
       CASE WHEN (held_on >= :first_day AND held_on < :next_first_day) IS NOT TRUE THEN 'other_month'
            WHEN attended_role IS NULL THEN 'absent'
            WHEN (came.level >= wanted.level AND (NOT :head_only OR came.level = 3)) IS NOT TRUE THEN 'lower_role'
            WHEN attended_mode = 'in_person' OR attended_mode = 'online' AND online_allowed THEN 'attended'
            ELSE 'not_in_person' END AS row_verdict
  FROM ingest.summons AS summons
  LEFT JOIN (VALUES ('head', 3), ('acting_head', 3), ('deputy', 2), ('officer', 1)) AS wanted (role, level)
    ON wanted.role = summons.required_role
  LEFT JOIN (VALUES ('head', 3), ('acting_head', 3), ('deputy', 2), ('officer', 1)) AS came (role, level)
    ON came.role = summons.attended_role
 WHERE snapshot_pk = :government_office
""",
)

# E-2 every meeting held in the month, whoever was summoned (all_held); the registers hold no other meetings.
HELD = """
SELECT register.agency_code,
       (SELECT count(DISTINCT meeting_id) FROM ingest.summons
         WHERE snapshot_pk = :government_office AND held_on >= :first_day AND held_on < :next_first_day) AS meetings_held
  FROM ingest.register AS register
 WHERE register.snapshot_pk = :government_office
"""

# E-6, E-7 by the head or the acting head, marked as qualifying by an officer.
SPEECHES = ClassifiedRows(
    "speeches",
    "government_office",
    """
SELECT speech.*,
       CASE WHEN (spoken_on >= :first_day AND spoken_on < :next_first_day) IS NOT TRUE THEN 'other_month'
            WHEN NOT qualifying THEN 'not_qualifying'
            WHEN speaker_role NOT IN ('head', 'acting_head') THEN 'lower_role'
            ELSE kind END AS row_verdict
  FROM ingest.speech AS speech
 WHERE snapshot_pk = :government_office
""",
)

# E-9, E-11 entries due for this period; updated by the end of day 01, whatever instant a later version speaks of.
KPIS = ClassifiedRows(
    "kpi_entries",
    "system57",
    """
SELECT entry.*,
       CASE WHEN NOT due_in_period THEN 'not_due'
            WHEN updated_at IS NULL THEN 'not_updated'
            WHEN updated_at < :cutoff THEN 'updated'
            ELSE 'updated_late' END AS row_verdict
  FROM ingest.kpi_entry AS entry
 WHERE snapshot_pk = :system57
""",
)

# F-1 to F-3 approved initiatives of the month.
INITIATIVES = ClassifiedRows(
    "initiatives",
    "government_office",
    "SELECT initiative.*, 'counted' AS row_verdict FROM ingest.initiative AS initiative WHERE snapshot_pk = :government_office",
)

_OFFICE = ("government_office",)

QUERIES = (
    Query(
        {
            "meetings_summoned": Tally(("attended", "absent", "lower_role", "not_in_person")),
            "meetings_attended": Tally(("attended",)),
        },
        sources=_OFFICE,
        stated=REGISTER,
        rows=(MEETINGS,),
    ),
    Query(
        {"meetings_held": Tally(())},
        sources=_OFFICE,
        rows=(),
        beside=("registers", "summonses"),
        rule="all_held",
        whole=HELD,
    ),
    Query(
        {"speeches": Tally(("speech",)), "thematic_reports": Tally(("thematic_report",))},
        sources=_OFFICE,
        stated=REGISTER,
        rows=(SPEECHES,),
    ),
    Query(
        {"kpis_required": Tally(("updated", "updated_late", "not_updated")), "kpis_updated": Tally(("updated",))},
        sources=("system57",),
        stated=COVERAGE,
        rows=(KPIS,),
    ),
    # The cap belongs to the scheme's measure (0…5).
    Query({"bonus_points": Tally(("counted",), "points", at_most=5)}, sources=_OFFICE, stated=REGISTER, rows=(INITIATIVES,)),
)
