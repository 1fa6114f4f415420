-- A quarter or year rests on its months' latest publications, is checked by every body before release, and is published by another
-- person than computed it (RUL-14, G-17; docs/adr/0041).

-- The months of '2026-Q1' or '2026'.
CREATE OR REPLACE FUNCTION control.months_of_span(span text) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
  SELECT array_agg(left(span, 4) || '-' || lpad(m::text, 2, '0') ORDER BY m)
    FROM generate_series(CASE WHEN span LIKE '%-Q_' THEN right(span, 1)::int * 3 - 2 ELSE 1 END,
                         CASE WHEN span LIKE '%-Q_' THEN right(span, 1)::int * 3 ELSE 12 END) AS m
$$;

-- What a roll-up made now rests on: of every month that is published its latest version, not one that waits for its release.
CREATE OR REPLACE FUNCTION control.months_published(span text) RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('period', p.period, 'version', p.version, 'publication_id', p.publication_id,
                                               'digest', p.digest) ORDER BY p.period), '[]')
    FROM (SELECT DISTINCT ON (period) period, version, publication_id, digest FROM scoring.publication
           WHERE period = ANY (control.months_of_span(span)) AND (release_at IS NULL OR release_at <= now())
           ORDER BY period, version DESC) AS p
$$;

CREATE OR REPLACE FUNCTION control.check_roll_up() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('roll-up:' || NEW.span, 0));
  IF NEW.months <> control.months_published(NEW.span)
     OR jsonb_array_length(NEW.months) <> cardinality(control.months_of_span(NEW.span)) THEN
    RAISE EXCEPTION 'roll-up of % does not rest on the latest publication of each of its months', NEW.span
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.check_until <= clock_timestamp() THEN
    RAISE EXCEPTION 'roll-up of %: the bodies have no time to check it', NEW.span USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_roll_up BEFORE INSERT ON control.roll_up FOR EACH ROW EXECUTE FUNCTION control.check_roll_up();

-- A draft is whole when it is made: no line is put to it afterwards.
CREATE OR REPLACE FUNCTION control.check_roll_up_line() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF (SELECT count(*) FROM control.roll_up_line l WHERE l.roll_up_id = NEW.roll_up_id)
     >= (SELECT r.body_count FROM control.roll_up r WHERE r.roll_up_id = NEW.roll_up_id) THEN
    RAISE EXCEPTION 'roll-up % has all its lines', NEW.roll_up_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_roll_up_line BEFORE INSERT ON control.roll_up_line
  FOR EACH ROW EXECUTE FUNCTION control.check_roll_up_line();

-- Whether a draft is still to be checked: `published`, `replaced` by a later draft, `over` its deadline; null where it is. Checks
-- and the publication of one span wait for each other.
CREATE OR REPLACE FUNCTION control.roll_up_closed(roll_up_id text) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
  asked record;
BEGIN
  SELECT r.span, r.sequence, r.check_until INTO asked FROM control.roll_up r WHERE r.roll_up_id = $1;
  PERFORM pg_advisory_xact_lock(hashtextextended('roll-up:' || asked.span, 0));
  IF EXISTS (SELECT FROM control.roll_up_publication p WHERE p.roll_up_id = $1) THEN
    RETURN 'published';
  END IF;
  IF EXISTS (SELECT FROM control.roll_up r WHERE r.span = asked.span AND r.sequence > asked.sequence) THEN
    RETURN 'replaced';
  END IF;
  RETURN CASE WHEN clock_timestamp() >= asked.check_until THEN 'over' END;
END $$;

CREATE OR REPLACE FUNCTION control.check_roll_up_check() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  closed CONSTANT text := control.roll_up_closed(NEW.roll_up_id);
BEGIN
  IF closed IS NOT NULL THEN
    RAISE EXCEPTION 'roll-up % is not checked any more: %', NEW.roll_up_id, closed USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_roll_up_check BEFORE INSERT ON control.roll_up_check
  FOR EACH ROW EXECUTE FUNCTION control.check_roll_up_check();

CREATE OR REPLACE FUNCTION control.check_roll_up_answer() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked record;
BEGIN
  SELECT c.roll_up_id, c.agency, c.verdict INTO asked FROM control.roll_up_check c WHERE c.check_id = NEW.check_id;
  IF asked.agency IS DISTINCT FROM NEW.agency OR asked.verdict IS DISTINCT FROM 'objects' THEN
    RAISE EXCEPTION '% is no objection of %', NEW.check_id, NEW.agency USING ERRCODE = 'check_violation';
  END IF;
  IF control.roll_up_closed(asked.roll_up_id) IN ('published', 'replaced') THEN
    RAISE EXCEPTION 'roll-up % is not answered any more', asked.roll_up_id USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_roll_up_answer BEFORE INSERT ON control.roll_up_answer
  FOR EACH ROW EXECUTE FUNCTION control.check_roll_up_answer();

-- Each body's last word on a draft; who said nothing has a line without one. `answered` is the publisher's word on an objection.
CREATE OR REPLACE FUNCTION control.check_roll_up_publication() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  asked record;
  closed CONSTANT text := control.roll_up_closed(NEW.roll_up_id);
  words record;
BEGIN
  SELECT r.span, r.months, r.body_count, r.actor INTO asked FROM control.roll_up r WHERE r.roll_up_id = NEW.roll_up_id;
  IF control.same_person(asked.actor, NEW.actor) THEN
    RAISE EXCEPTION 'roll-up % is published by who computed it', NEW.roll_up_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF asked.span IS DISTINCT FROM NEW.span OR closed IN ('published', 'replaced') THEN
    RAISE EXCEPTION 'roll-up % is not to be published: %', NEW.roll_up_id, coalesce(closed, 'another span')
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  IF asked.months <> control.months_published(asked.span) THEN
    RAISE EXCEPTION 'roll-up % is stale: a month was corrected since', NEW.roll_up_id USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  -- Lines that the session does not see are lines that nobody has checked.
  SELECT count(*) AS lines, count(last.verdict) AS said,
         count(*) FILTER (WHERE last.verdict = 'objects' AND a.check_id IS NULL) AS unanswered INTO words
    FROM control.roll_up_line l
    LEFT JOIN LATERAL (SELECT c.check_id, c.verdict FROM control.roll_up_check c
                        WHERE c.roll_up_id = l.roll_up_id AND c.agency = l.agency ORDER BY c.sequence DESC LIMIT 1) AS last ON true
    LEFT JOIN control.roll_up_answer a ON a.check_id = last.check_id
   WHERE l.roll_up_id = NEW.roll_up_id;
  IF words.lines <> asked.body_count OR words.unanswered > 0 OR (words.said < words.lines AND closed IS DISTINCT FROM 'over') THEN
    RAISE EXCEPTION 'roll-up %: % of % bodies have answered, % objections are open', NEW.roll_up_id, words.said, asked.body_count,
      words.unanswered USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  -- The bytes hold the number, so it is held and not given.
  IF NEW.version <> 1 + coalesce((SELECT max(p.version) FROM control.roll_up_publication p WHERE p.span = NEW.span), 0) THEN
    RAISE EXCEPTION 'version % of % does not follow the last one', NEW.version, NEW.span USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_roll_up_publication BEFORE INSERT ON control.roll_up_publication
  FOR EACH ROW EXECUTE FUNCTION control.check_roll_up_publication();
