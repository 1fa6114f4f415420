"""C1 and C2 (QĐ 4585 appendix §3 C)."""

from __future__ import annotations

# C-1 new records of the month, summed over all databases supplied.
# C-2 per database the automatic figure wins; a reported one counts where none is automatic and Bộ Công an confirmed it.
# G-12 a late report counts only where a superseding version took it in.
# A body that no usable figure speaks of is missing.
RECORDS = """
WITH automatic AS (
  SELECT agency_code, database, new_records FROM ingest.database_growth
   WHERE snapshot_pk = :national_database AND new_records IS NOT NULL
), reported AS (
  SELECT agency_code, database, new_records
    FROM ingest.reported_records AS records JOIN ingest.report AS report USING (snapshot_pk, agency_code)
   WHERE snapshot_pk = :agency_report AND confirmed_at IS NOT NULL
     AND (report.submitted_at < :deadline OR :late_accepted)
)
SELECT agency_code, sum(coalesce(automatic.new_records, reported.new_records)) AS digitised_records
  FROM automatic FULL JOIN reported USING (agency_code, database)
 GROUP BY agency_code
"""

# C-2 what was reported per database, with the automatic figure beside it; `usable` is confirmed and not late (G-12).
TWO_SOURCES = """
SELECT records.agency_code, records.database, records.database_name, automatic.new_records AS automatic,
       records.new_records AS reported, records.confirmed_at IS NOT NULL AS confirmed,
       records.confirmed_at IS NOT NULL AND (report.submitted_at < :deadline OR :late_accepted) AS usable
  FROM ingest.reported_records AS records JOIN ingest.report AS report USING (snapshot_pk, agency_code)
  LEFT JOIN ingest.database_growth AS automatic
    ON automatic.snapshot_pk = :national_database AND automatic.agency_code = records.agency_code
   AND automatic.database = records.database
 WHERE records.snapshot_pk = :agency_report
 ORDER BY records.agency_code COLLATE "C", records.database COLLATE "C"
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
        "optional": ("agency_report",),
        "datasets": ("database_growth", "reports", "reported_records"),
        "sql": RECORDS,
    },
    {
        "measures": ("exchange_transactions",),
        "sources": ("ndxp",),
        "datasets": ("exchange_volumes",),
        "sql": TRANSACTIONS,
    },
)
