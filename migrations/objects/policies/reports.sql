-- A body sees and writes its own reports; ingest sees what was accepted, and no draft.
-- Row security is forced everywhere, so that the owner is held too.

ALTER TABLE intake.submission ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.submission FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.submission FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.revision ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.revision FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.revision FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.validation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.validation FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.validation FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.confirmation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.confirmation FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.confirmation FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.transition ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.transition FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.transition FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.acceptance ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.acceptance FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.acceptance FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));
CREATE POLICY frozen ON intake.acceptance FOR SELECT TO ingest USING (true);
-- A view looks with its owner's eyes, and row security is forced on the owner: it sees reports once they are published, and
-- scoring.published_words passes on of them the words that the body marked public. Private words never come as far as a query.
CREATE POLICY published ON intake.acceptance FOR SELECT TO CURRENT_USER
  USING (submission_id IN (SELECT f.submission_id FROM scoring.published_report f));

ALTER TABLE intake.receipt ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.receipt FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.receipt FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));
CREATE POLICY frozen ON intake.receipt FOR SELECT TO ingest USING (true);

ALTER TABLE intake.attachment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.attachment FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.attachment FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.refusal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.refusal FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON intake.refusal FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE intake.records_review ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON intake.records_review FOR SELECT TO gateway USING (intake.sees(agency));
-- The Ministry's reviewer writes about bodies it only reads.
CREATE POLICY written ON intake.records_review FOR INSERT TO gateway WITH CHECK (intake.sees(agency));
CREATE POLICY frozen ON intake.records_review FOR SELECT TO ingest USING (true);
