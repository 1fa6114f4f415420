-- Reports as they come in: rules in force, receipts' keys, drafts, revisions, steps, acceptances, receipts, reviews.

CREATE TABLE control.rule_activation (
    activation_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    first_period TEXT NOT NULL,
    catalogue JSONB NOT NULL,
    catalogue_digest TEXT NOT NULL,
    impact JSONB NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_rule_activation PRIMARY KEY (activation_id),
    CONSTRAINT ck_rule_activation_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_rule_activation_sequence UNIQUE (sequence)
);

CREATE TABLE control.signing_key (
    kid TEXT NOT NULL,
    jwk JSONB NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_signing_key PRIMARY KEY (kid)
);

CREATE TABLE intake.move (
    action TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    role TEXT NOT NULL,
    reason_required BOOLEAN NOT NULL,
    CONSTRAINT pk_move PRIMARY KEY (action, from_state)
);

INSERT INTO intake.move (action, from_state, to_state, role, reason_required) VALUES
  ('create',  'none',      'draft',     'agency_drafter',  false),
  ('hand_over', 'draft',   'in_review', 'agency_drafter',  false),
  ('approve', 'in_review', 'approved',  'agency_approver', false),
  ('reject',  'in_review', 'draft',     'agency_approver', true),
  ('reject',  'approved',  'draft',     'agency_signer',   true),
  ('sign',    'approved',  'accepted',  'agency_signer',   false),
  ('revert',  'draft',     'reverted',  'agency_drafter',  true),
  ('revert',  'in_review', 'reverted',  'agency_drafter',  true),
  ('revert',  'approved',  'reverted',  'agency_drafter',  true),
  ('lapse',   'in_review', 'draft',     'anyone',          true),
  ('lapse',   'approved',  'draft',     'anyone',          true);

CREATE TABLE intake.refusal (
    refusal_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    period TEXT NOT NULL,
    marker TEXT NOT NULL,
    place TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_refusal PRIMARY KEY (refusal_id)
);

CREATE TABLE intake.submission (
    submission_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    period TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    form TEXT NOT NULL,
    test BOOLEAN NOT NULL,
    created_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_submission PRIMARY KEY (submission_id),
    CONSTRAINT uq_submission_agency_period_sequence UNIQUE (agency, period, sequence),
    CONSTRAINT uq_submission_whole UNIQUE (submission_id, agency, period, test),
    CONSTRAINT ck_submission_sequence CHECK (sequence >= 1)
);

CREATE TABLE control.signing_key_end (
    kid TEXT NOT NULL,
    kind TEXT NOT NULL,
    from_instant TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_signing_key_end PRIMARY KEY (kid, kind),
    CONSTRAINT ck_signing_key_end_kind CHECK (kind IN ('retired', 'revoked')),
    CONSTRAINT fk_signing_key_end_kid FOREIGN KEY(kid) REFERENCES control.signing_key (kid)
);

CREATE TABLE intake.attachment (
    attachment_id TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    section TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    body BYTEA NOT NULL,
    scan TEXT NOT NULL,
    author TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_attachment PRIMARY KEY (attachment_id),
    CONSTRAINT fk_attachment_submission_id FOREIGN KEY(submission_id) REFERENCES intake.submission (submission_id)
);

CREATE TABLE intake.confirmation (
    confirmation_id TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    finding_key TEXT NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_confirmation PRIMARY KEY (confirmation_id),
    CONSTRAINT uq_confirmation_submission_id_finding_key UNIQUE (submission_id, finding_key),
    CONSTRAINT ck_confirmation_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_confirmation_submission_id FOREIGN KEY(submission_id) REFERENCES intake.submission (submission_id)
);

CREATE TABLE intake.revision (
    submission_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    agency TEXT NOT NULL,
    scope TEXT NOT NULL,
    media_type TEXT NOT NULL,
    file_digest TEXT NOT NULL,
    body BYTEA NOT NULL,
    assembled BYTEA NOT NULL,
    digest TEXT,
    section_digests JSONB,
    author TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_revision PRIMARY KEY (submission_id, number),
    CONSTRAINT fk_revision_submission_id FOREIGN KEY(submission_id) REFERENCES intake.submission (submission_id)
);

