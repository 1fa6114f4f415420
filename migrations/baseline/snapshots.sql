-- What came from the sources and was frozen: pulls, requests, raw bytes, findings, snapshots and their rows, a partition each.

CREATE TABLE ingest.database_growth (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    database TEXT NOT NULL,
    database_name TEXT NOT NULL,
    listed BOOLEAN NOT NULL,
    new_records BIGINT,
    CONSTRAINT uq_database_growth_natural_key UNIQUE (snapshot_pk, database, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.exchange_volume (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    source_system TEXT NOT NULL,
    transactions BIGINT,
    as_provider BIGINT,
    as_consumer BIGINT,
    failed BIGINT,
    CONSTRAINT uq_exchange_volume_natural_key UNIQUE (snapshot_pk, source_system, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.initiative (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    initiative_id TEXT NOT NULL,
    title TEXT NOT NULL,
    points BIGINT NOT NULL,
    decided_on DATE NOT NULL,
    decision_document TEXT NOT NULL,
    decision_digest TEXT,
    CONSTRAINT uq_initiative_natural_key UNIQUE (snapshot_pk, initiative_id, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.investment (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    budget_kind TEXT NOT NULL,
    field TEXT NOT NULL,
    allocated_vnd BIGINT,
    disbursed_vnd BIGINT,
    as_of_on DATE NOT NULL,
    CONSTRAINT uq_investment_natural_key UNIQUE (snapshot_pk, budget_kind, field, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.kpi_entry (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    kpi TEXT NOT NULL,
    kind TEXT NOT NULL,
    frequency TEXT NOT NULL,
    due_in_period BOOLEAN NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT uq_kpi_entry_natural_key UNIQUE (snapshot_pk, kpi, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.raw_body (
    sha256 TEXT NOT NULL,
    encoding TEXT NOT NULL,
    size BIGINT NOT NULL,
    body BYTEA NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_raw_body PRIMARY KEY (sha256)
);

CREATE TABLE ingest.register (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    summonses BIGINT NOT NULL,
    speeches BIGINT NOT NULL,
    initiatives BIGINT NOT NULL,
    CONSTRAINT uq_register_natural_key UNIQUE (snapshot_pk, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.registered_task (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    task_code TEXT NOT NULL,
    title TEXT NOT NULL,
    registered_on DATE NOT NULL,
    accepted_on DATE,
    acceptance_document TEXT,
    CONSTRAINT uq_registered_task_natural_key UNIQUE (snapshot_pk, task_code, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.report (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    document TEXT NOT NULL,
    registered_tasks BIGINT NOT NULL,
    reported_databases BIGINT NOT NULL,
    CONSTRAINT uq_report_natural_key UNIQUE (snapshot_pk, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.reported_records (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    database TEXT NOT NULL,
    database_name TEXT NOT NULL,
    listed BOOLEAN NOT NULL,
    new_records BIGINT NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    confirmed_by TEXT,
    CONSTRAINT uq_reported_records_natural_key UNIQUE (snapshot_pk, database, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.service_score (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    department_name TEXT NOT NULL,
    ckmb NUMERIC,
    tdgq NUMERIC,
    clgq NUMERIC,
    tttt NUMERIC,
    mdhl NUMERIC,
    mdsh NUMERIC,
    total NUMERIC,
    CONSTRAINT uq_service_score_natural_key UNIQUE (snapshot_pk, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.speech (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    speech_id TEXT NOT NULL,
    meeting_id TEXT NOT NULL,
    spoken_on DATE NOT NULL,
    kind TEXT NOT NULL,
    speaker_role TEXT NOT NULL,
    qualifying BOOLEAN NOT NULL,
    note TEXT,
    evidence_digest TEXT,
    CONSTRAINT uq_speech_natural_key UNIQUE (snapshot_pk, speech_id, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.summons (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    meeting_id TEXT NOT NULL,
    held_on DATE NOT NULL,
    chair TEXT NOT NULL,
    topic TEXT NOT NULL,
    required_role TEXT NOT NULL,
    online_allowed BOOLEAN NOT NULL,
    attended_role TEXT,
    attended_mode TEXT,
    evidence_digest TEXT,
    CONSTRAINT uq_summons_natural_key UNIQUE (snapshot_pk, meeting_id, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.system57_coverage (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    task_assignments BIGINT NOT NULL,
    kpi_entries BIGINT NOT NULL,
    CONSTRAINT uq_system57_coverage_natural_key UNIQUE (snapshot_pk, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.task_assignment (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    task_id TEXT NOT NULL,
    role TEXT NOT NULL,
    title TEXT,
    assigned_by TEXT NOT NULL,
    assigned_on DATE NOT NULL,
    due_on DATE,
    due_text TEXT,
    due_precision TEXT NOT NULL,
    extended_due_on DATE,
    extension_approved_on DATE,
    extension_document TEXT,
    completed_on DATE,
    reported_at TIMESTAMP WITH TIME ZONE,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    sent_back_at TIMESTAMP WITH TIME ZONE,
    returned_accepted_on DATE,
    percent BIGINT NOT NULL,
    late_reason TEXT,
    source_document TEXT,
    classified BOOLEAN NOT NULL,
    CONSTRAINT uq_task_assignment_natural_key UNIQUE (snapshot_pk, task_id, agency_code)
) PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.pull (
    pull_id TEXT NOT NULL,
    source TEXT NOT NULL,
    period TEXT NOT NULL,
    purpose TEXT NOT NULL,
    origin TEXT NOT NULL,
    contract TEXT NOT NULL,
    as_of TIMESTAMP WITH TIME ZONE NOT NULL,
    resumes TEXT,
    command_id TEXT,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_pull PRIMARY KEY (pull_id),
    CONSTRAINT ck_pull_purpose CHECK (purpose IN ('rehearsal', 'freeze', 'supersede')),
    CONSTRAINT ck_pull_origin CHECK (origin IN ('network', 'official_file', 'intake')),
    CONSTRAINT fk_pull_resumes FOREIGN KEY(resumes) REFERENCES ingest.pull (pull_id),
    CONSTRAINT fk_pull_command_id FOREIGN KEY(command_id) REFERENCES control.command (command_id)
);

CREATE INDEX ix_pull_source_period ON ingest.pull (source, period);

CREATE TABLE ingest.finding (
    finding_id BIGINT GENERATED ALWAYS AS IDENTITY,
    pull_id TEXT NOT NULL,
    source TEXT NOT NULL,
    period TEXT NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    message_vi TEXT NOT NULL,
    message_en TEXT NOT NULL,
    detail JSONB NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_finding PRIMARY KEY (finding_id),
    CONSTRAINT ck_finding_severity CHECK (severity IN ('fatal', 'warning', 'notice')),
    CONSTRAINT fk_finding_pull_id FOREIGN KEY(pull_id) REFERENCES ingest.pull (pull_id)
);

CREATE INDEX ix_finding_period ON ingest.finding (period, source);

CREATE TABLE ingest.official_file (
    pull_id TEXT NOT NULL,
    document_number TEXT NOT NULL,
    reason TEXT NOT NULL,
    author TEXT NOT NULL,
    files JSONB NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_official_file PRIMARY KEY (pull_id),
    CONSTRAINT fk_official_file_pull_id FOREIGN KEY(pull_id) REFERENCES ingest.pull (pull_id)
);

CREATE TABLE ingest.pull_outcome (
    pull_id TEXT NOT NULL,
    state TEXT NOT NULL,
    row_count BIGINT,
    root TEXT,
    problem JSONB,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_pull_outcome PRIMARY KEY (pull_id),
    CONSTRAINT ck_pull_outcome_state CHECK (state IN ('complete', 'failed', 'abandoned')),
    CONSTRAINT fk_pull_outcome_pull_id FOREIGN KEY(pull_id) REFERENCES ingest.pull (pull_id)
);

CREATE TABLE ingest.request (
    pull_id TEXT NOT NULL,
    dataset TEXT NOT NULL,
    page_no INTEGER NOT NULL,
    method TEXT NOT NULL,
    url TEXT NOT NULL,
    status INTEGER NOT NULL,
    source_request_id TEXT,
    source_clock TIMESTAMP WITH TIME ZONE,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    signature TEXT NOT NULL,
    next_page TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_request PRIMARY KEY (pull_id, dataset, page_no),
    CONSTRAINT fk_request_pull_id FOREIGN KEY(pull_id) REFERENCES ingest.pull (pull_id),
    CONSTRAINT fk_request_sha256 FOREIGN KEY(sha256) REFERENCES ingest.raw_body (sha256)
);

CREATE TABLE ingest.snapshot (
    pk INTEGER GENERATED BY DEFAULT AS IDENTITY,
    snapshot_id TEXT NOT NULL,
    source TEXT NOT NULL,
    period TEXT NOT NULL,
    version INTEGER NOT NULL,
    supersedes TEXT,
    reason TEXT,
    requested_by TEXT,
    approver TEXT,
    origin TEXT NOT NULL,
    pull_id TEXT NOT NULL,
    as_of TIMESTAMP WITH TIME ZONE NOT NULL,
    captured_at TIMESTAMP WITH TIME ZONE NOT NULL,
    clock_skew_seconds NUMERIC,
    row_count BIGINT NOT NULL,
    root TEXT NOT NULL,
    manifest BYTEA NOT NULL,
    evidence JSONB NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_snapshot PRIMARY KEY (pk),
    CONSTRAINT uq_snapshot_source_period_version UNIQUE (source, period, version),
    CONSTRAINT ck_snapshot_version CHECK (version >= 1),
    CONSTRAINT ck_snapshot_supersedes CHECK ((version = 1) = (supersedes IS NULL)),
    CONSTRAINT ck_snapshot_two_people CHECK (version = 1 OR (reason IS NOT NULL AND approver IS NOT NULL AND requested_by IS NOT NULL AND approver <> requested_by)),
    CONSTRAINT uq_snapshot_snapshot_id UNIQUE (snapshot_id),
    CONSTRAINT fk_snapshot_supersedes FOREIGN KEY(supersedes) REFERENCES ingest.snapshot (snapshot_id),
    CONSTRAINT uq_snapshot_pull_id UNIQUE (pull_id),
    CONSTRAINT fk_snapshot_pull_id FOREIGN KEY(pull_id) REFERENCES ingest.pull (pull_id)
);

CREATE TABLE ingest.quarantine (
    receipt TEXT NOT NULL,
    source TEXT NOT NULL,
    period TEXT NOT NULL,
    dataset TEXT NOT NULL,
    agency TEXT NOT NULL,
    natural_key TEXT NOT NULL,
    row JSONB NOT NULL,
    row_digest TEXT NOT NULL,
    pull_id TEXT NOT NULL,
    snapshot_id TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_quarantine PRIMARY KEY (receipt),
    CONSTRAINT uq_quarantine_snapshot_id_dataset_row_digest UNIQUE (snapshot_id, dataset, row_digest),
    CONSTRAINT fk_quarantine_pull_id FOREIGN KEY(pull_id) REFERENCES ingest.pull (pull_id),
    CONSTRAINT fk_quarantine_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES ingest.snapshot (snapshot_id)
);

CREATE TABLE ingest.snapshot_dataset (
    snapshot_pk INTEGER NOT NULL,
    dataset TEXT NOT NULL,
    CONSTRAINT pk_snapshot_dataset PRIMARY KEY (snapshot_pk, dataset),
    CONSTRAINT fk_snapshot_dataset_snapshot_pk FOREIGN KEY(snapshot_pk) REFERENCES ingest.snapshot (pk) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE ingest.taken_page (
    pull_id TEXT NOT NULL,
    dataset TEXT NOT NULL,
    page_no INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_taken_page PRIMARY KEY (pull_id, dataset, page_no),
    CONSTRAINT fk_taken_page_pull_id FOREIGN KEY(pull_id) REFERENCES ingest.pull (pull_id),
    CONSTRAINT fk_taken_page_sha256 FOREIGN KEY(sha256) REFERENCES ingest.raw_body (sha256)
);
