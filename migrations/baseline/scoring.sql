-- Runs, what is published of them, and the bytes of what is published.

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
    extensions TEXT[],
    CONSTRAINT pk_publication PRIMARY KEY (publication_id),
    CONSTRAINT uq_publication_period_version UNIQUE (period, version),
    CONSTRAINT ck_publication_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT uq_publication_run_id UNIQUE (run_id),
    CONSTRAINT fk_publication_run_id FOREIGN KEY(run_id) REFERENCES scoring.run (run_id),
    CONSTRAINT fk_publication_command_id FOREIGN KEY(command_id) REFERENCES control.command (command_id)
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
