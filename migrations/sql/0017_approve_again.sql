-- As before, but who approved may approve again what came back since: an approval that lapsed or was sent back is no hand in the
-- report (APR-09). Who approved never signs.
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
       SELECT FROM intake.revision r WHERE r.submission_id = NEW.submission_id AND r.author = NEW.actor
        UNION ALL SELECT FROM intake.submission s WHERE s.submission_id = NEW.submission_id AND s.created_by = NEW.actor
        UNION ALL SELECT FROM intake.transition t WHERE t.submission_id = NEW.submission_id AND t.actor = NEW.actor
                                                    AND (t.action = 'hand_over' OR t.action = 'approve' AND NEW.action = 'sign')
        UNION ALL SELECT FROM intake.unit_assembly m JOIN intake.unit_assembly_section p USING (assembly_id)
                              JOIN intake.unit_section u USING (section_id)
                   WHERE m.submission_id = NEW.submission_id AND u.actor = NEW.actor) THEN
    RAISE EXCEPTION 'submission %: % by somebody who had a hand in it', NEW.submission_id, NEW.action
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
