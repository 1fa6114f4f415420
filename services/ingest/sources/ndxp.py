"""NDXP over the network: the shared envelope."""

from __future__ import annotations

from services.ingest.contract.envelope import interface
from services.ingest.contract.source import Source
from shared.datasets import ndxp

SOURCE = Source(
    name="ndxp",
    contract=ndxp.CONTRACT,
    title_vi="Nền tảng tích hợp, chia sẻ dữ liệu quốc gia",
    datasets=ndxp.DATASETS,
    interface=interface(),
)
