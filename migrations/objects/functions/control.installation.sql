-- What a database is for is said once, while it holds nothing that anybody did (docs/adr/0047). One that says nothing is real.

CREATE OR REPLACE FUNCTION control.check_installation() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NEW.kind = 'demo' AND (EXISTS (SELECT FROM control.api_key) OR EXISTS (SELECT FROM control.command)) THEN
    RAISE EXCEPTION 'this database was in use before: it is no demonstration' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_installation BEFORE INSERT ON control.installation
  FOR EACH ROW EXECUTE FUNCTION control.check_installation();

CREATE OR REPLACE FUNCTION control.is_demo() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT FROM control.installation WHERE kind = 'demo')
$$;
