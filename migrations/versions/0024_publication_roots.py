"""A publication names the root of its month bundle and the certificate its document is signed with (docs/adr/0043)."""

from __future__ import annotations

from migrations.sql import refuse_downgrade, run

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ROOTS = """
CREATE TABLE scoring.publication_certificate (
    fingerprint TEXT NOT NULL,
    certificate BYTEA NOT NULL,
    chain TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_publication_certificate PRIMARY KEY (fingerprint),
    CONSTRAINT ck_publication_certificate_fingerprint CHECK (fingerprint = 'sha256:' || encode(sha256(certificate), 'hex'))
);
ALTER TABLE scoring.publication ADD COLUMN root TEXT, ADD COLUMN certificate TEXT,
    ADD CONSTRAINT ck_publication_root CHECK (root ~ '^sha256:[0-9a-f]{64}$'),
    ADD CONSTRAINT ck_publication_certificate CHECK (certificate IS NULL OR root IS NOT NULL),
    ADD CONSTRAINT fk_publication_certificate FOREIGN KEY (certificate)
        REFERENCES scoring.publication_certificate (fingerprint);
"""


def upgrade() -> None:
    run(ROOTS)


def downgrade() -> None:
    refuse_downgrade()
