"""Events: what happened, in the order in which it was committed, and who is told of it.

An event is written by the database itself, in the transaction of the fact it tells of (control.events.sql). A webhook is where
a body wants to be told. Of a delivery only the state is mutable, as that of a job is: every attempt is a fact beside it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Identity, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY

from shared.tables.metadata import Instant, document, metadata, optional, recorded_at, text


def _reason_given() -> CheckConstraint:
    return CheckConstraint("btrim(reason) <> ''", name="reason")


def _of_webhook(*, primary_key: bool = False) -> Column[str]:
    return Column("webhook_id", Text, ForeignKey("control.webhook.webhook_id"), primary_key=primary_key, nullable=False)


# `sequence` is the order of commits: it is drawn under a lock that is held until the commit, so nobody who reads on from a
# number misses one below it. `agency` is null for what everybody may know. `subject` is the id of the fact.
event = Table(
    "event",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("type"),
    optional("agency"),
    text("subject"),
    text("href"),
    document("data"),
    recorded_at(),
    UniqueConstraint("type", "subject"),
    Index("ix_event_agency_sequence", "agency", "sequence"),
    schema="control",
)

# `types` null is all there are, also those to come. Events up to `begins_after` are not sent unless asked for by a replay.
webhook = Table(
    "webhook",
    metadata,
    Column("webhook_id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    text("agency"),
    text("url"),
    Column("types", ARRAY(Text)),
    Column("begins_after", BigInteger, nullable=False),
    text("requested_by"),
    text("reason"),
    recorded_at(),
    CheckConstraint("cardinality(types) > 0", name="types"),
    _reason_given(),
    Index("ix_webhook_agency", "agency"),
    schema="control",
)

# The last one holds; without any it is active. An ended one stays so.
webhook_step = Table(
    "webhook_step",
    metadata,
    _of_webhook(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    text("agency"),
    text("state"),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("state IN ('active', 'paused', 'ended')", name="state"),
    _reason_given(),
    schema="control",
)

# Sealed: the gateway must be able to sign with it, and nobody to read it here. The former one signs too until
# `former_ends_at`, and none before it.
webhook_secret = Table(
    "webhook_secret",
    metadata,
    _of_webhook(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    text("agency"),
    text("sealed"),
    Column("former_ends_at", Instant),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("(number = 1) = (former_ends_at IS NULL)", name="former"),
    _reason_given(),
    schema="control",
)

# Events sent once more: one of them, or all from an instant on.
webhook_replay = Table(
    "webhook_replay",
    metadata,
    _of_webhook(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    text("agency"),
    Column("event_id", Text, ForeignKey("control.event.event_id")),
    Column("since", Instant),
    Column("event_count", Integer, nullable=False),
    text("actor"),
    text("reason"),
    recorded_at(),
    CheckConstraint("(event_id IS NULL) <> (since IS NULL)", name="what"),
    _reason_given(),
    schema="control",
)

# One event to one webhook; `round` 0 is the first sending, another one that replay's. `next_at` is when it is due (null: over),
# `claimed_until` how long whoever sends it has it for itself.
webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("delivery_id", BigInteger, Identity(always=True), primary_key=True),
    _of_webhook(),
    Column("event_id", Text, ForeignKey("control.event.event_id"), nullable=False),
    Column("round", Integer, nullable=False),
    text("agency"),
    Column("event_sequence", BigInteger, nullable=False),
    text("state"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("begins_at", Instant, nullable=False),
    Column("next_at", Instant),
    Column("claimed_until", Instant),
    recorded_at(),
    UniqueConstraint("webhook_id", "event_id", "round"),
    CheckConstraint("state IN ('waiting', 'retrying', 'delivered', 'given_up')", name="state"),
    CheckConstraint("(next_at IS NULL) = (state IN ('delivered', 'given_up'))", name="due"),
    Index("ix_webhook_delivery_webhook_id_event_sequence", "webhook_id", "event_sequence"),
    Index("ix_webhook_delivery_next_at", "next_at", postgresql_where="next_at IS NOT NULL"),
    schema="control",
)

# One request made. `status` is the answer's, null where none came; `problem` says why it does not count as delivered.
webhook_attempt = Table(
    "webhook_attempt",
    metadata,
    Column(
        "delivery_id", BigInteger, ForeignKey("control.webhook_delivery.delivery_id"), primary_key=True, autoincrement=False
    ),
    Column("number", Integer, primary_key=True, autoincrement=False),
    text("agency"),
    Column("attempted_at", Instant, nullable=False),
    Column("status", Integer),
    optional("problem"),
    Column("milliseconds", Integer, nullable=False),
    Column("next_at", Instant),
    recorded_at(),
    CheckConstraint("problem IS NOT NULL OR status BETWEEN 200 AND 299", name="delivered"),
    schema="control",
)
