-- A body states its own points before the month's first version is made, public or not yet, and not after it (EXP-11): by then
-- its people may have seen theirs. The versions count up by
-- themselves. Whoever publishes waits for a statement under way, and the other way round, so none slips in behind.

CREATE OR REPLACE FUNCTION intake.check_self_score() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('self-scores:' || NEW.period, 0));
  PERFORM pg_advisory_xact_lock(hashtextextended('self-scores:' || NEW.period || NEW.agency, 0));
  IF scoring.is_made(NEW.period) THEN
    RAISE EXCEPTION 'self-scores of % are closed: the month is published', NEW.period
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  IF jsonb_typeof(NEW.points) <> 'object' OR NEW.points = '{}' OR EXISTS (
       SELECT FROM jsonb_each(CASE jsonb_typeof(NEW.points) WHEN 'object' THEN NEW.points ELSE '{}' END) AS stated
        WHERE jsonb_typeof(stated.value) <> 'string' OR stated.value #>> '{}' !~ '^(0|[1-9][0-9]{0,17})([.][0-9]{1,12})?$') THEN
    RAISE EXCEPTION 'points of a self-score are decimal texts by indicator' USING ERRCODE = 'check_violation';
  END IF;
  NEW.version := 1 + coalesce((SELECT max(s.version) FROM intake.self_score s
                                WHERE s.agency = NEW.agency AND s.period = NEW.period), 0);
  RETURN NEW;
END $$;
CREATE TRIGGER check_self_score BEFORE INSERT ON intake.self_score
  FOR EACH ROW EXECUTE FUNCTION intake.check_self_score();

CREATE OR REPLACE FUNCTION scoring.close_self_scores() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('self-scores:' || NEW.period, 0));
  RETURN NEW;
END $$;
CREATE TRIGGER close_self_scores BEFORE INSERT ON scoring.publication
  FOR EACH ROW EXECUTE FUNCTION scoring.close_self_scores();
