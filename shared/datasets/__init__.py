"""What the eight sources' rows are: one module a source, the one place where a column is declared."""

from __future__ import annotations

from shared.datasets import (
    agency_reports,
    finance,
    government_office,
    national_database,
    ndxp,
    public_service_portal,
    records_review,
    system57,
)
from shared.datasets.declaration import Dataset

DATASETS: tuple[Dataset, ...] = (
    *system57.DATASETS,
    *public_service_portal.DATASETS,
    *ndxp.DATASETS,
    *national_database.DATASETS,
    *finance.DATASETS,
    *agency_reports.DATASETS,
    *government_office.DATASETS,
    *records_review.DATASETS,
)
