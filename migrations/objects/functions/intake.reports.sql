-- The workflow of a report: the moves there are, its content closed under review (APR-04), four eyes (APR-03), and
-- nothing that counts unsigned.

-- A step must be one of the moves, follow the last one, and be taken by another person where the law of four eyes says so.
-- Hands in a report (APR-03) are whoever made it, wrote a revision, wrote a section that went into it, or handed it over. Who approved
-- may approve again what came back since (APR-09): an approval that lapsed or was sent back is no hand. Who approved never signs.
CREATE OR REPLACE FUNCTION intake.check_transition() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  last intake.transition;
BEGIN
  SELECT * INTO last FROM intake.transition WHERE submission_id = NEW.submission_id ORDER BY number DESC LIMIT 1;
  IF NEW.from_state <> coalesce(last.to_state, 'none') OR NEW.number <> coalesce(last.number, 0) + 1 THEN
    RAISE EXCEPTION 'submission % is %, not %', NEW.submission_id, coalesce(last.to_state, 'none'), NEW.from_state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  PERFORM FROM intake.move m WHERE (m.action, m.from_state, m.to_state) = (NEW.action, NEW.from_state, NEW.to_state)
                              AND (NOT m.reason_required OR btrim(coalesce(NEW.reason, '')) <> '');
  IF NOT FOUND THEN
    RAISE EXCEPTION '% from % to % is no move of a submission', NEW.action, NEW.from_state, NEW.to_state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.action IN ('approve', 'sign') AND EXISTS (
       SELECT FROM (
         SELECT r.author FROM intake.revision r WHERE r.submission_id = NEW.submission_id
          UNION SELECT s.created_by FROM intake.submission s WHERE s.submission_id = NEW.submission_id
          UNION SELECT t.actor FROM intake.transition t
                 WHERE t.submission_id = NEW.submission_id
                   AND (t.action = 'hand_over' OR t.action = 'approve' AND NEW.action = 'sign')
          UNION SELECT u.actor FROM intake.unit_assembly m JOIN intake.unit_assembly_section p USING (assembly_id)
                  JOIN intake.unit_section u USING (section_id)
                 WHERE m.submission_id = NEW.submission_id) AS hand (actor)
        WHERE control.same_person(hand.actor, NEW.actor)) THEN
    RAISE EXCEPTION 'submission %: % by somebody who had a hand in it', NEW.submission_id, NEW.action
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_transition BEFORE INSERT ON intake.transition
  FOR EACH ROW EXECUTE FUNCTION intake.check_transition();

-- While a report is under review nobody changes it (APR-04).
CREATE OR REPLACE FUNCTION intake.check_revision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  state text;
BEGIN
  SELECT t.to_state INTO state FROM intake.transition t WHERE t.submission_id = NEW.submission_id ORDER BY t.number DESC LIMIT 1;
  IF state IS DISTINCT FROM 'draft' THEN
    RAISE EXCEPTION 'submission % is %: its content is closed', NEW.submission_id, state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_revision BEFORE INSERT ON intake.revision
  FOR EACH ROW EXECUTE FUNCTION intake.check_revision();

-- Nothing counts that was not signed in the same transaction, on the very revision that was approved: by two people, since
-- check_transition took both steps.
CREATE OR REPLACE FUNCTION intake.check_acceptance() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM FROM intake.transition signed JOIN intake.transition approved USING (submission_id)
    WHERE submission_id = NEW.submission_id AND signed.action = 'sign' AND signed.actor = NEW.signed_by
      AND signed.digest = NEW.digest AND signed.revision = NEW.revision
      AND approved.number = signed.number - 1 AND approved.action = 'approve' AND approved.actor = NEW.approved_by
      AND approved.digest = NEW.digest AND approved.revision = NEW.revision;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'submission % was not approved and signed as it is accepted', NEW.submission_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_acceptance BEFORE INSERT ON intake.acceptance
  FOR EACH ROW EXECUTE FUNCTION intake.check_acceptance();
