-- What holds a month's first version is left out by two people (docs/adr/0028).

CREATE OR REPLACE FUNCTION control.refuse_own_omission() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF EXISTS (SELECT FROM control.omission WHERE omission_id = NEW.omission_id AND control.same_person(actor, NEW.actor)) THEN
    RAISE EXCEPTION 'omission % is approved by its own author', NEW.omission_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse_own_omission BEFORE INSERT ON control.omission_approval
  FOR EACH ROW EXECUTE FUNCTION control.refuse_own_omission();
