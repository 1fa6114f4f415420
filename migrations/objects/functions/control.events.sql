-- What becomes an event: told with the fact itself, at its commit, in the order in which facts can be seen (INT-13).

-- Sortable by the time it was made, as shared.ids spells it: 128 bits in 26 characters.
CREATE OR REPLACE FUNCTION control.new_event_id() RETURNS text LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
  WITH made AS MATERIALIZED (SELECT B'00' || ('x' || replace(uuidv7()::text, '-', ''))::bit(128) AS bits)
  SELECT 'evt_' || string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', substring(bits FROM 5 * place + 1 FOR 5)::integer + 1, 1),
                              '' ORDER BY place)
    FROM made, generate_series(0, 25) AS place
$$;

-- Times in data as everywhere else: Vietnam's, with their offset.
CREATE OR REPLACE FUNCTION control.in_vietnam(instant timestamptz) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT to_char(instant AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+07:00'
$$;

-- Called at the commit of the fact (all triggers below are deferred), under a lock that the commit releases: numbers are given
-- in the order in which they can be seen.
CREATE OR REPLACE FUNCTION control.append_event(kind text, agency text, subject text, href text, data jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('events', 0));
  INSERT INTO control.event (event_id, type, agency, subject, href, data)
  VALUES (control.new_event_id(), kind, append_event.agency, append_event.subject, '/api/v1' || append_event.href, append_event.data);
END $$;

-- Which report something is about, and where it stands.
CREATE OR REPLACE FUNCTION control.about_report(asked text) RETURNS TABLE (place text, about jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT format('/agencies/%s/periods/%s/submissions/%s', s.agency, s.period, s.sequence),
         jsonb_build_object('submission_id', s.submission_id, 'period', s.period, 'sequence', s.sequence, 'test', s.test)
    FROM intake.submission s WHERE s.submission_id = asked
$$;

CREATE OR REPLACE FUNCTION control.tell_validation() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM control.append_event('validation.finished', NEW.agency, NEW.validation_id, r.place || '/validations/' || NEW.validation_id,
            r.about || jsonb_build_object('validation_id', NEW.validation_id, 'revision', NEW.revision,
              'finding_count', NEW.finding_count, 'fatal', NEW.summary -> 'fatal', 'confirm', NEW.summary -> 'confirm',
              'notice', NEW.summary -> 'notice'))
     FROM control.about_report(NEW.submission_id) r;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON intake.validation DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION control.tell_validation();

-- A signature is told by its receipt.
CREATE OR REPLACE FUNCTION control.tell_transition() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM control.append_event('submission.' || told.name, NEW.agency, NEW.transition_id, r.place || '/transitions/' || NEW.number,
            r.about || jsonb_build_object('step', NEW.number, 'from_state', NEW.from_state, 'to_state', NEW.to_state,
              'reason', NEW.reason, 'digest', NEW.digest))
     FROM control.about_report(NEW.submission_id) r,
          (VALUES ('hand_over', 'handed_over'), ('approve', 'approved'), ('reject', 'rejected'), ('revert', 'reverted'),
                  ('lapse', 'lapsed')) AS told (action, name)
    WHERE told.action = NEW.action;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON intake.transition DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION control.tell_transition();

CREATE OR REPLACE FUNCTION control.tell_receipt() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM control.append_event('receipt.issued', NEW.agency, NEW.receipt_number, r.place || '/receipt',
            r.about || jsonb_build_object('receipt_number', NEW.receipt_number, 'digest', a.digest,
              'submitted_at', control.in_vietnam(a.submitted_at), 'deadline', control.in_vietnam(a.deadline), 'late', a.late))
     FROM control.about_report(NEW.submission_id) r, intake.acceptance a WHERE a.submission_id = NEW.submission_id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON intake.receipt DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION control.tell_receipt();

-- Decisions of national offices about one body.
CREATE OR REPLACE FUNCTION control.tell_late_acceptance() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM control.append_event('late_acceptance.recorded', NEW.agency, NEW.submission_id,
            format('/agencies/%s/periods/%s/report', NEW.agency, NEW.period),
            jsonb_build_object('submission_id', NEW.submission_id, 'period', NEW.period, 'document', NEW.document));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON control.late_acceptance DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION control.tell_late_acceptance();

-- An extension is told to the body once a second person approved it.
CREATE OR REPLACE FUNCTION control.tell_extension() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM control.append_event('extension.granted', e.agency, e.extension_id, '/calendar?period=' || e.period,
            jsonb_build_object('extension_id', e.extension_id, 'period', e.period, 'until', control.in_vietnam(e.until),
              'effect', e.effect, 'document', e.document))
     FROM control.extension e WHERE e.extension_id = NEW.extension_id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON control.extension_approval DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION control.tell_extension();

CREATE OR REPLACE FUNCTION control.tell_records_review() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM control.append_event('records_review.recorded', NEW.agency, NEW.review_id,
            format('/agencies/%s/periods/%s/records-reviews/%s', NEW.agency, NEW.period, NEW.review_id),
            jsonb_build_object('review_id', NEW.review_id, 'submission_id', NEW.submission_id, 'period', NEW.period,
              'database', NEW.database, 'verdict', NEW.verdict));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON intake.records_review DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION control.tell_records_review();

-- For everybody, who may read it by then: a version under an embargo is told of at its release.
CREATE OR REPLACE FUNCTION control.tell_scores(made scoring.publication) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM control.append_event('scores.published', NULL, made.publication_id,
            format('/periods/%s/scores?version=%s', made.period, made.version),
            jsonb_build_object('publication_id', made.publication_id, 'period', made.period, 'version', made.version,
              'digest', made.digest, 'root', made.root, 'certificate', made.certificate,
              'published_at', control.in_vietnam(made.published_at)));
  -- Each body whose points a later version moved, and no other.
  PERFORM control.append_event('scores.corrected', moved ->> 'agency', made.publication_id || '/' || (moved ->> 'agency'),
            format('/periods/%s/scores/%s?version=%s', made.period, moved ->> 'agency', made.version),
            jsonb_build_object('publication_id', made.publication_id, 'period', made.period, 'version', made.version,
              'follows', made.follows -> 'version', 'causes', made.follows -> 'causes', 'total', moved -> 'total',
              'shown_total', moved -> 'shown_total', 'grade', moved -> 'grade', 'rank', moved -> 'rank', 'indicators', moved -> 'indicators'))
     FROM jsonb_array_elements(made.follows -> 'bodies') AS moved;
END $$;

CREATE OR REPLACE FUNCTION control.tell_publication() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NEW.release_at IS NULL THEN
    PERFORM control.tell_scores(NEW);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON scoring.publication DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION control.tell_publication();

CREATE OR REPLACE FUNCTION control.tell_release() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM control.tell_scores(p) FROM scoring.publication p WHERE p.publication_id = NEW.publication_id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON scoring.publication_release DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION control.tell_release();
