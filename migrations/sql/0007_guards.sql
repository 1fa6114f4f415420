-- Mandates take two people, and a signature rests on one that held: the database refuses what the code should not have asked for.

-- Two people: whoever asked for a mandate does not approve it (APR-08).
CREATE FUNCTION control.check_mandate_decision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked control.mandate;
BEGIN
  SELECT * INTO asked FROM control.mandate WHERE mandate_id = NEW.mandate_id AND agency = NEW.agency;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'mandate % of % was not asked for', NEW.mandate_id, NEW.agency USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_TABLE_NAME = 'mandate_approval' AND NEW.actor = asked.requested_by THEN
    RAISE EXCEPTION 'mandate % is approved by %', NEW.mandate_id, NEW.actor USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_mandate_decision BEFORE INSERT ON control.mandate_approval
  FOR EACH ROW EXECUTE FUNCTION control.check_mandate_decision();
CREATE TRIGGER check_mandate_decision BEFORE INSERT ON control.mandate_withdrawal
  FOR EACH ROW EXECUTE FUNCTION control.check_mandate_decision();

-- A signature is of the body's accepted report, under a mandate that was approved, not withdrawn, and held on the day of signing.
CREATE FUNCTION intake.check_signature() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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

GRANT SELECT, INSERT ON control.mandate, control.mandate_approval, control.mandate_withdrawal, control.signature_demand,
  control.request_key, control.request_key_end, intake.signature TO gateway;
GRANT SELECT, INSERT, DELETE ON control.request_nonce TO gateway;
-- Ingest freezes what was accepted, with its signature.
GRANT SELECT ON intake.signature TO ingest;
