"""Words of the Ministry of Public Security on C1 figures that bodies report (QĐ 4585 appendix §3 C1; readings C-2, C-3)."""

from __future__ import annotations

from typing import Literal

from shared.datasets.declaration import Code, ContractRow, Count, Dataset, Instant, Text

CONTRACT = "records_review/1.0"


class ReviewedRecords(ContractRow, frozen=True, forbid_unknown_fields=True, gc=False):
    """The word that holds on one reported figure of one body. A figure that no row speaks of waits for its word."""

    agency: Text
    database: Code
    new_records: Count
    verdict: Literal["confirmed", "refused"]
    reviewed_at: Instant
    reviewed_by: Text
    reason: Text
    document: Text | None


DATASETS = (Dataset("reviewed_records", "reviewed_records", ReviewedRecords, key=("database", "new_records")),)
