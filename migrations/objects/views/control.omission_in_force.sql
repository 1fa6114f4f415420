-- What two people left out of a month's first version. Who freezes or scores reads this, and no proposal (SNP-14).
CREATE VIEW control.omission_in_force AS
  SELECT o.omission_id, o.sequence, o.period, o.kind, o.hold_id, o.hold, o.document, o.reason, o.actor, o.recorded_at,
         a.actor AS approved_by, a.reason AS approval_reason, a.recorded_at AS approved_at
    FROM control.omission o JOIN control.omission_approval a USING (omission_id);
