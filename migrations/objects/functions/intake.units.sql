-- What holds inside an agency: a plan of two people, sections by the plan, assemblies of what was sent.

-- Two people: whoever asked for a plan does not approve it.
CREATE OR REPLACE FUNCTION intake.check_unit_plan_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked intake.unit_plan;
BEGIN
  SELECT * INTO asked FROM intake.unit_plan WHERE plan_id = NEW.plan_id AND agency = NEW.agency;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'plan % of % was not asked for', NEW.plan_id, NEW.agency USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF control.same_person(asked.requested_by, NEW.actor) THEN
    RAISE EXCEPTION 'plan % is approved by %', NEW.plan_id, NEW.actor USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_unit_plan_approval BEFORE INSERT ON intake.unit_plan_approval
  FOR EACH ROW EXECUTE FUNCTION intake.check_unit_plan_approval();

-- A section is the next version of what the unit answers for, by an approved plan of its agency that covers the month.
CREATE OR REPLACE FUNCTION intake.check_unit_section() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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
CREATE OR REPLACE FUNCTION intake.check_unit_assembly_section() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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
