"""The Ministry of Finance's disbursement tracking over the network: the shared envelope."""

from __future__ import annotations

from services.ingest.contract.envelope import interface
from services.ingest.contract.source import Source
from shared.datasets import finance

SOURCE = Source(
    name="finance",
    contract=finance.CONTRACT,
    title_vi="Bộ Tài chính: theo dõi giải ngân",
    datasets=finance.DATASETS,
    interface=interface(),
)
