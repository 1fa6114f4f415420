"""The national consolidated database over the network: the shared envelope."""

from __future__ import annotations

from services.ingest.contract.envelope import interface
from services.ingest.contract.source import Source
from shared.datasets import national_database

SOURCE = Source(
    name="national_database",
    contract=national_database.CONTRACT,
    title_vi="Cơ sở dữ liệu tổng hợp quốc gia",
    datasets=national_database.DATASETS,
    interface=interface(),
)
