-- A body's mandates and signatures are its own; a file's signature is entered by a national office.
-- Row security is forced everywhere, so that the owner is held too.

ALTER TABLE control.mandate ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.mandate FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.mandate FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE control.mandate_approval ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.mandate_approval FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.mandate_approval FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE control.mandate_withdrawal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.mandate_withdrawal FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.mandate_withdrawal FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE control.signature_demand ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.signature_demand FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.signature_demand FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.signature ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.signature FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.signature FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));
CREATE POLICY frozen ON intake.signature FOR SELECT TO ingest USING (true);

ALTER TABLE control.countersignature ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.countersignature FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.countersignature FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE control.file_signature ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.file_signature FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.file_signature FOR INSERT TO gateway WITH CHECK (intake.office());
