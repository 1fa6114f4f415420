-- Who alone brought a source's month in by official file: another person publishes what rests on it. What follows the first version
-- took two people.
CREATE OR REPLACE VIEW ingest.file_importer AS
SELECT s.source, s.period, p.actor
  FROM ingest.snapshot s JOIN ingest.pull p USING (pull_id)
 WHERE s.origin = 'official_file' AND s.supersedes IS NULL;
