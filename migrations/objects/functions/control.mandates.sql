-- Two people: neither who asked for a mandate, nor whose it is, approves it (APR-08).

-- Two people: whoever asked for a mandate does not approve it (APR-08).
CREATE OR REPLACE FUNCTION control.check_mandate_decision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked control.mandate;
BEGIN
  SELECT * INTO asked FROM control.mandate WHERE mandate_id = NEW.mandate_id AND agency = NEW.agency;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'mandate % of % was not asked for', NEW.mandate_id, NEW.agency USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_TABLE_NAME = 'mandate_approval'
     AND (control.same_person(asked.requested_by, NEW.actor) OR control.is_held_by(NEW.actor, asked.holder)) THEN
    RAISE EXCEPTION 'mandate % is approved by %', NEW.mandate_id, NEW.actor USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_mandate_decision BEFORE INSERT ON control.mandate_approval
  FOR EACH ROW EXECUTE FUNCTION control.check_mandate_decision();
CREATE TRIGGER check_mandate_decision BEFORE INSERT ON control.mandate_withdrawal
  FOR EACH ROW EXECUTE FUNCTION control.check_mandate_decision();
