-- The second engine: measures, points, states, groups, totals, grades and ranks of one month, in one SQL statement.
--
-- Why it exists. Scores decide careers, so nobody should have to trust one program. This statement is a second
-- transcription of the same law by another hand in another language: it shares no formula, no number and no query with
-- the first engine, and it reads the frozen rows itself. One differing digit between the two blocks a publication.
-- Whoever changes one engine must therefore not copy the change into the other, but read the law again.
--
-- What it transcribes. Decision 4585/QĐ-BKHCN of 30 December 2025, appendix ("Phụ lục"; its first page prints the number
-- as 458), file 000_5adc5df76064bf21.txt, SHA-256 9c02d4be137e127ec6b7b71fe21bf5868ec2c1b1e27b9a58c402ccb4ef243cde;
-- where its words are silent or contradict each other, the readings G-1 … F-5 and the rules of the scheme document of
-- SHA-256 a5034e77dfb858990be91dbc3786ec494dc99b22cc051f6ea59e3188e388db73. "QĐ" below is the appendix, "scheme" that
-- document. In force for periods from 2026-01 (G-19). An amended decision is a new file beside this one.
--
-- Exactness. Every value is an integer or a numeric; a score is a fraction of two whole numbers, reduced by gcd. Nothing
-- is divided before the end and nothing is a binary float. Only div() of whole numbers is used, never "/".
--
-- Answer: one row, one column "sheet", a JSON text: the sheet of scheme §5, "measures" (as derived from the rows, before
-- rulings), "informational", "reported_counted" (agency/database of every reported figure that counted, C-2), "awaiting"
-- (bodies whose C1 only an open word keeps from being known, C-3), and "faults". When faults is not empty, nothing else in
-- the answer may be used.
WITH asked AS NOT MATERIALIZED (  -- inlined by the planner, so that only the partition of the named snapshot is read
    SELECT CAST(%(period_start)s AS date) AS period_start,             -- first day of the month
           CAST(%(period_end)s AS date) AS period_end,                 -- first day of the next month, exclusive
           CAST(%(year_start)s AS date) AS year_start,                 -- 1 January of the period's own year (scheme §1)
           CAST(%(as_of)s AS timestamptz) AS as_of,                    -- end of day 01, exclusive (G-7)
           CAST(%(deadline)s AS timestamptz) AS deadline,              -- day 05 00:00 or as extended, exclusive (G-8)
           CAST(%(system57)s AS integer) AS system57,                  -- snapshot pk per source; null = no snapshot
           CAST(%(public_service_portal)s AS integer) AS public_service_portal,
           CAST(%(ndxp)s AS integer) AS ndxp,
           CAST(%(national_database)s AS integer) AS national_database,
           CAST(%(finance)s AS integer) AS finance,
           CAST(%(agency_report)s AS integer) AS agency_report,
           CAST(%(government_office)s AS integer) AS government_office,
           CAST(%(records_review)s AS integer) AS records_review,
           CAST(%(agencies)s AS jsonb) AS agencies,                    -- [{code, kind}]: the pool, all in one (G-14)
           CAST(%(rulings)s AS jsonb) AS rulings,                      -- [{agency, measure, value}]; null value = withdrawn
           CAST(%(not_applicable)s AS jsonb) AS not_applicable,        -- [{agency, indicator}] (G-15)
           CAST(%(left_out)s AS jsonb) AS left_out,                    -- [{agency, database, new_records}]: no word came (C-3)
           CAST(%(readings)s AS jsonb) AS readings                     -- {reading: alternative}; {} = all in force
),
-- The other readings that the register knows, each under its own name; what each one says is read here again from the
-- decision, and nothing of the scheme's switches. All false: the readings in force.
otherwise AS NOT MATERIALIZED (
    SELECT coalesce(a.readings ->> 'G-3' = 'one-decimal', false) AS one_decimal,
           coalesce(a.readings ->> 'G-4' = 'exact', false) AS grade_exact,
           coalesce(a.readings ->> 'G-15' = 'rescaled', false) AS rescaled,
           coalesce(a.readings ->> 'G-23' = 'published', false) AS rank_published,
           coalesce(a.readings ->> 'A-1' = 'named-assigners', false) AS named_assigners,
           coalesce(a.readings ->> 'A-4' = 'backlog-only', false) AS backlog_only,
           coalesce(a.readings ->> 'A-5' = 'all-assigned', false) AS all_assigned,
           coalesce(a.readings ->> 'A-6' = 'zero', false) AS idle_zero,
           coalesce(a.readings ->> 'B-1' = 'table', false) AS b_table,
           coalesce(a.readings ->> 'C-1' = 'listed-only', false) AS listed_only,
           coalesce(a.readings ->> 'D-3' = 'full', false) AS unregistered_full,
           coalesce(a.readings ->> 'D-4' = 'development-only', false) AS development_only,
           coalesce(a.readings ->> 'D-6' = 'full', false) AS unallocated_full,
           coalesce(a.readings ->> 'E-1' IN ('head-only', 'table'), false) AS head_only,
           coalesce(a.readings ->> 'E-1' = 'table' OR a.readings ->> 'E-2' = 'all-held', false) AS all_held,
           coalesce(a.readings ->> 'E-3' = 'zero', false) AS uncalled_zero,
           coalesce(a.readings ->> 'E-6' = 'cap-only', false) AS cap_only,
           coalesce(a.readings ->> 'E-8' = 'full', false) AS silent_full,
           coalesce(a.readings ->> 'E-9' = 'all-or-nothing', false) AS all_or_nothing,
           coalesce(a.readings ->> 'E-11' = 'zero', false) AS nothing_due_zero
      FROM asked a
),
outside AS (
    SELECT x.agency, x.indicator
      FROM asked a, jsonb_to_recordset(a.not_applicable) AS x (agency text, indicator text)
),
body AS (
    SELECT b.code AS agency, b.kind, coalesce(o.codes, '{}') AS outside
      FROM asked a CROSS JOIN LATERAL jsonb_to_recordset(a.agencies) AS b (code text, kind text)
      LEFT JOIN (SELECT x.agency, array_agg(x.indicator) AS codes FROM outside x GROUP BY x.agency) o ON o.agency = b.code
),
ruling AS (
    SELECT r.agency, r.measure, r.value AS said,
           CASE WHEN r.value ~ '^-?[0-9]+([.][0-9]+)?$' THEN CAST(r.value AS numeric) END AS value
      FROM asked a, jsonb_to_recordset(a.rulings) AS r (agency text, measure text, value text)
     WHERE r.value IS NOT NULL
),

-- ---------------------------------------------------------------------------------------------------------------------
-- I. Rows become measures (scheme §2). A body of which a source states nothing has no value: missing, never zero.
-- ---------------------------------------------------------------------------------------------------------------------

