-- What two people decide about points and time: a ruling, an applicability row, a calendar row, a withdrawal of each, and rules of
-- reports. It holds from the second person's approval on (SNP-04, RUL-06, G-15, DQ-09). Who scores or freezes reads what is in force, and nothing else.

-- Every decision with where it stands; one act, one line. `alone`: of the time when one person decided. `turn` is the order in
-- which they were approved.
CREATE VIEW control.decision AS
  SELECT d.decision_id, d.kind, d.agency, d.period, d.withdraws, d.document, d.reason, d.actor, d.recorded_at, d.alone,
         CASE WHEN d.alone OR a.decision_id IS NOT NULL THEN 'approved' ELSE coalesce(e.kind, 'proposed') END AS state,
         a.actor AS approved_by, a.reason AS approval_reason, a.recorded_at AS approved_at, coalesce(a.sequence, 0) AS turn,
         e.actor AS ended_by, e.reason AS end_reason, e.recorded_at AS ended_at
    FROM (SELECT ruling_id, 'ruling', agency, period, withdraws, document, reason, actor, recorded_at, alone FROM control.ruling
          UNION ALL
          SELECT applicability_id, 'applicability', agency, valid_from, withdraws, document, reason, actor, recorded_at, alone
            FROM control.applicability
          UNION ALL
          SELECT entry_id, 'calendar_entry', NULL, period, withdraws, NULL, reason, actor, recorded_at, alone
            FROM control.calendar_entry
          UNION ALL
          SELECT activation_id, 'rule_activation', NULL, first_period, NULL, NULL, reason, actor, recorded_at, alone
            FROM control.rule_activation)
         AS d (decision_id, kind, agency, period, withdraws, document, reason, actor, recorded_at, alone)
    LEFT JOIN control.decision_approval a USING (decision_id)
    LEFT JOIN control.decision_end e USING (decision_id);

-- The ruling approved last on a measure holds; one without a value takes it back (G-12).
CREATE VIEW control.ruling_in_force AS
  SELECT latest.* FROM (
    SELECT DISTINCT ON (r.period, r.agency, r.measure)
           r.ruling_id, r.period, r.agency, r.measure, r.value, r.reason, r.document
      FROM control.ruling r LEFT JOIN control.decision_approval a ON a.decision_id = r.ruling_id
     WHERE r.alone OR a.decision_id IS NOT NULL
     ORDER BY r.period, r.agency, r.measure, coalesce(a.sequence, 0) DESC, r.sequence DESC) AS latest
   WHERE latest.value IS NOT NULL;

CREATE VIEW control.applicability_in_force AS
  SELECT g.applicability_id, g.agency, g.indicator, g.valid_from, g.valid_to, g.document
    FROM control.applicability g LEFT JOIN control.decision_approval a ON a.decision_id = g.applicability_id
   WHERE g.withdraws IS NULL AND (g.alone OR a.decision_id IS NOT NULL)
     AND NOT EXISTS (SELECT FROM control.applicability back
                       LEFT JOIN control.decision_approval agreed ON agreed.decision_id = back.applicability_id
                      WHERE back.withdraws = g.applicability_id AND (back.alone OR agreed.decision_id IS NOT NULL));

-- Of a period and kind the row for one source wins over that for all, and of these the one approved last.
CREATE VIEW control.calendar_in_force AS
  SELECT c.entry_id, c.sequence, c.period, c.source, c.kind, c.falls_at, coalesce(a.sequence, 0) AS turn
    FROM control.calendar_entry c LEFT JOIN control.decision_approval a ON a.decision_id = c.entry_id
   WHERE c.withdraws IS NULL AND (c.alone OR a.decision_id IS NOT NULL)
     AND NOT EXISTS (SELECT FROM control.calendar_entry back
                       LEFT JOIN control.decision_approval agreed ON agreed.decision_id = back.entry_id
                      WHERE back.withdraws = c.entry_id AND (back.alone OR agreed.decision_id IS NOT NULL));

-- Rules of reports; of two for one month the one approved last holds, since `holds_since`.
CREATE VIEW control.rule_activation_in_force AS
  SELECT r.activation_id, r.sequence, r.first_period, r.catalogue, coalesce(a.recorded_at, r.recorded_at) AS holds_since,
         coalesce(a.sequence, 0) AS turn
    FROM control.rule_activation r LEFT JOIN control.decision_approval a ON a.decision_id = r.activation_id
   WHERE r.alone OR a.decision_id IS NOT NULL;
