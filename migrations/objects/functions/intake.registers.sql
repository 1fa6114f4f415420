-- Entries of the registers are of two people, and nobody writes or confirms about their own body (E1, E2).

-- How a meeting summons a body in one version; null when it does not, or is withdrawn.
CREATE OR REPLACE FUNCTION intake.summons_of(entry intake.register_entry, agency text) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN NOT (entry).withdrawn AND (entry).kind = 'meeting' THEN
    (SELECT s FROM jsonb_array_elements((entry).content -> 'summons') AS s WHERE s ->> 'agency' = summons_of.agency LIMIT 1) END;

-- Nobody writes or confirms about the body they belong to: neither an entry of it, nor a meeting's words about it. A version
-- that leaves the body's summons as the version in force has it says nothing about it.
CREATE OR REPLACE FUNCTION intake.refuse_own_body(entry intake.register_entry, person_agency text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  in_force intake.register_entry;
BEGIN
  SELECT e.* INTO in_force FROM intake.register_entry e JOIN intake.register_confirmation c USING (entry_id, version)
   WHERE e.entry_id = entry.entry_id ORDER BY e.version DESC LIMIT 1;
  IF entry.agency = person_agency
     OR intake.summons_of(entry, person_agency) IS DISTINCT FROM intake.summons_of(in_force, person_agency) THEN
    RAISE EXCEPTION 'entry % speaks of %, the body of who writes it', entry.entry_id, person_agency
      USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION intake.check_register_entry() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  last intake.register_entry;
BEGIN
  SELECT * INTO last FROM intake.register_entry WHERE entry_id = NEW.entry_id ORDER BY version DESC LIMIT 1;
  IF NEW.version <> coalesce(last.version, 0) + 1 THEN
    RAISE EXCEPTION 'entry % has version %, not %', NEW.entry_id, last.version, NEW.version - 1
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF last.version IS NOT NULL AND (last.kind, last.period, last.meeting_id, last.agency)
       IS DISTINCT FROM (NEW.kind, NEW.period, NEW.meeting_id, NEW.agency) THEN
    RAISE EXCEPTION 'entry % is about something else', NEW.entry_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.meeting_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM intake.register_entry m WHERE m.entry_id = NEW.meeting_id AND m.kind = 'meeting' AND m.period = NEW.period) THEN
    RAISE EXCEPTION 'entry % is of no meeting of %', NEW.entry_id, NEW.period USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  PERFORM intake.refuse_own_body(NEW, NEW.actor_agency);
  RETURN NEW;
END $$;
CREATE TRIGGER check_register_entry BEFORE INSERT ON intake.register_entry
  FOR EACH ROW EXECUTE FUNCTION intake.check_register_entry();

CREATE OR REPLACE FUNCTION intake.check_register_confirmation() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  last intake.register_entry;
BEGIN
  SELECT * INTO last FROM intake.register_entry WHERE entry_id = NEW.entry_id ORDER BY version DESC LIMIT 1;
  IF last.version IS DISTINCT FROM NEW.version THEN
    RAISE EXCEPTION 'entry % stands at version %, not %', NEW.entry_id, last.version, NEW.version
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF control.same_person(last.actor, NEW.actor) THEN
    RAISE EXCEPTION 'entry % is confirmed by who wrote it', NEW.entry_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM intake.refuse_own_body(last, NEW.actor_agency);
  RETURN NEW;
END $$;
CREATE TRIGGER check_register_confirmation BEFORE INSERT ON intake.register_confirmation
  FOR EACH ROW EXECUTE FUNCTION intake.check_register_confirmation();
