-- What was done, by whom and when; and to which user group the usage report counts a role.

CREATE TABLE audit.entry (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    xid TEXT DEFAULT pg_current_xact_id()::text NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    reason TEXT,
    detail JSONB DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT pk_entry PRIMARY KEY (id)
);

CREATE INDEX ix_entry_object ON audit.entry (object);
CREATE INDEX ix_entry_xid ON audit.entry (xid);
CREATE INDEX ix_entry_recorded_at ON audit.entry USING brin (recorded_at);

CREATE TABLE audit.usage_group (
    role TEXT NOT NULL,
    user_group TEXT NOT NULL,
    precedence INTEGER NOT NULL,
    CONSTRAINT pk_usage_group PRIMARY KEY (role)
);

INSERT INTO audit.usage_group (role, user_group, precedence) VALUES
  ('system_administrator', 'administration', 1),
  ('agency_admin',         'administration', 1),
  ('operator',             'administration', 1),
  ('publisher',            'approval',       2),
  ('assessor',             'approval',       2),
  ('agency_approver',      'approval',       2),
  ('agency_signer',        'approval',       2),
  ('officer',              'updating',       3),
  ('agency_drafter',       'updating',       3),
  ('agency_unit',          'updating',       3),
  ('auditor',              'monitoring',     4),
  ('records_reviewer',     'monitoring',     4),
  ('reader',               'monitoring',     4),
  ('public',               'monitoring',     4);
