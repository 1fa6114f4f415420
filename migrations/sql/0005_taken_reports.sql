-- A third way for a month of a source to come: ingest writes the pages itself, from accepted reports (docs/adr/0010).

ALTER TABLE ingest.pull DROP CONSTRAINT ck_pull_origin;
ALTER TABLE ingest.pull ADD CONSTRAINT ck_pull_origin CHECK (origin IN ('network', 'official_file', 'intake'));

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
GRANT SELECT, INSERT ON ingest.taken_page TO ingest;
