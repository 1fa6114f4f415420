"""System 57 over the network: the shared envelope; how many rows name a body is stated beside them."""

from __future__ import annotations

from services.ingest.contract.envelope import interface
from services.ingest.contract.source import Source, Stated
from shared.datasets import system57

SOURCE = Source(
    name="system57",
    contract=system57.CONTRACT,
    title_vi="Hệ thống giám sát, đánh giá Nghị quyết 57",
    datasets=system57.DATASETS,
    interface=interface(),
    stated=(
        Stated("coverage", "task_assignments", counts="task_assignments"),
        Stated("coverage", "kpi_entries", counts="kpi_entries"),
    ),
)
