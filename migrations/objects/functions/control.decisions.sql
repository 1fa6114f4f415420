-- What moves points or time for others takes two people (SNP-04, RUL-06, G-15), and no calendar row takes back time that was given.

-- `alone` marks what was decided before two people were asked for: nobody writes such a row any more.
CREATE OR REPLACE FUNCTION control.refuse_alone() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NEW.alone THEN
    RAISE EXCEPTION '%: nobody decides alone', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse_alone BEFORE INSERT ON control.ruling FOR EACH ROW EXECUTE FUNCTION control.refuse_alone();
CREATE TRIGGER refuse_alone BEFORE INSERT ON control.applicability FOR EACH ROW EXECUTE FUNCTION control.refuse_alone();
CREATE TRIGGER refuse_alone BEFORE INSERT ON control.calendar_entry FOR EACH ROW EXECUTE FUNCTION control.refuse_alone();
CREATE TRIGGER refuse_alone BEFORE INSERT ON control.rule_activation FOR EACH ROW EXECUTE FUNCTION control.refuse_alone();

-- The decision while it waits, under the one lock of all approvals: they are told one after the other.
CREATE OR REPLACE FUNCTION control.waiting_decision(asked text, OUT kind text, OUT actor text, OUT withdraws text)
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  found record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('decisions', 0));
  SELECT d.kind, d.actor, d.withdraws, d.state INTO found FROM control.decision d WHERE d.decision_id = asked;
  IF found.kind IS NULL THEN
    RAISE EXCEPTION 'there is no decision %', asked USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF found.state <> 'proposed' THEN
    RAISE EXCEPTION 'decision % is %', asked, found.state USING ERRCODE = 'check_violation';
  END IF;
  kind := found.kind;
  actor := found.actor;
  withdraws := found.withdraws;
END $$;

-- The law's day, as the scheme of the month says it: of the second look, the reports'.
CREATE OR REPLACE FUNCTION control.legal_close(period text, kind text) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT CASE kind WHEN 'cutoff' THEN control.legal_cutoff(period) WHEN 'word_deadline' THEN control.legal_word_deadline(period)
                   ELSE control.legal_report_deadline(period) END
$$;

-- When a source's month closes by the calendar, one row left out; else the law's day.
CREATE OR REPLACE FUNCTION control.closes_at(period text, source text, kind text, left_out text) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT coalesce(
    (SELECT c.falls_at FROM control.calendar_in_force c
      WHERE c.period = closes_at.period AND c.kind = closes_at.kind AND c.source IN ('*', closes_at.source)
        AND c.entry_id IS DISTINCT FROM left_out
      ORDER BY (c.source <> '*') DESC, c.turn DESC, c.sequence DESC LIMIT 1),
    control.legal_close(period, kind))
$$;

-- Why an instant cannot be the one from now on: `early` (before the law's), `passed` (by this database's clock), `receipt` (a report
-- that counts came at or after it), `frozen`; null where it can. Whoever still hands in a report is waited for, so that none slips
-- behind. Looks at every body's receipts, with the session's own rights, and says one word of them.
CREATE OR REPLACE FUNCTION control.calendar_refusal(period text, source text, kind text, instant timestamptz, withdraws text)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
  reach text := coalesce(current_setting('bangdiem.reads', true), '');
  asked CONSTANT text[] := ARRAY['agency_report', 'government_office'];
  month CONSTANT text := $1;
  whose CONSTANT text := $2;
  what CONSTANT text := $3;
  becomes timestamptz := $4;
  counted boolean;
BEGIN
  IF what = 'report_deadline' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('reports:' || month, 0));
  END IF;
  -- No snapshot closes a second look: it changes nothing that is frozen.
  IF EXISTS (SELECT FROM ingest.snapshot s
              WHERE s.period = month AND (whose = '*' OR s.source = whose)
                AND what = CASE WHEN s.source = ANY (asked) THEN 'report_deadline'
                                WHEN s.source = 'records_review' THEN 'word_deadline' ELSE 'cutoff' END) THEN
    RETURN 'frozen';
  END IF;
  IF $5 IS NOT NULL THEN
    becomes := control.closes_at(month, whose, what, $5);
    -- A row that another one has overtaken moves nothing by going.
    IF becomes = control.closes_at(month, whose, what, NULL) THEN
      RETURN NULL;
    END IF;
  ELSIF becomes < control.legal_close(month, what) THEN
    RETURN 'early';
  END IF;
  IF becomes < clock_timestamp() THEN
    RETURN 'passed';
  END IF;
  IF what = 'report_deadline' AND whose IN ('*', 'agency_report') THEN
    PERFORM set_config('bangdiem.reads', '*', true);
    SELECT EXISTS (SELECT FROM intake.acceptance a
                    WHERE a.period = month AND NOT a.late AND a.submitted_at >= becomes
                      AND NOT EXISTS (SELECT FROM control.extension_in_force e
                                       WHERE e.agency = a.agency AND e.period = a.period AND e.effect = 'in_time'
                                         AND e.until > a.submitted_at)) INTO counted;
    PERFORM set_config('bangdiem.reads', reach, true);
    IF counted THEN
      RETURN 'receipt';
    END IF;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION control.check_decision_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked record;
  refusal text;
BEGIN
  SELECT * INTO asked FROM control.waiting_decision(NEW.decision_id);
  IF control.same_person(asked.actor, NEW.actor) THEN
    RAISE EXCEPTION 'decision %: approved by who asked for it', NEW.decision_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF asked.withdraws IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM control.ruling_in_force WHERE ruling_id = asked.withdraws
       UNION ALL SELECT 1 FROM control.applicability_in_force WHERE applicability_id = asked.withdraws
       UNION ALL SELECT 1 FROM control.calendar_in_force WHERE entry_id = asked.withdraws) THEN
    RAISE EXCEPTION 'decision %: % is not in force', NEW.decision_id, asked.withdraws USING ERRCODE = 'check_violation';
  END IF;
  IF asked.kind = 'calendar_entry' THEN
    SELECT control.calendar_refusal(c.period, c.source, c.kind, c.falls_at, c.withdraws) INTO refusal
      FROM control.calendar_entry c WHERE c.entry_id = NEW.decision_id;
    IF refusal IS NOT NULL THEN
      RAISE EXCEPTION 'calendar row %: takes back time that was given (%)', NEW.decision_id, refusal
        USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_decision_approval BEFORE INSERT ON control.decision_approval
  FOR EACH ROW EXECUTE FUNCTION control.check_decision_approval();

-- Who asked takes it back, anybody else refuses it.
CREATE OR REPLACE FUNCTION control.check_decision_end() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked record;
BEGIN
  SELECT * INTO asked FROM control.waiting_decision(NEW.decision_id);
  IF control.same_person(asked.actor, NEW.actor) <> (NEW.kind = 'taken_back') THEN
    RAISE EXCEPTION 'decision %: who asked takes it back, another person refuses it', NEW.decision_id
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_decision_end BEFORE INSERT ON control.decision_end
  FOR EACH ROW EXECUTE FUNCTION control.check_decision_end();
