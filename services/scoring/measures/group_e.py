"""E1–E3 and the bonus (QĐ 4585 appendix §3 E, §4)."""

from __future__ import annotations

# E-1 attended when the required role or a higher one came; acting head = head.   E-2 denominator: meetings summoned to.
# E-4 online counts if the invitation allowed it.                  E-1 (head_only): only the head, or who acts for the head.
MEETINGS = """
WITH rank (role, level) AS (VALUES ('head', 3), ('acting_head', 3), ('deputy', 2), ('officer', 1))
SELECT register.agency_code,
       count(summons.meeting_id) AS meetings_summoned,
       count(summons.meeting_id) FILTER (
         WHERE came.level >= wanted.level
           AND (NOT :head_only OR came.level = 3)
           AND (summons.attended_mode = 'in_person' OR summons.attended_mode = 'online' AND summons.online_allowed)
       ) AS meetings_attended
  FROM ingest.register AS register
  LEFT JOIN ingest.summons AS summons
    ON summons.snapshot_pk = register.snapshot_pk AND summons.agency_code = register.agency_code
   AND summons.held_on >= :first_day AND summons.held_on < :next_first_day
  LEFT JOIN rank AS wanted ON wanted.role = summons.required_role
  LEFT JOIN rank AS came ON came.role = summons.attended_role
 WHERE register.snapshot_pk = :government_office
 GROUP BY register.agency_code
"""

# E-2 every meeting held in the month, whoever was summoned (all_held); the registers hold no other meetings.
HELD = """
SELECT register.agency_code,
       (SELECT count(DISTINCT meeting_id) FROM ingest.summons
         WHERE snapshot_pk = :government_office AND held_on >= :first_day AND held_on < :next_first_day) AS meetings_held
  FROM ingest.register AS register
 WHERE register.snapshot_pk = :government_office
"""

# E-6, E-7 by the head or the acting head, marked as qualifying by an officer.
SPEECHES = """
SELECT register.agency_code,
       count(*) FILTER (WHERE speech.kind = 'speech') AS speeches,
       count(*) FILTER (WHERE speech.kind = 'thematic_report') AS thematic_reports
  FROM ingest.register AS register
  LEFT JOIN ingest.speech AS speech
    ON speech.snapshot_pk = register.snapshot_pk AND speech.agency_code = register.agency_code
   AND speech.spoken_on >= :first_day AND speech.spoken_on < :next_first_day
   AND speech.qualifying AND speech.speaker_role IN ('head', 'acting_head')
 WHERE register.snapshot_pk = :government_office
 GROUP BY register.agency_code
"""

# E-9, E-11 entries due for this period; updated by the end of day 01, whatever instant a later version speaks of.
KPIS = """
SELECT covered.agency_code,
       count(entry.kpi) AS kpis_required,
       count(entry.kpi) FILTER (WHERE entry.updated_at < :cutoff) AS kpis_updated
  FROM ingest.system57_coverage AS covered
  LEFT JOIN ingest.kpi_entry AS entry
    ON entry.snapshot_pk = covered.snapshot_pk AND entry.agency_code = covered.agency_code AND entry.due_in_period
 WHERE covered.snapshot_pk = :system57
 GROUP BY covered.agency_code
"""

# F-1 to F-3 approved initiatives of the month; the cap belongs to the scheme's measure (0…5).
BONUS = """
SELECT register.agency_code, least(coalesce(sum(initiative.points), 0), 5) AS bonus_points
  FROM ingest.register AS register
  LEFT JOIN ingest.initiative AS initiative
    ON initiative.snapshot_pk = register.snapshot_pk AND initiative.agency_code = register.agency_code
 WHERE register.snapshot_pk = :government_office
 GROUP BY register.agency_code
"""

QUERIES = (
    {
        "measures": ("meetings_summoned", "meetings_attended"),
        "sources": ("government_office",),
        "datasets": ("registers", "summonses"),
        "sql": MEETINGS,
    },
    {
        "measures": ("meetings_held",),
        "sources": ("government_office",),
        "datasets": ("registers", "summonses"),
        "sql": HELD,
        "rule": "all_held",
    },
    {
        "measures": ("speeches", "thematic_reports"),
        "sources": ("government_office",),
        "datasets": ("registers", "speeches"),
        "sql": SPEECHES,
    },
    {
        "measures": ("kpis_required", "kpis_updated"),
        "sources": ("system57",),
        "datasets": ("coverage", "kpi_entries"),
        "sql": KPIS,
    },
    {
        "measures": ("bonus_points",),
        "sources": ("government_office",),
        "datasets": ("registers", "initiatives"),
        "sql": BONUS,
    },
)
