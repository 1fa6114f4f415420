"""Words of the Ministry of Public Security on reported figures: frozen at their own deadline from what was said here, or by
official file (docs/adr/0029)."""

from __future__ import annotations

from services.ingest.contract.source import Source
from shared.datasets import records_review

SOURCE = Source(
    name="records_review",
    contract=records_review.CONTRACT,
    title_vi="Ý kiến rà soát số liệu C1 của Bộ Công an",
    datasets=records_review.DATASETS,
    origin="intake",
)
