-- A publication pins the extensions that it saw, and readers hear of it when it commits (APR-10).

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
