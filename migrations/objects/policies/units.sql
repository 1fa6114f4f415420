-- What an agency's units do is seen and written by the agency alone.
-- Row security is forced everywhere, so that the owner is held too.

ALTER TABLE intake.unit ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.unit FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.unit FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.unit_member ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.unit_member FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.unit_member FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.unit_member_end ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.unit_member_end FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.unit_member_end FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.unit_plan ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.unit_plan FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.unit_plan FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.unit_plan_approval ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.unit_plan_approval FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.unit_plan_approval FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.unit_section ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.unit_section FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.unit_section FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.unit_section_return ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.unit_section_return FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.unit_section_return FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.unit_assembly ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.unit_assembly FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.unit_assembly FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.unit_assembly_section ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.unit_assembly_section FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.unit_assembly_section FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));
