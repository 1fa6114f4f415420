-- An extension that two people made holds from its approval (APR-10).

-- Each since `in_force_at`; `turn` is the order in which they were approved.
CREATE VIEW control.extension_in_force AS
  SELECT e.extension_id, e.sequence, e.agency, e.period, e.until, e.effect, e.document, e.reason, e.actor, e.recorded_at,
         a.actor AS approved_by, a.reason AS approval_reason, a.recorded_at AS approved_at,
         coalesce(a.recorded_at, e.recorded_at) AS in_force_at, coalesce(a.sequence, 0) AS turn
    FROM control.extension e LEFT JOIN control.extension_approval a USING (extension_id)
   WHERE e.alone OR a.extension_id IS NOT NULL;

COMMENT ON VIEW control.extension_in_force IS
  'The extensions that hold or held. Each adds time and none takes any away: of a body''s month the greatest until holds.';
