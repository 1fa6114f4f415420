-- What bodies and everybody are told, and where bodies want to be told of it.

CREATE TABLE control.event (
    event_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    type TEXT NOT NULL,
    agency TEXT,
    subject TEXT NOT NULL,
    href TEXT NOT NULL,
    data JSONB NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_event PRIMARY KEY (event_id),
    CONSTRAINT uq_event_type_subject UNIQUE (type, subject),
    CONSTRAINT uq_event_sequence UNIQUE (sequence)
);

CREATE INDEX ix_event_agency_sequence ON control.event (agency, sequence);

CREATE TABLE control.webhook (
    webhook_id TEXT NOT NULL,
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    agency TEXT NOT NULL,
    url TEXT NOT NULL,
    types TEXT[],
    begins_after BIGINT NOT NULL,
    requested_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_webhook PRIMARY KEY (webhook_id),
    CONSTRAINT ck_webhook_types CHECK (cardinality(types) > 0),
    CONSTRAINT ck_webhook_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_webhook_sequence UNIQUE (sequence)
);

CREATE INDEX ix_webhook_agency ON control.webhook (agency);

CREATE TABLE control.webhook_step (
    webhook_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    agency TEXT NOT NULL,
    state TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_webhook_step PRIMARY KEY (webhook_id, number),
    CONSTRAINT ck_webhook_step_state CHECK (state IN ('active', 'paused', 'ended')),
    CONSTRAINT ck_webhook_step_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_webhook_step_webhook_id FOREIGN KEY(webhook_id) REFERENCES control.webhook (webhook_id)
);

CREATE TABLE control.webhook_secret (
    webhook_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    agency TEXT NOT NULL,
    sealed TEXT NOT NULL,
    former_ends_at TIMESTAMP WITH TIME ZONE,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_webhook_secret PRIMARY KEY (webhook_id, number),
    CONSTRAINT ck_webhook_secret_former CHECK ((number = 1) = (former_ends_at IS NULL)),
    CONSTRAINT ck_webhook_secret_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_webhook_secret_webhook_id FOREIGN KEY(webhook_id) REFERENCES control.webhook (webhook_id)
);

CREATE TABLE control.webhook_replay (
    webhook_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    agency TEXT NOT NULL,
    event_id TEXT,
    since TIMESTAMP WITH TIME ZONE,
    event_count INTEGER NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_webhook_replay PRIMARY KEY (webhook_id, number),
    CONSTRAINT ck_webhook_replay_what CHECK ((event_id IS NULL) <> (since IS NULL)),
    CONSTRAINT ck_webhook_replay_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT fk_webhook_replay_webhook_id FOREIGN KEY(webhook_id) REFERENCES control.webhook (webhook_id),
    CONSTRAINT fk_webhook_replay_event_id FOREIGN KEY(event_id) REFERENCES control.event (event_id)
);

CREATE TABLE control.webhook_delivery (
    delivery_id BIGINT GENERATED ALWAYS AS IDENTITY,
    webhook_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    round INTEGER NOT NULL,
    agency TEXT NOT NULL,
    event_sequence BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    begins_at TIMESTAMP WITH TIME ZONE NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE,
    claimed_until TIMESTAMP WITH TIME ZONE,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_webhook_delivery PRIMARY KEY (delivery_id),
    CONSTRAINT uq_webhook_delivery_webhook_id_event_id_round UNIQUE (webhook_id, event_id, round),
    CONSTRAINT ck_webhook_delivery_state CHECK (state IN ('waiting', 'retrying', 'delivered', 'given_up')),
    CONSTRAINT ck_webhook_delivery_due CHECK ((next_at IS NULL) = (state IN ('delivered', 'given_up'))),
    CONSTRAINT fk_webhook_delivery_webhook_id FOREIGN KEY(webhook_id) REFERENCES control.webhook (webhook_id),
    CONSTRAINT fk_webhook_delivery_event_id FOREIGN KEY(event_id) REFERENCES control.event (event_id)
);

CREATE INDEX ix_webhook_delivery_next_at ON control.webhook_delivery (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ix_webhook_delivery_webhook_id_event_sequence ON control.webhook_delivery (webhook_id, event_sequence);

CREATE TABLE control.webhook_attempt (
    delivery_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    agency TEXT NOT NULL,
    attempted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    status INTEGER,
    problem TEXT,
    milliseconds INTEGER NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_webhook_attempt PRIMARY KEY (delivery_id, number),
    CONSTRAINT ck_webhook_attempt_delivered CHECK (problem IS NOT NULL OR status BETWEEN 200 AND 299),
    CONSTRAINT fk_webhook_attempt_delivery_id FOREIGN KEY(delivery_id) REFERENCES control.webhook_delivery (delivery_id)
);
