-- National offices keep the registers, a body its proposals; assessing and deciding is for offices.
-- Row security is forced everywhere, so that the owner is held too.

ALTER TABLE intake.register_entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.register_entry FOR SELECT TO gateway USING (intake.office());
CREATE POLICY written ON intake.register_entry FOR INSERT TO gateway WITH CHECK (intake.office());
CREATE POLICY frozen ON intake.register_entry FOR SELECT TO ingest USING (true);
-- Views look with their owner's eyes. Row security is forced on the owner, who so sees what a session is there for, and
-- without a session's reach nothing.
CREATE POLICY shown ON intake.register_entry FOR SELECT TO CURRENT_USER
  USING (coalesce(current_setting('bangdiem.reads', true), '') <> '' AND (agency IS NULL OR intake.sees(agency)));

ALTER TABLE intake.register_confirmation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.register_confirmation FOR SELECT TO gateway USING (intake.office());
CREATE POLICY written ON intake.register_confirmation FOR INSERT TO gateway WITH CHECK (intake.office());
CREATE POLICY frozen ON intake.register_confirmation FOR SELECT TO ingest USING (true);
CREATE POLICY shown ON intake.register_confirmation FOR SELECT TO CURRENT_USER
  USING (coalesce(current_setting('bangdiem.reads', true), '') <> '');

ALTER TABLE intake.initiative_proposal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.initiative_proposal FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.initiative_proposal FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));
CREATE POLICY frozen ON intake.initiative_proposal FOR SELECT TO ingest USING (true);

ALTER TABLE intake.initiative_step ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.initiative_step FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.initiative_step FOR INSERT TO gateway
  WITH CHECK (intake.acts_for(agency) OR intake.office() AND action IN ('assess', 'decide'));
CREATE POLICY frozen ON intake.initiative_step FOR SELECT TO ingest USING (true);
