-- Reported C1 figures on which the Ministry of Public Security had said nothing when the month's words were frozen (C-2, C-3):
-- neither the frozen words nor the frozen report know a word, no automatic figure stands in their place, and their report counts
-- (G-8, G-12). The same rule as shared/measures/group_c.py; a test holds both together.
CREATE OR REPLACE VIEW ingest.open_word AS
SELECT words.period, words.source, words.snapshot_id, words.as_of AS known_at, words.recorded_at AS found_at,
       reports.snapshot_id AS reports, stated.agency_code AS agency, stated.database, stated.new_records
  FROM (SELECT z.*, s.recorded_at FROM ingest.latest_snapshot z JOIN ingest.snapshot s USING (pk)
         WHERE z.source = 'records_review') AS words
  JOIN ingest.latest_snapshot reports ON reports.source = 'agency_report' AND reports.period = words.period
  JOIN ingest.latest_snapshot automatic ON automatic.source = 'national_database' AND automatic.period = words.period
  JOIN ingest.reported_records stated ON stated.snapshot_pk = reports.pk AND stated.confirmed_at IS NULL
  JOIN ingest.report report ON report.snapshot_pk = reports.pk AND report.agency_code = stated.agency_code
   AND (reports.version > 1 OR report.submitted_at < reports.as_of)
 WHERE NOT EXISTS (SELECT FROM ingest.reviewed_records word
                    WHERE word.snapshot_pk = words.pk AND word.agency_code = stated.agency_code
                      AND word.database = stated.database AND word.new_records = stated.new_records)
   AND NOT EXISTS (SELECT FROM ingest.database_growth grown
                    WHERE grown.snapshot_pk = automatic.pk AND grown.agency_code = stated.agency_code
                      AND grown.database = stated.database AND grown.new_records IS NOT NULL);
