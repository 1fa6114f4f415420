"""Sessions of people at the pages: begun with a key or token, ended by the person, by time, or with the credential."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from shared.tables.metadata import Instant, metadata, recorded_at, text

# The credential itself stays in the person's cookie, sealed; here is only whose it was. `ends_at` is the latest end.
page_session = Table(
    "page_session",
    metadata,
    Column("session_id", Text, primary_key=True),
    text("actor"),
    Column("ends_at", Instant, nullable=False),
    recorded_at(),
    Index("ix_page_session_actor", "actor"),
    schema="control",
)

page_session_end = Table(
    "page_session_end",
    metadata,
    Column("session_id", Text, ForeignKey("control.page_session.session_id"), primary_key=True),
    text("actor"),
    recorded_at(),
    schema="control",
)
