"""Rows of one body that cannot be true are put aside with their snapshot: ingest writes them, scoring learns which bodies lost
some, operators read them."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PUT_ASIDE = """
CREATE TABLE ingest.put_aside (
    snapshot_pk INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    dataset TEXT NOT NULL,
    agency TEXT NOT NULL,
    place TEXT NOT NULL,
    faults JSONB NOT NULL,
    "row" JSONB,
    digest TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_put_aside PRIMARY KEY (snapshot_pk, ordinal),
    CONSTRAINT ck_put_aside_digest CHECK (("row" IS NULL) = (digest IS NULL)),
    CONSTRAINT fk_put_aside_snapshot_pk FOREIGN KEY(snapshot_pk) REFERENCES ingest.snapshot (pk)
);
"""


def upgrade() -> None:
    run(PUT_ASIDE)


def downgrade() -> None:
    refuse_downgrade()
