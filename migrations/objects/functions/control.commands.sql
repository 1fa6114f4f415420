-- Two people: nobody approves their own command.

-- Two people: nobody approves their own request.
CREATE OR REPLACE FUNCTION control.refuse_own_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF EXISTS (SELECT FROM control.command WHERE command_id = NEW.command_id AND control.same_person(actor, NEW.actor)) THEN
    RAISE EXCEPTION 'command % is approved by its own author', NEW.command_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse_own_approval BEFORE INSERT ON control.approval
  FOR EACH ROW EXECUTE FUNCTION control.refuse_own_approval();
