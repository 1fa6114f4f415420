-- What is published of a month's reports (INT-16): the reports a version's snapshot names, and their public words.

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
   CROSS JOIN LATERAL jsonb_array_elements(coalesce(s.evidence -> 'reports', '[]')) AS report
   -- A view looks with its owner's eyes, which row security does not narrow here.
   WHERE scoring.is_released(p.release_at) OR scoring.previews('*');

CREATE VIEW scoring.published_words WITH (security_barrier) AS
  SELECT f.period, f.version, f.agency, f.submission_id, words.ordinality AS ordinal, words.value ->> 'section' AS section,
         words.value ->> 'text' AS words
    FROM scoring.published_report f
    JOIN intake.acceptance a USING (submission_id)
   CROSS JOIN LATERAL jsonb_array_elements(convert_from(a.content, 'UTF8')::jsonb -> 'narratives') WITH ORDINALITY AS words
   WHERE words.value ->> 'visibility' = 'public';
