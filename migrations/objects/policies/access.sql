-- Bodies' credentials and people's grants, kept apart. Who proves somebody finds them; national offices' grants have no body:
-- they are those of "office".
-- Row security is forced everywhere, so that the owner is held too.

ALTER TABLE control.credential ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.credential FOR SELECT TO gateway USING (intake.sees(agency) OR control.proves('key:' || key_id));
CREATE POLICY written ON control.credential FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE control.credential_approval ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.credential_approval FOR SELECT TO gateway
  USING (intake.sees(agency) OR control.proves('key:' || key_id));
CREATE POLICY written ON control.credential_approval FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE control.member_grant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.member_grant FOR SELECT TO gateway
  USING (intake.sees(coalesce(agency, 'office')) OR control.proves(subject));
CREATE POLICY written ON control.member_grant FOR INSERT TO gateway WITH CHECK (intake.acts_for(coalesce(agency, 'office')));
-- The owner is held by row security too: audit.usage, control.people_known and control.same_person see grants
-- while they look at all bodies.
CREATE POLICY counted ON control.member_grant FOR SELECT TO CURRENT_USER USING (intake.office());

ALTER TABLE control.grant_approval ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.grant_approval FOR SELECT TO gateway
  USING (intake.sees(coalesce(agency, 'office')) OR control.proves(subject));
CREATE POLICY written ON control.grant_approval FOR INSERT TO gateway WITH CHECK (intake.acts_for(coalesce(agency, 'office')));
CREATE POLICY counted ON control.grant_approval FOR SELECT TO CURRENT_USER USING (intake.office());

ALTER TABLE control.grant_revocation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.grant_revocation FOR SELECT TO gateway
  USING (intake.sees(coalesce(agency, 'office')) OR control.proves(subject));
CREATE POLICY written ON control.grant_revocation FOR INSERT TO gateway
  WITH CHECK (intake.acts_for(coalesce(agency, 'office')));
CREATE POLICY counted ON control.grant_revocation FOR SELECT TO CURRENT_USER USING (intake.office());
