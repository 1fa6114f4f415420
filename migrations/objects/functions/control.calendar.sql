-- When a month closes by the law (G-7, G-8), for words by our reading of it (C-3): the days of the scheme in force for it. Every upgrade writes down what the schemes say
-- (migrations/sql.py); of one scheme the last row holds. Null before the first scheme. Calendar rows and extensions move it.

CREATE OR REPLACE FUNCTION control.legal_cutoff(month text) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT ((month || '-01')::date + interval '1 month' + make_interval(days => c.cutoff_day)) AT TIME ZONE 'Asia/Ho_Chi_Minh'
    FROM control.scheme_calendar c WHERE c.first_period <= month ORDER BY c.first_period DESC, c.revision DESC LIMIT 1
$$;

CREATE OR REPLACE FUNCTION control.legal_report_deadline(month text) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT ((month || '-01')::date + interval '1 month' + make_interval(days => c.report_deadline_day - 1))
         AT TIME ZONE 'Asia/Ho_Chi_Minh'
    FROM control.scheme_calendar c WHERE c.first_period <= month ORDER BY c.first_period DESC, c.revision DESC LIMIT 1
$$;

CREATE OR REPLACE FUNCTION control.legal_word_deadline(month text) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT ((month || '-01')::date + interval '1 month' + make_interval(days => c.word_deadline_day)) AT TIME ZONE 'Asia/Ho_Chi_Minh'
    FROM control.scheme_calendar c WHERE c.first_period <= month ORDER BY c.first_period DESC, c.revision DESC LIMIT 1
$$;
