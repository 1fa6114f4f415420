-- What holds inside an agency: the database refuses what the code should not have asked for.

-- Two people: whoever asked for a plan does not approve it.
CREATE FUNCTION intake.check_unit_plan_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked intake.unit_plan;
BEGIN
  SELECT * INTO asked FROM intake.unit_plan WHERE plan_id = NEW.plan_id AND agency = NEW.agency;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'plan % of % was not asked for', NEW.plan_id, NEW.agency USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.actor = asked.requested_by THEN
    RAISE EXCEPTION 'plan % is approved by %', NEW.plan_id, NEW.actor USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_unit_plan_approval BEFORE INSERT ON intake.unit_plan_approval
  FOR EACH ROW EXECUTE FUNCTION intake.check_unit_plan_approval();

-- A section is the next version of what the unit answers for, by an approved plan of its agency that covers the month.
CREATE FUNCTION intake.check_unit_section() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM FROM intake.unit_plan p JOIN intake.unit_plan_approval a USING (plan_id)
    WHERE p.plan_id = NEW.plan_id AND p.agency = NEW.agency AND p.first_period <= NEW.period
      AND p.assignments @> jsonb_build_array(jsonb_build_object('indicator', NEW.indicator, 'unit', NEW.unit));
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unit % does not answer for % of %', NEW.unit, NEW.indicator, NEW.period
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.version <> 1 + coalesce((SELECT max(s.version) FROM intake.unit_section s
       WHERE s.agency = NEW.agency AND s.period = NEW.period AND s.indicator = NEW.indicator), 0) THEN
    RAISE EXCEPTION 'version % of % of % is out of turn', NEW.version, NEW.indicator, NEW.period
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_unit_section BEFORE INSERT ON intake.unit_section
  FOR EACH ROW EXECUTE FUNCTION intake.check_unit_section();

-- What goes into a report is a scored section of the same agency and month that was not returned, as it was sent.
CREATE FUNCTION intake.check_unit_assembly_section() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM FROM intake.unit_assembly m
    JOIN intake.submission r ON r.submission_id = m.submission_id AND r.agency = m.agency
    JOIN intake.unit_section s ON s.agency = r.agency AND s.period = r.period
    WHERE m.assembly_id = NEW.assembly_id AND m.agency = NEW.agency
      AND s.section_id = NEW.section_id AND s.kind = 'scored' AND s.digest = NEW.digest
      AND NOT EXISTS (SELECT FROM intake.unit_section_return b WHERE b.section_id = s.section_id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'section % is none for assembly %', NEW.section_id, NEW.assembly_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_unit_assembly_section BEFORE INSERT ON intake.unit_assembly_section
  FOR EACH ROW EXECUTE FUNCTION intake.check_unit_assembly_section();

-- As before, and whoever wrote a section that went into the report had a hand in it too (APR-03).
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
                                                    AND t.action IN ('hand_over', 'approve')
        UNION ALL SELECT FROM intake.unit_assembly m JOIN intake.unit_assembly_section p USING (assembly_id)
                              JOIN intake.unit_section u USING (section_id)
                   WHERE m.submission_id = NEW.submission_id AND u.actor = NEW.actor) THEN
    RAISE EXCEPTION 'submission %: % by somebody who had a hand in it', NEW.submission_id, NEW.action
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

GRANT SELECT, INSERT ON intake.unit, intake.unit_member, intake.unit_member_end, intake.unit_plan, intake.unit_plan_approval,
  intake.unit_section, intake.unit_section_return, intake.unit_assembly, intake.unit_assembly_section TO gateway;