-- What was recorded counts up to the freeze. A superseding version (reason, two people) exists to credit what was
-- recorded after it, so it speaks up to its own instant (scheme §2 "Recorded late"). E3 never gains from it (E-9).
recorded_until AS (
    SELECT CASE WHEN s.version > 1 THEN greatest(s.as_of, a.as_of) ELSE a.as_of END AS instant
      FROM asked a JOIN ingest.snapshot s ON s.pk = a.system57
),
task AS (
    SELECT t.agency_code, t.due_precision,
           -- A-9: an extension counts only if approved before the old day lapsed, with its document.
           CASE WHEN t.extended_due_on IS NOT NULL AND t.extension_document IS NOT NULL
                 AND t.extension_approved_on <= t.due_on THEN t.extended_due_on ELSE t.due_on END AS due_on,
           -- A-8: judged by the day of completion; it counts once recorded by the freeze and not sent back since.
           -- A-13: a percentage is no completion. What is done after the period is not done in it.
           CASE WHEN t.completed_on < a.period_end AND t.reported_at < (SELECT instant FROM recorded_until)
                 AND (t.sent_back_at IS NULL OR t.confirmed_at > t.sent_back_at) THEN t.completed_on END AS done_on
      FROM ingest.task_assignment t, asked a, otherwise o
     WHERE t.snapshot_pk = a.system57
       AND t.role = 'lead'                                                                -- A-10
       -- A-1: QĐ §3 A names the steering committee (with whatever follows in its name), the Government, the Prime Minister.
       AND (NOT o.named_assigners OR lower(t.assigned_by) IN ('chính phủ', 'thủ tướng chính phủ')
            OR starts_with(lower(t.assigned_by), 'ban chỉ đạo trung ương'))
       AND t.assigned_on < a.period_end
       AND (t.returned_accepted_on IS NULL OR t.returned_accepted_on >= a.period_end)     -- A-14
),
tasks AS (  -- QĐ §3 A: "nhiệm vụ phải hoàn thành đúng hạn trong tháng đó + số nhiệm vụ còn tồn"
    SELECT t.agency_code,
           count(*) FILTER (WHERE w.dated AND t.due_on < a.period_end AND (t.due_on >= a.period_start OR t.done_on IS NULL
                                  OR t.done_on >= a.period_start)) AS period_tasks,                          -- A-2
           count(*) FILTER (WHERE w.dated AND t.due_on >= a.period_start AND t.due_on < a.period_end
                                  AND t.done_on <= t.due_on) AS on_time_tasks,                               -- A-3, A-7
           count(*) FILTER (WHERE w.dated AND t.done_on >= a.period_start AND t.done_on > t.due_on
                                  AND (t.due_on < a.period_start OR NOT o.backlog_only)) AS late_tasks,      -- A-4
           -- A-5: QĐ §3 A3 "số lượng nhiệm vụ được giao": all but those finished before the month that are not due in it.
           count(*) FILTER (WHERE t.done_on IS NULL OR t.done_on >= a.period_start OR (w.dated
                                  AND t.due_on >= a.period_start AND t.due_on < a.period_end)) AS assigned_tasks
      FROM task t, asked a, otherwise o,
           LATERAL (SELECT t.due_precision NOT IN ('continuous', 'open') AS dated) w                         -- A-11, A-12
     GROUP BY t.agency_code
),
entries AS (  -- E-9, E-11: what fell due in this period; updated by the end of day 01
    SELECT k.agency_code, count(*) AS kpis_required, count(*) FILTER (WHERE k.updated_at < a.as_of) AS kpis_updated
      FROM ingest.kpi_entry k, asked a
     WHERE k.snapshot_pk = a.system57 AND k.due_in_period
     GROUP BY k.agency_code
),
reported AS (  -- G-8, G-12: a report that came late is not used, unless a superseding version of two people took it in
    SELECT p.agency_code
      FROM ingest.report p JOIN asked a ON p.snapshot_pk = a.agency_report JOIN ingest.snapshot s ON s.pk = p.snapshot_pk
     WHERE p.submitted_at < a.deadline OR s.version > 1
),
spoken AS (  -- C-2, C-3: every word on a figure, frozen with the report or with the words
    SELECT d.agency_code, d.database, d.new_records, d.confirmed_at AS said_at, true AS yes
      FROM ingest.reported_records d JOIN asked a ON d.snapshot_pk = a.agency_report
     WHERE d.confirmed_at IS NOT NULL
    UNION ALL
    SELECT w.agency_code, w.database, w.new_records, w.reviewed_at, w.verdict = 'confirmed'
      FROM ingest.reviewed_records w JOIN asked a ON w.snapshot_pk = a.records_review
),
last_word AS (  -- the last one said holds; of two said at one instant the one frozen with the words
    SELECT s.agency_code, s.database, s.new_records,
           (array_agg(s.yes ORDER BY s.said_at DESC, s.yes))[1] AS yes
      FROM spoken s GROUP BY s.agency_code, s.database, s.new_records
),
dropped AS (  -- C-3: what two people left out, for no word came
    SELECT DISTINCT x.agency, x.database, x.new_records
      FROM asked a, jsonb_to_recordset(a.left_out) AS x (agency text, database text, new_records bigint)
),
digitised_from AS (  -- C-2: per database, the automatic figure wins; a reported one counts once confirmed; never added
    SELECT agency_code, database, n.new_records AS automatic, CASE WHEN r.yes THEN r.new_records END AS reported,
           coalesce(n.listed, r.listed) AS listed, n.new_records IS NULL AND r.yes IS NULL AND NOT r.dropped AS waits
      FROM (SELECT g.agency_code, g.database, g.new_records, g.listed FROM ingest.database_growth g, asked a
             WHERE g.snapshot_pk = a.national_database AND g.new_records IS NOT NULL) n
      FULL JOIN (SELECT d.agency_code, d.database, d.new_records, d.listed, l.yes, x.agency IS NOT NULL AS dropped
                   FROM ingest.reported_records d JOIN asked a ON d.snapshot_pk = a.agency_report
                   JOIN reported p ON p.agency_code = d.agency_code
                   LEFT JOIN last_word l ON (l.agency_code, l.database, l.new_records)
                                          = (d.agency_code, d.database, d.new_records)
                   LEFT JOIN dropped x ON (x.agency, x.database, x.new_records)
                                        = (d.agency_code, d.database, d.new_records)) r USING (agency_code, database)
),
digitised AS (  -- C-1: summed over all databases supplied, or over those of Resolution 214 alone. C-3: while a word on one of
                -- these is open the sum is unknown, not smaller
    SELECT f.agency_code, CASE WHEN NOT bool_or(f.waits AND (f.listed OR NOT o.listed_only))
                                AND bool_or(coalesce(f.automatic, f.reported) IS NOT NULL)
                THEN sum(CASE WHEN f.listed OR NOT o.listed_only THEN coalesce(f.automatic, f.reported) ELSE 0 END) END AS records,
           bool_or(f.waits) AS waits
      FROM digitised_from f, otherwise o GROUP BY f.agency_code
),
registered AS (  -- D-1: registered for the year by the period's end; accepted since 1 January
    SELECT t.agency_code, count(*) AS registered_tasks,
           count(*) FILTER (WHERE t.accepted_on >= a.year_start AND t.accepted_on < a.period_end) AS accepted_tasks
      FROM ingest.registered_task t, asked a
     WHERE t.snapshot_pk = a.agency_report AND t.registered_on < a.period_end
     GROUP BY t.agency_code
),
meetings AS (  -- E-1, E-2, E-4: summoned in the month; the required role or a higher one came, in person or as allowed
    SELECT m.agency_code, count(*) AS meetings_summoned,
           count(*) FILTER (WHERE (m.attended_mode = 'in_person' OR (m.attended_mode = 'online' AND m.online_allowed))
               -- QĐ §5 E1 "số buổi tham gia của người đứng đầu", whatever role was summoned
               AND (m.attended_role IN ('acting_head', 'head') OR NOT o.head_only)
               AND CASE m.required_role WHEN 'officer' THEN m.attended_role IN ('officer', 'deputy', 'acting_head', 'head')
                                        WHEN 'deputy' THEN m.attended_role IN ('deputy', 'acting_head', 'head')
                                        ELSE m.attended_role IN ('acting_head', 'head') END) AS meetings_attended
      FROM ingest.summons m, asked a, otherwise o
     WHERE m.snapshot_pk = a.government_office AND m.held_on >= a.period_start AND m.held_on < a.period_end
     GROUP BY m.agency_code
),
held AS (  -- E-2: QĐ §3, §5 E1 "tổng số buổi tổ chức", whoever was summoned
    SELECT count(DISTINCT m.meeting_id) AS meetings
      FROM ingest.summons m, asked a
     WHERE m.snapshot_pk = a.government_office AND m.held_on >= a.period_start AND m.held_on < a.period_end
),
voices AS (  -- E-6, E-7: by the head or the acting head, marked as qualifying
    SELECT v.agency_code, count(*) FILTER (WHERE v.kind = 'speech') AS speeches,
           count(*) FILTER (WHERE v.kind = 'thematic_report') AS thematic_reports
      FROM ingest.speech v, asked a
     WHERE v.snapshot_pk = a.government_office AND v.spoken_on >= a.period_start AND v.spoken_on < a.period_end
       AND v.qualifying AND v.speaker_role IN ('head', 'acting_head')
     GROUP BY v.agency_code
),
awards AS (  -- F-1, F-2: decided points, at most 5 in a month
    SELECT i.agency_code, least(5, sum(i.points)) AS bonus_points
      FROM ingest.initiative i, asked a WHERE i.snapshot_pk = a.government_office
     GROUP BY i.agency_code
),
observed (agency, measure, value) AS (
    SELECT c.agency_code, m.measure, CAST(m.value AS numeric)
      FROM ingest.system57_coverage c JOIN asked a ON c.snapshot_pk = a.system57
      LEFT JOIN tasks t ON t.agency_code = c.agency_code LEFT JOIN entries k ON k.agency_code = c.agency_code,
           LATERAL (VALUES ('period_tasks', coalesce(t.period_tasks, 0)), ('on_time_tasks', coalesce(t.on_time_tasks, 0)),
                           ('late_tasks', coalesce(t.late_tasks, 0)),
                           ('assigned_tasks', coalesce(t.assigned_tasks, 0)), ('kpis_required', coalesce(k.kpis_required, 0)),
                           ('kpis_updated', coalesce(k.kpis_updated, 0))) AS m (measure, value)
    UNION ALL  -- QĐ 766 groups as the portal gives them; online services are two portal groups, 12 + 10 (B-2)
    SELECT p.agency_code, m.measure, m.value
      FROM ingest.service_score p JOIN asked a ON p.snapshot_pk = a.public_service_portal,
           LATERAL (VALUES ('transparency', p.ckmb), ('progress', p.tdgq), ('online_services', p.clgq + p.tttt),
                           ('satisfaction', p.mdhl), ('digitisation', p.mdsh)) AS m (measure, value)
    UNION ALL  -- C-2: without the national database's snapshot an automatic figure may exist that we do not see
    SELECT d.agency_code, 'digitised_records', d.records
      FROM digitised d, asked a WHERE a.national_database IS NOT NULL
    UNION ALL  -- C-7: successful transactions over all source systems; one unknown makes the sum unknown
    SELECT x.agency_code, 'exchange_transactions', CASE WHEN count(*) = count(x.transactions) THEN sum(x.transactions) END
      FROM ingest.exchange_volume x JOIN asked a ON x.snapshot_pk = a.ndxp GROUP BY x.agency_code
    UNION ALL
    SELECT p.agency_code, m.measure, m.value
      FROM reported p LEFT JOIN registered t ON t.agency_code = p.agency_code,
           LATERAL (VALUES ('registered_tasks', coalesce(t.registered_tasks, 0)),
                           ('accepted_tasks', coalesce(t.accepted_tasks, 0))) AS m (measure, value)
    UNION ALL  -- D-4, D-5: amounts over all fields and budget kinds, never percentages; or of "vốn đầu tư" alone
    SELECT f.agency_code, m.measure, m.value
      FROM (SELECT i.agency_code, CASE WHEN bool_and(c.allocated IS NOT NULL) THEN sum(c.allocated) END AS allocated,
                   CASE WHEN bool_and(c.disbursed IS NOT NULL) THEN sum(c.disbursed) END AS disbursed
              FROM ingest.investment i JOIN asked a ON i.snapshot_pk = a.finance, otherwise o,
                   LATERAL (SELECT o.development_only AND i.budget_kind <> 'development_investment' AS out) w,
                   LATERAL (SELECT CASE WHEN w.out THEN 0 ELSE i.allocated_vnd END AS allocated,
                                   CASE WHEN w.out THEN 0 ELSE i.disbursed_vnd END AS disbursed) c
             GROUP BY i.agency_code) f,
           LATERAL (VALUES ('allocated_vnd', f.allocated), ('disbursed_vnd', f.disbursed)) AS m (measure, value)
    UNION ALL
    SELECT g.agency_code, m.measure, m.value
      FROM ingest.register g JOIN asked a ON g.snapshot_pk = a.government_office
      LEFT JOIN meetings s ON s.agency_code = g.agency_code LEFT JOIN voices v ON v.agency_code = g.agency_code
      LEFT JOIN awards w ON w.agency_code = g.agency_code CROSS JOIN held h,
           LATERAL (VALUES ('meetings_summoned', coalesce(s.meetings_summoned, 0)), ('meetings_held', h.meetings), ('speeches', coalesce(v.speeches, 0)),
                           ('meetings_attended', coalesce(s.meetings_attended, 0)),
                           ('thematic_reports', coalesce(v.thematic_reports, 0)),
                           ('bonus_points', coalesce(w.bonus_points, 0))) AS m (measure, value)
),
lost AS (  -- a row of one body that cannot be true was put aside: what it would have counted for is unknown, so missing
    SELECT DISTINCT p.agency, m.measure
      FROM asked a JOIN ingest.put_aside p ON p.snapshot_pk IN (a.system57, a.public_service_portal, a.ndxp,
               a.national_database, a.finance, a.agency_report, a.government_office, a.records_review),
           LATERAL unnest(CASE p.dataset
               WHEN 'coverage' THEN ARRAY['period_tasks', 'on_time_tasks', 'late_tasks', 'assigned_tasks', 'kpis_required',
                                          'kpis_updated']
               WHEN 'task_assignments' THEN ARRAY['period_tasks', 'on_time_tasks', 'late_tasks', 'assigned_tasks']
               WHEN 'kpi_entries' THEN ARRAY['kpis_required', 'kpis_updated']
               WHEN 'service_scores' THEN ARRAY['transparency', 'progress', 'online_services', 'satisfaction', 'digitisation']
               WHEN 'exchange_volumes' THEN ARRAY['exchange_transactions']
               WHEN 'database_growth' THEN ARRAY['digitised_records']
               WHEN 'reported_records' THEN ARRAY['digitised_records']
               WHEN 'reviewed_records' THEN ARRAY['digitised_records']
               WHEN 'investments' THEN ARRAY['disbursed_vnd', 'allocated_vnd']
               WHEN 'reports' THEN ARRAY['accepted_tasks', 'registered_tasks', 'digitised_records']
               WHEN 'registered_tasks' THEN ARRAY['accepted_tasks', 'registered_tasks']
               WHEN 'registers' THEN ARRAY['meetings_summoned', 'meetings_attended', 'meetings_held', 'speeches', 'thematic_reports',
                                           'bonus_points']
               WHEN 'summonses' THEN ARRAY['meetings_summoned', 'meetings_attended', 'meetings_held']
               WHEN 'speeches' THEN ARRAY['speeches', 'thematic_reports']
               WHEN 'initiatives' THEN ARRAY['bonus_points'] END) AS m (measure)
),
possible (place, name, whole, most) AS (VALUES  -- scheme §2; maxima of the five groups of QĐ 766 (B-4), of the bonus (F-1)
    (1, 'period_tasks', true, NULL), (2, 'on_time_tasks', true, NULL), (3, 'late_tasks', true, NULL),
    (4, 'transparency', false, 18), (5, 'progress', false, 20), (6, 'online_services', false, 22),
    (7, 'satisfaction', false, 18), (8, 'digitisation', false, 22),
    (9, 'digitised_records', true, NULL), (10, 'exchange_transactions', true, NULL),
    (11, 'accepted_tasks', true, NULL), (12, 'registered_tasks', true, NULL),
    (13, 'disbursed_vnd', true, NULL), (14, 'allocated_vnd', true, NULL),
    (15, 'meetings_attended', true, NULL), (16, 'meetings_summoned', true, NULL),
    (17, 'speeches', true, NULL), (18, 'thematic_reports', true, NULL),
    (19, 'kpis_updated', true, NULL), (20, 'kpis_required', true, NULL), (21, 'bonus_points', true, 5),
    (22, 'assigned_tasks', true, NULL), (23, 'meetings_held', true, NULL)
),
measure AS (  -- the last two only where another reading counts them
    SELECT p.place, p.name, p.whole, p.most FROM possible p, otherwise o
     WHERE p.place < 22 OR (p.place = 22 AND o.all_assigned) OR (p.place = 23 AND o.all_held)
),
fact AS MATERIALIZED (  -- G-12: a ruling supplies a missing measure, zero included; it never replaces a known one
    SELECT b.agency, b.kind, b.outside, m.place, m.name AS measure, m.whole, m.most, o.value AS derived,
           coalesce(o.value, r.value) AS value, o.value IS NULL AND r.value IS NOT NULL AS settled
      FROM body b CROSS JOIN measure m
      LEFT JOIN (SELECT s.agency, s.measure, s.value FROM observed s LEFT JOIN lost l USING (agency, measure)
                  WHERE l.agency IS NULL) o ON o.agency = b.agency AND o.measure = m.name
      LEFT JOIN ruling r ON r.agency = b.agency AND r.measure = m.name
),

