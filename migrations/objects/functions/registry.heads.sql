-- Who heads a body from which day to which (G-16): what two people entered, and nothing that was withdrawn.

-- As known at an instant. Of entries that begin on one day the one approved last holds (a correction); a term ends at the latest
-- the day before the next one begins.
CREATE OR REPLACE FUNCTION registry.heads_known(known_at timestamptz)
RETURNS TABLE (agency text, head_id text, name text, title_vi text, title_en text, valid_from date, valid_to date)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  WITH standing AS (
    SELECT DISTINCT ON (h.agency, h.valid_from) h.*
      FROM registry.head h JOIN registry.head_approval a ON a.head_id = h.head_id
     WHERE a.recorded_at <= known_at
       AND NOT EXISTS (SELECT FROM registry.head_withdrawal_approval w WHERE w.head_id = h.head_id AND w.recorded_at <= known_at)
     ORDER BY h.agency, h.valid_from, a.recorded_at DESC, h.sequence DESC
  )
  SELECT s.agency, s.head_id, s.name, s.title_vi, s.title_en, s.valid_from,
         least(s.valid_to, lead(s.valid_from) OVER (PARTITION BY s.agency ORDER BY s.valid_from) - 1)
    FROM standing s
$$;

-- Two people each time: who asked for an entry does not approve it, nor who asked for its withdrawal that. What was withdrawn
-- before anybody approved it is over.
CREATE OR REPLACE FUNCTION registry.check_head_decision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('head:' || NEW.head_id, 0));
  IF TG_TABLE_NAME = 'head_approval' THEN
    IF EXISTS (SELECT FROM registry.head_withdrawal w WHERE w.head_id = NEW.head_id) THEN
      RAISE EXCEPTION 'head % was withdrawn', NEW.head_id USING ERRCODE = 'check_violation';
    END IF;
    SELECT h.requested_by INTO asked FROM registry.head h WHERE h.head_id = NEW.head_id;
  ELSE
    IF NOT EXISTS (SELECT FROM registry.head_approval a WHERE a.head_id = NEW.head_id) THEN
      RAISE EXCEPTION 'head % was never approved, so its withdrawal needs no second person', NEW.head_id
        USING ERRCODE = 'check_violation';
    END IF;
    SELECT w.actor INTO asked FROM registry.head_withdrawal w WHERE w.head_id = NEW.head_id;
  END IF;
  IF control.same_person(asked, NEW.actor) THEN
    RAISE EXCEPTION 'head %: approved by who asked for it', NEW.head_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_head_decision BEFORE INSERT ON registry.head_approval
  FOR EACH ROW EXECUTE FUNCTION registry.check_head_decision();
CREATE TRIGGER check_head_decision BEFORE INSERT ON registry.head_withdrawal_approval
  FOR EACH ROW EXECUTE FUNCTION registry.check_head_decision();

-- An approval and a withdrawal of one entry wait for each other.
CREATE OR REPLACE FUNCTION registry.await_head_decision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('head:' || NEW.head_id, 0));
  RETURN NEW;
END $$;
CREATE TRIGGER await_head_decision BEFORE INSERT ON registry.head_withdrawal
  FOR EACH ROW EXECUTE FUNCTION registry.await_head_decision();
