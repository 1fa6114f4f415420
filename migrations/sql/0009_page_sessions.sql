-- Sessions at the pages. Rendered from shared/tables when it was written.

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

GRANT SELECT, INSERT ON control.page_session, control.page_session_end TO gateway;
