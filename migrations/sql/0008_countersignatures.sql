-- Countersignatures of frozen snapshots. Rendered from shared/tables when it was written.

CREATE TABLE control.countersignature (
    countersignature_id TEXT NOT NULL,
    snapshot_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    jws TEXT NOT NULL,
    jws_digest TEXT NOT NULL,
    payload_digest TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    key_digest TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    mandate_id TEXT NOT NULL,
    verification JSONB NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_countersignature PRIMARY KEY (countersignature_id),
    CONSTRAINT uq_countersignature_snapshot_id_agency UNIQUE (snapshot_id, agency),
    CONSTRAINT fk_countersignature_mandate FOREIGN KEY(mandate_id, agency, key_digest) REFERENCES control.mandate (mandate_id, agency, key_digest),
    CONSTRAINT fk_countersignature_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES ingest.snapshot (snapshot_id)
);

-- A countersignature rests on a mandate of the body that was approved, not withdrawn, and held on the day of signing.
CREATE FUNCTION control.check_countersignature() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM FROM control.mandate m JOIN control.mandate_approval USING (mandate_id)
    WHERE m.mandate_id = NEW.mandate_id AND m.agency = NEW.agency
      AND (NEW.signed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN m.valid_from AND coalesce(m.valid_to, 'infinity')
      AND NOT EXISTS (SELECT FROM control.mandate_withdrawal w WHERE w.mandate_id = m.mandate_id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'mandate % did not hold when snapshot % was countersigned', NEW.mandate_id, NEW.snapshot_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_countersignature BEFORE INSERT ON control.countersignature
  FOR EACH ROW EXECUTE FUNCTION control.check_countersignature();

GRANT SELECT, INSERT ON control.countersignature TO gateway;
