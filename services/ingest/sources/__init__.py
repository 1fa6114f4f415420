"""The eight sources, in the order they are closed. Five are asked over the network, three are kept here: what bodies report to
us, the registers of the Government Office, and the words on reported figures."""

from __future__ import annotations

from services.ingest.contract.source import Source
from services.ingest.sources import (
    agency_reports,
    finance,
    government_office,
    national_database,
    ndxp,
    public_service_portal,
    records_review,
    system57,
)
from shared.errors import NotFound

SOURCES: tuple[Source, ...] = (
    system57.SOURCE,
    public_service_portal.SOURCE,
    ndxp.SOURCE,
    national_database.SOURCE,
    finance.SOURCE,
    agency_reports.SOURCE,
    government_office.SOURCE,
    records_review.SOURCE,
)


def source_named(name: str) -> Source:
    """Raises NotFound naming the sources there are."""
    for source in SOURCES:
        if source.name == name:
            return source
    raise NotFound(f"no source {name!r}", hint="Sources: " + ", ".join(source.name for source in SOURCES))