CREATE TABLE intake.transition (
    transition_id TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    agency TEXT NOT NULL,
    action TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT,
    revision INTEGER,
    digest TEXT,
    catalogue_digest TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    basis JSONB,
    changes JSONB,
    CONSTRAINT pk_transition PRIMARY KEY (submission_id, number),
    CONSTRAINT uq_transition_transition_id UNIQUE (transition_id),
    CONSTRAINT fk_transition_submission_id FOREIGN KEY(submission_id) REFERENCES intake.submission (submission_id)
);

CREATE TABLE intake.acceptance (
    submission_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    period TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    test BOOLEAN DEFAULT false NOT NULL,
    revision INTEGER NOT NULL,
    digest TEXT NOT NULL,
    file_digest TEXT NOT NULL,
    content BYTEA NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    deadline TIMESTAMP WITH TIME ZONE NOT NULL,
    late BOOLEAN NOT NULL,
    approved_by TEXT NOT NULL,
    signed_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_acceptance PRIMARY KEY (submission_id),
    CONSTRAINT fk_acceptance_whole FOREIGN KEY(submission_id, agency, period, test) REFERENCES intake.submission (submission_id, agency, period, test),
    CONSTRAINT fk_acceptance_submission_id_revision FOREIGN KEY(submission_id, revision) REFERENCES intake.revision (submission_id, number),
    CONSTRAINT ck_acceptance_never_a_test CHECK (NOT test),
    CONSTRAINT ck_acceptance_late CHECK (late = (submitted_at >= deadline)),
    CONSTRAINT ck_acceptance_two_people CHECK (approved_by <> signed_by)
);

CREATE INDEX ix_acceptance_period_agency ON intake.acceptance (period, agency);

CREATE TABLE intake.validation (
    validation_id TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    agency TEXT NOT NULL,
    catalogue TEXT NOT NULL,
    catalogue_digest TEXT NOT NULL,
    context JSONB NOT NULL,
    summary JSONB NOT NULL,
    finding_count INTEGER NOT NULL,
    findings BYTEA NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_validation PRIMARY KEY (validation_id),
    CONSTRAINT fk_validation_submission_id_revision FOREIGN KEY(submission_id, revision) REFERENCES intake.revision (submission_id, number),
    CONSTRAINT fk_validation_submission_id FOREIGN KEY(submission_id) REFERENCES intake.submission (submission_id)
);

CREATE INDEX ix_validation_submission_id ON intake.validation (submission_id);

CREATE TABLE intake.receipt (
    receipt_number TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    submission_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    kid TEXT NOT NULL,
    jws TEXT NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_receipt PRIMARY KEY (receipt_number),
    CONSTRAINT uq_receipt_sequence UNIQUE (sequence),
    CONSTRAINT uq_receipt_submission_id UNIQUE (submission_id),
    CONSTRAINT fk_receipt_submission_id FOREIGN KEY(submission_id) REFERENCES intake.acceptance (submission_id)
);

CREATE TABLE intake.records_review (
    review_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    submission_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    period TEXT NOT NULL,
    database TEXT NOT NULL,
    new_records BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    document TEXT,
    reviewer TEXT NOT NULL,
    reviewer_agency TEXT NOT NULL,
    reviewed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_records_review PRIMARY KEY (review_id),
    CONSTRAINT ck_records_review_verdict CHECK (verdict IN ('confirmed', 'refused')),
    CONSTRAINT ck_records_review_not_their_own CHECK (reviewer_agency <> agency),
    CONSTRAINT ck_records_review_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_records_review_sequence UNIQUE (sequence),
    CONSTRAINT fk_records_review_submission_id FOREIGN KEY(submission_id) REFERENCES intake.acceptance (submission_id)
);
