"""Registers of the Government Office (E1, E2) and initiatives for the bonus (QĐ 4585 appendix §3 E, §4; RUL-15, ING-11).

Nothing is changed here: an entry is a list of versions, of which the last confirmed one is in force; an initiative is a list
of steps. Triggers hold both against the rules of two people and of nobody's own body.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
)
from sqlalchemy import (
    text as sql,
)

from shared.tables.metadata import Instant, document, metadata, optional, recorded_at, text

_DIGEST = "~ '^sha256:[0-9a-f]{64}$'"

# One version of one entry. `kind`: a meeting with who was summoned to it; who came for one body; a speech or report; the
# closing of a month ("so many meetings were held"). `content` is the kind's own, written by services.gateway.registers.
# `actor_agency` is the body the person belongs to, "office" where none is on record.
register_entry = Table(
    "register_entry",
    metadata,
    Column("entry_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text("kind"),
    text("period"),
    optional("meeting_id"),
    optional("agency"),
    document("content"),
    text("evidence_digest"),
    Column("withdrawn", Boolean, nullable=False),
    optional("reason"),
    text("actor"),
    text("actor_agency"),
    recorded_at(),
    CheckConstraint("kind IN ('meeting', 'attendance', 'speech', 'closing')", name="kind"),
    CheckConstraint("(kind IN ('attendance', 'speech')) = (meeting_id IS NOT NULL)", name="of_a_meeting"),
    CheckConstraint("(meeting_id IS NULL) = (agency IS NULL)", name="of_a_body"),
    CheckConstraint(f"evidence_digest {_DIGEST}", name="evidence"),
    CheckConstraint("version >= 1 AND (version = 1 OR btrim(coalesce(reason, '')) <> '')", name="reason"),
    CheckConstraint("NOT withdrawn OR version > 1", name="withdrawn"),
    CheckConstraint("agency IS DISTINCT FROM actor_agency", name="not_their_own"),
    Index("ix_register_entry_period_kind", "period", "kind"),
    Index("ix_register_entry_meeting_id", "meeting_id"),
    # A body's attendance at a meeting, and a month's closing, are one entry each: what changes is its next version.
    Index("uq_register_entry_attendance", "meeting_id", "agency", unique=True,
          postgresql_where=sql("kind = 'attendance' AND version = 1")),
    Index("uq_register_entry_closing", "period", unique=True, postgresql_where=sql("kind = 'closing' AND version = 1")),
    schema="intake",
)  # fmt: skip

# The second person's yes to one version, from `confirmed_at` on in force. Unconfirmed versions never count (ING-11).
register_confirmation = Table(
    "register_confirmation",
    metadata,
    Column("entry_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text("actor"),
    text("actor_agency"),
    optional("reason"),
    Column("confirmed_at", Instant, nullable=False),
    recorded_at(),
    ForeignKeyConstraint(["entry_id", "version"], ["intake.register_entry.entry_id", "intake.register_entry.version"]),
    schema="intake",
)

# What a body proposes for the bonus of a month (F-2, F-3).
initiative_proposal = Table(
    "initiative_proposal",
    metadata,
    Column("initiative_id", Text, primary_key=True),
    text("agency"),
    text("period"),
    text("title"),
    text("explanation"),
    text("document"),
    text("document_digest"),
    text("created_by"),
    recorded_at(),
    CheckConstraint(f"document_digest {_DIGEST}", name="document"),
    Index("ix_initiative_proposal_agency", "agency"),
    schema="intake",
)

# The only moves there are; services/gateway/registers/initiative_machine.py holds the same list, and a test compares them.
initiative_move = Table(
    "initiative_move",
    metadata,
    Column("action", Text, primary_key=True),
    Column("from_state", Text, primary_key=True),
    text("to_state"),
    Column("national", Boolean, nullable=False),
    Column("reason_required", Boolean, nullable=False),
    schema="intake",
)

# One step. An assessment proposes `points`; a decision gives them, with number, day and digest of its document.
initiative_step = Table(
    "initiative_step",
    metadata,
    Column("initiative_id", Text, ForeignKey("intake.initiative_proposal.initiative_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("agency"),
    text("period"),
    text("action"),
    text("from_state"),
    text("to_state"),
    text("actor"),
    text("actor_agency"),
    optional("reason"),
    Column("points", Integer),
    optional("decision_number"),
    Column("decided_on", Date),
    optional("decision_digest"),
    Column("taken_at", Instant, nullable=False),
    recorded_at(),
    CheckConstraint("(action = 'assess' AND points BETWEEN 1 AND 5) OR (action = 'decide' AND points BETWEEN 0 AND 5)"
                    " OR (action NOT IN ('assess', 'decide') AND points IS NULL)", name="points"),
    CheckConstraint("(action = 'decide') = (decision_number IS NOT NULL AND decided_on IS NOT NULL"
                    " AND decision_digest IS NOT NULL)", name="decision"),
    CheckConstraint(f"decision_digest {_DIGEST}", name="decision_document"),
    Index("ix_initiative_step_period", "period"),
    schema="intake",
)  # fmt: skip
