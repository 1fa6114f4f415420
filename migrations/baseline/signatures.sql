-- Mandates, signatures under reports, snapshots and official files, and keys with which callers sign requests.

CREATE TABLE control.mandate (
    mandate_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    agency TEXT NOT NULL,
    organisation TEXT NOT NULL,
    key_digest TEXT NOT NULL,
    certificate_subject TEXT NOT NULL,
    certificate_serial TEXT NOT NULL,
    holder TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    document TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_mandate PRIMARY KEY (mandate_id),
    CONSTRAINT uq_mandate_whole UNIQUE (mandate_id, agency, key_digest),
    CONSTRAINT ck_mandate_days CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT ck_mandate_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_mandate_sequence UNIQUE (sequence)
);

CREATE INDEX ix_mandate_agency ON control.mandate (agency);

CREATE TABLE control.mandate_approval (
    mandate_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_mandate_approval PRIMARY KEY (mandate_id),
    CONSTRAINT ck_mandate_approval_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_mandate_approval_mandate_id FOREIGN KEY(mandate_id) REFERENCES control.mandate (mandate_id)
);

CREATE TABLE control.mandate_withdrawal (
    mandate_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_mandate_withdrawal PRIMARY KEY (mandate_id),
    CONSTRAINT ck_mandate_withdrawal_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_mandate_withdrawal_mandate_id FOREIGN KEY(mandate_id) REFERENCES control.mandate (mandate_id)
);

CREATE TABLE control.signature_demand (
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    agency TEXT NOT NULL,
    demand TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_signature_demand PRIMARY KEY (sequence),
    CONSTRAINT ck_signature_demand_demand CHECK (demand IN ('required', 'optional')),
    CONSTRAINT ck_signature_demand_reason CHECK (btrim(reason) <> '')
);

CREATE INDEX ix_signature_demand_agency ON control.signature_demand (agency);

CREATE TABLE intake.signature (
    submission_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    signs TEXT NOT NULL,
    jws TEXT NOT NULL,
    jws_digest TEXT NOT NULL,
    payload_digest TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    key_digest TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    mandate_id TEXT NOT NULL,
    verification JSONB NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_signature PRIMARY KEY (submission_id),
    CONSTRAINT fk_signature_mandate FOREIGN KEY(mandate_id, agency, key_digest) REFERENCES control.mandate (mandate_id, agency, key_digest),
    CONSTRAINT ck_signature_signs CHECK (signs IN ('report', 'file')),
    CONSTRAINT fk_signature_submission_id FOREIGN KEY(submission_id) REFERENCES intake.acceptance (submission_id)
);

CREATE TABLE control.request_key (
    request_key_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    jwk JSONB NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_request_key PRIMARY KEY (request_key_id),
    CONSTRAINT ck_request_key_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_request_key_key_id FOREIGN KEY(key_id) REFERENCES control.api_key (key_id)
);

CREATE INDEX ix_request_key_key_id ON control.request_key (key_id);

CREATE TABLE control.request_key_end (
    request_key_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_request_key_end PRIMARY KEY (request_key_id),
    CONSTRAINT ck_request_key_end_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_request_key_end_request_key_id FOREIGN KEY(request_key_id) REFERENCES control.request_key (request_key_id)
);

CREATE TABLE control.request_nonce (
    request_key_id TEXT NOT NULL,
    nonce TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_request_nonce PRIMARY KEY (request_key_id, nonce),
    CONSTRAINT fk_request_nonce_request_key_id FOREIGN KEY(request_key_id) REFERENCES control.request_key (request_key_id)
);

CREATE INDEX ix_request_nonce_expires_at ON control.request_nonce (expires_at);

CREATE TABLE control.countersignature (
    countersignature_id TEXT NOT NULL,
    snapshot_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    jws TEXT NOT NULL,
    jws_digest TEXT NOT NULL,
    payload_digest TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    key_digest TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    mandate_id TEXT NOT NULL,
    verification JSONB NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_countersignature PRIMARY KEY (countersignature_id),
    CONSTRAINT uq_countersignature_snapshot_id_agency UNIQUE (snapshot_id, agency),
    CONSTRAINT fk_countersignature_mandate FOREIGN KEY(mandate_id, agency, key_digest) REFERENCES control.mandate (mandate_id, agency, key_digest),
    CONSTRAINT fk_countersignature_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES ingest.snapshot (snapshot_id)
);

CREATE TABLE control.file_signature (
    command_id TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    agency TEXT NOT NULL,
    jws TEXT NOT NULL,
    jws_digest TEXT NOT NULL,
    payload_digest TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    key_digest TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    mandate_id TEXT NOT NULL,
    verification JSONB NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_file_signature PRIMARY KEY (command_id, name),
    CONSTRAINT fk_file_signature_mandate FOREIGN KEY(mandate_id, agency, key_digest) REFERENCES control.mandate (mandate_id, agency, key_digest),
    CONSTRAINT fk_file_signature_command_id FOREIGN KEY(command_id) REFERENCES control.command (command_id)
);

CREATE TABLE control.file_signature_demand (
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    source TEXT NOT NULL,
    agency TEXT NOT NULL,
    demand TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_file_signature_demand PRIMARY KEY (sequence),
    CONSTRAINT ck_file_signature_demand_demand CHECK (demand IN ('required', 'optional')),
    CONSTRAINT ck_file_signature_demand_reason CHECK (btrim(reason) <> '')
);

CREATE INDEX ix_file_signature_demand_source ON control.file_signature_demand (source);
