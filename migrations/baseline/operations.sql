-- What operators and publishers decide: commands and approvals, calendar, applicability, rulings; answers kept for repeated calls.

CREATE TABLE control.applicability (
    applicability_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    indicator TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    document TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    withdraws TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_applicability PRIMARY KEY (applicability_id),
    CONSTRAINT fk_applicability_withdraws FOREIGN KEY(withdraws) REFERENCES control.applicability (applicability_id)
);

CREATE TABLE control.calendar_day (
    day DATE NOT NULL,
    revision INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_calendar_day PRIMARY KEY (day, revision),
    CONSTRAINT ck_calendar_day_kind CHECK (kind IN ('off', 'working'))
);

CREATE TABLE control.calendar_entry (
    entry_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    period TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    falls_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_calendar_entry PRIMARY KEY (entry_id),
    CONSTRAINT ck_calendar_entry_kind CHECK (kind IN ('cutoff', 'report_deadline')),
    CONSTRAINT uq_calendar_entry_sequence UNIQUE (sequence)
);

CREATE TABLE control.command (
    command_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    period TEXT,
    arguments JSONB NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_command PRIMARY KEY (command_id),
    CONSTRAINT ck_command_kind CHECK (kind IN ('pull', 'import', 'freeze', 'supersede', 'score', 'publish')),
    CONSTRAINT ck_command_reason CHECK (btrim(reason) <> '')
);

CREATE INDEX ix_command_kind_period ON control.command (kind, period);

CREATE TABLE control.approval (
    command_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_approval PRIMARY KEY (command_id),
    CONSTRAINT ck_approval_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_approval_command_id FOREIGN KEY(command_id) REFERENCES control.command (command_id)
);

CREATE TABLE control.ruling (
    ruling_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    period TEXT NOT NULL,
    agency TEXT NOT NULL,
    measure TEXT NOT NULL,
    value TEXT,
    reason TEXT NOT NULL,
    document TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_ruling PRIMARY KEY (ruling_id),
    CONSTRAINT ck_ruling_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_ruling_sequence UNIQUE (sequence)
);

CREATE INDEX ix_ruling_period ON control.ruling (period);

CREATE TABLE control.idempotency (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers JSONB NOT NULL,
    body BYTEA NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (actor, key)
);
