"""C1 and C2 (QĐ 4585 appendix §3 C)."""

from __future__ import annotations

# C-2 the word on every reported figure of a report that counts (G-12): the frozen words and the frozen report each know one or
# none, and the later holds. Neither: the figure is open, unless two people left it out. Keys: agency_code, database.
_STATED = """
SELECT records.agency_code, records.database, records.database_name, records.listed, records.new_records,
       CASE WHEN records.confirmed_at > word.reviewed_at THEN 'confirmed'
            WHEN word.verdict IS NOT NULL THEN word.verdict
            WHEN records.confirmed_at IS NOT NULL THEN 'confirmed'
            WHEN left_out.agency IS NOT NULL THEN 'left_out'
            ELSE 'open' END AS word,
       report.submitted_at < :deadline OR :late_accepted AS counts
  FROM ingest.reported_records AS records JOIN ingest.report AS report USING (snapshot_pk, agency_code)
  LEFT JOIN ingest.reviewed_records AS word
    ON word.snapshot_pk = :records_review AND word.agency_code = records.agency_code
   AND word.database = records.database AND word.new_records = records.new_records
  LEFT JOIN jsonb_to_recordset(CAST(:left_out AS jsonb)) AS left_out (agency text, database text, new_records bigint)
    ON left_out.agency = records.agency_code AND left_out.database = records.database
   AND left_out.new_records = records.new_records
 WHERE records.snapshot_pk = :agency_report
"""

# C-2 every database of a body: the automatic figure where there is one, else the reported one with the word on it.
_DATABASES = f"""
WITH automatic AS (
  SELECT agency_code, database, new_records, listed FROM ingest.database_growth
   WHERE snapshot_pk = :national_database AND new_records IS NOT NULL
), reported AS (
  SELECT agency_code, database, new_records, listed, word FROM ({_STATED}) AS stated WHERE counts
), known AS (
  SELECT agency_code, coalesce(automatic.listed, reported.listed) AS listed,
         coalesce(automatic.new_records, CASE WHEN word = 'confirmed' THEN reported.new_records END) AS new_records,
         CASE WHEN automatic.new_records IS NULL AND word = 'open' THEN reported.new_records END AS open_records
    FROM automatic FULL JOIN reported USING (agency_code, database)
)
"""

# C-1 new records of the month, summed over all databases supplied, or over the listed ones alone (listed_only): a body that
#     speaks of others only has none, it is not missing. The automatic figure's mark wins with the figure.
# C-2 per database the automatic figure wins; a reported one counts where none is automatic and Bộ Công an confirmed it.
# C-3 while the word on one of its figures is open, what the body's sum is cannot be said: missing, never less.
# G-12 a late report counts only where a superseding version took it in.
# A body that no usable figure speaks of is missing.
RECORDS = f"""{_DATABASES}
SELECT agency_code,
       CASE WHEN count(new_records) > 0 AND count(open_records) FILTER (WHERE NOT :listed_only OR listed) = 0
            THEN coalesce(sum(new_records) FILTER (WHERE NOT :listed_only OR listed), 0) END AS digitised_records
  FROM known GROUP BY agency_code
"""

# C-3 the bodies that wait for a word: what counts without the open figures, and what these would add.
WAITING = f"""{_DATABASES}
SELECT agency_code, coalesce(sum(new_records), 0) AS counted, sum(open_records) AS open, count(open_records) AS figures
  FROM known GROUP BY agency_code HAVING count(open_records) > 0
"""

# C-2 what was reported per database, with the automatic figure beside it; `usable` is confirmed and not late (G-12).
TWO_SOURCES = f"""
SELECT stated.agency_code, stated.database, stated.database_name, automatic.new_records AS automatic,
       stated.new_records AS reported, stated.word, stated.word = 'confirmed' AND stated.counts AS usable
  FROM ({_STATED}) AS stated
  LEFT JOIN ingest.database_growth AS automatic
    ON automatic.snapshot_pk = :national_database AND automatic.agency_code = stated.agency_code
   AND automatic.database = stated.database
 ORDER BY stated.agency_code COLLATE "C", stated.database COLLATE "C"
"""

# C-7 successful transactions as supplied per body, over all platforms that supply them.
TRANSACTIONS = """
SELECT agency_code,
       CASE WHEN count(*) = count(transactions) THEN sum(transactions) END AS exchange_transactions
  FROM ingest.exchange_volume
 WHERE snapshot_pk = :ndxp
 GROUP BY agency_code
"""

QUERIES = (
    {
        "measures": ("digitised_records",),
        "sources": ("national_database",),
        "optional": ("agency_report", "records_review"),
        "datasets": ("database_growth", "reports", "reported_records", "reviewed_records"),
        "sql": RECORDS,
    },
    {
        "measures": ("exchange_transactions",),
        "sources": ("ndxp",),
        "datasets": ("exchange_volumes",),
        "sql": TRANSACTIONS,
    },
)
