-- The workflow of a feedback (Art. 17): nobody answers about the body they belong to.

CREATE OR REPLACE FUNCTION intake.check_feedback_step() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  about intake.feedback;
  last intake.feedback_step;
  move intake.feedback_move;
  addressee text;
BEGIN
  SELECT * INTO about FROM intake.feedback WHERE feedback_id = NEW.feedback_id;
  IF about IS NULL OR NEW.agency IS DISTINCT FROM about.agency THEN
    RAISE EXCEPTION 'feedback % is of another sender', NEW.feedback_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT * INTO last FROM intake.feedback_step WHERE feedback_id = NEW.feedback_id ORDER BY number DESC LIMIT 1;
  SELECT forwarded_to INTO addressee FROM intake.feedback_step
   WHERE feedback_id = NEW.feedback_id AND action = 'forward' ORDER BY number DESC LIMIT 1;
  SELECT * INTO move FROM intake.feedback_move m
   WHERE (m.action, m.from_state, m.to_state) = (NEW.action, NEW.from_state, NEW.to_state)
     AND (NOT m.text_required OR btrim(coalesce(NEW.text, '')) <> '');
  IF move IS NULL OR NEW.from_state <> coalesce(last.to_state, 'none') OR NEW.number <> coalesce(last.number, 0) + 1 THEN
    RAISE EXCEPTION 'feedback % is %: % to % is no move of it', NEW.feedback_id, coalesce(last.to_state, 'none'),
      NEW.action, NEW.to_state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  -- A body's session acts for the body and for nothing else; a national one for nobody.
  IF (CASE
       WHEN NOT intake.office() THEN NOT intake.acts_for(NEW.actor_agency)
            OR NEW.actor_agency IS DISTINCT FROM CASE WHEN move.side = 'addressee' THEN addressee
                                                      WHEN move.side <> 'office' THEN about.agency END
       WHEN move.side = 'addressee' THEN true
       WHEN move.side = 'sender' THEN about.agency IS NOT NULL
       ELSE NEW.actor_agency IN (about.agency, about.about_agency) IS TRUE
     END) THEN
    RAISE EXCEPTION 'feedback %: % by somebody of %', NEW.feedback_id, NEW.action, NEW.actor_agency
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_feedback_step BEFORE INSERT ON intake.feedback_step
  FOR EACH ROW EXECUTE FUNCTION intake.check_feedback_step();

-- Whether it was forwarded to whom the session is there for.
CREATE OR REPLACE FUNCTION intake.was_forwarded(asked text) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT FROM intake.feedback_forwarding f WHERE f.feedback_id = asked AND intake.sees(f.agency))
$$;
