"""C1 and C2 (QĐ 4585 appendix §3 C)."""

from __future__ import annotations

from shared.measures.declaration import ClassifiedRows, Query, Tally

# C-1 over all databases supplied, or over the listed ones alone (listed_only): a body that speaks of others only has none, it
#     is not missing. The automatic figure's mark wins with the figure.
# C-2 per database the automatic figure wins.
AUTOMATIC = ClassifiedRows(
    "database_growth",
    "national_database",
    """
SELECT growth.*,
       CASE WHEN new_records IS NULL THEN 'not_given' WHEN :listed_only AND NOT listed THEN 'unlisted' ELSE 'automatic' END
         AS row_verdict
  FROM ingest.database_growth AS growth
 WHERE snapshot_pk = :national_database
""",
)

# C-2 the word on every reported figure of a report that counts (G-12): the frozen words and the frozen report each know one or
# none, and the later holds. Neither: the figure is open, unless two people left it out.
_STATED = """
SELECT records.*, automatic.new_records AS automatic_records,
       CASE WHEN records.confirmed_at > word.reviewed_at THEN 'confirmed'
            WHEN word.verdict IS NOT NULL THEN word.verdict
            WHEN records.confirmed_at IS NOT NULL THEN 'confirmed'
            WHEN left_out.agency IS NOT NULL THEN 'left_out'
            ELSE 'open' END AS word,
       report.submitted_at < :deadline OR :late_accepted AS counts
  FROM ingest.reported_records AS records JOIN ingest.report AS report USING (snapshot_pk, agency_code)
  LEFT JOIN ingest.database_growth AS automatic
    ON automatic.snapshot_pk = :national_database AND automatic.agency_code = records.agency_code
   AND automatic.database = records.database
  LEFT JOIN ingest.reviewed_records AS word
    ON word.snapshot_pk = :records_review AND word.agency_code = records.agency_code
   AND word.database = records.database AND word.new_records = records.new_records
  LEFT JOIN jsonb_to_recordset(CAST(:left_out AS jsonb)) AS left_out (agency text, database text, new_records bigint)
    ON left_out.agency = records.agency_code AND left_out.database = records.database
   AND left_out.new_records = records.new_records
 WHERE records.snapshot_pk = :agency_report
"""

# C-2 a reported figure counts where none is automatic and Bộ Công an confirmed it.
# G-12 a late report counts only where a superseding version took it in.
REPORTED = ClassifiedRows(
    "reported_records",
    "agency_report",
    f"""
SELECT stated.*,
       CASE WHEN NOT counts THEN 'late_report'
            WHEN automatic_records IS NOT NULL THEN 'automatic_wins'
            WHEN word = 'open' THEN CASE WHEN :listed_only AND NOT listed THEN 'open_unlisted' ELSE 'open_word' END
            WHEN word <> 'confirmed' THEN word
            WHEN :listed_only AND NOT listed THEN 'unlisted'
            ELSE 'confirmed' END AS row_verdict
  FROM ({_STATED}) AS stated
""",
)

# C-3 the bodies that wait for a word: what counts without the open figures, and what these would add.
WAITING = f"""
SELECT agency_code, coalesce(sum(new_records) FILTER (WHERE row_verdict <> 'open_word'), 0) AS counted,
       sum(new_records) FILTER (WHERE row_verdict = 'open_word') AS open,
       count(*) FILTER (WHERE row_verdict = 'open_word') AS figures
  FROM (SELECT agency_code, row_verdict, new_records FROM ({AUTOMATIC.sql}) AS automatic
         UNION ALL SELECT agency_code, row_verdict, new_records FROM ({REPORTED.sql}) AS reported) AS known
 WHERE row_verdict IN ('automatic', 'confirmed', 'open_word')
 GROUP BY agency_code HAVING count(*) FILTER (WHERE row_verdict = 'open_word') > 0
"""

# C-2 what was reported per database, with the automatic figure beside it; `usable` is confirmed and not late (G-12).
TWO_SOURCES = f"""
SELECT agency_code, database, database_name, automatic_records AS automatic, new_records AS reported, word,
       word = 'confirmed' AND counts AS usable
  FROM ({_STATED}) AS stated
 ORDER BY agency_code COLLATE "C", database COLLATE "C"
"""

# C-7 successful transactions as supplied per body, over all platforms that supply them.
TRANSACTIONS = ClassifiedRows(
    "exchange_volumes",
    "ndxp",
    """
SELECT volume.*, CASE WHEN transactions IS NULL THEN 'not_given' ELSE 'counted' END AS row_verdict
  FROM ingest.exchange_volume AS volume
 WHERE snapshot_pk = :ndxp
""",
)

QUERIES = (
    # C-1 new records of the month, summed over the databases.
    # C-3 while the word on one of its figures is open, what the body's sum is cannot be said: missing, never less.
    # A body that no usable figure speaks of is missing.
    Query(
        {
            "digitised_records": Tally(
                ("automatic", "confirmed"),
                "new_records",
                given=("automatic", "confirmed", "unlisted"),
                unless=("open_word",),
            )
        },
        sources=("national_database",),
        optional=("agency_report", "records_review"),
        rows=(AUTOMATIC, REPORTED),
        beside=("reports", "reviewed_records"),
    ),
    Query(
        {"exchange_transactions": Tally(("counted",), "transactions", unless=("not_given",))},
        sources=("ndxp",),
        rows=(TRANSACTIONS,),
    ),
)
