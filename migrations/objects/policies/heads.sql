-- Who was approved as a body's head is public; what was only asked for, its body and national offices see. Others compute.
-- Row security is forced everywhere, so that the owner is held too.

ALTER TABLE registry.head ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON registry.head FOR SELECT TO gateway
  USING (intake.sees(agency) OR EXISTS (SELECT FROM registry.head_approval a WHERE a.head_id = head.head_id));
-- National offices enter heads of bodies that they read.
CREATE POLICY written ON registry.head FOR INSERT TO gateway WITH CHECK (intake.sees(agency));
CREATE POLICY computed ON registry.head FOR SELECT TO ingest, scoring USING (true);
