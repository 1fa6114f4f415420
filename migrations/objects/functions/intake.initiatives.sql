-- An initiative goes from proposal to decision, each agreement by another person than who proposed or assessed.

CREATE OR REPLACE FUNCTION intake.check_initiative_step() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  last intake.initiative_step;
  move intake.initiative_move;
BEGIN
  SELECT * INTO last FROM intake.initiative_step WHERE initiative_id = NEW.initiative_id ORDER BY number DESC LIMIT 1;
  SELECT * INTO move FROM intake.initiative_move m
   WHERE (m.action, m.from_state, m.to_state) = (NEW.action, NEW.from_state, NEW.to_state)
     AND (NOT m.reason_required OR btrim(coalesce(NEW.reason, '')) <> '');
  IF move IS NULL OR NEW.from_state <> coalesce(last.to_state, 'none') OR NEW.number <> coalesce(last.number, 0) + 1 THEN
    RAISE EXCEPTION 'initiative % is %: % to % is no move of it', NEW.initiative_id, coalesce(last.to_state, 'none'),
      NEW.action, NEW.to_state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM intake.initiative_proposal p
                  WHERE (p.initiative_id, p.agency, p.period) = (NEW.initiative_id, NEW.agency, NEW.period)) THEN
    RAISE EXCEPTION 'initiative % is not of % in %', NEW.initiative_id, NEW.agency, NEW.period
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF move.national = (NEW.actor_agency = NEW.agency) THEN
    RAISE EXCEPTION 'initiative %: % by somebody of %', NEW.initiative_id, NEW.action, NEW.actor_agency
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF (NEW.action = 'approve' AND EXISTS (
        SELECT FROM intake.initiative_step s
         WHERE s.initiative_id = NEW.initiative_id AND s.action = 'propose' AND control.same_person(s.actor, NEW.actor)))
     OR (NEW.action = 'decide' AND EXISTS (
        SELECT FROM intake.initiative_step s
         WHERE s.initiative_id = NEW.initiative_id AND s.action = 'assess' AND control.same_person(s.actor, NEW.actor))) THEN
    RAISE EXCEPTION 'initiative %: % by somebody who had a hand in it', NEW.initiative_id, NEW.action
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_initiative_step BEFORE INSERT ON intake.initiative_step
  FOR EACH ROW EXECUTE FUNCTION intake.check_initiative_step();
