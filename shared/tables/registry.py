"""The scored bodies, effective-dated, with the spellings sources use and the collective phrases (ING-09)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Integer, Table, Text, UniqueConstraint
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
    optional("head_name"),
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
