-- How one execution went. Procrastinate's own tables lie beside it, made by its SQL.

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
