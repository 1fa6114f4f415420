-- Signatures under official files, and which body must give them. Rendered from shared/tables when it was written.

CREATE TABLE control.file_signature (
    command_id TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
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
    CONSTRAINT pk_file_signature PRIMARY KEY (command_id, name),
    CONSTRAINT fk_file_signature_mandate FOREIGN KEY(mandate_id, agency, key_digest) REFERENCES control.mandate (mandate_id, agency, key_digest),
    CONSTRAINT fk_file_signature_command_id FOREIGN KEY(command_id) REFERENCES control.command (command_id)
);

CREATE TABLE control.file_signature_demand (
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    source TEXT NOT NULL,
    agency TEXT NOT NULL,
    demand TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_file_signature_demand PRIMARY KEY (sequence),
    CONSTRAINT ck_file_signature_demand_demand CHECK (demand IN ('required', 'optional')),
    CONSTRAINT ck_file_signature_demand_reason CHECK (btrim(reason) <> '')
);

CREATE INDEX ix_file_signature_demand_source ON control.file_signature_demand (source);

-- A file's signature rests on a mandate of the body that was approved, not withdrawn, and held on the day of signing.
CREATE FUNCTION control.check_file_signature() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM FROM control.mandate m JOIN control.mandate_approval USING (mandate_id)
    WHERE m.mandate_id = NEW.mandate_id AND m.agency = NEW.agency
      AND (NEW.signed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN m.valid_from AND coalesce(m.valid_to, 'infinity')
      AND NOT EXISTS (SELECT FROM control.mandate_withdrawal w WHERE w.mandate_id = m.mandate_id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'mandate % did not hold when % was signed', NEW.mandate_id, NEW.name
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_file_signature BEFORE INSERT ON control.file_signature
  FOR EACH ROW EXECUTE FUNCTION control.check_file_signature();

GRANT SELECT, INSERT ON control.file_signature, control.file_signature_demand TO gateway;
