-- What each service may do. Nobody is granted UPDATE, DELETE or TRUNCATE on a fact.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
-- Readiness compares the schema's revision with the code's.
GRANT USAGE ON SCHEMA public TO gateway;
GRANT SELECT ON public.alembic_version TO gateway;
GRANT USAGE ON SCHEMA audit, registry, control, ingest, scoring, queue TO ingest, scoring, gateway;

-- Everyone writes its own audit row, but not its clock or transaction; the gateway also reads them.
GRANT INSERT (actor, action, object, reason, detail) ON audit.entry TO ingest, scoring, gateway;
GRANT SELECT ON audit.entry TO gateway;

GRANT SELECT ON ALL TABLES IN SCHEMA registry, control TO ingest, scoring, gateway;
REVOKE SELECT ON control.api_key, control.api_key_revocation FROM ingest, scoring;
GRANT INSERT ON ALL TABLES IN SCHEMA registry, control TO gateway;

GRANT SELECT ON ALL TABLES IN SCHEMA ingest TO ingest;
GRANT INSERT ON ingest.raw_body, ingest.pull, ingest.request, ingest.pull_outcome, ingest.finding, ingest.official_file,
  ingest.snapshot, ingest.quarantine TO ingest;
GRANT EXECUTE ON FUNCTION ingest.open_rows, ingest.seal_rows TO ingest;
GRANT USAGE ON SEQUENCE ingest.snapshot_pk_seq TO ingest;

-- Scoring reads snapshots and their rows, never quarantine or raw bytes.
GRANT SELECT ON ingest.snapshot TO scoring, gateway;
GRANT SELECT ON ingest.pull, ingest.pull_outcome, ingest.finding, ingest.request, ingest.official_file TO gateway;

GRANT SELECT ON ALL TABLES IN SCHEMA scoring TO scoring, gateway;
GRANT INSERT ON ALL TABLES IN SCHEMA scoring TO scoring;

GRANT SELECT, INSERT, UPDATE ON queue.job_run TO ingest, scoring, gateway;