-- ---------------------------------------------------------------------------------------------------------------------
-- II. Measures become points (scheme §3; QĐ §3 and §5).
-- ---------------------------------------------------------------------------------------------------------------------
plain (place, code, in_group, seat, most) AS (VALUES  -- most = the largest number of points it can give
    (1, 'A1', 'A', 1, '18'),    -- QĐ §3 A: "18 điểm được tính cho việc hoàn thành nhiệm vụ được giao"
    (2, 'A2', 'A', 2, '9'),     -- QĐ §3 A, A2: 50 per cent of 18
    (3, 'A3', 'A', 3, '2'),     -- QĐ §3 A: "2 điểm để điều chỉnh sự chênh lệch số nhiệm vụ"
    (4, 'B1', 'B', 1, '18/5'),  -- QĐ §3 B: 18 of 100 points of QĐ 766 are worth 18 / 100 × 20
    (5, 'B2', 'B', 2, '4'),     -- 20 of 100
    (6, 'B3', 'B', 3, '22/5'),  -- 22 of 100
    (7, 'B4', 'B', 4, '18/5'),  -- 18 of 100
    (8, 'B5', 'B', 5, '22/5'),  -- 22 of 100
    (9, 'C1', 'C', 1, '10'),    -- QĐ §3 C1: "đạt tối đa 10 điểm"
    (10, 'C2', 'C', 2, '10'),   -- QĐ §3 C2
    (11, 'D1', 'D', 1, '10'),   -- QĐ §3 D1
    (12, 'D2', 'D', 2, '10'),   -- QĐ §3 D2
    (13, 'E1', 'E', 1, '5'),    -- QĐ §3 E1
    (14, 'E2', 'E', 2, '5'),    -- QĐ §3 E2; 15 of the group less E1 and E3 (E-6)
    (15, 'E3', 'E', 3, '5'),    -- QĐ §3 E3
    (16, 'bonus', 'bonus', 1, '5')  -- QĐ §3: "5 điểm sử dụng để thưởng khuyến khích"
),
indicator AS (  -- B-1: under the table of §5 "/ 100 * 25" of 18, 20, 22 and 18, and B5 nothing
    SELECT p.place, p.code, p.in_group, p.seat, CASE WHEN o.b_table THEN CASE p.code WHEN 'B1' THEN '9/2' WHEN 'B2' THEN '5'
               WHEN 'B3' THEN '11/2' WHEN 'B4' THEN '9/2' WHEN 'B5' THEN '0' ELSE p.most END ELSE p.most END AS most
      FROM plain p, otherwise o
),
best AS (  -- QĐ §3 A3, C1, C2 "của cơ quan … nhiều nhất": the largest known value of the indicator's pool (G-14, G-15)
    SELECT max(f.value) FILTER (WHERE f.measure = CASE WHEN (SELECT all_assigned FROM otherwise) THEN 'assigned_tasks'
                                                       ELSE 'period_tasks' END AND 'A3' <> ALL (f.outside)) AS a3,
           max(f.value) FILTER (WHERE f.measure = 'digitised_records' AND 'C1' <> ALL (f.outside)) AS c1,
           max(f.value) FILTER (WHERE f.measure = 'exchange_transactions' AND 'C2' <> ALL (f.outside)) AS c2
      FROM fact f
),
known AS (
    SELECT f.agency, f.kind, f.outside,
           coalesce(array_agg(f.measure) FILTER (WHERE f.value IS NULL), '{}') AS missing,
           coalesce(array_agg(f.measure) FILTER (WHERE f.settled), '{}') AS settled,
           max(f.value) FILTER (WHERE f.measure = 'period_tasks') AS period_tasks,
           max(f.value) FILTER (WHERE f.measure = 'on_time_tasks') AS on_time_tasks,
           max(f.value) FILTER (WHERE f.measure = 'late_tasks') AS late_tasks,
           max(f.value) FILTER (WHERE f.measure = 'transparency') AS transparency,
           max(f.value) FILTER (WHERE f.measure = 'progress') AS progress,
           max(f.value) FILTER (WHERE f.measure = 'online_services') AS online_services,
           max(f.value) FILTER (WHERE f.measure = 'satisfaction') AS satisfaction,
           max(f.value) FILTER (WHERE f.measure = 'digitisation') AS digitisation,
           max(f.value) FILTER (WHERE f.measure = 'digitised_records') AS digitised_records,
           max(f.value) FILTER (WHERE f.measure = 'exchange_transactions') AS exchange_transactions,
           max(f.value) FILTER (WHERE f.measure = 'accepted_tasks') AS accepted_tasks,
           max(f.value) FILTER (WHERE f.measure = 'registered_tasks') AS registered_tasks,
           max(f.value) FILTER (WHERE f.measure = 'disbursed_vnd') AS disbursed_vnd,
           max(f.value) FILTER (WHERE f.measure = 'allocated_vnd') AS allocated_vnd,
           max(f.value) FILTER (WHERE f.measure = 'meetings_attended') AS meetings_attended,
           max(f.value) FILTER (WHERE f.measure = 'meetings_summoned') AS meetings_summoned,
           max(f.value) FILTER (WHERE f.measure = 'speeches') AS speeches,
           max(f.value) FILTER (WHERE f.measure = 'thematic_reports') AS thematic_reports,
           max(f.value) FILTER (WHERE f.measure = 'kpis_updated') AS kpis_updated,
           max(f.value) FILTER (WHERE f.measure = 'kpis_required') AS kpis_required,
           max(f.value) FILTER (WHERE f.measure = 'bonus_points') AS bonus_points,
           max(f.value) FILTER (WHERE f.measure = 'assigned_tasks') AS assigned_tasks,
           max(f.value) FILTER (WHERE f.measure = 'meetings_held') AS meetings_held
      FROM fact f GROUP BY f.agency, f.kind, f.outside
),
formula AS (  -- top / bottom = the points; at_zero = the points when bottom is zero; needs = the measures it must know
    SELECT k.agency, k.kind, k.outside, k.missing, k.settled, f.code, f.top, f.bottom, f.at_zero,
           string_to_array(f.needs, ' ') AS needs
      FROM known k CROSS JOIN best b CROSS JOIN otherwise o, LATERAL (SELECT CASE WHEN o.b_table THEN 25 ELSE 20 END AS b) w,
           LATERAL (VALUES
        -- QĐ §3 A1 "* 18 (điểm)"; no tasks = 18 (A-6)
        ('A1', 18 * k.on_time_tasks, k.period_tasks, CASE WHEN o.idle_zero THEN 0 ELSE 18 END, 'on_time_tasks period_tasks'),
        -- QĐ §3 A2 "* 50 %% * 18 (điểm)"; no tasks = 0 (A-6)
        ('A2', 9 * k.late_tasks, k.period_tasks, 0, 'late_tasks period_tasks'),
        -- QĐ §3 A3 "* 2 (điểm)"; nobody has tasks = 0 (A-6)
        ('A3', 2 * CASE WHEN o.all_assigned THEN k.assigned_tasks ELSE k.period_tasks END, b.a3, 0,
               CASE WHEN o.all_assigned THEN 'assigned_tasks' ELSE 'period_tasks' END),
        -- QĐ §3 B "/ 100 * 20", or §5 "(B1+B2+B3+B4) / 100 * 25" (B-1)
        ('B1', w.b * k.transparency, 100, 0, 'transparency'),
        ('B2', w.b * k.progress, 100, 0, 'progress'),
        ('B3', w.b * k.online_services, 100, 0, 'online_services'),
        ('B4', w.b * k.satisfaction, 100, 0, 'satisfaction'),
        ('B5', CASE WHEN o.b_table THEN 0 ELSE 20 * k.digitisation END, 100, 0,
               CASE WHEN o.b_table THEN '' ELSE 'digitisation' END),
        -- QĐ §3 C1, C2 "* 10 (điểm)"; all zero = 0 (C-4)
        ('C1', 10 * k.digitised_records, b.c1, 0, 'digitised_records'),
        ('C2', 10 * k.exchange_transactions, b.c2, 0, 'exchange_transactions'),
        -- QĐ §3 D1 "* 10 (điểm)"; nothing registered = 0 (D-3)
        ('D1', 10 * k.accepted_tasks, k.registered_tasks, CASE WHEN o.unregistered_full THEN 10 ELSE 0 END,
               'accepted_tasks registered_tasks'),
        -- QĐ §3 D2 "* 10 (điểm)"; above 1 is clamped, nothing allocated = 0 (D-5, D-6)
        ('D2', 10 * least(k.disbursed_vnd, k.allocated_vnd), k.allocated_vnd, CASE WHEN o.unallocated_full THEN 10 ELSE 0 END,
               'disbursed_vnd allocated_vnd'),
        -- QĐ §3 E1 "* 5 (điểm)"; not summoned = 5 (E-3)
        -- over all meetings held a ruled attendance may be more than was held: at most the whole (E-2)
        ('E1', 5 * CASE WHEN o.all_held THEN least(k.meetings_attended, k.meetings_held) ELSE k.meetings_attended END,
               CASE WHEN o.all_held THEN k.meetings_held ELSE k.meetings_summoned END,
               CASE WHEN o.uncalled_zero THEN 0 ELSE 5 END,
               CASE WHEN o.all_held THEN 'meetings_attended meetings_held' ELSE 'meetings_attended meetings_summoned' END),
        -- QĐ §3 E2: one point a speech, five with a thematic report (E-6); no meeting = 0 (E-8)
        ('E2', CASE WHEN k.thematic_reports >= 1 AND NOT o.cap_only THEN 5 ELSE least(5, k.speeches) END,
               CASE WHEN k.meetings_summoned = 0 THEN 0 ELSE 1 END, CASE WHEN o.silent_full THEN 5 ELSE 0 END,
               CASE WHEN o.cap_only THEN 'speeches meetings_summoned' ELSE 'speeches thematic_reports meetings_summoned' END),
        -- QĐ §3 E3 "* 5(điểm)"; nothing required = 5 (E-11)
        ('E3', CASE WHEN o.all_or_nothing AND k.kpis_updated < k.kpis_required THEN 0 ELSE 5 * k.kpis_updated END,
               k.kpis_required, CASE WHEN o.nothing_due_zero THEN 0 ELSE 5 END, 'kpis_updated kpis_required'),
        -- QĐ §4 "từ 1 điểm đến 5 điểm"
        ('bonus', k.bonus_points, 1, 0, 'bonus_points')
      ) AS f (code, top, bottom, at_zero, needs)
),
judged AS (  -- the states of scheme §3, the stronger first: what does not apply does not apply whatever the measures say
    SELECT f.agency, f.kind, f.top, f.bottom, f.at_zero, i.place, i.code, i.in_group, i.seat, i.most,
           CASE WHEN f.code = ANY (f.outside) THEN 'not_applicable' WHEN f.needs && f.missing THEN 'missing'
                WHEN f.needs && f.settled THEN 'settled' WHEN f.bottom = 0 THEN 'no_events'
                WHEN o.b_table AND f.code = 'B5' THEN 'not_counted' ELSE 'scored' END AS state
      FROM formula f JOIN indicator i ON i.code = f.code CROSS JOIN otherwise o
),
chosen AS MATERIALIZED (  -- materialized here and below: inlined, each expression would be computed many times over
    SELECT j.agency, j.kind, j.place, j.code, j.in_group, j.seat, j.most, j.state,
           CASE WHEN j.state = 'not_applicable' THEN 0 WHEN j.state = 'missing' THEN NULL
                WHEN j.bottom = 0 THEN j.at_zero ELSE j.top END AS top,
           CASE WHEN j.state = 'not_applicable' OR j.bottom = 0 THEN 1 WHEN j.state = 'missing' THEN NULL
                ELSE j.bottom END AS bottom
      FROM judged j
),
lifted AS MATERIALIZED (  -- decimals become whole numbers by a power of ten
    SELECT c.agency, c.kind, c.place, c.code, c.in_group, c.seat, c.most, c.state,
           trunc(c.top * u.unit) AS num, trunc(c.bottom * u.unit) AS den
      FROM chosen c, LATERAL (SELECT CAST('1' || repeat('0', greatest(scale(c.top), scale(c.bottom))) AS numeric) AS unit) u
),
score AS MATERIALIZED (  -- num / den: whole numbers, reduced; both null for a missing indicator
    SELECT l.agency, l.kind, l.place, l.code, l.in_group, l.seat, l.most, l.state,
           div(l.num, gcd(l.num, l.den)) AS num, div(l.den, gcd(l.num, l.den)) AS den
      FROM lifted l
),

