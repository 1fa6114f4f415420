-- What a body says of itself is seen and written by the body alone: no national office reads it (EXP-11), which looks at all
-- bodies and acts for none.

ALTER TABLE intake.self_score ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.self_score FOR SELECT TO gateway USING (intake.acts_for(agency));
CREATE POLICY written ON intake.self_score FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));
