-- What the sources count of an agency, before anything is scored: shown beside what its units count themselves (APR-02).
--
-- The same rules as shared/measures, which score; a test holds both against generated months. Of every source and
-- month the latest version. A body that a source says nothing about has no row, and a figure not given is null: never zero.
-- Measures that rest on the agency's own report (digitised_records, accepted_tasks, registered_tasks) and the bonus are not here.
-- A view sees with its owner's eyes; the condition is what keeps bodies apart here.

-- The latest version of every source's month, with its days, and System 57's legal cutoff as the calendar has it.
CREATE VIEW ingest.latest_snapshot AS
  SELECT s.pk, s.snapshot_id, s.source, s.period, s.version, s.as_of,
         (s.period || '-01')::date AS first_day,
         ((s.period || '-01')::date + interval '1 month')::date AS next_first_day,
         control.closes_at(s.period, 'system57', 'cutoff', NULL) AS cutoff
    FROM ingest.snapshot s
   WHERE NOT EXISTS (SELECT FROM ingest.snapshot n WHERE n.source = s.source AND n.period = s.period AND n.version > s.version);

CREATE VIEW ingest.counted_figures WITH (security_barrier) AS
  -- A1–A3: A-2, A-3, A-4, A-7 to A-11, A-14 as in shared/measures/group_a.py.
  SELECT z.snapshot_id, z.period, z.version, z.source, covered.agency_code AS agency, figure.measure, figure.value
    FROM ingest.latest_snapshot z
    JOIN ingest.system57_coverage covered ON covered.snapshot_pk = z.pk
   CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE due >= z.first_day OR done IS NULL OR done >= z.first_day) AS period_tasks,
                count(*) FILTER (WHERE due >= z.first_day AND done <= due) AS on_time_tasks,
                count(*) FILTER (WHERE done > due AND done >= z.first_day AND done < z.next_first_day) AS late_tasks
           FROM (SELECT CASE WHEN t.extended_due_on IS NOT NULL AND t.extension_document IS NOT NULL
                              AND t.extension_approved_on <= t.due_on
                             THEN t.extended_due_on ELSE t.due_on END AS due,
                        CASE WHEN t.reported_at < z.as_of AND (t.sent_back_at IS NULL OR t.confirmed_at > t.sent_back_at)
                             THEN t.completed_on END AS done
                   FROM ingest.task_assignment t
                  WHERE t.snapshot_pk = z.pk AND t.agency_code = covered.agency_code AND t.role = 'lead'
                    AND t.due_on IS NOT NULL AND t.due_precision NOT IN ('continuous', 'open')
                    AND t.assigned_on < z.next_first_day
                    AND (t.returned_accepted_on IS NULL OR t.returned_accepted_on >= z.next_first_day)) AS task
          WHERE task.due < z.next_first_day) AS counted
   CROSS JOIN LATERAL (VALUES ('period_tasks', counted.period_tasks::numeric), ('on_time_tasks', counted.on_time_tasks),
                              ('late_tasks', counted.late_tasks)) AS figure (measure, value)
   WHERE z.source = 'system57' AND intake.sees(covered.agency_code)
  UNION ALL
  -- E3: E-9, E-11 as in group_e.KPIS.
  SELECT z.snapshot_id, z.period, z.version, z.source, covered.agency_code, figure.measure, figure.value
    FROM ingest.latest_snapshot z
    JOIN ingest.system57_coverage covered ON covered.snapshot_pk = z.pk
   CROSS JOIN LATERAL (
         SELECT count(*) AS kpis_required, count(*) FILTER (WHERE k.updated_at < z.cutoff) AS kpis_updated
           FROM ingest.kpi_entry k
          WHERE k.snapshot_pk = z.pk AND k.agency_code = covered.agency_code AND k.due_in_period) AS counted
   CROSS JOIN LATERAL (VALUES ('kpis_required', counted.kpis_required::numeric), ('kpis_updated', counted.kpis_updated))
           AS figure (measure, value)
   WHERE z.source = 'system57' AND intake.sees(covered.agency_code)
  UNION ALL
  -- B1–B5: B-2, B-4 as in group_b.SERVICES.
  SELECT z.snapshot_id, z.period, z.version, z.source, p.agency_code, figure.measure, figure.value
    FROM ingest.latest_snapshot z
    JOIN ingest.service_score p ON p.snapshot_pk = z.pk
   CROSS JOIN LATERAL (VALUES ('transparency', p.ckmb), ('progress', p.tdgq), ('online_services', p.clgq + p.tttt),
                              ('satisfaction', p.mdhl), ('digitisation', p.mdsh)) AS figure (measure, value)
   WHERE z.source = 'public_service_portal' AND intake.sees(p.agency_code)
  UNION ALL
  -- C2: C-7 as in group_c.TRANSACTIONS.
  SELECT z.snapshot_id, z.period, z.version, z.source, v.agency_code, 'exchange_transactions',
         CASE WHEN count(*) = count(v.transactions) THEN sum(v.transactions) END
    FROM ingest.latest_snapshot z
    JOIN ingest.exchange_volume v ON v.snapshot_pk = z.pk
   WHERE z.source = 'ndxp' AND intake.sees(v.agency_code)
   GROUP BY z.snapshot_id, z.period, z.version, z.source, v.agency_code
  UNION ALL
  -- D2: D-4, D-5 as in group_d.INVESTMENTS.
  SELECT z.snapshot_id, z.period, z.version, z.source, i.agency_code, figure.measure, figure.value
    FROM ingest.latest_snapshot z
    JOIN (SELECT snapshot_pk, agency_code,
                 CASE WHEN count(*) = count(allocated_vnd) THEN sum(allocated_vnd) END AS allocated_vnd,
                 CASE WHEN count(*) = count(disbursed_vnd) THEN sum(disbursed_vnd) END AS disbursed_vnd
            FROM ingest.investment GROUP BY snapshot_pk, agency_code) AS i ON i.snapshot_pk = z.pk
   CROSS JOIN LATERAL (VALUES ('allocated_vnd', i.allocated_vnd), ('disbursed_vnd', i.disbursed_vnd)) AS figure (measure, value)
   WHERE z.source = 'finance' AND intake.sees(i.agency_code)
  UNION ALL
  -- E1, E2: E-1, E-2, E-4, E-6, E-7 as in group_e.MEETINGS and SPEECHES.
  SELECT z.snapshot_id, z.period, z.version, z.source, r.agency_code, figure.measure, figure.value
    FROM ingest.latest_snapshot z
    JOIN ingest.register r ON r.snapshot_pk = z.pk
   CROSS JOIN LATERAL (
         SELECT count(*) AS meetings_summoned,
                count(*) FILTER (
                  WHERE came.level >= wanted.level
                    AND (m.attended_mode = 'in_person' OR m.attended_mode = 'online' AND m.online_allowed)) AS meetings_attended
           FROM ingest.summons m
           LEFT JOIN (VALUES ('head', 3), ('acting_head', 3), ('deputy', 2), ('officer', 1)) AS wanted (role, level)
             ON wanted.role = m.required_role
           LEFT JOIN (VALUES ('head', 3), ('acting_head', 3), ('deputy', 2), ('officer', 1)) AS came (role, level)
             ON came.role = m.attended_role
          WHERE m.snapshot_pk = z.pk AND m.agency_code = r.agency_code
            AND m.held_on >= z.first_day AND m.held_on < z.next_first_day) AS met
   CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE s.kind = 'speech') AS speeches,
                count(*) FILTER (WHERE s.kind = 'thematic_report') AS thematic_reports
           FROM ingest.speech s
          WHERE s.snapshot_pk = z.pk AND s.agency_code = r.agency_code AND s.qualifying
            AND s.spoken_on >= z.first_day AND s.spoken_on < z.next_first_day
            AND s.speaker_role IN ('head', 'acting_head')) AS said
   CROSS JOIN LATERAL (VALUES ('meetings_summoned', met.meetings_summoned::numeric),
                              ('meetings_attended', met.meetings_attended),
                              ('speeches', said.speeches), ('thematic_reports', said.thematic_reports)) AS figure (measure, value)
   WHERE z.source = 'government_office' AND intake.sees(r.agency_code);

-- A row that cannot be true was put aside: what it would have counted for is not known, as in measures.lost_measures.
CREATE VIEW ingest.official_figures WITH (security_barrier) AS
  SELECT f.snapshot_id, f.period, f.version, f.source, f.agency, f.measure,
         CASE WHEN NOT EXISTS (
                SELECT FROM ingest.put_aside p JOIN ingest.snapshot s ON s.pk = p.snapshot_pk
                 WHERE s.snapshot_id = f.snapshot_id AND p.agency = f.agency
                   -- Of a source with several datasets only what is counted from this one; its row of a body holds for all.
                   AND CASE p.dataset WHEN 'task_assignments' THEN f.measure LIKE '%\_tasks'
                                      WHEN 'kpi_entries' THEN f.measure LIKE 'kpis\_%'
                                      WHEN 'summonses' THEN f.measure LIKE 'meetings\_%'
                                      WHEN 'speeches' THEN f.measure IN ('speeches', 'thematic_reports')
                                      WHEN 'initiatives' THEN false ELSE true END)
              THEN f.value END AS value
    FROM ingest.counted_figures f;