-- ---------------------------------------------------------------------------------------------------------------------
-- III. Points become totals, grades and ranks (scheme §4; QĐ §4). Missing points are left out; the sheet is provisional.
-- ---------------------------------------------------------------------------------------------------------------------
grouped AS (  -- the common denominator of a group; windows instead of joins keep the time linear in the bodies
    SELECT s.*, lcm(lcm(lcm(lcm(
               coalesce(max(s.den) FILTER (WHERE s.seat = 1) OVER g, 1),
               coalesce(max(s.den) FILTER (WHERE s.seat = 2) OVER g, 1)),
               coalesce(max(s.den) FILTER (WHERE s.seat = 3) OVER g, 1)),
               coalesce(max(s.den) FILTER (WHERE s.seat = 4) OVER g, 1)),
               coalesce(max(s.den) FILTER (WHERE s.seat = 5) OVER g, 1)) AS group_den
      FROM score s WINDOW g AS (PARTITION BY s.agency, s.in_group)
),
part AS (  -- the group's sum, null when all of it is missing, and the common denominator of all groups
    SELECT p.*, sum(p.num * div(p.group_den, p.den)) OVER (PARTITION BY p.agency, p.in_group) AS group_num,
           lcm(lcm(lcm(lcm(lcm(
               max(p.group_den) FILTER (WHERE p.in_group = 'A') OVER b,
               max(p.group_den) FILTER (WHERE p.in_group = 'B') OVER b),
               max(p.group_den) FILTER (WHERE p.in_group = 'C') OVER b),
               max(p.group_den) FILTER (WHERE p.in_group = 'D') OVER b),
               max(p.group_den) FILTER (WHERE p.in_group = 'E') OVER b),
               max(p.group_den) FILTER (WHERE p.in_group = 'bonus') OVER b) AS total_den
      FROM grouped p WINDOW b AS (PARTITION BY p.agency)
),
awaiting AS (  -- C-3: a word that has not come is the only thing that keeps C1 from being known
    SELECT d.agency_code AS agency FROM digitised d CROSS JOIN asked a
     WHERE d.waits AND a.national_database IS NOT NULL
       AND NOT EXISTS (SELECT FROM lost l WHERE l.agency = d.agency_code AND l.measure = 'digitised_records')
),
summed AS (  -- one row per body. Components and groups are shown half up to two places beside the exact value (scheme §4)
    SELECT p.agency, p.kind, coalesce(sum(p.num * div(p.total_den, p.den)), 0) AS num, p.total_den AS den,
           json_object_agg(p.code, json_build_object(
               'points', CAST(div(200 * p.num + p.den, 2 * p.den) * 0.01 AS text),
               'exact', p.num || CASE WHEN p.den = 1 THEN '' ELSE '/' || p.den END,
               'max', p.most, 'state', p.state) ORDER BY p.place) AS indicators,
           coalesce(json_agg(p.code ORDER BY p.place) FILTER (WHERE p.state = 'missing'), '[]') AS missing,
           json_object_agg(p.in_group, CAST(div(200 * p.group_num + p.group_den, 2 * p.group_den) * 0.01 AS text)
                           ORDER BY p.place) FILTER (WHERE p.in_group <> 'bonus' AND p.seat = 1) AS groups
      FROM part p GROUP BY p.agency, p.kind, p.total_den
),
-- G-15: what applies to a body, as whole / part. A1 and A2 have 18 together; group B counts for the part of its 20 that
-- applies, of 100 (or, under the table, of the 78 that it counts). Missing figures apply.
applies AS (
    SELECT b.agency, v.b_of * (greatest(CASE WHEN 'A1' = ANY (b.outside) THEN 0 ELSE 18 END, CASE WHEN 'A2' = ANY (b.outside) THEN 0
               ELSE 9 END) + x.others) + 20 * x.b AS part, v.b_of AS whole
      FROM body b CROSS JOIN otherwise o,
           LATERAL (SELECT CAST(CASE WHEN o.b_table THEN 78 ELSE 100 END AS numeric) AS b_of) v,
           LATERAL (SELECT coalesce(sum(w.most) FILTER (WHERE w.code NOT LIKE 'B%%'), 0) AS others,
                           coalesce(sum(w.most) FILTER (WHERE w.code LIKE 'B%%'), 0) AS b
                      FROM (VALUES ('A3', 2), ('B1', 18), ('B2', 20), ('B3', 22), ('B4', 18),
                                   ('B5', CASE WHEN o.b_table THEN 0 ELSE 22 END), ('C1', 10), ('C2', 10), ('D1', 10),
                                   ('D2', 10), ('E1', 5), ('E2', 5), ('E3', 5), ('bonus', 5)) AS w (code, most)
                     WHERE w.code <> ALL (b.outside)) x
),
stated AS (  -- the total that is read: the plain sum, or the sum on the maximum that applies
    SELECT t.agency, t.kind, t.indicators, t.missing, t.groups,
           CASE WHEN NOT o.rescaled THEN t.num WHEN p.part = 0 THEN 0 ELSE t.num * 100 * p.whole END AS num,
           CASE WHEN NOT o.rescaled THEN t.den WHEN p.part = 0 THEN 1 ELSE t.den * p.part END AS den
      FROM summed t JOIN applies p ON p.agency = t.agency CROSS JOIN otherwise o
),
total AS MATERIALIZED (  -- QĐ §4 "Tổng điểm (làm tròn đến 1 điểm)": half up, once, on the whole (G-3), or to a tenth
    SELECT t.agency, t.kind, t.indicators, t.missing, t.groups,
           div(t.num, gcd(t.num, t.den)) AS num, div(t.den, gcd(t.num, t.den)) AS den, w.unit,
           div(2 * w.unit * t.num + t.den, 2 * t.den) AS rounded, div(t.num, t.den) AS floored
      FROM stated t CROSS JOIN otherwise o, LATERAL (SELECT CASE WHEN o.one_decimal THEN 10 ELSE 1 END AS unit) w
),
-- Two different fractions whose denominators have at most n digits differ by more than 10^-2n: their first 2n decimal
-- places, taken as a whole number, keep the exact order and the exact ties.
scale_of AS (
    SELECT CAST('1' || repeat('0', 2 * length(CAST(max(den) AS text))) AS numeric) AS unit FROM total
),
ranked AS (
    SELECT t.agency, t.indicators, t.missing, t.groups, t.num, t.den, t.rounded, t.unit, g.grade, g.grade_unrounded,
           rank() OVER (ORDER BY k.key DESC) AS rank,                                     -- G-23: 1, 2, 2, 4
           rank() OVER (PARTITION BY t.kind ORDER BY k.key DESC) AS rank_in_kind
      FROM total t CROSS JOIN scale_of u CROSS JOIN otherwise o,
           LATERAL (SELECT CASE WHEN o.rank_published THEN t.rounded ELSE div(t.num * u.unit, t.den) END AS key) k,
           -- QĐ §4: A from 85, B from 70, C from 50, else D; on the rounded total, or on the exact one (G-4). All bounds are whole, so the
           -- unrounded total reaches one exactly when its whole part does.
           LATERAL (SELECT CASE WHEN o.grade_exact THEN t.floored ELSE div(t.rounded, t.unit) END AS whole) w,
           LATERAL (SELECT CASE WHEN w.whole >= 85 THEN 'A' WHEN w.whole >= 70 THEN 'B'
                                WHEN w.whole >= 50 THEN 'C' ELSE 'D' END AS grade,
                           CASE WHEN t.floored >= 85 THEN 'A' WHEN t.floored >= 70 THEN 'B'
                                WHEN t.floored >= 50 THEN 'C' ELSE 'D' END AS grade_unrounded) g
),

