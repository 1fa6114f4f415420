-- The workflow of a submission, and who may see and write what in schema intake.

-- The only moves there are; services/gateway/reports/workflow/machine.py holds the same list, and a test compares them.
INSERT INTO intake.move (action, from_state, to_state, role, reason_required) VALUES
  ('create',  'none',      'draft',     'agency_drafter',  false),
  ('hand_over', 'draft',   'in_review', 'agency_drafter',  false),
  ('approve', 'in_review', 'approved',  'agency_approver', false),
  ('reject',  'in_review', 'draft',     'agency_approver', true),
  ('reject',  'approved',  'draft',     'agency_signer',   true),
  ('sign',    'approved',  'accepted',  'agency_signer',   false),
  ('revert',  'draft',     'reverted',  'agency_drafter',  true),
  ('revert',  'in_review', 'reverted',  'agency_drafter',  true),
  ('revert',  'approved',  'reverted',  'agency_drafter',  true),
  ('lapse',   'in_review', 'draft',     'anyone',          true),
  ('lapse',   'approved',  'draft',     'anyone',          true);

-- A step must be one of the moves, follow the last one, and be taken by another person where the law of four eyes says so.
CREATE FUNCTION intake.check_transition() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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
                                                    AND t.action IN ('hand_over', 'approve')) THEN
    RAISE EXCEPTION 'submission %: % by somebody who had a hand in it', NEW.submission_id, NEW.action
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_transition BEFORE INSERT ON intake.transition
  FOR EACH ROW EXECUTE FUNCTION intake.check_transition();

-- While a report is under review nobody changes it (APR-04).
CREATE FUNCTION intake.check_revision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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

-- Nothing counts that was not signed in the same transaction, on the very revision that was approved.
CREATE FUNCTION intake.check_acceptance() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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

-- What a gateway session may see ("*" or one body) and for which body it may write; unset means nothing (SEC-01, SEC-09).
CREATE FUNCTION intake.sees(agency text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('bangdiem.reads', true) IN ('*', agency), false);
CREATE FUNCTION intake.acts_for(agency text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('bangdiem.acts', true) = agency, false);

-- What the sources had counted of a body's databases: shown in its draft, and compared with what it reports (INT-17, C-2).
-- A view sees with its owner's eyes; the condition is what keeps bodies apart here.
CREATE VIEW ingest.automatic_records WITH (security_barrier) AS
  SELECT s.snapshot_id, s.period, s.version, g.agency_code AS agency, g.database, g.database_name, g.new_records
    FROM ingest.database_growth g JOIN ingest.snapshot s ON s.pk = g.snapshot_pk
   WHERE intake.sees(g.agency_code);
