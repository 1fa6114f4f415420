-- When a body's report is due, and which late one counts.

CREATE TABLE control.extension (
    extension_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    agency TEXT NOT NULL,
    period TEXT NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    effect TEXT NOT NULL,
    document TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    alone BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_extension PRIMARY KEY (extension_id),
    CONSTRAINT ck_extension_effect CHECK (effect IN ('in_time', 'late_counts')),
    CONSTRAINT ck_extension_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_extension_sequence UNIQUE (sequence)
);

CREATE TABLE control.late_acceptance (
    submission_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    period TEXT NOT NULL,
    document TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_late_acceptance PRIMARY KEY (submission_id),
    CONSTRAINT ck_late_acceptance_reason CHECK (btrim(reason) <> '')
);

CREATE TABLE control.extension_approval (
    extension_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp(),
    CONSTRAINT pk_extension_approval PRIMARY KEY (extension_id),
    CONSTRAINT ck_extension_approval_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_extension_approval_sequence UNIQUE (sequence),
    CONSTRAINT fk_extension_approval_extension_id FOREIGN KEY(extension_id) REFERENCES control.extension (extension_id)
);