-- ---------------------------------------------------------------------------------------------------------------------
-- IV. What is refused (scheme §3 "Refused").
-- ---------------------------------------------------------------------------------------------------------------------
fault (message) AS (
    SELECT 'period: ' || a.period_start || ' to ' || a.period_end || ', year from ' || a.year_start
           || ' is no calendar month from 2026-01 on with its own year' FROM asked a
     WHERE a.period_start < DATE '2026-01-01' OR a.period_start <> date_trunc('month', CAST(a.period_start AS timestamp))
        OR a.period_end <> a.period_start + INTERVAL '1 month'
        OR a.year_start <> date_trunc('year', CAST(a.period_start AS timestamp))
    UNION ALL
    SELECT 'snapshot ' || w.pk || ': expected one of ' || w.source || ' for ' || to_char(a.period_start, 'YYYY-MM')
           || ', found ' || coalesce(s.source || ' for ' || s.period, 'none')
      FROM asked a, LATERAL (VALUES ('system57', a.system57), ('public_service_portal', a.public_service_portal),
               ('ndxp', a.ndxp), ('national_database', a.national_database), ('finance', a.finance),
               ('agency_report', a.agency_report), ('government_office', a.government_office),
               ('records_review', a.records_review)) AS w (source, pk)
      LEFT JOIN ingest.snapshot s ON s.pk = w.pk
     WHERE w.pk IS NOT NULL AND (s.source, s.period) IS DISTINCT FROM (w.source, to_char(a.period_start, 'YYYY-MM'))
    UNION ALL
    SELECT 'agency ' || coalesce(b.agency, 'without code') || ': named ' || count(*) || ' times' FROM body b
     GROUP BY b.agency HAVING count(*) > 1 OR b.agency IS NULL
    UNION ALL
    SELECT 'not_applicable: unknown agency ' || coalesce(x.agency, 'null') || ' or indicator ' || coalesce(x.indicator, 'null')
      FROM outside x
     WHERE NOT EXISTS (SELECT FROM body b WHERE b.agency = x.agency)
        OR NOT EXISTS (SELECT FROM indicator i WHERE i.code = x.indicator)
    UNION ALL
    SELECT 'reading: ' || x.key || '=' || coalesce(x.value, 'null') || ' is none that this engine knows'
      FROM asked a, jsonb_each_text(a.readings) AS x
     WHERE x.key || '=' || coalesce(x.value, '') NOT IN ('G-3=one-decimal', 'G-4=exact', 'G-15=rescaled', 'G-23=published',
               'A-1=named-assigners', 'A-4=backlog-only', 'A-5=all-assigned', 'A-6=zero', 'A-8=as-frozen', 'B-1=table',
               'C-1=listed-only',
               'D-3=full', 'D-4=development-only', 'D-6=full', 'E-1=head-only', 'E-1=table', 'E-2=all-held', 'E-3=zero',
               'E-6=cap-only', 'E-8=full', 'E-9=all-or-nothing', 'E-11=zero')
    UNION ALL
    SELECT 'ruling: unknown agency ' || coalesce(r.agency, 'null') || ' or measure ' || coalesce(r.measure, 'null')
      FROM ruling r
     WHERE NOT EXISTS (SELECT FROM body b WHERE b.agency = r.agency)
        OR NOT EXISTS (SELECT FROM measure m WHERE m.name = r.measure)
    UNION ALL
    SELECT 'ruling: ' || r.agency || ' ' || r.measure || ': ' || r.said || ' is no decimal number' FROM ruling r
     WHERE r.value IS NULL
    UNION ALL
    SELECT 'ruling: ' || r.agency || ' ' || r.measure || ': ' || count(*) || ' values' FROM ruling r
     GROUP BY r.agency, r.measure HAVING count(*) > 1
    UNION ALL
    SELECT f.agency || ' ' || f.measure || ': ' || f.value || ' is ' || w.wrong
      FROM fact f, LATERAL (VALUES (f.value < 0, 'negative'), (f.whole AND f.value <> trunc(f.value), 'no whole count'),
                                   (f.value > f.most, 'above its maximum ' || f.most)) AS w (holds, wrong)
     WHERE w.holds
    UNION ALL  -- a comparison with an unknown value is unknown and refuses nothing (scheme §5)
    SELECT k.agency || ' ' || w.what || ': ' || w.part || ' is above ' || w.whole
      FROM known k, LATERAL (VALUES
               ('on_time_tasks + late_tasks > period_tasks', k.on_time_tasks + k.late_tasks, k.period_tasks),
               ('accepted_tasks > registered_tasks', k.accepted_tasks, k.registered_tasks),
               ('meetings_attended > meetings_summoned', k.meetings_attended, k.meetings_summoned),
               ('kpis_updated > kpis_required', k.kpis_updated, k.kpis_required)) AS w (what, part, whole)
     WHERE w.part > w.whole
    UNION ALL
    SELECT k.agency || ' ' || w.what || ': ' || w.spoken || ' without any meeting summoned'
      FROM known k, LATERAL (VALUES ('speeches', k.speeches), ('thematic_reports', k.thematic_reports)) AS w (what, spoken)
     WHERE k.meetings_summoned = 0 AND w.spoken > 0
),

