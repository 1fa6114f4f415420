"""Who may do what for whom: limits and successors of API keys, bodies' own credentials, and people's grants.

What a body's administrators decide carries the body, and row security keeps bodies apart (SEC-01, SEC-05). A session that
proves who somebody is sees that one key's or person's rows: the setting ``bangdiem.proves`` (services.gateway.access.tenancy).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Identity, Index, Integer, Table, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY

from shared.tables.metadata import Instant, metadata, optional, recorded_at, text

# Roles inside a body, as services.gateway.access.tenancy names them.
_INSIDE = "ARRAY['agency_drafter', 'agency_approver', 'agency_signer', 'agency_admin', 'agency_unit']"


def _reason_given() -> CheckConstraint:
    return CheckConstraint("btrim(reason) <> ''", name="reason")


# Which key all of them are hashed under, told by a fingerprint that gives it not away (services.gateway.access.pepper).
key_pepper = Table(
    "key_pepper",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    text("actor"),
    recorded_at(),
    CheckConstraint("fingerprint ~ '^[0-9a-f]{64}$'", name="fingerprint"),
    Index("uq_key_pepper_one", sql("(true)"), unique=True),
    schema="control",
)

# What a key may be used for, and from where (SEC-02). Null is no limit; a key without a row has none.
api_key_limit = Table(
    "api_key_limit",
    metadata,
    Column("key_id", Text, ForeignKey("control.api_key.key_id"), primary_key=True),
    Column("read_only", Boolean, nullable=False),
    Column("resources", ARRAY(Text)),
    Column("networks", ARRAY(Text)),
    recorded_at(),
    schema="control",
)

# A key's successor: same holder, roles and limits, another secret. The former one works until `former_ends_at`.
api_key_rotation = Table(
    "api_key_rotation",
    metadata,
    Column("former_key_id", Text, ForeignKey("control.api_key.key_id"), primary_key=True),
    Column("key_id", Text, ForeignKey("control.api_key.key_id"), nullable=False, unique=True),
    Column("former_ends_at", Instant, nullable=False),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    schema="control",
)

# A key that a body's administrator made for a system of the body. It opens nothing before a second person approved it,
# except a successor that the former key itself asked for.
credential = Table(
    "credential",
    metadata,
    Column("key_id", Text, ForeignKey("control.api_key.key_id"), primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("agency"),
    Column("rotates", Text, ForeignKey("control.api_key.key_id")),
    Column("overlap_seconds", Integer, nullable=False),
    text("requested_by"),
    text("reason"),
    recorded_at(),
    CheckConstraint("overlap_seconds >= 0", name="overlap"),
    _reason_given(),
    Index("ix_credential_agency", "agency"),
    schema="control",
)

credential_approval = Table(
    "credential_approval",
    metadata,
    Column("key_id", Text, ForeignKey("control.credential.key_id"), primary_key=True),
    text("agency"),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    schema="control",
)

# Roles for a person of an identity provider (seed 002 Art. 11), in force once a second person approved them. `agency` is the
# body that roles inside a body are for, null for those of a national office; `belongs_to` is where such an officer comes from.
member_grant = Table(
    "member_grant",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    optional("agency"),
    optional("belongs_to"),
    text("subject"),
    text("holder"),
    Column("roles", ARRAY(Text), nullable=False),
    Column("ends_at", Instant),
    optional("document"),
    text("requested_by"),
    text("reason"),
    recorded_at(),
    CheckConstraint("cardinality(roles) > 0", name="roles"),
    CheckConstraint("agency IS NULL OR belongs_to IS NULL", name="one_side"),
    CheckConstraint(
        f"(agency IS NULL AND NOT roles && {_INSIDE}) OR (agency IS NOT NULL AND roles <@ {_INSIDE})",
        name="roles_of_one_side",
    ),
    _reason_given(),
    Index("ix_member_grant_subject", "subject"),
    Index("ix_member_grant_agency", "agency"),
    schema="control",
)

grant_approval = Table(
    "grant_approval",
    metadata,
    Column("grant_id", Text, ForeignKey("control.member_grant.grant_id"), primary_key=True),
    optional("agency"),
    text("subject"),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    schema="control",
)

grant_revocation = Table(
    "grant_revocation",
    metadata,
    Column("grant_id", Text, ForeignKey("control.member_grant.grant_id"), primary_key=True),
    optional("agency"),
    text("subject"),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    schema="control",
)
