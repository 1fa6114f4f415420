-- Two people: nobody approves their own command; one that was refused or taken back is approved by nobody (ADR 39).

CREATE OR REPLACE FUNCTION control.refuse_own_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('decisions', 0));
  IF EXISTS (SELECT FROM control.command WHERE command_id = NEW.command_id AND control.same_person(actor, NEW.actor)) THEN
    RAISE EXCEPTION 'command % is approved by its own author', NEW.command_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM control.command_end WHERE command_id = NEW.command_id) THEN
    RAISE EXCEPTION 'command % was refused or taken back', NEW.command_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse_own_approval BEFORE INSERT ON control.approval
  FOR EACH ROW EXECUTE FUNCTION control.refuse_own_approval();

-- Who asked takes it back, anybody else refuses it; only what waits for a second person ends so.
CREATE OR REPLACE FUNCTION control.check_command_end() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('decisions', 0));
  SELECT c.kind, c.actor INTO asked FROM control.command c WHERE c.command_id = NEW.command_id;
  IF asked.kind IS NULL OR asked.kind NOT IN ('supersede', 'restore')
     OR EXISTS (SELECT FROM control.approval WHERE command_id = NEW.command_id) THEN
    RAISE EXCEPTION 'command % waits for nobody', NEW.command_id USING ERRCODE = 'check_violation';
  END IF;
  IF control.same_person(asked.actor, NEW.actor) <> (NEW.kind = 'taken_back') THEN
    RAISE EXCEPTION 'command %: who asked takes it back, another person refuses it', NEW.command_id
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_command_end BEFORE INSERT ON control.command_end
  FOR EACH ROW EXECUTE FUNCTION control.check_command_end();