-- ---------------------------------------------------------------------------------------------------------------------
-- V. The sheet in the shape of scheme §5, in code point order.
-- ---------------------------------------------------------------------------------------------------------------------
agency_text AS (
    SELECT json_agg(json_build_object(
               'agency', r.agency, 'total', CASE WHEN r.unit = 1 THEN to_json(r.rounded)
                                                 ELSE to_json(CAST(r.rounded * 0.1 AS text)) END,
               'total_exact', r.num || CASE WHEN r.den = 1 THEN '' ELSE '/' || r.den END,
               'grade', r.grade, 'rank', r.rank, 'missing', r.missing, 'groups', r.groups, 'indicators', r.indicators)
             ORDER BY r.agency COLLATE "C") AS agencies,
           json_object_agg(r.agency, json_build_object('rank_in_kind', r.rank_in_kind, 'grade_unrounded', r.grade_unrounded)
                           ORDER BY r.agency COLLATE "C") AS informational
      FROM ranked r
),
leaders AS (  -- who holds a positive maximum of the pool holds all points of the indicator
    SELECT json_object_agg(i.code, (SELECT coalesce(json_agg(s.agency ORDER BY s.agency COLLATE "C"), '[]') FROM score s
               WHERE s.code = i.code AND s.den = 1 AND s.num = CAST(i.most AS numeric)) ORDER BY i.place) AS leaders
      FROM indicator i WHERE i.code IN ('A3', 'C1', 'C2')
),
measure_text AS (
    SELECT json_object_agg(m.agency, m.measures ORDER BY m.agency COLLATE "C") AS measures
      FROM (SELECT f.agency, json_object_agg(f.measure, CASE WHEN f.whole THEN to_json(trim_scale(f.derived))
                       ELSE to_json(CAST(trim_scale(f.derived) AS text)) END ORDER BY f.place) AS measures
              FROM fact f GROUP BY f.agency) m
)
SELECT CAST(json_build_object(
           'period', to_char(a.period_start, 'YYYY-MM'), 'scheme', 'qd-4585',
           'provisional', EXISTS (SELECT FROM score s WHERE s.state = 'missing'),
           'leaders', l.leaders, 'agencies', coalesce(t.agencies, '[]'), 'measures', coalesce(m.measures, '{}'),
           'informational', coalesce(t.informational, '{}'),
           'reported_counted', (SELECT coalesce(json_agg(d.agency_code || '/' || d.database
                                                         ORDER BY d.agency_code COLLATE "C", d.database COLLATE "C"), '[]')
                                  FROM digitised_from d JOIN body b ON b.agency = d.agency_code
                                 WHERE d.automatic IS NULL AND d.reported IS NOT NULL AND a.national_database IS NOT NULL),
           'awaiting', (SELECT coalesce(json_agg(w.agency ORDER BY w.agency COLLATE "C"), '[]') FROM awaiting w
                          JOIN score s ON s.agency = w.agency AND s.code = 'C1' AND s.state = 'missing'),
           'faults', (SELECT coalesce(json_agg(f.message ORDER BY f.message COLLATE "C"), '[]') FROM fault f)) AS text) AS sheet
  FROM asked a CROSS JOIN agency_text t CROSS JOIN leaders l CROSS JOIN measure_text m
