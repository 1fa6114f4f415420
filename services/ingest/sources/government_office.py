"""The Government Office's registers: a month is written from the registers themselves (services.ingest.from_intake); one that
nobody entered there comes by official file (docs/adr/0012)."""

from __future__ import annotations

from services.ingest.contract.source import Source, Stated
from shared.datasets import government_office

SOURCE = Source(
    name="government_office",
    contract=government_office.CONTRACT,
    title_vi="Sổ theo dõi của Văn phòng Chính phủ",
    datasets=government_office.DATASETS,
    origin="intake",
    stated=(
        Stated("registers", "summonses", counts="summonses"),
        Stated("registers", "speeches", counts="speeches"),
        Stated("registers", "initiatives", counts="initiatives"),
    ),
)
