"""A month taken by the product's own use case, its pages served from memory."""

from __future__ import annotations

from services.ingest.freeze import freeze as close_period
from services.ingest.runtime import Runtime
from services.ingest.settings import IngestSettings, SourceSettings
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.sources import source_named
from shared.database import Database
from shared.timer import now
from tests.perf import pages

# Never asked: the way to the source is the pages in memory.
SETTINGS = IngestSettings(
    system57=SourceSettings.model_validate({"base_url": "http://127.0.0.1:1", "page_size": pages.PAGE_SIZE})
)
SOURCE = source_named("system57")


def runtime(database: Database, month: pages.Month57) -> Runtime:
    return Runtime(database, SETTINGS, now, pages.connect(month))


async def freeze(url: str, month: pages.Month57) -> FrozenSnapshot:
    """The snapshot's header: pull, keep, parse, check, hash, copy, seal."""
    database = Database(url, role="ingest")
    try:
        return await close_period(runtime(database, month), SOURCE, pages.PERIOD, actor="bench")
    finally:
        await database.close()
