-- An extension takes two people and only ever adds time (APR-10).

-- `alone` marks what no product ever writes: nobody grants an extension by themself.
CREATE OR REPLACE FUNCTION control.check_extension() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NEW.alone THEN
    RAISE EXCEPTION 'extension %: nobody grants one alone', NEW.extension_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_extension BEFORE INSERT ON control.extension FOR EACH ROW EXECUTE FUNCTION control.check_extension();

-- One that ends in the past, or not after what holds, is not approved, and two approvals of one body's month wait for each other.
-- `decided_at` is the instant of the approval by the clock of who wrote it.
CREATE OR REPLACE FUNCTION control.check_extension_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked control.extension;
  held timestamptz;
BEGIN
  SELECT * INTO asked FROM control.extension e WHERE e.extension_id = NEW.extension_id;
  IF control.same_person(asked.actor, NEW.actor) THEN
    RAISE EXCEPTION 'extension %: approved by who proposed it', NEW.extension_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('extension:' || asked.agency || ':' || asked.period, 0));
  -- The deadline of all: the calendar's, else the law's. Of the body's extensions those of one effect, and for one that only lets
  -- late reports count also those by which they are in time.
  held := greatest(
    control.closes_at(asked.period, 'agency_report', 'report_deadline', NULL),
    (SELECT max(f.until) FROM control.extension_in_force f
      WHERE f.agency = asked.agency AND f.period = asked.period AND f.extension_id <> asked.extension_id
        AND (asked.effect = 'late_counts' OR f.effect = 'in_time')),
    coalesce(NEW.decided_at, clock_timestamp()));
  IF asked.until <= held THEN
    RAISE EXCEPTION 'extension %: lengthens nothing beyond %', NEW.extension_id, held USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_extension_approval BEFORE INSERT ON control.extension_approval
  FOR EACH ROW EXECUTE FUNCTION control.check_extension_approval();
