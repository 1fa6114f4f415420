"""Rows of snapshots: one partitioned table per dataset, one partition per snapshot.

A partition is made, filled and sealed inside the transaction that writes the snapshot's header: afterwards no role holds
INSERT on it, so a frozen snapshot cannot grow (SNP-03). The columns are those that shared.datasets declares; a test compares
them with the database.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Numeric, Table, Text, UniqueConstraint

from shared.datasets import DATASETS
from shared.datasets.declaration import Dataset, Kind
from shared.tables.metadata import Instant, metadata

_TYPES: dict[Kind, Any] = {
    Kind.TEXT: Text,
    Kind.DATE: Date,
    Kind.INSTANT: Instant,
    Kind.FLAG: Boolean,
    Kind.COUNT: BigInteger,
    Kind.MONEY: BigInteger,
    Kind.DECIMAL: Numeric,
}


def table_of(dataset: Dataset) -> Table:
    """The dataset's table; its natural key is unique within a snapshot, and begins with the body, whose rows are asked for."""
    return Table(
        dataset.table,
        metadata,
        Column("snapshot_pk", Integer, nullable=False),
        Column("ordinal", Integer, nullable=False),
        Column("agency_code", Text, nullable=False),
        # The registry.collective rule that gave this row to the body, when the source named a group of bodies.
        Column("expanded_by", Text),
        *(Column(column.name, _TYPES[column.kind], nullable=not column.required) for column in dataset.columns),
        UniqueConstraint("snapshot_pk", "agency_code", *dataset.key, name=f"uq_{dataset.table}_natural_key"),
        schema="ingest",
        postgresql_partition_by="LIST (snapshot_pk)",
        info={"dataset": True},
    )


TABLES = tuple(table_of(dataset) for dataset in DATASETS)
