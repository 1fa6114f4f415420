-- Who sent a feedback, whom it was forwarded to, and the offices see it.
-- Row security is forced everywhere, so that the owner is held too.

ALTER TABLE intake.feedback ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.feedback FOR SELECT TO gateway USING (intake.sees(agency) OR intake.was_forwarded(feedback_id));
CREATE POLICY written ON intake.feedback FOR INSERT TO gateway
  WITH CHECK (intake.office() AND agency IS NULL OR intake.acts_for(agency));

ALTER TABLE intake.feedback_contact ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
-- Contacts are for offices alone.
CREATE POLICY seen ON intake.feedback_contact FOR SELECT TO gateway USING (intake.office());
CREATE POLICY written ON intake.feedback_contact FOR INSERT TO gateway WITH CHECK (intake.office());

ALTER TABLE intake.feedback_step ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.feedback_step FOR SELECT TO gateway
  USING (intake.sees(agency) OR intake.was_forwarded(feedback_id));
CREATE POLICY written ON intake.feedback_step FOR INSERT TO gateway
  WITH CHECK (intake.office() OR intake.acts_for(actor_agency));

ALTER TABLE intake.feedback_forwarding ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.feedback_forwarding FOR SELECT TO gateway USING (intake.sees(agency) OR intake.sees(sender));
CREATE POLICY written ON intake.feedback_forwarding FOR INSERT TO gateway WITH CHECK (intake.office());
