GRANT USAGE ON SCHEMA intake TO gateway, ingest, scoring;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA intake TO gateway;
REVOKE INSERT ON intake.move FROM gateway;
-- Ingest freezes what was accepted; it sees no draft.
GRANT SELECT ON intake.acceptance, intake.receipt, intake.records_review TO ingest;
GRANT SELECT ON ingest.automatic_records TO gateway;

GRANT SELECT ON control.extension, control.late_acceptance TO ingest, scoring, gateway;
GRANT SELECT ON control.rule_activation, control.signing_key, control.signing_key_end TO gateway;
GRANT INSERT ON control.extension, control.late_acceptance, control.rule_activation, control.signing_key,
  control.signing_key_end TO gateway;
GRANT SELECT, INSERT, DELETE ON control.idempotency TO gateway;
-- A receipt carries its number inside its signature, so the number is drawn before the row is written.
GRANT USAGE ON SEQUENCE intake.receipt_sequence_seq TO gateway;
