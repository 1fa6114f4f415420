"""The scored bodies and their heads (G-16), effective-dated, with sources' spellings and the collective phrases (ING-09)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.tables.metadata import metadata, optional, recorded_at, text

# One row = the facts of one body from one day on. A later revision of the same (code, valid_from) corrects the former.
agency = Table(
    "agency",
    metadata,
    Column("code", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("valid_to", Date),
    text("kind"),
    text("name_vi"),
    text("name_en"),
    optional("nso_code"),
    text("head_title_vi"),
    text("head_title_en"),
    text("document"),
    recorded_at(),
    CheckConstraint("kind IN ('ministry', 'ministerial_agency', 'government_agency', 'province')", name="kind"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
    CheckConstraint("code ~ '^[A-Z][0-9]{2}$'", name="code"),
    schema="registry",
)

# spelling_key is the folded form shared.registry.fold() gives; the resolver never guesses beyond it.
alias = Table(
    "alias",
    metadata,
    Column("spelling_key", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("revision", Integer, primary_key=True),
    text("code"),
    Column("valid_to", Date),
    text("spelling"),
    text("document"),
    recorded_at(),
    schema="registry",
)

collective = Table(
    "collective",
    metadata,
    Column("rule_id", Text, primary_key=True),
    Column("phrase_key", Text, nullable=False),
    text("phrase"),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    text("document"),
    recorded_at(),
    UniqueConstraint("phrase_key", "valid_from"),
    schema="registry",
)


def _of_head() -> Column[str]:
    return Column("head_id", Text, ForeignKey("registry.head.head_id"), primary_key=True)


def _reason_given() -> CheckConstraint:
    return CheckConstraint("btrim(reason) <> ''", name="reason")


# Who heads a body from a day on, as one person asked; it counts from a second person's approval. Both days belong to the term,
# and without a title the office's own of registry.agency is meant. registry.heads_known says who stands.
head = Table(
    "head",
    metadata,
    Column("head_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("agency"),
    text("name"),
    optional("title_vi"),
    optional("title_en"),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    text("document"),
    text("requested_by"),
    text("reason"),
    recorded_at(),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days"),
    CheckConstraint("btrim(name) <> ''", name="name"),
    CheckConstraint("(title_vi IS NULL) = (title_en IS NULL)", name="titles"),
    _reason_given(),
    Index("ix_head_agency", "agency"),
    schema="registry",
)

head_approval = Table(
    "head_approval",
    metadata,
    _of_head(),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    schema="registry",
)

# Of an entry that nobody approved yet a withdrawal counts at once; of an approved one when a second person approves that.
head_withdrawal = Table(
    "head_withdrawal",
    metadata,
    _of_head(),
    text("document"),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    schema="registry",
)

head_withdrawal_approval = Table(
    "head_withdrawal_approval",
    metadata,
    Column("head_id", Text, ForeignKey("registry.head_withdrawal.head_id"), primary_key=True),
    text("actor"),
    text("reason"),
    recorded_at(),
    _reason_given(),
    schema="registry",
)
