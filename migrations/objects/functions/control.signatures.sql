-- A signature rests on a mandate of the body that was approved, not withdrawn, and held on the day of signing (APR-08).

-- A signature is of the body's accepted report, under a mandate that was approved, not withdrawn, and held on the day of signing.
CREATE OR REPLACE FUNCTION intake.check_signature() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM FROM intake.acceptance a WHERE a.submission_id = NEW.submission_id AND a.agency = NEW.agency AND a.signed_by = NEW.actor;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'submission % was not accepted as signed by %', NEW.submission_id, NEW.actor
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  PERFORM FROM control.mandate m JOIN control.mandate_approval USING (mandate_id)
    WHERE m.mandate_id = NEW.mandate_id AND m.agency = NEW.agency
      AND (NEW.signed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN m.valid_from AND coalesce(m.valid_to, 'infinity')
      AND NOT EXISTS (SELECT FROM control.mandate_withdrawal w WHERE w.mandate_id = m.mandate_id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'mandate % did not hold when submission % was signed', NEW.mandate_id, NEW.submission_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_signature BEFORE INSERT ON intake.signature
  FOR EACH ROW EXECUTE FUNCTION intake.check_signature();

-- A countersignature rests on a mandate of the body that was approved, not withdrawn, and held on the day of signing.
CREATE OR REPLACE FUNCTION control.check_countersignature() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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

-- A file's signature rests on a mandate of the body that was approved, not withdrawn, and held on the day of signing.
CREATE OR REPLACE FUNCTION control.check_file_signature() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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
