-- What the registers say of one body, for its own people to read: of a meeting its own summons alone, and nobody's name.

-- One row per version of an entry and body it speaks of; `version_in_force` is the entry's last confirmed version, whether
-- it still speaks of the body, withdraws the entry, or not; `last_version` the entry's last one.
CREATE VIEW intake.own_register WITH (security_barrier) AS
  SELECT e.entry_id, e.version, e.kind, e.period, e.meeting_id, about.agency,
         CASE WHEN e.kind = 'meeting' THEN (e.content - 'summons') || about.summons ELSE e.content END AS content,
         e.evidence_digest, e.withdrawn, e.recorded_at AS entered_at, c.confirmed_at,
         (SELECT max(y.version) FROM intake.register_confirmation AS y WHERE y.entry_id = e.entry_id) AS version_in_force,
         (SELECT max(l.version) FROM intake.register_entry AS l WHERE l.entry_id = e.entry_id) AS last_version
    FROM intake.register_entry AS e
    LEFT JOIN intake.register_confirmation AS c USING (entry_id, version)
   CROSS JOIN LATERAL (
         SELECT s ->> 'agency' AS agency, s - 'agency' AS summons
           FROM jsonb_array_elements(CASE WHEN e.kind = 'meeting' THEN e.content -> 'summons' ELSE '[]' END) AS s
          UNION ALL SELECT e.agency, NULL WHERE e.agency IS NOT NULL) AS about
   WHERE e.kind <> 'closing' AND intake.sees(about.agency);

-- Which months are closed, on what evidence: of no body. The version in force, or its withdrawal.
CREATE VIEW intake.closed_month WITH (security_barrier) AS
  SELECT DISTINCT ON (e.entry_id) e.period, e.version, e.withdrawn, (e.content ->> 'meetings')::integer AS meetings,
         e.evidence_digest, c.confirmed_at
    FROM intake.register_entry AS e JOIN intake.register_confirmation AS c USING (entry_id, version)
   WHERE e.kind = 'closing' ORDER BY e.entry_id, e.version DESC;
