"""Which parts of a database our migrations speak of: not procrastinate's tables, not the snapshots' partitions."""

from __future__ import annotations

from typing import Any

from shared.tables import metadata

SCHEMAS = {"audit", "registry", "control", "ingest", "intake", "scoring", "queue"}


def include_name(name: str | None, type_: str, parent_names: Any) -> bool:
    if type_ == "schema":
        return name in SCHEMAS
    if type_ == "table":
        return f"{parent_names.get('schema_name')}.{name}" in metadata.tables
    return True
