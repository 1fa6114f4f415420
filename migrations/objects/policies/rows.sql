-- Frozen rows are seen by the body they are about, and whole by national readers (EXP-05); ingest, scoring and views, which
-- look with their owner's eyes, see all. Rows come with a snapshot's partition alone: nobody writes here, and what stops the
-- owner is the guard of facts, which says so, rather than a policy, under which nothing would happen in silence.

ALTER TABLE ingest.database_growth ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.database_growth FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.database_growth FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.database_growth TO CURRENT_USER USING (true);

ALTER TABLE ingest.exchange_volume ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.exchange_volume FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.exchange_volume FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.exchange_volume TO CURRENT_USER USING (true);

ALTER TABLE ingest.initiative ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.initiative FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.initiative FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.initiative TO CURRENT_USER USING (true);

ALTER TABLE ingest.investment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.investment FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.investment FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.investment TO CURRENT_USER USING (true);

ALTER TABLE ingest.kpi_entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.kpi_entry FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.kpi_entry FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.kpi_entry TO CURRENT_USER USING (true);

ALTER TABLE ingest.register ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.register FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.register FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.register TO CURRENT_USER USING (true);

ALTER TABLE ingest.registered_task ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.registered_task FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.registered_task FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.registered_task TO CURRENT_USER USING (true);

ALTER TABLE ingest.report ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.report FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.report FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.report TO CURRENT_USER USING (true);

ALTER TABLE ingest.reported_records ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.reported_records FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.reported_records FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.reported_records TO CURRENT_USER USING (true);

ALTER TABLE ingest.reviewed_records ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.reviewed_records FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.reviewed_records FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.reviewed_records TO CURRENT_USER USING (true);

ALTER TABLE ingest.service_score ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.service_score FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.service_score FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.service_score TO CURRENT_USER USING (true);

ALTER TABLE ingest.speech ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.speech FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.speech FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.speech TO CURRENT_USER USING (true);

ALTER TABLE ingest.summons ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.summons FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.summons FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.summons TO CURRENT_USER USING (true);

ALTER TABLE ingest.system57_coverage ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.system57_coverage FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.system57_coverage FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.system57_coverage TO CURRENT_USER USING (true);

ALTER TABLE ingest.task_assignment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON ingest.task_assignment FOR SELECT TO gateway USING (intake.sees(agency_code));
CREATE POLICY counted ON ingest.task_assignment FOR SELECT TO ingest, scoring USING (true);
CREATE POLICY guarded ON ingest.task_assignment TO CURRENT_USER USING (true);
