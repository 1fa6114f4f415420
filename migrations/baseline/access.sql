-- Who may come in: keys with limits and successors, bodies' credentials, people's grants, sessions at the pages.

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

CREATE TABLE control.api_key_revocation (
    key_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_api_key_revocation PRIMARY KEY (key_id),
    CONSTRAINT fk_api_key_revocation_key_id FOREIGN KEY(key_id) REFERENCES control.api_key (key_id)
);

CREATE TABLE control.member_grant (
    grant_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    agency TEXT,
    belongs_to TEXT,
    subject TEXT NOT NULL,
    holder TEXT NOT NULL,
    roles TEXT[] NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE,
    document TEXT,
    requested_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_member_grant PRIMARY KEY (grant_id),
    CONSTRAINT ck_member_grant_roles CHECK (cardinality(roles) > 0),
    CONSTRAINT ck_member_grant_one_side CHECK (agency IS NULL OR belongs_to IS NULL),
    CONSTRAINT ck_member_grant_roles_of_one_side CHECK (
      (agency IS NULL AND NOT roles && ARRAY['agency_drafter', 'agency_approver', 'agency_signer', 'agency_admin', 'agency_unit'])
      OR (agency IS NOT NULL AND roles <@ ARRAY['agency_drafter', 'agency_approver', 'agency_signer', 'agency_admin', 'agency_unit'])),
    CONSTRAINT ck_member_grant_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_member_grant_sequence UNIQUE (sequence)
);

CREATE INDEX ix_member_grant_agency ON control.member_grant (agency);
CREATE INDEX ix_member_grant_subject ON control.member_grant (subject);

CREATE TABLE control.api_key_limit (
    key_id TEXT NOT NULL,
    read_only BOOLEAN NOT NULL,
    resources TEXT[],
    networks TEXT[],
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_api_key_limit PRIMARY KEY (key_id),
    CONSTRAINT fk_api_key_limit_key_id FOREIGN KEY(key_id) REFERENCES control.api_key (key_id)
);

CREATE TABLE control.api_key_rotation (
    former_key_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    former_ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_api_key_rotation PRIMARY KEY (former_key_id),
    CONSTRAINT ck_api_key_rotation_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_api_key_rotation_former_key_id FOREIGN KEY(former_key_id) REFERENCES control.api_key (key_id),
    CONSTRAINT uq_api_key_rotation_key_id UNIQUE (key_id),
    CONSTRAINT fk_api_key_rotation_key_id FOREIGN KEY(key_id) REFERENCES control.api_key (key_id)
);

CREATE TABLE control.credential (
    key_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    agency TEXT NOT NULL,
    rotates TEXT,
    overlap_seconds INTEGER NOT NULL,
    requested_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_credential PRIMARY KEY (key_id),
    CONSTRAINT ck_credential_overlap CHECK (overlap_seconds >= 0),
    CONSTRAINT ck_credential_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_credential_key_id FOREIGN KEY(key_id) REFERENCES control.api_key (key_id),
    CONSTRAINT uq_credential_sequence UNIQUE (sequence),
    CONSTRAINT fk_credential_rotates FOREIGN KEY(rotates) REFERENCES control.api_key (key_id)
);

CREATE INDEX ix_credential_agency ON control.credential (agency);

CREATE TABLE control.grant_approval (
    grant_id TEXT NOT NULL,
    agency TEXT,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_grant_approval PRIMARY KEY (grant_id),
    CONSTRAINT ck_grant_approval_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_grant_approval_grant_id FOREIGN KEY(grant_id) REFERENCES control.member_grant (grant_id)
);

CREATE TABLE control.grant_revocation (
    grant_id TEXT NOT NULL,
    agency TEXT,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_grant_revocation PRIMARY KEY (grant_id),
    CONSTRAINT ck_grant_revocation_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_grant_revocation_grant_id FOREIGN KEY(grant_id) REFERENCES control.member_grant (grant_id)
);

CREATE TABLE control.credential_approval (
    key_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_credential_approval PRIMARY KEY (key_id),
    CONSTRAINT ck_credential_approval_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_credential_approval_key_id FOREIGN KEY(key_id) REFERENCES control.credential (key_id)
);

CREATE TABLE control.page_session (
    session_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_page_session PRIMARY KEY (session_id)
);

CREATE INDEX ix_page_session_actor ON control.page_session (actor);

CREATE TABLE control.page_session_end (
    session_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_page_session_end PRIMARY KEY (session_id),
    CONSTRAINT fk_page_session_end_session_id FOREIGN KEY(session_id) REFERENCES control.page_session (session_id)
);
