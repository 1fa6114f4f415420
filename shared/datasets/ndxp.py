"""National data integration and sharing platform (NDXP), run by the Ministry of Science and Technology. Gives C2.

Its operator may change (Decree 278/2025 moves sharing to another platform), so each row names its source system (C-7).
"""

from __future__ import annotations

from shared.datasets.declaration import Code, ContractRow, Count, Dataset, Text

CONTRACT = "ndxp/1.0"


class ExchangeVolume(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """Transactions of one body in the month. ``transactions`` = successful ones, as supplied per body; null = not given."""

    agency: Text
    source_system: Code
    transactions: Count | None
    as_provider: Count | None
    as_consumer: Count | None
    failed: Count | None


DATASETS = (Dataset("exchange_volumes", "exchange_volume", ExchangeVolume, key=("source_system",), sums=("transactions",)),)
