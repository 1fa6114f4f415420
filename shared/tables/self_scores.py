"""What bodies say their own points are, before anything is published of the month (EXP-11): a list of versions a month.

``points`` maps an indicator to a decimal as text; an indicator that is not in it was not stated. The database numbers the
versions and closes the list with the month's first publication (migrations/objects/functions/intake.self_scores.sql).
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text, UniqueConstraint

from shared.tables.metadata import document, metadata, recorded_at, text

self_score = Table(
    "self_score",
    metadata,
    Column("self_score_id", Text, primary_key=True),
    text("agency"),
    text("period"),
    Column("version", Integer, nullable=False),
    document("points"),
    text("actor"),
    recorded_at(),
    UniqueConstraint("agency", "period", "version"),
    CheckConstraint("version >= 1", name="version"),
    schema="intake",
)
