-- Of a quarter or year that is not published a body sees its own line and its own checks (RUL-14); national offices see all and
-- check none. What is published is bytes of its own, which everybody may read.

ALTER TABLE control.roll_up_line ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.roll_up_line FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.roll_up_line FOR INSERT TO gateway WITH CHECK (intake.office());

ALTER TABLE control.roll_up_check ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.roll_up_check FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.roll_up_check FOR INSERT TO gateway WITH CHECK (intake.acts_for(agency));

ALTER TABLE control.roll_up_answer ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON control.roll_up_answer FOR SELECT TO gateway USING (intake.sees(agency));
CREATE POLICY written ON control.roll_up_answer FOR INSERT TO gateway WITH CHECK (intake.office());
