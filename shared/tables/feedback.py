"""Feedback, proposals and requests to verify data, and how each was dealt with (Regulation 02-QC/BCĐTW, Art. 17.2 and 18.1).

Nothing is changed here: what came in is one row, and what was done is a list of steps, held by triggers to the moves there are
and to nobody answering about the body they belong to.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, ForeignKey, Identity, Index, Integer, Table, Text

from shared.tables.metadata import Instant, document, metadata, optional, recorded_at, text


def _of_feedback() -> Column[str]:
    return Column("feedback_id", Text, ForeignKey("intake.feedback.feedback_id"), primary_key=True)


# What came in. `agency` is the body that sent it, null for an organisation or individual, on whose behalf a national office
# entered it; who that is stands apart, in feedback_contact. `evidence` is a list of titles with digest or link.
feedback = Table(
    "feedback",
    metadata,
    Column("feedback_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=False), nullable=False, unique=True),
    Column("number", Text, nullable=False, unique=True),
    text("kind"),
    text("sender"),
    text("channel"),
    optional("agency"),
    optional("about_agency"),
    optional("period"),
    optional("indicator"),
    text("subject"),
    text("text"),
    document("evidence"),
    text("created_by"),
    Column("received_at", Instant, nullable=False),
    recorded_at(),
    CheckConstraint("number ~ '^PA-[0-9]{4}-[0-9]{6,}$'", name="number"),
    CheckConstraint("kind IN ('feedback', 'proposal', 'verification')", name="kind"),
    CheckConstraint("sender IN ('agency', 'organisation', 'individual')", name="sender"),
    CheckConstraint("channel IN ('system', 'letter', 'mail', 'phone', 'portal')", name="channel"),
    CheckConstraint("(sender = 'agency') = (agency IS NOT NULL) AND (sender = 'agency') = (channel = 'system')", name="own"),
    Index("ix_feedback_agency", "agency"),
    Index("ix_feedback_about_agency", "about_agency"),
    schema="intake",
)

# Who an organisation or individual is and how to reach them: for those who deal with it, and for nobody else.
feedback_contact = Table(
    "feedback_contact",
    metadata,
    _of_feedback(),
    text("name"),
    optional("address"),
    optional("phone"),
    optional("mail"),
    recorded_at(),
    schema="intake",
)

# The only moves there are; services/gateway/feedback/machine.py holds the same list, and a test compares them. `side`: office,
# sender, either of the two, or the addressee it was forwarded to.
feedback_move = Table(
    "feedback_move",
    metadata,
    Column("action", Text, primary_key=True),
    Column("from_state", Text, primary_key=True),
    text("to_state"),
    text("side"),
    Column("text_required", Boolean, nullable=False),
    schema="intake",
)

# One step. `due_on` is set when it comes in and when it is reopened: by then it should be answered or declined.
feedback_step = Table(
    "feedback_step",
    metadata,
    _of_feedback(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    optional("agency"),
    text("action"),
    text("from_state"),
    text("to_state"),
    text("actor"),
    text("actor_agency"),
    optional("text"),
    document("evidence"),
    optional("forwarded_to"),
    Column("due_on", Date),
    Column("taken_at", Instant, nullable=False),
    recorded_at(),
    CheckConstraint("(action = 'forward') = (forwarded_to IS NOT NULL)", name="forwarded"),
    CheckConstraint("(action IN ('receive', 'reopen')) = (due_on IS NOT NULL)", name="due"),
    schema="intake",
)

# To which bodies it was forwarded: they read it from then on.
feedback_forwarding = Table(
    "feedback_forwarding",
    metadata,
    _of_feedback(),
    Column("agency", Text, primary_key=True),
    optional("sender"),
    recorded_at(),
    schema="intake",
)
