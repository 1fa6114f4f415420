"""The bodies' own reports: frozen at the report deadline from those that were accepted, or by official file (docs/adr/0010)."""

from __future__ import annotations

from services.ingest.contract.source import Source, Stated
from shared.datasets import agency_reports

SOURCE = Source(
    name="agency_report",
    contract=agency_reports.CONTRACT,
    title_vi="Báo cáo của bộ, ngành, địa phương",
    datasets=agency_reports.DATASETS,
    stated=(
        Stated("reports", "registered_tasks", counts="registered_tasks"),
        Stated("reports", "reported_databases", counts="reported_records"),
    ),
    origin="intake",
)
