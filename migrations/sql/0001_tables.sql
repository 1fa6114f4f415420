-- Tables of the first schema, as rendered from shared/tables when it was written; later changes are later migrations.

CREATE SCHEMA IF NOT EXISTS audit;

CREATE SCHEMA IF NOT EXISTS registry;

CREATE SCHEMA IF NOT EXISTS control;

CREATE SCHEMA IF NOT EXISTS ingest;

CREATE SCHEMA IF NOT EXISTS scoring;

CREATE SCHEMA IF NOT EXISTS queue;

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

CREATE TABLE control.api_key (
    key_id TEXT NOT NULL,
    holder TEXT NOT NULL,
    roles TEXT[] NOT NULL,
    agency TEXT,
    secret_hmac TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    created_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_api_key PRIMARY KEY (key_id)
);

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
)
 PARTITION BY LIST (snapshot_pk);

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
)
 PARTITION BY LIST (snapshot_pk);

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
)
 PARTITION BY LIST (snapshot_pk);

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
)
 PARTITION BY LIST (snapshot_pk);

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
)
 PARTITION BY LIST (snapshot_pk);

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
)
 PARTITION BY LIST (snapshot_pk);

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
)
 PARTITION BY LIST (snapshot_pk);

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
)
 PARTITION BY LIST (snapshot_pk);

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
)
 PARTITION BY LIST (snapshot_pk);

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
)
 PARTITION BY LIST (snapshot_pk);

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
)
 PARTITION BY LIST (snapshot_pk);

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
)
 PARTITION BY LIST (snapshot_pk);

CREATE TABLE ingest.system57_coverage (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    agency_code TEXT NOT NULL,
    expanded_by TEXT,
    task_assignments BIGINT NOT NULL,
    kpi_entries BIGINT NOT NULL,
    CONSTRAINT uq_system57_coverage_natural_key UNIQUE (snapshot_pk, agency_code)
)
 PARTITION BY LIST (snapshot_pk);

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
)
 PARTITION BY LIST (snapshot_pk);

CREATE TABLE queue.job_run (
    purpose TEXT NOT NULL,
    task TEXT NOT NULL,
    command_id TEXT,
    job_id BIGINT,
    state TEXT NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    result JSONB,
    problem JSONB,
    worker TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_job_run PRIMARY KEY (purpose),
    CONSTRAINT ck_job_run_state CHECK (state IN ('waiting', 'running', 'succeeded', 'failed')),
    CONSTRAINT uq_job_run_command_id UNIQUE (command_id)
);

CREATE INDEX ix_job_run_state ON queue.job_run (state);

CREATE TABLE registry.agency (
    code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    revision INTEGER NOT NULL,
    valid_to DATE,
    kind TEXT NOT NULL,
    name_vi TEXT NOT NULL,
    name_en TEXT NOT NULL,
    nso_code TEXT,
    head_title_vi TEXT NOT NULL,
    head_title_en TEXT NOT NULL,
    head_name TEXT,
    document TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_agency PRIMARY KEY (code, valid_from, revision),
    CONSTRAINT ck_agency_kind CHECK (kind IN ('ministry', 'ministerial_agency', 'government_agency', 'province')),
    CONSTRAINT ck_agency_dates CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT ck_agency_code CHECK (code ~ '^[A-Z][0-9]{2}$')
);

CREATE TABLE registry.alias (
    spelling_key TEXT NOT NULL,
    valid_from DATE NOT NULL,
    revision INTEGER NOT NULL,
    code TEXT NOT NULL,
    valid_to DATE,
    spelling TEXT NOT NULL,
    document TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_alias PRIMARY KEY (spelling_key, valid_from, revision)
);

CREATE TABLE registry.collective (
    rule_id TEXT NOT NULL,
    phrase_key TEXT NOT NULL,
    phrase TEXT NOT NULL,
    kinds TEXT[] NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    document TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_collective PRIMARY KEY (rule_id),
    CONSTRAINT uq_collective_phrase_key_valid_from UNIQUE (phrase_key, valid_from)
);

CREATE TABLE control.api_key_revocation (
    key_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_api_key_revocation PRIMARY KEY (key_id),
    CONSTRAINT fk_api_key_revocation_key_id FOREIGN KEY(key_id) REFERENCES control.api_key (key_id)
);

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
    CONSTRAINT ck_pull_origin CHECK (origin IN ('network', 'official_file')),
    CONSTRAINT fk_pull_resumes FOREIGN KEY(resumes) REFERENCES ingest.pull (pull_id),
    CONSTRAINT fk_pull_command_id FOREIGN KEY(command_id) REFERENCES control.command (command_id)
);

CREATE INDEX ix_pull_source_period ON ingest.pull (source, period);

CREATE TABLE scoring.run (
    run_id TEXT NOT NULL,
    period TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    command_id TEXT,
    inputs BYTEA NOT NULL,
    inputs_digest TEXT NOT NULL,
    scheme TEXT NOT NULL,
    scheme_digest TEXT NOT NULL,
    engine_version TEXT NOT NULL,
    sheet BYTEA NOT NULL,
    result_digest TEXT NOT NULL,
    provisional BOOLEAN NOT NULL,
    agrees BOOLEAN NOT NULL,
    differences JSONB,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_run PRIMARY KEY (run_id),
    CONSTRAINT uq_run_period_inputs_digest_scheme_digest_engine_version UNIQUE (period, inputs_digest, scheme_digest, engine_version),
    CONSTRAINT ck_run_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT ck_run_agrees CHECK (agrees = (differences IS NULL)),
    CONSTRAINT fk_run_command_id FOREIGN KEY(command_id) REFERENCES control.command (command_id)
);

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

CREATE TABLE scoring.publication (
    publication_id TEXT NOT NULL,
    period TEXT NOT NULL,
    version INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    publisher TEXT NOT NULL,
    reason TEXT NOT NULL,
    command_id TEXT,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_publication PRIMARY KEY (publication_id),
    CONSTRAINT uq_publication_period_version UNIQUE (period, version),
    CONSTRAINT ck_publication_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_publication_run_id UNIQUE (run_id),
    CONSTRAINT fk_publication_run_id FOREIGN KEY(run_id) REFERENCES scoring.run (run_id),
    CONSTRAINT fk_publication_command_id FOREIGN KEY(command_id) REFERENCES control.command (command_id)
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

CREATE TABLE scoring.rendering (
    publication_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    media_type TEXT NOT NULL,
    body BYTEA NOT NULL,
    digest TEXT NOT NULL,
    CONSTRAINT pk_rendering PRIMARY KEY (publication_id, agency, media_type),
    CONSTRAINT fk_rendering_publication_id FOREIGN KEY(publication_id) REFERENCES scoring.publication (publication_id)
);

CREATE INDEX ix_rendering_digest ON scoring.rendering (digest);
