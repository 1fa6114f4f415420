-- What the sources had counted of a body's databases: shown in its draft, and compared with what it reports (INT-17, C-2).
-- A view sees with its owner's eyes; the condition is what keeps bodies apart here.
CREATE VIEW ingest.automatic_records WITH (security_barrier) AS
  SELECT s.snapshot_id, s.period, s.version, g.agency_code AS agency, g.database, g.database_name, g.new_records
    FROM ingest.database_growth g JOIN ingest.snapshot s ON s.pk = g.snapshot_pk
   WHERE intake.sees(g.agency_code);
