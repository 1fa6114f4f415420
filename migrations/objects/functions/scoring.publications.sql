-- A publication is made by another person than its run (RSC-11), pins the extensions that it saw (APR-10), and readers hear of it
-- when it commits.

CREATE OR REPLACE FUNCTION scoring.check_publication() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF EXISTS (SELECT FROM scoring.run r WHERE r.run_id = NEW.run_id AND control.same_person(r.actor, NEW.publisher)) THEN
    RAISE EXCEPTION 'run % is published by who started it', NEW.run_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM scoring.run r JOIN ingest.file_importer f USING (period)
              WHERE r.run_id = NEW.run_id AND control.same_person(f.actor, NEW.publisher)) THEN
    RAISE EXCEPTION 'run % rests on a file that its publisher imported', NEW.run_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- What restores a version is of that version's run, and another person approved what the first one asked for (RSC-13).
  IF NEW.restores IS NOT NULL AND NOT EXISTS (
       SELECT FROM scoring.publication former
         JOIN control.command asked ON asked.command_id = NEW.command_id AND asked.kind = 'restore'
         JOIN control.approval agreed ON agreed.command_id = asked.command_id AND agreed.actor = NEW.publisher
        WHERE former.publication_id = NEW.restores AND former.period = NEW.period AND former.run_id = NEW.run_id
          AND former.publication_id = asked.arguments ->> 'publication_id') THEN
    RAISE EXCEPTION 'publication % is restored without two people', NEW.restores USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- What is published is the difference that the publisher saw, and asked for by its digest (ADR 34); what restores a version says
  -- what two people named.
  IF NEW.restores IS NULL AND NEW.plan_digest IS NULL THEN
    RAISE EXCEPTION 'run % is published without a difference that somebody saw', NEW.run_id USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM control.command asked WHERE asked.command_id = NEW.command_id AND asked.kind = 'publish'
              AND asked.arguments ->> 'plan' IS DISTINCT FROM NEW.plan_digest) THEN
    RAISE EXCEPTION 'run % is published as another difference than was asked for', NEW.run_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_publication BEFORE INSERT ON scoring.publication
  FOR EACH ROW EXECUTE FUNCTION scoring.check_publication();

-- One approved before it and committed after it never changes what a version says.
CREATE OR REPLACE FUNCTION scoring.pin_extensions() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  NEW.extensions := ARRAY(SELECT f.extension_id FROM control.extension_in_force f
                           WHERE f.period = NEW.period ORDER BY f.turn, f.sequence);
  RETURN NEW;
END $$;
CREATE TRIGGER pin_extensions BEFORE INSERT ON scoring.publication FOR EACH ROW EXECUTE FUNCTION scoring.pin_extensions();

-- Readers that keep published sheets in memory hear of a new one when it commits, and never before.
CREATE OR REPLACE FUNCTION scoring.announce_publication() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_notify('publication', NEW.period);
  RETURN NULL;
END $$;
CREATE TRIGGER announce_publication AFTER INSERT ON scoring.publication
  FOR EACH ROW EXECUTE FUNCTION scoring.announce_publication();
