"""Who may sign for a body with which certificate, what was signed, and how callers sign their requests.

Mandates and signatures carry the body, and row security keeps bodies apart (SEC-01). A mandate is in force once a second
person approved it, by its days, until it is withdrawn (APR-08).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Table,
    Text,
    UniqueConstraint,
)

from shared.tables.metadata import Instant, document, metadata, recorded_at, text


def _reason_given() -> CheckConstraint:
    return CheckConstraint("btrim(reason) <> ''", name="reason")


def _of_mandate() -> Column[str]:
    return Column("mandate_id", Text, ForeignKey("control.mandate.mandate_id"), primary_key=True)


# `key_digest` is of the certificate's public key, `organisation` the organizationIdentifier it must name; both days count.
mandate = Table(
    "mandate",
    metadata,
    Column("mandate_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("agency"),
    text("organisation"),
    text("key_digest"),
    text("certificate_subject"),
    text("certificate_serial"),
    text("holder"),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    text("document"),
    text("requested_by"),
    text("reason"),
    recorded_at(),
    UniqueConstraint("mandate_id", "agency", "key_digest", name="uq_mandate_whole"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days"),
    _reason_given(),
    Index("ix_mandate_agency", "agency"),
    schema="control",
)

mandate_approval = Table(
    "mandate_approval",
    metadata,
    _of_mandate(),
    text("agency"),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    schema="control",
)

mandate_withdrawal = Table(
    "mandate_withdrawal",
    metadata,
    _of_mandate(),
    text("agency"),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    schema="control",
)

# Whether a body's reports need a certificate's signature; the last row holds, and without one it is optional.
signature_demand = Table(
    "signature_demand",
    metadata,
    Column("sequence", BigInteger, Identity(always=True), primary_key=True),
    text("agency"),
    text("demand"),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("demand IN ('required', 'optional')", name="demand"),
    _reason_given(),
    Index("ix_signature_demand_agency", "agency"),
    schema="control",
)

# The signature a report was accepted with. `verification` is all that was looked at then: chain, root, revocation lists.
signature = Table(
    "signature",
    metadata,
    Column("submission_id", Text, ForeignKey("intake.acceptance.submission_id"), primary_key=True),
    text("agency"),
    text("signs"),
    text("jws"),
    text("jws_digest"),
    text("payload_digest"),
    text("algorithm"),
    text("key_digest"),
    Column("signed_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    text("mandate_id"),
    document("verification"),
    text("actor"),
    recorded_at(),
    ForeignKeyConstraint(
        ["mandate_id", "agency", "key_digest"],
        ["control.mandate.mandate_id", "control.mandate.agency", "control.mandate.key_digest"],
        name="fk_signature_mandate",
    ),
    CheckConstraint("signs IN ('report', 'file')", name="signs"),
    schema="intake",
)

# A public key with which the holder of an API key signs requests (RFC 9421); while one stands, unsigned writes are refused.
request_key = Table(
    "request_key",
    metadata,
    Column("request_key_id", Text, primary_key=True),
    Column("key_id", Text, ForeignKey("control.api_key.key_id"), nullable=False),
    text("algorithm"),
    document("jwk"),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    Index("ix_request_key_key_id", "key_id"),
    schema="control",
)

request_key_end = Table(
    "request_key_end",
    metadata,
    Column("request_key_id", Text, ForeignKey("control.request_key.request_key_id"), primary_key=True),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    schema="control",
)

# Nonces of signed requests, each used once; kept while a captured request could still pass by its age (SEC-07).
request_nonce = Table(
    "request_nonce",
    metadata,
    Column("request_key_id", Text, ForeignKey("control.request_key.request_key_id"), primary_key=True),
    Column("nonce", Text, primary_key=True),
    Column("expires_at", Instant, nullable=False),
    Index("ix_request_nonce_expires_at", "expires_at"),
    schema="control",
)

# A body that answers for a source signs what was frozen of it: the words of shared.signature.payloads about the snapshot.
countersignature = Table(
    "countersignature",
    metadata,
    Column("countersignature_id", Text, primary_key=True),
    Column("snapshot_id", Text, ForeignKey("ingest.snapshot.snapshot_id"), nullable=False),
    text("agency"),
    text("jws"),
    text("jws_digest"),
    text("payload_digest"),
    text("algorithm"),
    text("key_digest"),
    Column("signed_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    text("mandate_id"),
    document("verification"),
    text("actor"),
    recorded_at(),
    UniqueConstraint("snapshot_id", "agency"),
    ForeignKeyConstraint(
        ["mandate_id", "agency", "key_digest"],
        ["control.mandate.mandate_id", "control.mandate.agency", "control.mandate.key_digest"],
        name="fk_countersignature_mandate",
    ),
    schema="control",
)

# The signature of a body that supplies a source under one file of an import, judged before the import began. `sha256` is of the
# file's bytes, by which the archive keeps them too.
file_signature = Table(
    "file_signature",
    metadata,
    Column("command_id", Text, ForeignKey("control.command.command_id"), primary_key=True),
    Column("name", Text, primary_key=True),
    text("sha256"),
    text("agency"),
    text("jws"),
    text("jws_digest"),
    text("payload_digest"),
    text("algorithm"),
    text("key_digest"),
    Column("signed_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    text("mandate_id"),
    document("verification"),
    text("actor"),
    recorded_at(),
    ForeignKeyConstraint(
        ["mandate_id", "agency", "key_digest"],
        ["control.mandate.mandate_id", "control.mandate.agency", "control.mandate.key_digest"],
        name="fk_file_signature_mandate",
    ),
    schema="control",
)

# Which body signs the official files of a source, and whether it must; the last row of a source holds, and without one any
# body's signature is taken and none is asked for.
file_signature_demand = Table(
    "file_signature_demand",
    metadata,
    Column("sequence", BigInteger, Identity(always=True), primary_key=True),
    text("source"),
    text("agency"),
    text("demand"),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("demand IN ('required', 'optional')", name="demand"),
    _reason_given(),
    Index("ix_file_signature_demand_source", "source"),
    schema="control",
)
