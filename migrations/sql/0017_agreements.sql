-- What agreements rest on (APR-09), extensions that two people made (APR-10), and what is published of a month's reports (INT-16).

-- A step that agrees pins what its check compared with; a lapse keeps which changes took the agreement back.
ALTER TABLE intake.transition ADD COLUMN basis JSONB, ADD COLUMN changes JSONB;

-- Extensions were one person's act until now: those keep holding as what they were. From now on nobody grants one alone.
ALTER TABLE control.extension ADD COLUMN alone BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE control.extension ALTER COLUMN alone SET DEFAULT false;

CREATE TABLE control.extension_approval (
    extension_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_extension_approval PRIMARY KEY (extension_id),
    CONSTRAINT ck_extension_approval_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_extension_approval_sequence UNIQUE (sequence),
    CONSTRAINT fk_extension_approval_extension_id FOREIGN KEY(extension_id) REFERENCES control.extension (extension_id)
);
GRANT SELECT ON control.extension_approval TO ingest, scoring, gateway;
GRANT INSERT ON control.extension_approval TO gateway;

CREATE FUNCTION control.check_extension() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NEW.alone THEN
    RAISE EXCEPTION 'extension %: nobody grants one alone', NEW.extension_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_extension BEFORE INSERT ON control.extension FOR EACH ROW EXECUTE FUNCTION control.check_extension();

CREATE FUNCTION control.check_extension_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM FROM control.extension e WHERE e.extension_id = NEW.extension_id AND e.actor = NEW.actor;
  IF FOUND THEN
    RAISE EXCEPTION 'extension %: approved by who proposed it', NEW.extension_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_extension_approval BEFORE INSERT ON control.extension_approval
  FOR EACH ROW EXECUTE FUNCTION control.check_extension_approval();

-- The extensions that hold or held, each since `in_force_at`. Of a body's month the one approved last holds: the greatest
-- (turn, sequence); those of one person alone came before all others.
CREATE VIEW control.extension_in_force AS
  SELECT e.extension_id, e.sequence, e.agency, e.period, e.until, e.effect, e.document, e.reason, e.actor, e.recorded_at,
         a.actor AS approved_by, a.reason AS approval_reason, a.recorded_at AS approved_at,
         coalesce(a.recorded_at, e.recorded_at) AS in_force_at, coalesce(a.sequence, 0) AS turn
    FROM control.extension e LEFT JOIN control.extension_approval a USING (extension_id)
   WHERE e.alone OR a.extension_id IS NOT NULL;
GRANT SELECT ON control.extension_in_force TO ingest, scoring, gateway;

-- Of every published version the reports that its frozen snapshot of them names, as the snapshot's evidence has them.
CREATE VIEW scoring.published_report AS
  SELECT p.period, p.version, p.published_at, s.snapshot_id, report.value ->> 'agency' AS agency,
         report.value ->> 'submission' AS submission_id, (report.value ->> 'sequence')::integer AS sequence,
         report.value ->> 'digest' AS digest, report.value ->> 'submitted_at' AS submitted_at,
         report.value ->> 'deadline' AS deadline, (report.value ->> 'late')::boolean AS late,
         report.value ->> 'ground' AS ground, report.value ->> 'extension' AS extension
    FROM scoring.publication p
    JOIN scoring.run r USING (run_id)
   CROSS JOIN LATERAL (SELECT convert_from(r.inputs, 'UTF8')::jsonb #> '{snapshots,agency_report}' AS given) AS named
    JOIN ingest.snapshot s ON s.source = 'agency_report' AND s.period = p.period AND s.snapshot_id = named.given ->> 'snapshot'
                          AND s.version = (named.given ->> 'version')::integer
   CROSS JOIN LATERAL jsonb_array_elements(coalesce(s.evidence -> 'reports', '[]')) AS report;

-- A view looks with its owner's eyes, and row security is forced on the owner: it sees reports once they are published, and
-- the view below passes on of them the words that the body marked public. Private words never come as far as a query.
CREATE POLICY published ON intake.acceptance FOR SELECT TO CURRENT_USER
  USING (submission_id IN (SELECT f.submission_id FROM scoring.published_report f));
CREATE VIEW scoring.published_words WITH (security_barrier) AS
  SELECT f.period, f.version, f.agency, f.submission_id, words.ordinality AS ordinal, words.value ->> 'section' AS section,
         words.value ->> 'text' AS words
    FROM scoring.published_report f
    JOIN intake.acceptance a USING (submission_id)
   CROSS JOIN LATERAL jsonb_array_elements(convert_from(a.content, 'UTF8')::jsonb -> 'narratives') WITH ORDINALITY AS words
   WHERE words.value ->> 'visibility' = 'public';
GRANT SELECT ON scoring.published_report, scoring.published_words TO gateway;
