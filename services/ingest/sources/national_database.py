"""National consolidated database (Cơ sở dữ liệu tổng hợp quốc gia), run by the Ministry of Public Security. Gives C1."""

from __future__ import annotations

from services.ingest.envelope import interface
from services.ingest.records import Code, Count, Dataset, Kind, Row, Text
from services.ingest.source import Source

CONTRACT = "national_database/1.0"


class DatabaseGrowth(Row, frozen=True, forbid_unknown_fields=True, gc=False):
    """Records digitised in the month in one database of one body; ``listed`` = named by Resolution 214/NQ-CP (C-1)."""

    agency: Text
    database: Code
    database_name: Text
    listed: bool
    new_records: Count | None


DATASETS = (
    Dataset(
        "database_growth",
        "database_growth",
        DatabaseGrowth,
        (
            ("database", Kind.TEXT),
            ("database_name", Kind.TEXT),
            ("listed", Kind.FLAG),
            ("new_records", Kind.COUNT),
        ),
        key=("database",),
        sums=("new_records",),
    ),
)

SOURCE = Source(
    name="national_database",
    contract=CONTRACT,
    title_vi="Cơ sở dữ liệu tổng hợp quốc gia",
    datasets=DATASETS,
    interface=interface(),
)
