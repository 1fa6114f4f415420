"""The one MetaData, its naming convention, and the column types that recur."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, MetaData, Text, func
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Instant = DateTime(timezone=True)


def recorded_at() -> Column[object]:
    """When the row was written, by the database's clock."""
    return Column("recorded_at", Instant, nullable=False, server_default=func.clock_timestamp())


def text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def optional(name: str) -> Column[str | None]:
    return Column(name, Text)


def document(name: str) -> Column[object]:
    return Column(name, JSONB(none_as_null=True), nullable=False)
