-- Registers of the Government Office, and initiatives for the bonus.

CREATE TABLE intake.register_entry (
    entry_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    period TEXT NOT NULL,
    meeting_id TEXT,
    agency TEXT,
    content JSONB NOT NULL,
    evidence_digest TEXT NOT NULL,
    withdrawn BOOLEAN NOT NULL,
    reason TEXT,
    actor TEXT NOT NULL,
    actor_agency TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_register_entry PRIMARY KEY (entry_id, version),
    CONSTRAINT ck_register_entry_kind CHECK (kind IN ('meeting', 'attendance', 'speech', 'closing')),
    CONSTRAINT ck_register_entry_of_a_meeting CHECK ((kind IN ('attendance', 'speech')) = (meeting_id IS NOT NULL)),
    CONSTRAINT ck_register_entry_of_a_body CHECK ((meeting_id IS NULL) = (agency IS NULL)),
    CONSTRAINT ck_register_entry_evidence CHECK (evidence_digest ~ '^sha256:[0-9a-f]{64}$'),
    CONSTRAINT ck_register_entry_reason CHECK (version >= 1 AND (version = 1 OR btrim(coalesce(reason, '')) <> '')),
    CONSTRAINT ck_register_entry_withdrawn CHECK (NOT withdrawn OR version > 1),
    CONSTRAINT ck_register_entry_not_their_own CHECK (agency IS DISTINCT FROM actor_agency)
);

CREATE INDEX ix_register_entry_meeting_id ON intake.register_entry (meeting_id);
CREATE INDEX ix_register_entry_period_kind ON intake.register_entry (period, kind);
CREATE UNIQUE INDEX uq_register_entry_attendance ON intake.register_entry (meeting_id, agency) WHERE kind = 'attendance' AND version = 1;
CREATE UNIQUE INDEX uq_register_entry_closing ON intake.register_entry (period) WHERE kind = 'closing' AND version = 1;

CREATE TABLE intake.register_confirmation (
    entry_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_agency TEXT NOT NULL,
    reason TEXT,
    confirmed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_register_confirmation PRIMARY KEY (entry_id, version),
    CONSTRAINT fk_register_confirmation_entry_id_version FOREIGN KEY(entry_id, version) REFERENCES intake.register_entry (entry_id, version)
);

CREATE TABLE intake.initiative_proposal (
    initiative_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    period TEXT NOT NULL,
    title TEXT NOT NULL,
    explanation TEXT NOT NULL,
    document TEXT NOT NULL,
    document_digest TEXT NOT NULL,
    created_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_initiative_proposal PRIMARY KEY (initiative_id),
    CONSTRAINT ck_initiative_proposal_document CHECK (document_digest ~ '^sha256:[0-9a-f]{64}$')
);

CREATE INDEX ix_initiative_proposal_agency ON intake.initiative_proposal (agency);

CREATE TABLE intake.initiative_move (
    action TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    national BOOLEAN NOT NULL,
    reason_required BOOLEAN NOT NULL,
    CONSTRAINT pk_initiative_move PRIMARY KEY (action, from_state)
);

INSERT INTO intake.initiative_move (action, from_state, to_state, national, reason_required) VALUES
  ('propose',  'none',      'proposed',  false, false),
  ('approve',  'proposed',  'submitted', false, false),
  ('withdraw', 'proposed',  'withdrawn', false, true),
  ('withdraw', 'submitted', 'withdrawn', false, true),
  ('assess',   'submitted', 'assessed',  true,  true),
  ('assess',   'assessed',  'assessed',  true,  true),
  ('decide',   'assessed',  'decided',   true,  true),
  ('decide',   'decided',   'decided',   true,  true);

CREATE TABLE intake.initiative_step (
    initiative_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    agency TEXT NOT NULL,
    period TEXT NOT NULL,
    action TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    actor TEXT NOT NULL,
    actor_agency TEXT NOT NULL,
    reason TEXT,
    points INTEGER,
    decision_number TEXT,
    decided_on DATE,
    decision_digest TEXT,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_initiative_step PRIMARY KEY (initiative_id, number),
    CONSTRAINT ck_initiative_step_points CHECK ((action = 'assess' AND points BETWEEN 1 AND 5) OR (action = 'decide' AND points BETWEEN 0 AND 5) OR (action NOT IN ('assess', 'decide') AND points IS NULL)),
    CONSTRAINT ck_initiative_step_decision CHECK ((action = 'decide') = (decision_number IS NOT NULL AND decided_on IS NOT NULL AND decision_digest IS NOT NULL)),
    CONSTRAINT ck_initiative_step_decision_document CHECK (decision_digest ~ '^sha256:[0-9a-f]{64}$'),
    CONSTRAINT fk_initiative_step_initiative_id FOREIGN KEY(initiative_id) REFERENCES intake.initiative_proposal (initiative_id),
    CONSTRAINT uq_initiative_step_sequence UNIQUE (sequence)
);

CREATE INDEX ix_initiative_step_period ON intake.initiative_step (period);
