"""A version may be made and frozen now, and be public from an instant on (PUB-08; docs/adr/0040)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

EMBARGOES = """
ALTER TABLE scoring.publication ADD COLUMN release_at TIMESTAMP WITH TIME ZONE;
CREATE INDEX ix_publication_release_at ON scoring.publication (release_at) WHERE release_at IS NOT NULL;

CREATE TABLE scoring.publication_release (
    publication_id TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_publication_release PRIMARY KEY (publication_id),
    CONSTRAINT fk_publication_release_publication_id FOREIGN KEY(publication_id) REFERENCES scoring.publication (publication_id)
);
"""


def upgrade() -> None:
    run(EMBARGOES)


def downgrade() -> None:
    refuse_downgrade()
