-- Inside an agency: units, their people, their plan, the sections they send, and what was assembled of them.

CREATE TABLE intake.unit (
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    version INTEGER NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    name TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    contact_position TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    contact_phone TEXT NOT NULL,
    ended BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_unit PRIMARY KEY (agency, unit, version),
    CONSTRAINT ck_unit_code CHECK (unit ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT ck_unit_version CHECK (version >= 1 AND NOT (ended AND version = 1)),
    CONSTRAINT ck_unit_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_unit_sequence UNIQUE (sequence)
);

CREATE TABLE intake.unit_member (
    membership_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_unit_member PRIMARY KEY (membership_id),
    CONSTRAINT ck_unit_member_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_unit_member_sequence UNIQUE (sequence)
);

CREATE INDEX ix_unit_member_agency_unit ON intake.unit_member (agency, unit);
CREATE INDEX ix_unit_member_subject ON intake.unit_member (subject);

CREATE TABLE intake.unit_member_end (
    membership_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_unit_member_end PRIMARY KEY (membership_id),
    CONSTRAINT ck_unit_member_end_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_unit_member_end_membership_id FOREIGN KEY(membership_id) REFERENCES intake.unit_member (membership_id)
);

CREATE TABLE intake.unit_plan (
    plan_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    agency TEXT NOT NULL,
    first_period TEXT NOT NULL,
    document TEXT NOT NULL,
    lead_unit TEXT NOT NULL,
    due_day INTEGER NOT NULL,
    due_time TEXT NOT NULL,
    assignments JSONB NOT NULL,
    requested_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_unit_plan PRIMARY KEY (plan_id),
    CONSTRAINT ck_unit_plan_first_period CHECK (first_period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT ck_unit_plan_due_day CHECK (due_day BETWEEN 1 AND 4),
    CONSTRAINT ck_unit_plan_due_time CHECK (due_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    CONSTRAINT ck_unit_plan_assignments CHECK (jsonb_array_length(assignments) > 0),
    CONSTRAINT ck_unit_plan_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_unit_plan_sequence UNIQUE (sequence)
);

CREATE INDEX ix_unit_plan_agency ON intake.unit_plan (agency);

CREATE TABLE intake.unit_plan_approval (
    plan_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    agency TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_unit_plan_approval PRIMARY KEY (plan_id),
    CONSTRAINT ck_unit_plan_approval_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_unit_plan_approval_plan_id FOREIGN KEY(plan_id) REFERENCES intake.unit_plan (plan_id),
    CONSTRAINT uq_unit_plan_approval_sequence UNIQUE (sequence)
);

CREATE TABLE intake.unit_section (
    section_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    period TEXT NOT NULL,
    indicator TEXT NOT NULL,
    version INTEGER NOT NULL,
    unit TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    content JSONB NOT NULL,
    digest TEXT NOT NULL,
    summary JSONB NOT NULL,
    findings JSONB NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    deadline TIMESTAMP WITH TIME ZONE NOT NULL,
    late BOOLEAN NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_unit_section PRIMARY KEY (section_id),
    CONSTRAINT ck_unit_section_kind CHECK (kind IN ('scored', 'monitoring')),
    CONSTRAINT ck_unit_section_version CHECK (version >= 1),
    CONSTRAINT ck_unit_section_late CHECK (late = (sent_at >= deadline)),
    CONSTRAINT ck_unit_section_digest CHECK (digest ~ '^sha256:[0-9a-f]{64}$'),
    CONSTRAINT fk_unit_section_plan_id FOREIGN KEY(plan_id) REFERENCES intake.unit_plan (plan_id)
);

CREATE UNIQUE INDEX uq_unit_section_version ON intake.unit_section (agency, period, indicator, version);

CREATE TABLE intake.unit_section_return (
    section_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_unit_section_return PRIMARY KEY (section_id),
    CONSTRAINT ck_unit_section_return_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_unit_section_return_section_id FOREIGN KEY(section_id) REFERENCES intake.unit_section (section_id)
);

CREATE TABLE intake.unit_assembly (
    assembly_id TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    agency TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    left_out JSONB NOT NULL,
    reason TEXT,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_unit_assembly PRIMARY KEY (assembly_id),
    CONSTRAINT fk_unit_assembly_revision FOREIGN KEY(submission_id, revision) REFERENCES intake.revision (submission_id, number),
    CONSTRAINT fk_unit_assembly_plan_id FOREIGN KEY(plan_id) REFERENCES intake.unit_plan (plan_id)
);

CREATE UNIQUE INDEX uq_unit_assembly_revision ON intake.unit_assembly (submission_id, revision);

CREATE TABLE intake.unit_assembly_section (
    assembly_id TEXT NOT NULL,
    section_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_unit_assembly_section PRIMARY KEY (assembly_id, section_id),
    CONSTRAINT fk_unit_assembly_section_assembly_id FOREIGN KEY(assembly_id) REFERENCES intake.unit_assembly (assembly_id),
    CONSTRAINT fk_unit_assembly_section_section_id FOREIGN KEY(section_id) REFERENCES intake.unit_section (section_id)
);

CREATE INDEX ix_unit_assembly_section_section_id ON intake.unit_assembly_section (section_id);
