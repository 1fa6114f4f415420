-- A reading changes by a revision of its scheme and never by an edit (RUL-17, ADR 32): two people sign what a shadow run showed,
-- and only then, in the order of their numbers, revisions come into force.

-- Both people sign one shadow run, in which the engines agree.
CREATE OR REPLACE FUNCTION control.check_scheme_signature() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  other record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('scheme_revision:' || NEW.revision_id, 0));
  IF NOT EXISTS (SELECT FROM control.scheme_shadow s
                  WHERE s.shadow_id = NEW.shadow_id AND s.revision_id = NEW.revision_id AND s.agrees) THEN
    RAISE EXCEPTION 'revision %: % is no shadow run of it in which the engines agree', NEW.revision_id, NEW.shadow_id
      USING ERRCODE = 'check_violation';
  END IF;
  SELECT * INTO other FROM control.scheme_signature s WHERE s.revision_id = NEW.revision_id AND s.place <> NEW.place;
  IF NEW.place = 2 AND other IS NULL THEN
    RAISE EXCEPTION 'revision %: nobody has signed before', NEW.revision_id USING ERRCODE = 'check_violation';
  END IF;
  IF control.same_person(other.actor, NEW.actor) THEN
    RAISE EXCEPTION 'revision %: signed twice by one person', NEW.revision_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF other.digest <> NEW.digest OR other.shadow_id <> NEW.shadow_id THEN
    RAISE EXCEPTION 'revision %: the two people sign different things', NEW.revision_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_scheme_signature BEFORE INSERT ON control.scheme_signature
  FOR EACH ROW EXECUTE FUNCTION control.check_scheme_signature();

CREATE OR REPLACE FUNCTION control.check_scheme_activation() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  mine record;
BEGIN
  SELECT r.scheme, r.number INTO mine FROM control.scheme_revision r WHERE r.revision_id = NEW.revision_id;
  PERFORM pg_advisory_xact_lock(hashtextextended('scheme_activation:' || mine.scheme, 0));
  IF (SELECT count(*) FROM control.scheme_signature s WHERE s.revision_id = NEW.revision_id) <> 2 THEN
    RAISE EXCEPTION 'revision % is not signed by two people', NEW.revision_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM control.scheme_activation a JOIN control.scheme_revision r USING (revision_id)
              WHERE r.scheme = mine.scheme AND r.number > mine.number) THEN
    RAISE EXCEPTION 'revision %: a later one is in force', NEW.revision_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_scheme_activation BEFORE INSERT ON control.scheme_activation
  FOR EACH ROW EXECUTE FUNCTION control.check_scheme_activation();
