-- An extension only ever adds time: one that ends in the past, or not after what holds, is not approved, and two approvals of one
-- body's month wait for each other. `decided_at` is the instant of the approval by the clock of who wrote it.
ALTER TABLE control.extension_approval ADD COLUMN decided_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE control.extension_approval ALTER COLUMN decided_at SET DEFAULT clock_timestamp();

CREATE OR REPLACE FUNCTION control.check_extension_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked control.extension;
  held timestamptz;
BEGIN
  SELECT * INTO asked FROM control.extension e WHERE e.extension_id = NEW.extension_id;
  IF asked.actor = NEW.actor THEN
    RAISE EXCEPTION 'extension %: approved by who proposed it', NEW.extension_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('extension:' || asked.agency || ':' || asked.period, 0));
  -- The deadline of all: the calendar's, else the law's. Of the body's extensions those of one effect, and for one that only lets
  -- late reports count also those by which they are in time.
  held := greatest(
    coalesce((SELECT c.falls_at FROM control.calendar_entry c
               WHERE c.period = asked.period AND c.kind = 'report_deadline' AND c.source IN ('*', 'agency_report')
               ORDER BY (c.source <> '*') DESC, c.sequence DESC LIMIT 1),
             ((asked.period || '-05')::date + interval '1 month') AT TIME ZONE 'Asia/Ho_Chi_Minh'),
    (SELECT max(f.until) FROM control.extension_in_force f
      WHERE f.agency = asked.agency AND f.period = asked.period AND f.extension_id <> asked.extension_id
        AND (asked.effect = 'late_counts' OR f.effect = 'in_time')),
    coalesce(NEW.decided_at, clock_timestamp()));
  IF asked.until <= held THEN
    RAISE EXCEPTION 'extension %: lengthens nothing beyond %', NEW.extension_id, held USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

COMMENT ON VIEW control.extension_in_force IS
  'The extensions that hold or held. Each adds time and none takes any away: of a body''s month the greatest until holds.';

-- A publication pins the extensions that it saw: one approved before it and committed after it never changes what a version says.
-- Null in publications of before, which saw what was in force by then.
ALTER TABLE scoring.publication ADD COLUMN extensions TEXT[];
CREATE FUNCTION scoring.pin_extensions() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  NEW.extensions := ARRAY(SELECT f.extension_id FROM control.extension_in_force f
                           WHERE f.period = NEW.period ORDER BY f.turn, f.sequence);
  RETURN NEW;
END $$;
CREATE TRIGGER pin_extensions BEFORE INSERT ON scoring.publication FOR EACH ROW EXECUTE FUNCTION scoring.pin_extensions();
