"""National consolidated database (Cơ sở dữ liệu tổng hợp quốc gia), run by the Ministry of Public Security. Gives C1."""

from __future__ import annotations

from shared.datasets.declaration import Code, ContractRow, Count, Dataset, Text

CONTRACT = "national_database/1.0"


class DatabaseGrowth(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """Records digitised in the month in one database of one body; ``listed`` = named by Resolution 214/NQ-CP (C-1)."""

    agency: Text
    database: Code
    database_name: Text
    listed: bool
    new_records: Count | None


DATASETS = (Dataset("database_growth", "database_growth", DatabaseGrowth, key=("database",), sums=("new_records",)),)
