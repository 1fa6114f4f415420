-- Events of a body and its webhooks are its own. Offices decide about bodies; the machine that sends, for none.
-- Row security is forced everywhere, so that the owner is held too.

ALTER TABLE control.event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.event FOR SELECT TO gateway USING (agency IS NULL OR intake.sees(agency));
CREATE POLICY written ON control.event FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency) OR intake.office());
-- What is published is for everybody; that its points moved is told to each body.
CREATE POLICY published ON control.event FOR INSERT TO scoring WITH CHECK (agency IS NULL OR type = 'scores.corrected');

ALTER TABLE control.webhook ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.webhook FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.webhook FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE control.webhook_step ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.webhook_step FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.webhook_step FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE control.webhook_secret ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.webhook_secret FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.webhook_secret FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE control.webhook_replay ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.webhook_replay FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.webhook_replay FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE control.webhook_delivery ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.webhook_delivery FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.webhook_delivery FOR INSERT TO gateway
  WITH CHECK (intake.acts_for(agency) OR intake.office());
CREATE POLICY sent ON control.webhook_delivery FOR UPDATE TO gateway USING (intake.office()) WITH CHECK (intake.office());

ALTER TABLE control.webhook_attempt ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.webhook_attempt FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.webhook_attempt FOR INSERT TO gateway WITH CHECK (intake.office());
